"""A filing: hops and calls, CPU over its floor, how full its institution makes a partition, what a million cost.

The least that a correct filing needs: who is inside, with the draft, whose id the address has; all that decides, of
which the draft says where it lies; the receipt, kept before anything names it; one transaction. Four calls, each
after the one before.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

import boto3
from botocore.config import Config as ClientConfig

from app import app
from bench.bursts import Burst
from bench.call_ledger import Action, figures_of
from bench.cost import Work, cost_of, prices
from bench.cost import figures_of as bill_in_figures
from bench.figures import Figure, alternate
from bench.figures import Work as Piece
from bench.floor import Sent, captured, numbered, replaced
from bench.people import People, people_of
from bench.world import BenchWorld, answer_of, event_of, show
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.files import upload_store
from chalicelib.bootstrap.filing import filing_draft_store, filing_store, procedure_store
from chalicelib.bootstrap.session import session_store
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.session import Session
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.filing.cargo_layout import draw_cargo
from chalicelib.renderers.filing.cargo_rows import cargo_of
from chalicelib.renderers.pdf_document import Typeface
from tests.deposit_world import SignedCall
from tests.filing_world import ANNEX_ID, DOCUMENT_ID, a_draft, a_procedure, an_upload
from tests.officer_world import an_office, put_office

_ROUNDS, _BATCH, _BURST = 11, 8, 60
_GOAL = 1.4
_A_SECOND = 16
"""Filings that one institution can take, as its numbers have no gaps (docs/adr/0057-filings.md)."""
LEAST = {"BatchGetItem": 2, "PutObject": 1, "TransactWriteItems": 1}
_CHECK, _SEND = "/presentar/{draft_id}", "/presentar/{draft_id}/{step}"
METHODS = {
    "BatchGetItem": "batch_get_item",
    "GetItem": "get_item",
    "PutObject": "put_object",
    "Query": "query",
    "TransactWriteItems": "transact_write_items",
}
"""What a bare client calls them."""
_NUMBERS = itertools.count(50_000_001)


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls, their ratio and that of CPU over the floor, and how full a burst makes a partition."""
    filer = Filer(world)
    floor = floor_of(filer)
    for action in actions(filer):
        yield from figures_of(iter([action]))
    book = filed(filer).measure()
    least = len(floor.calls)
    yield Figure("filing ÷ its least: hops", book.hops / least, "x", _GOAL)
    yield Figure("filing ÷ its least: calls", book.calls / least, "x", _GOAL)
    taken = alternate(filer.prepare, floor.prepare, rounds=_ROUNDS, batch=_BATCH)
    yield Figure("filing ÷ floor", taken.ratio, "x", _GOAL)
    yield Figure("filing CPU", taken.ours * 1e3, "ms")
    yield Figure("filing: floor CPU", taken.floor * 1e3, "ms")
    bare = alternate(filer.prepare, replace(floor, typeface=Typeface.CORE).prepare, rounds=_ROUNDS, batch=_BATCH)
    yield Figure("filing ÷ floor with a receipt in core fonts", bare.ratio, "x", 2.0)
    yield from of_one_institution(filer).measure(world)
    cost = cost_of(Work("filing, two files", lambda: _billed(filer), LEAST), world)
    yield from bill_in_figures("filing, two files", cost, prices())


def actions(filer: Filer) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    filed(filer).run()
    check_page(filer).run()
    yield check_page(filer)
    yield filed(filer)
    yield filed_again(filer)


def check_page(filer: Filer) -> Action:
    """Show all that is about to be filed, with its dates."""
    event = filer.get(filer.draft())
    return Action("draft before it is filed", lambda: show(event), hops=3, calls=4)


def filed(filer: Filer) -> Action:
    """File a draft with a document and an annex that were checked before."""
    event = filer.post(filer.draft())
    return Action("filing", lambda: filer.file(event), hops=5, calls=5)


def filed_again(filer: Filer) -> Action:
    """Press the same button once more."""
    event = filer.post(filer.draft())
    filer.file(event)
    return Action("filing repeated", lambda: filer.file(event), hops=3, calls=3)


def of_one_institution(filer: Filer, count: int = _BURST) -> Burst:
    """Filings of one office, as many a second as its institution can take."""
    return Burst("filings of one office", _A_SECOND, filer.prepare(count))


def _billed(filer: Filer) -> Callable[[], int]:
    """Make a filing ready that tells how long its answer is: the address that it leads to, and no page."""
    event = filer.post(filer.draft())
    return lambda: len(filer.file(event))


