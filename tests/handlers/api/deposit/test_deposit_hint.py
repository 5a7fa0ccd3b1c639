"""What is looked for in a deposit's bytes saves a hop and decides nothing: however it is written, all is the same."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import random  # noqa: TID251 - layouts, by a seed
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.domain.deposit.deposit import DepositHint
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from chalicelib.handlers.api.deposit.deposit_hint import look_for_hint
from chalicelib.handlers.api.filing.deposits import answering
from chalicelib.services.deposit.deposit_notice import deposit_notice
from chalicelib.services.deposit.depositor import BySignature
from chalicelib.services.sender.signed_request import WRITE_COVERAGE, SignedRequest, read_claim
from tests.costs import measure
from tests.cpu import cpu_of
from tests.deposit_world import INSTITUTION_ID, PDF, World, a_body, a_mailbox, an_inline_file

MEGABYTE = 1024 * 1024
UPLOADS = tuple(f"{number:032x}" for number in range(1, 4))
LOOKALIKE = '"recipient": {"document_type": "DNI", "document_number": "40000003"}, "upload_id": "' + "f" * 32 + '"'
EARLY = ["BatchGetItem"]
LATE = ["BatchGetItem"] * 2

Layout = Callable[[dict[str, Any], random.Random], bytes]


@pytest.fixture
def world(world: World) -> World:
    mailbox_store(world.container).put(a_mailbox("40000003"))
    for upload_id in UPLOADS:
        key = f"files/2026/03/09/{INSTITUTION_ID}/{upload_id}"
        declared = DeclaredFile("anexo.pdf", "application/pdf", hashlib.sha256(PDF).hexdigest(), len(PDF))
        facts = (upload_id, INSTITUTION_ID, declared, UploadState.CHECKED, key, world.clock.now)
        upload_store(world.container).add(Upload(*facts, expires_at=world.clock.now + timedelta(days=7)))
        files(world.container).put_document(key, PDF, "application/pdf")
    return world


def an_uploaded_file(upload_id: str) -> dict[str, Any]:
    file = an_inline_file(filename="anexo.pdf", upload_id=upload_id)
    del file["content"]
    return file


def an_uploaded_body(**overrides: Any) -> dict[str, Any]:
    return a_body(annexes=[an_uploaded_file(upload_id) for upload_id in UPLOADS[:2]], **overrides)


def escaped(text: str, chance: random.Random, share: float) -> str:
    """Write a text as JSON, some of its characters by their number."""
    return '"' + "".join(f"\\u{ord(c):04x}" if chance.random() < share else json.dumps(c)[1:-1] for c in text) + '"'


def written(value: Any, chance: random.Random, *, share: float, widest: int) -> str:
    """Write JSON in some order, with some blanks and escapes."""

    def blank() -> str:
        return "".join(chance.choices(" \t\r\n", k=chance.randrange(widest + 1)))

    def joined(parts: list[str], ends: str) -> str:
        return ends[0] + ",".join(blank() + part + blank() for part in parts) + ends[1]

    if isinstance(value, dict):
        pairs = list(value.items())
        chance.shuffle(pairs)
        return joined(
            [
                f"{escaped(key, chance, share)}{blank()}:{blank()}" + written(one, chance, share=share, widest=widest)
                for key, one in pairs
            ],
            "{}",
        )
    if isinstance(value, list):
        return joined([written(one, chance, share=share, widest=widest) for one in value], "[]")
    return escaped(value, chance, share / 4) if isinstance(value, str) and len(value) < 2000 else json.dumps(value)


@dataclass
class Bench:
    """Deposits one body with a hint of our choice; each time under a key of its own."""

    world: World
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def outcome(self, raw: bytes, hint: DepositHint) -> dict[str, Any]:
        """Return what became of it: the refusal, or what the notice holds."""
        box, key = self.world.container, f"clave-{next(self.keys)}"
        call = self.world.signed("POST", "/v1/deposits", raw, idempotency_key=key)
        headers = {name.lower(): value for name, value in call.headers.items()}
        request = SignedRequest("POST", "/v1/deposits", "", headers, raw, "127.0.0.1")
        claim = read_claim(request, (*WRITE_COVERAGE, "idempotency-key"), now=box.clock())
        read = partial(read_deposit, raw, box.mailbox_prefixes)
        try:
            by = BySignature(request, claim, key, sender_tools(box), answering)
            answer = deposit_notice(read, by=by, hint=hint, tools=deposit_tools(box))
        except CasillaError as refusal:
            return {"code": refusal.code, "field": refusal.field}
        notice = notice_store(box).get(json.loads(answer.body)["notice_id"])
        held = [(file.role, file.filename, file.sha256, file.upload_id) for file in notice.files]
        return {"mailbox": notice.mailbox_id, "files": held, "document": notice.document, "dates": notice.deadline}

    def compare(self, raw: bytes) -> dict[str, Any]:
        """Return what became of it, which is the same with its hint, with none and with one that is all wrong."""
        hint = look_for_hint(raw, self.world.container.mailbox_prefixes)
        wrong = DepositHint("1-40000003", ("f" * 32, UPLOADS[2]))
        first, *others = (self.outcome(raw, each) for each in (hint, DepositHint(), wrong))
        assert [other for other in others if other != first] == []
        return first


@pytest.mark.parametrize("seed", range(16))
def test_however_a_deposit_is_written_it_comes_to_the_same(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - layouts
    body = an_uploaded_body() if seed % 2 else a_body()
    body["document"] = {
        **body["document"],
        "subject": chance.choice([LOOKALIKE, "Asunto", '\\"recipient\\": {']).strip(),
    }
    raw = written(body, chance, share=chance.choice([0, 0, 0.02, 0.5]), widest=chance.choice([0, 3, 90])).encode()

    outcome = Bench(world).compare(raw)

    assert outcome["mailbox"] == "1-40000002"
    assert [upload_id for *_, upload_id in outcome["files"][1:]] == list(UPLOADS[:2] if seed % 2 else ())


SPOILT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nested lookalike before": lambda body: {"term": {"recipient": {**body["recipient"]}}, **body},
    "nested lookalike after": lambda body: {**body, "case_file": {**body["case_file"], "recipient": body["recipient"]}},
    "recipient is text": lambda body: {**body, "recipient": LOOKALIKE},
    "recipient is a list": lambda body: {**body, "recipient": [body["recipient"]]},
    "recipient is missing": lambda body: {name: value for name, value in body.items() if name != "recipient"},
    "no mailbox": lambda body: {**body, "recipient": {"document_type": "DNI", "document_number": "40000009"}},
    "wrong number": lambda body: {**body, "recipient": {"document_type": "DNI", "document_number": "4"}},
    "unknown type": lambda body: {**body, "recipient": {"document_type": "NIT", "document_number": "40000002"}},
    "upload that is not there": lambda body: {**body, "annexes": [an_uploaded_file("e" * 32)]},
    "23 uploads": lambda body: {**body, "annexes": [an_uploaded_file(f"{n:032x}") for n in range(23)]},
    "one upload twice": lambda body: {**body, "annexes": [an_uploaded_file(UPLOADS[0])] * 2},
    "a list": lambda body: [body],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_whatever_is_wrong_with_a_deposit_it_comes_to_the_same(world: World, spoil: Callable[[Any], Any]) -> None:
    Bench(world).compare(json.dumps(spoil(an_uploaded_body())).encode())


def test_a_recipient_that_is_given_twice_is_refused(world: World) -> None:
    twice = json.dumps(a_body()).replace(
        "{", '{"recipient": {"document_type": "DNI", "document_number": "40000003"}, ', 1
    )

    assert Bench(world).compare(twice.encode())["code"] == "body_not_json"


def reads_of(world: World, raw: bytes) -> list[str]:
    """Return the reads of a deposit that is accepted."""
    book = measure(lambda: world.deposit(raw), 201)
    assert book.hops == 2 + book.operations.count("BatchGetItem")
    return [operation for operation in book.operations if operation == "BatchGetItem"]


PLAIN: dict[str, Callable[[], str]] = {
    "compact": lambda: json.dumps(an_uploaded_body(), separators=(",", ":")),
    "indented": lambda: json.dumps(an_uploaded_body(), indent=4),
    "sorted": lambda: json.dumps(an_uploaded_body(), sort_keys=True),
    "not ASCII": lambda: json.dumps(an_uploaded_body(), ensure_ascii=False, indent="\t"),
    "lookalike in a text": lambda: json.dumps(
        {"document": {**a_body()["document"], "subject": LOOKALIKE}} | an_uploaded_body()
    ),
}
ODD: dict[str, Callable[[], str]] = {
    "escaped key": lambda: json.dumps(an_uploaded_body()).replace('"recipient"', '"recipien\\u0074"'),
    "escaped value": lambda: json.dumps(an_uploaded_body()).replace("40000002", "4000000\\u0032"),
    "escaped upload": lambda: json.dumps(an_uploaded_body()).replace('"upload_id"', '"upload\\u005fid"'),
    "wide": lambda: json.dumps(an_uploaded_body()).replace('"recipient":', '"recipient":' + " " * 65),
}


@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN)
def test_a_body_that_is_written_as_most_are_is_read_for_at_once(world: World, body: Callable[[], str]) -> None:
    assert reads_of(world, body().encode()) == EARLY


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_odd_body_costs_one_read_more(world: World, body: Callable[[], str]) -> None:
    assert reads_of(world, body().encode()) == LATE


def test_a_recipient_after_four_megabytes_is_found(world: World) -> None:
    big = b"a" * (4 * MEGABYTE - len(PDF))
    body = a_body(annexes=[an_inline_file(big, "anexo.txt", media_type="text/plain")])
    body["recipient"] = body.pop("recipient")

    raw = json.dumps(body).encode()
    assert raw.index(b'"recipient"') > len(base64.b64encode(big))
    assert reads_of(world, raw) == EARLY


def test_no_more_is_read_early_than_a_deposit_may_use(world: World) -> None:
    many = json.dumps([{"upload_id": f"{number:032x}"} for number in range(500)]).encode()

    assert len(look_for_hint(many, world.container.mailbox_prefixes).upload_ids) == 21


BLANKS = b" " * 64
EVIL = {
    "keys": b'"recipient"',
    "opened": b'"recipient":{',
    "unclosed": b'"recipient":{' + b"x" * 512,
    "blanks": b'"recipient"' + BLANKS + b":" + BLANKS,
    "uploads": b'"upload_id":"' + b"a" * 31,
    "one upload": b'"upload_id":"' + b"a" * 32 + b'"',
    "quotes": b'"',
    "beginnings": b'"recipien',
}


@pytest.mark.parametrize("piece", EVIL.values(), ids=EVIL)
def test_looking_takes_a_time_that_grows_with_the_length_and_no_faster(piece: bytes) -> None:
    def seconds(size: int) -> float:
        body = piece * (size // len(piece))
        return min(cpu_of(lambda: look_for_hint(body, {})) for _ in range(3))

    # Eight times as long: a square would take 64 times, and what no longer fits in the processor's cache up to twenty.
    assert seconds(4 * MEGABYTE) < 24 * seconds(MEGABYTE // 2) + 0.01
