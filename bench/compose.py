"""Calls of an officer who writes a notice at a page and deposits it, as an institution's system would send it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from app import app
from bench.call_ledger import Action, figures_of
from bench.figures import Figure
from bench.sent import an_officer, page_event
from bench.world import BenchWorld, answer_of, event_of, show
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.institution import staff_session_store
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.institution.composition import AttachedFile
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.notice import FileRole
from chalicelib.handlers.cookies import STAFF_COOKIE
from tests.composition_world import a_composition
from tests.deposit_world import SignedCall

_BASE = "/entidad/redactar"


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls."""
    yield from figures_of(actions(world))


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


def sent(event: dict[str, Any]) -> None:
    """Send a form, which is answered by the page that follows."""
    answer = answer_of(app, event)
    if answer["statusCode"] != 303 or "corregir" in str(answer):
        raise AssertionError(answer)


class Desk:
    """An officer who is inside, and drafts of theirs that lack nothing."""

    def __init__(self, world: BenchWorld, member: StaffMember, cookie: str) -> None:
        """Find the token that their forms carry."""
        self._world, self._member, self._cookie = world, member, cookie
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
        return page_event(f"{_BASE}/{composition_id}/{page}", self._cookie, resource, **given)

    def post(self, composition_id: str, page: str, **typed: str) -> dict[str, Any]:
        """Write one that sends a page's form."""
        body = urlencode({"csrf": self._csrf, "version": "1", **typed}).encode()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
            "cookie": f"{STAFF_COOKIE}={self._cookie}",
        }
        call = SignedCall("POST", f"{_BASE}/{composition_id}/{page}", headers, body)
        resource, given = self._resource(composition_id, page)
        return event_of(call, resource, given)

    @staticmethod
    def _resource(composition_id: str, page: str) -> tuple[str, dict[str, str]]:
        if page == "depositar":
            return f"{_BASE}/{{composition_id}}/depositar", {"composition_id": composition_id}
        return f"{_BASE}/{{composition_id}}/{{part}}", {"composition_id": composition_id, "part": page}
