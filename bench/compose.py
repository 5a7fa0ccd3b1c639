"""Calls of an officer who writes a notice at a page and deposits it, as an institution's system would send it."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from app import app
from bench.call_ledger import Action, figures_of
from bench.figures import Figure
from bench.sent import an_officer, page_event
from bench.world import BenchWorld, a_scanned_pdf, answer_of, event_of, show
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.files import upload_store
from chalicelib.bootstrap.institution import staff_session_store
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.institution.composition import Composition
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.handlers.cookies import STAFF_COOKIE
from tests.browser_requests import BOUNDARY, multipart
from tests.composition_world import a_composition
from tests.deposit_world import SignedCall

_BASE = "/entidad/redactar"
_PARTS: Mapping[str, Mapping[str, str]] = {
    "oficina": {"office_id": "entidad"},
    "destinatario": {"document_type": "DNI", "document_number": "40000002", "reason": "Notificar una carta"},
    "expediente": {"case_number": "EXP-1", "opened_on": "16/2/2026"},
    "documento": {
        "type": "CARTA",
        "number": "79-2026",
        "subject": "Respuesta",
        "issued_on": "6/3/2026",
        "issued_time": "11:05",
    },
    "remite": {"office": "Atención", "signed_by": "Firmante", "prepared_by": "Redactora"},
    "plazo": {"has_term": "si", "amount": "10", "unit": "business_days", "regime": ""},
}
"""What is typed into each page of a draft."""
_COSTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "oficina": ((3, 3), (3, 3)),
    "destinatario": ((2, 2), (5, 7)),
}
"""Hops and calls of a page and of its form, where they ask for more than the draft: offices, a holder's mailbox.

The first consultation of a day notes that the institution uses the service: a call more, in the same hop.
"""
_OWN_PAGES = ("archivos", "depositar", "depositada")
WHOLE = (60, 65)
"""Hops and calls of all pages and forms from an empty list of drafts to the page that tells the deposit."""


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls."""
    yield from figures_of(actions(world))
    member, cookie, _ = an_officer(world)
    taken = []
    for step in pages(Desk(world, member, cookie)):
        figures = list(figures_of(iter([step])))
        taken.append(figures)
        yield from figures
    for place, (unit, goal) in enumerate((("hops", WHOLE[0]), ("calls", WHOLE[1]))):
        yield Figure(f"notice written and deposited: {unit}", sum(one[place].value for one in taken), unit, goal)


def actions(world: BenchWorld) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    member, cookie, _ = an_officer(world)
    desk = Desk(world, member, cookie)
    deposit(desk).run()
    yield check_page(desk)
    yield kept_part(desk)
    yield deposit(desk)


def check_page(desk: Desk) -> Action:
    """Show all that is about to be deposited, with its dates and warnings."""
    event = desk.get(desk.draft(), "depositar")
    show(event)
    return Action("draft before it is deposited", lambda: show(event), hops=3, calls=5)


def kept_part(desk: Desk) -> Action:
    """Keep one part of a draft."""
    typed = {"case_number": "EXP-1", "opened_on": "16/2/2026"}
    event = desk.post(desk.draft(), "expediente", **typed)
    return Action("part of a draft kept", lambda: sent(event), hops=3, calls=3)


def deposit(desk: Desk) -> Action:
    """Deposit a draft with a checked file."""
    event = desk.post(desk.draft(), "depositar")
    return Action("draft deposited", lambda: sent(event), hops=6, calls=6)


def pages(desk: Desk) -> Iterator[Action]:
    """Yield each page and form of a notice from the beginning to its deposit; each is to be done before the next."""
    listed = page_event(_BASE, desk.cookie)
    yield Action("drafts listed", lambda: show(listed), hops=2, calls=3)
    begun = desk.form(_BASE, _BASE)
    yield Action("draft begun", lambda: desk.begun(sent(begun)), hops=3, calls=3)
    for part, typed in _PARTS.items():
        shown, kept = desk.get(desk.at, part), desk.post(desk.at, part, **typed)
        page, form = _COSTS.get(part, ((2, 2), (3, 3)))
        yield Action(f"page of {part}", partial(show, shown), *page)
        yield Action(f"form of {part}", partial(sent, kept), *form)
    shown = desk.get(desk.at, "archivos")
    yield Action("page of files, none yet", lambda: show(shown), hops=2, calls=2)
    given = desk.attach(desk.at)
    yield Action("file sent in a form", lambda: sent(given), hops=5, calls=5)
    desk.check(desk.at)
    yield Action("page of files, one checked", lambda: show(shown), hops=3, calls=3)
    checked, deposited, told = (
        desk.get(desk.at, "depositar"),
        desk.post(desk.at, "depositar"),
        desk.get(desk.at, "depositada"),
    )
    yield Action("page before the deposit", lambda: show(checked), hops=3, calls=5)
    yield Action("form of the deposit", lambda: sent(deposited), hops=6, calls=6)
    yield Action("page of what was deposited", lambda: show(told), hops=3, calls=3)