class Filer:
    """Somebody inside, and drafts of theirs that lack nothing."""

    def __init__(self, world: BenchWorld) -> None:
        """Let them in, and have a procedure and an office to file with."""
        self.world, box = world, world.container
        self.people: People = people_of(world)
        self.cookie = self.people.token()
        inside = session_store(box).find(self.cookie, box.clock())
        if inside is None:
            raise AssertionError(self.cookie)
        self.session: Session = inside
        self._csrf = csrf_token(pepper(box), inside)
        self._ids = itertools.count(1)
        put_office(box, an_office())
        procedure = a_procedure()
        told = f"institution#{procedure.institution_id}"
        event = Event(told, EventType.PROCEDURE_CHANGED, procedure.changed_at, "e" * 32, procedure.changed_by)
        procedure_store(box).add(procedure, event)
        for upload_id in (DOCUMENT_ID, ANNEX_ID):
            upload_store(box).add(an_upload(upload_id))

    def draft(self, draft_id: str = "") -> str:
        """Keep another one and return its id; its files serve all of them."""
        own_id = draft_id or f"{next(self._ids):032x}"
        if not filing_draft_store(self.world.container).add(a_draft(own_id, self.session)):
            raise AssertionError(own_id)
        return own_id

    def prepare(self, count: int) -> Sequence[Piece]:
        """Make so many filings ready."""
        return [partial(self.file, self.post(self.draft())) for _ in range(count)]

    def get(self, draft_id: str) -> dict[str, Any]:
        """Ask for the check page."""
        return self.people.page_event(f"/presentar/{draft_id}", self.cookie, resource=_CHECK, draft_id=draft_id)

    def post(self, draft_id: str) -> dict[str, Any]:
        """Press its button."""
        kind = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        headers = {**kind, "accept": "text/html", "cookie": f"{SESSION_COOKIE}={self.cookie}"}
        body = urlencode({"csrf": self._csrf, "version": "1"}).encode()
        call = SignedCall("POST", f"/presentar/{draft_id}/presentar", headers, body)
        return event_of(call, _SEND, {"draft_id": draft_id, "step": "presentar"})

    @staticmethod
    def file(event: dict[str, Any]) -> str:
        """File; return the filing's id."""
        answer = answer_of(app, event)
        led = str(answer.get("headers", {}).get("Location", ""))
        if answer["statusCode"] != 303 or not led.endswith("/presentado"):
            raise AssertionError(answer)
        return led.split("/")[2]


def clients() -> dict[str, Any]:
    """Return clients that check nothing."""
    config = ClientConfig(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
    make: Any = boto3.client
    return {name: make(name, config=config) for name in ("dynamodb", "s3")}


@dataclass(frozen=True, slots=True)
class FilingFloor:
    """What no implementation could leave out: the form read, two hashes, the receipt drawn, four calls."""

    filer: Filer
    body: bytes
    filing: Filing
    calls: Sequence[Sent]
    typeface: Typeface = Typeface.EMBEDDED
    clients: Mapping[str, Any] = field(default_factory=clients)

    def prepare(self, count: int) -> Sequence[Piece]:
        """Make so many floors ready, each with names of its own in its calls, and a draft to close."""
        return [partial(self._run, self._renamed(next(_NUMBERS))) for _ in range(count)]

    def _run(self, calls: Sequence[Sent]) -> None:
        key = b"p" * 32
        parse_qs(self.body.decode())
        for name in (b"session", b"csrf"):
            hmac.digest(key, name + self.filer.cookie.encode(), hashlib.sha256).hex()
        for call in calls[:2]:
            self._call(call)
        receipt = draw_cargo(
            cargo_of(self.filing),
            verification_url=f"https://casilla.example/verificar/{self.filing.verification_code}",
            portal="casilla.example",
            zone=ZoneInfo("America/Lima"),
            typeface=self.typeface,
        )
        hashlib.sha256(receipt).hexdigest()
        for call in calls[2:]:
            self._call(call)

    def _call(self, sent: Sent) -> None:
        answer = getattr(self.clients[sent.service], METHODS[sent.operation])(**sent.parameters)
        for items in answer.get("Responses", {}).values():
            for item in items:
                if "data" in item:
                    json.loads(item["data"]["S"])

    def _renamed(self, number: int) -> list[Sent]:
        own = self.filing
        draft_id = numbered(own.draft_id, number)
        self.filer.draft(draft_id)
        whose = own.institution_id
        texts = (
            own.filing_id,
            own.verification_code,
            own.receipt_sha256,
            f"count#{whose}#{own.number[:4]}",
            f"number#{whose}#{own.number}",
        )
        names = {text: numbered(text, number) for text in texts} | {own.draft_id: draft_id}
        return [Sent(sent.service, sent.operation, replaced(sent.parameters, names)) for sent in self.calls]


def floor_of(filer: Filer) -> FilingFloor:
    """File the first draft of a world, and take its calls: the number's condition then holds for any name."""
    event = filer.post(filer.draft())
    with captured() as calls:
        filing_id = filer.file(event)
    filing = filing_store(filer.world.container).find(filing_id)
    if filing is None:
        raise AssertionError(filing_id)
    return FilingFloor(filer, event["body"].encode(), filing, _least(calls))


def _least(calls: Sequence[Sent]) -> list[Sent]:
    """Return the calls without those that the others could have done as well: the draft read with the session."""
    session, *others = [sent for sent in calls if sent.operation == "BatchGetItem"]
    [receipt] = [sent for sent in calls if sent.operation == "PutObject"]
    [commit] = [sent for sent in calls if sent.operation == "TransactWriteItems"]
    [draft] = [sent.parameters["Key"] for sent in calls if sent.operation == "GetItem"]
    asked = session.parameters["RequestItems"]
    with_draft = {**asked, "compositions_table": {"Keys": [draft], "ConsistentRead": True}}
    return [replace(session, parameters={"RequestItems": with_draft}), others[-1], receipt, commit]
