"""A nonce belongs to one set of signed bytes, from before the commit until nobody takes the signature any more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.errors import NotAuthenticated
from chalicelib.store.sender.nonce_store import NonceStore, nonce_token
from chalicelib.store.tables import NoticeItem, TokenItem
from tests.deposit_world import INSTITUTION_ID, KEY_ID, NOW, World, a_signing_key, an_inline_file, put_key

NONCE = "un-nonce-de-prueba"
TOKEN = nonce_token(f"{INSTITUTION_ID}:{KEY_ID}", NONCE)
LAST = NOW + timedelta(seconds=330)
"""Of a signature of now: its own five minutes, and thirty seconds for a clock that is behind."""


def _take(world: World, at: datetime) -> None:
    NonceStore().claim(TOKEN, digest="of other bytes", expires_at=at, now=at)
    assert world


def test_when_the_commit_begins_nobody_else_can_take_the_nonce(world: World) -> None:
    client, refused = connection(world.container).client, list[str]()

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        with pytest.raises(NotAuthenticated) as caught:
            _take(world, NOW)
        refused.append(caught.value.code)

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)

    assert world.deposit(nonce=NONCE).status_code == 201
    assert refused == ["nonce_reused"]


def test_a_deposit_whose_nonce_another_took_meanwhile_is_not_committed(world: World) -> None:
    client = connection(world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.PutItem", overtake)
        _take(world, LAST)

    client.meta.events.register("before-call.dynamodb.PutItem", overtake)
    refused = world.deposit(nonce=NONCE)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert not list(NoticeItem.scan())


@pytest.mark.parametrize("seconds", [0, 299, 301, 330])
def test_a_nonce_is_kept_as_long_as_its_signature_is_taken(world: World, seconds: int) -> None:
    world.deposit(nonce=NONCE)
    world.clock.advance(seconds=seconds)

    refused = world.deposit(key="clave-2", nonce=NONCE, created=NOW)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert len(list(NoticeItem.scan())) == 1


def test_a_nonce_is_kept_to_its_last_second_by_the_store_too(world: World) -> None:
    world.deposit(nonce=NONCE)

    [token] = TokenItem.scan(TokenItem.token == TOKEN)
    assert token.expires_at == LAST
    with pytest.raises(NotAuthenticated):
        _take(world, LAST)
    _take(world, LAST + timedelta(seconds=1))


def test_a_nonce_whose_time_is_over_may_still_lie_there(world: World) -> None:
    world.deposit(nonce=NONCE)
    world.clock.advance(seconds=331)

    assert world.deposit(key="clave-2", nonce=NONCE).status_code == 201


READS = ("/v1/deposits/{}", "/v1/deposits/{}/receipt", "/v1/deposits/{}/status", "/v1/deposits?month=2026-03",
         "/v1/uploads/" + "a" * 32)  # fmt: skip


@pytest.mark.parametrize("read", READS)
def test_a_read_takes_its_nonce_for_its_own_bytes(world: World, read: str) -> None:
    path = read.format(world.deposit().json_body["notice_id"])
    status = 303 if path.endswith("receipt") else 200
    call = world.signed("GET", path, nonce=NONCE)

    assert [world.send(call).status_code for _ in range(2)] == [status] * 2
    for other in (world.get("/v1/uploads/" + "b" * 32, nonce=NONCE), world.deposit(key="clave-2", nonce=NONCE)):
        assert (other.status_code, other.json_body["code"]) == (401, "nonce_reused")
    assert len(list(NoticeItem.scan())) == 1


@pytest.mark.parametrize("read", READS)
def test_a_read_may_not_use_a_nonce_that_another_takes_meanwhile(world: World, read: str) -> None:
    path = read.format(world.deposit().json_body["notice_id"])
    client = connection(world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.PutItem", overtake)
        _take(world, LAST)

    client.meta.events.register("before-call.dynamodb.PutItem", overtake)
    refused = world.get(path, nonce=NONCE)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")


@pytest.mark.parametrize("path", ["/v1/deposits/x", "/v1/deposits?month=2026", "/v1/uploads/x"])
def test_a_read_that_asks_for_nothing_takes_no_nonce(world: World, path: str) -> None:
    assert world.get(path, nonce=NONCE).status_code in {404, 422}
    assert list(TokenItem.scan()) == []


def test_a_grant_takes_no_nonce_and_may_not_use_one_that_is_taken(world: World) -> None:
    file = an_inline_file()
    del file["content"]
    call = world.signed("POST", "/v1/uploads", json.dumps(file).encode(), nonce=NONCE)

    first, again = world.send(call), world.send(call)
    assert (first.status_code, first.json_body["upload_id"]) == (201, again.json_body["upload_id"])
    assert list(TokenItem.scan()) == []
    assert world.deposit(nonce=NONCE).status_code == 201
    refused = world.send(call)
    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")


@pytest.mark.parametrize("seconds", [0, 301, 330])
def test_a_read_may_not_use_a_nonce_that_is_taken(world: World, seconds: int) -> None:
    notice_id = world.deposit(nonce=NONCE).json_body["notice_id"]
    world.clock.advance(seconds=seconds)
    path = f"/v1/deposits/{notice_id}"

    refused = world.get(path, nonce=NONCE, created=NOW)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert world.get(path, nonce="un-nonce-que-es-otro", created=NOW).status_code == 200
    assert world.get(f"{path}/status", nonce="un-nonce-del-estado", created=NOW).status_code == 200


def test_a_key_whose_institution_is_not_registered_is_none(world: World) -> None:
    put_key(world.container, a_signing_key(institution_id="sin-ficha"))

    for refused in (
        world.deposit(keyid=f"sin-ficha:{KEY_ID}"),
        world.get("/v1/uploads/x", keyid=f"sin-ficha:{KEY_ID}"),
    ):
        assert (refused.status_code, refused.json_body["code"]) == (401, "key_unknown")


def test_a_nonce_is_of_one_key(world: World) -> None:
    world.deposit(nonce=NONCE)
    NonceStore().claim(nonce_token(f"{INSTITUTION_ID}:otra", NONCE), digest="d", expires_at=LAST, now=NOW)


@pytest.mark.parametrize("seconds", [0, 301, 330])
def test_a_consultation_takes_its_nonce_too(world: World, seconds: int) -> None:
    assert world.get("/v1/mailboxes/1-40000002", nonce=NONCE).status_code == 200
    world.clock.advance(seconds=seconds)

    refused = world.get("/v1/mailboxes/1-40000003", nonce=NONCE, created=NOW)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert event_store(world.container).list_for_subject("mailbox#1-40000003") == ()


def test_a_consultation_whose_nonce_another_took_meanwhile_is_not_recorded(world: World) -> None:
    client = connection(world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        _take(world, LAST)

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    refused = world.get("/v1/mailboxes/1-40000002", nonce=NONCE)

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")
    assert event_store(world.container).list_for_subject("mailbox#1-40000002") == ()
