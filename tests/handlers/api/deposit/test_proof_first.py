"""Who sends is proven before what was sent is read: a stranger's body costs no more than its bytes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from chalice.test import HTTPResponse
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ledger import ledger
from chalicelib.domain.sender.institution import InstitutionState
from tests.deposit_world import (
    INSTITUTION_ID,
    SignedCall,
    World,
    a_body,
    an_inline_file,
    an_institution,
    put_institution,
)

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(reversed(range(32))))
MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 100_000
"""Some 400 kB as UTF-8, which take the longer to normalise the more of them there are: quadratically."""
READS = "/fields.py"
AS: dict[str, dict[str, Any]] = {
    "unknown key": {"keyid": f"{INSTITUTION_ID}:otra"},
    "known key, wrong signature": {"private_key": STRANGER},
}
DOORS = {"/v1/deposits": "clave-1", "/v1/uploads": None}
BODIES = {
    "no JSON": b"{" * 60_000,
    "no object": b"[]",
    "not UTF-8": b"\xff" * 60_000,
    "nested": b'{"a":' * 12_000,
    "of marks": json.dumps({"filename": MARKS[:15_000], "recipient": MARKS[:15_000]}, ensure_ascii=False).encode(),
}


@contextmanager
def what_was_read() -> Iterator[list[str]]:
    """Note each function of the reader of fields that runs meanwhile."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.endswith(READS):
            seen.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def signed(world: World, path: str, body: bytes, **signing: Any) -> SignedCall:
    return world.signed("POST", path, body, idempotency_key=DOORS[path], **signing)


def refused(answer: HTTPResponse) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("signing", AS.values(), ids=AS)
@pytest.mark.parametrize("path", DOORS)
def test_nothing_of_a_body_is_read_before_the_proof(
    world: World, path: str, signing: dict[str, Any], body: bytes
) -> None:
    call = signed(world, path, body, **signing)

    with what_was_read() as seen:
        answer = world.send(call)

    assert refused(answer) == (401, "key_unknown" if "keyid" in signing else "signature_wrong")
    assert seen == []


@pytest.mark.parametrize("path", DOORS)
def test_what_is_signed_rightly_is_read_as_this_test_sees_it(world: World, path: str) -> None:
    with what_was_read() as seen:
        answer = world.send(signed(world, path, b"{" * 400))

    assert refused(answer) == (422, "body_not_json")
    assert seen == ["read_json"]


@pytest.mark.parametrize("signing", AS.values(), ids=AS)
@pytest.mark.parametrize("path", DOORS)
def test_a_strangers_combining_marks_cost_what_any_refused_body_of_that_length_costs(
    world: World, path: str, signing: dict[str, Any]
) -> None:
    longest = 100_000 if path == "/v1/deposits" else 30_000  # a door refuses more before anything is read

    def cost(text: str) -> float:
        recipient = {"document_type": "DNI", "document_number": text}
        sent = a_body(recipient=recipient) if path == "/v1/deposits" else an_inline_file(filename=text)
        body = json.dumps(sent, ensure_ascii=False).encode()
        calls = [signed(world, path, body, **signing) for _ in range(5)]
        return min(cpu_of(lambda call=call: world.send(call)) for call in calls)  # type: ignore[misc]

    marks = MARKS[:longest]
    assert cost(marks) < 3 * cost("a" * len(marks.encode())) + 0.02


@pytest.mark.parametrize("signing", AS.values(), ids=AS)
@pytest.mark.parametrize("path", DOORS)
def test_a_stranger_costs_one_read_whatever_the_body_names(world: World, path: str, signing: dict[str, Any]) -> None:
    files = [an_inline_file(upload_id=f"{number:032x}") for number in range(40)]
    call = signed(world, path, json.dumps(a_body(annexes=files)).encode(), **signing)

    with ledger() as book:
        answer = world.send(call)

    assert answer.status_code == 401
    assert book.operations == ["BatchGetItem"]


def cpu_of(work: Callable[[], HTTPResponse]) -> float:
    """Return the seconds of CPU of a request that is refused."""
    started = time.process_time()
    answer = work()
    spent = time.process_time() - started
    assert answer.status_code == 401
    return spent


def test_an_inactive_institutions_body_is_not_read_either(world: World) -> None:
    put_institution(world.container, replace(an_institution(), state=InstitutionState.INACTIVE))
    calls = [signed(world, path, b"{") for path in DOORS]

    with what_was_read() as seen:
        answers = [world.send(call) for call in calls]

    assert [refused(answer) for answer in answers] == [(403, "institution_inactive")] * 2
    assert seen == []


def test_a_replay_is_answered_from_its_bytes(world: World) -> None:
    first = world.deposit()
    again = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")

    with what_was_read() as seen:
        answer = world.send(again)

    assert (answer.body, answer.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert seen == []


@pytest.mark.parametrize("query", ["limit=0&month=2026-03", "limit=x&month=2026-03", "mes=2026-03&month=2026-03"])
def test_a_querys_mistakes_are_told_to_who_proved_to_be_somebody(world: World, query: str) -> None:
    assert refused(world.get(f"/v1/deposits?{query}", keyid=f"{INSTITUTION_ID}:otra")) == (401, "key_unknown")
    assert world.get(f"/v1/deposits?{query}").status_code == 422


def test_a_limit_of_thousands_of_digits_is_a_clear_answer(world: World) -> None:
    assert refused(world.get(f"/v1/deposits?limit={'9' * 5000}&month=2026-03")) == (422, "limit_invalid")
