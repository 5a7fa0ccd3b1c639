"""When a key was last used: noted once a local day by the call that takes the nonce, and by no other."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.store.sender.institution_store import key_item
from chalicelib.store.tables import InstitutionItem
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    NOW,
    World,
    a_body,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.services.reading.test_open_notice import spoil

READ = "/v1/deposits?month=2026-03"


@pytest.fixture
def unused(world: World) -> World:
    put_key(world.container, a_signing_key(), used_on=None)
    return world


def used_on(world: World) -> date | None:
    key = institution_store(world.container).find_key(INSTITUTION_ID, KEY_ID)
    assert key is not None
    return key.used_on


def calls_of(world: World, run: Any) -> Counter[str]:
    counted: Counter[str] = Counter()
    client = connection(world.container).client

    def count(model: Any, **_: Any) -> None:
        counted[model.name] += 1

    client.meta.events.register("before-call.dynamodb", count)
    try:
        run()
    finally:
        client.meta.events.unregister("before-call.dynamodb", count)
    return counted


def test_the_first_use_of_a_local_day_is_noted_without_a_call_more(unused: World) -> None:
    assert used_on(unused) is None
    first = calls_of(unused, lambda: unused.deposit(key="a"))
    assert used_on(unused) == date(2026, 3, 9)
    second = calls_of(unused, lambda: unused.deposit(key="b"))
    assert first.total() == second.total()
    assert first["TransactWriteItems"] - second["TransactWriteItems"] == second["PutItem"] - first["PutItem"] == 1


def test_a_read_notes_it_by_the_clock_of_the_country(unused: World) -> None:
    first = calls_of(unused, lambda: unused.get(READ))
    unused.clock.advance(hours=8)  # 23:15 in Lima; the next day in UTC
    assert calls_of(unused, lambda: unused.get(READ)).total() == first.total()
    assert used_on(unused) == date(2026, 3, 9)
    unused.clock.advance(hours=1)
    unused.get(READ)
    assert used_on(unused) == date(2026, 3, 10)


@pytest.mark.parametrize(
    "ask",
    [
        lambda world: world.get("/v1/mailboxes/1-40000002"),
        lambda world: world.get("/v1/mailboxes/1-40000099"),
        lambda world: world.deposit({**a_body(), "recipient": {"document_type": "DNI", "document_number": "40000099"}}),
    ],
)
def test_what_is_told_of_a_mailbox_is_use_without_a_call_more(unused: World, ask: Any) -> None:
    first = calls_of(unused, lambda: ask(unused))
    assert used_on(unused) == date(2026, 3, 9)
    unused.clock.advance(hours=1)
    assert calls_of(unused, lambda: ask(unused)).total() == first.total()


def test_a_consultation_is_recorded_though_the_use_was_noted_meanwhile(unused: World) -> None:
    client = connection(unused.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        put_key(unused.container, a_signing_key(), used_on="2026-03-09")

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert unused.get("/v1/mailboxes/1-40000099").status_code == 200
    assert len(event_store(unused.container).list_for_subject("mailbox#1-40000099")) == 1


def test_an_inactive_institutions_consultation_is_no_use(unused: World) -> None:
    put_institution(unused.container, an_institution(state=InstitutionState.INACTIVE))
    assert unused.get("/v1/mailboxes/1-40000002").status_code == 403
    assert used_on(unused) is None


def test_what_is_refused_is_no_use(unused: World) -> None:
    assert unused.get(READ, covered=("@method",)).status_code == 401
    put_key(unused.container, a_signing_key(not_after=unused.clock.now), used_on=None)
    assert unused.get(READ).status_code == 401
    assert used_on(unused) is None


@pytest.mark.parametrize("send", [lambda world: world.deposit(), lambda world: world.get(READ)])
def test_whoever_noted_it_meanwhile_stops_no_request(unused: World, send: Any) -> None:
    client = connection(unused.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        put_key(unused.container, a_signing_key(), used_on="2026-03-09")

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert send(unused).status_code in (200, 201)
    assert used_on(unused) == date(2026, 3, 9)


def test_a_nonce_of_other_bytes_is_refused_on_the_first_use_too(unused: World) -> None:
    unused.get(READ, nonce="un-nonce-de-prueba")
    put_key(unused.container, a_signing_key(), used_on=None)
    refused = unused.get("/v1/deposits?month=2026-02", nonce="un-nonce-de-prueba")
    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert used_on(unused) is None


def test_a_key_that_is_gone_is_not_made(unused: World) -> None:
    client = connection(unused.container).client

    def vanish(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", vanish)
        InstitutionItem(INSTITUTION_ID, key_item(KEY_ID)).delete()

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", vanish)
    unused.get(READ)
    assert institution_store(unused.container).find_key(INSTITUTION_ID, KEY_ID) is None


def test_a_key_is_revoked_while_its_use_is_noted_and_keeps_the_day(
    unused: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unused.get(READ)
    spoil(monkeypatch, "TransactWriteItems", "conflict", "conflict")
    event = Event("institution#x", EventType.INSTITUTION_KEY_REVOKED, NOW, "e1", "operator:x")
    institution_store(unused.container).revoke_key(a_signing_key(revoked_at=NOW), event)

    key = institution_store(unused.container).find_key(INSTITUTION_ID, KEY_ID)
    assert key is not None
    assert (key.revoked_at, key.used_on) == (NOW, date(2026, 3, 9))
    assert unused.get(READ).json_body["code"] == "key_not_valid"