def sent(event: dict[str, Any]) -> str:
    """Send a form, which is answered by the page that follows; return its address."""
    answer = answer_of(app, event)
    if answer["statusCode"] != 303 or "corregir" in str(answer):
        raise AssertionError(answer)
    return str(answer["headers"]["Location"])


class Desk:
    """An officer who is inside, and drafts of theirs that lack nothing."""

    def __init__(self, world: BenchWorld, member: StaffMember, cookie: str) -> None:
        """Find the token that their forms carry."""
        self._world, self._member, self.cookie = world, member, cookie
        self.at = ""
        self._numbers = itertools.count(1)
        box = world.container
        inside = staff_session_store(box).find(cookie, box.clock())
        if inside is None:
            raise AssertionError
        self._csrf = csrf_token(pepper(box), inside.session)

    def draft(self) -> str:
        """Keep another one and return its id."""
        upload_id = self._world.uploaded_body()["main"]["upload_id"]
        composition_id = f"{next(self._numbers):032x}"
        file = AttachedFile(upload_id, FileRole.MAIN, self._world.signer.clock.now, "resolucion.pdf")
        whole = replace(a_composition(self._member), composition_id=composition_id, files=(file,))
        composition_store(self._world.container).add(whole)
        return composition_id

    def get(self, composition_id: str, page: str) -> dict[str, Any]:
        """Write a browser's request for a page of a draft."""
        resource, given = self._resource(composition_id, page)
        return page_event(f"{_BASE}/{composition_id}/{page}", self.cookie, resource, **given)

    def post(self, composition_id: str, page: str, **typed: str) -> dict[str, Any]:
        """Write one that sends a page's form."""
        resource, given = self._resource(composition_id, page)
        version = {"version": str(self._kept(composition_id).version)}
        return self.form(f"{_BASE}/{composition_id}/{page}", resource, given, **version, **typed)

    def form(self, path: str, resource: str, given: dict[str, str] | None = None, **typed: str) -> dict[str, Any]:
        """Write a browser's form."""
        body = urlencode({"csrf": self._csrf, **typed}).encode()
        return event_of(
            SignedCall("POST", path, self._headers("application/x-www-form-urlencoded"), body), resource, given
        )

    def begun(self, address: str) -> None:
        """Go on with the draft whose first page this is."""
        self.at = address.removeprefix(f"{_BASE}/").partition("/")[0]

    def attach(self, composition_id: str) -> dict[str, Any]:
        """Write the form that sends the document."""
        version = str(self._kept(composition_id).version)
        body = multipart("carta.pdf", a_scanned_pdf(), csrf=self._csrf, version=version, role="main")
        path, headers = f"{_BASE}/{composition_id}/archivos", self._headers(f"multipart/form-data; boundary={BOUNDARY}")
        event = event_of(SignedCall("POST", path, headers, b""), *self._resource(composition_id, "archivos"))
        return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}

    def check(self, composition_id: str) -> None:
        """Have the document checked, as the worker does."""
        whole = self._world.uploaded_body()["main"]
        uploads, [file] = upload_store(self._world.container), self._kept(composition_id).files
        found = uploads.find(whole["upload_id"])
        if found is None or not uploads.add(replace(found, upload_id=file.upload_id)):
            raise AssertionError(file)

    def _kept(self, composition_id: str) -> Composition:
        found = composition_store(self._world.container).find(composition_id)
        if found is None:
            raise AssertionError(composition_id)
        return found

    def _headers(self, kind: str) -> dict[str, str]:
        return {"content-type": kind, "sec-fetch-site": "same-origin", "cookie": f"{STAFF_COOKIE}={self.cookie}"}

    @staticmethod
    def _resource(composition_id: str, page: str) -> tuple[str, dict[str, str]]:
        if page in _OWN_PAGES:
            return f"{_BASE}/{{composition_id}}/{page}", {"composition_id": composition_id}
        return f"{_BASE}/{{composition_id}}/{{part}}", {"composition_id": composition_id, "part": page}
