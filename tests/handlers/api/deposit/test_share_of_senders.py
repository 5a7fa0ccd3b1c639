"""A sender that sends too much at once is told to wait, and nobody else is; what it costs is nothing for the others."""

from __future__ import annotations

from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.sender import fair_share
from chalicelib.domain.sender.fair_share import WINDOW_S, room_untold, share_of
from chalicelib.services.sender.fair_share import FairShare
from chalicelib.store.sender.count_store import CountStore
from chalicelib.store.tables import TokenItem
from tests.deposit_world import (
    KEY_ID,
    P256_KEY,
    World,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)

SHARE = share_of(2)
OTHER = "otra-entidad"


@pytest.fixture
def world(world: World) -> World:
    """One whose senders may send ten in five seconds."""
    world.container.made[fair_share] = FairShare(CountStore(), SHARE, world.clock)
    put_institution(world.container, an_institution(institution_id=OTHER))
    put_key(world.container, a_signing_key(institution_id=OTHER))
    return world


def spend(world: World) -> None:
    for _ in range(SHARE.limit):
        assert world.get("/v1/deposits?month=2026-03").status_code == 200


def told(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json_body["code"], answer.headers.get("Retry-After")


def test_whoever_sends_more_is_told_to_wait_and_the_same_request_passes_then(world: World) -> None:
    spend(world)
    refused = world.deposit()
    assert told(refused) == (429, "request_limit", "5")
    assert refused.json_body["retryable"] is True
    assert refused.headers["Content-Type"] == "application/problem+json"
    world.clock.advance(seconds=5)
    assert world.deposit().status_code == 201


def test_another_sender_behind_the_same_address_is_not(world: World) -> None:
    spend(world)
    assert world.deposit().status_code == 429
    assert world.deposit(keyid=f"{OTHER}:{KEY_ID}").status_code == 201


def test_nobody_spends_the_share_of_another_by_its_name(world: World) -> None:
    for number in range(3 * SHARE.limit):
        assert world.deposit(key=f"k{number}", private_key=P256_KEY).json_body["code"] == "signature_wrong"
    assert world.deposit().status_code == 201


def test_what_is_refused_by_its_share_costs_no_call_and_takes_no_nonce(world: World) -> None:
    spend(world)
    call = world.signed("GET", "/v1/deposits?month=2026-03")
    assert world.send(call).status_code == 429
    with ledger() as book:
        assert world.send(call).status_code == 429
    assert book.operations == []
    world.clock.advance(seconds=5)
    assert world.send(call).status_code == 200


def test_a_deposit_of_one_who_sends_little_costs_what_it_cost(world: World) -> None:
    world.container.made.pop(fair_share)
    usual = room_untold(share_of(int(world.container.config.sender_rate)))
    assert usual >= 3
    for number in range(3 * usual):
        if number % usual == 0:
            world.clock.advance(seconds=WINDOW_S)
        world.deposit(key=f"clave-{number}")
    assert not [item for item in TokenItem.scan() if item.token.startswith("count#requests#")]
