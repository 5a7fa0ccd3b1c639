from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.access.token import KEPT_FOR, TokenKind
from chalicelib.services.access.clean_tokens import CleanedTokens, clean_tokens
from chalicelib.store.sender.nonce_store import NonceStore
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, World, a_new_token, access_world, at_once
from tests.deposit_world import Clock

LINK = TokenKind.RESET_LINK
GONE = NOW + timedelta(days=2) + KEPT_FOR[LINK]
"""When the time to live of `a_new_token` ends."""
LATER = GONE + timedelta(seconds=1)


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


def issue(world: World, *names: str, **overrides: object) -> None:
    for name in names:
        world.tokens.issue(a_new_token(name=name, **overrides))


def clean(world: World, now: datetime = LATER, items: int = 999, days_back: int = 1) -> CleanedTokens:
    """Clean with time for so many items."""
    clock = Clock(now - timedelta(seconds=1), timedelta(seconds=1))
    until = now + timedelta(seconds=items + 1)
    return clean_tokens(tokens=world.tokens, now=clock, until=until, days_back=days_back)


def left(world: World) -> int:
    count: int = world.connection.dispatch("Scan", {"TableName": TokenItem.Meta.table_name, "Select": "COUNT"})["Count"]
    return count


def test_tokens_go_when_their_time_to_live_is_over_and_not_before(world: World) -> None:
    issue(world, "a", "b", "c")
    issue(world, "younger", valid_until=NOW + timedelta(days=3))
    assert clean(world, GONE) == CleanedTokens(0, 0, 0, is_complete=True)
    assert clean(world) == CleanedTokens(3, 0, 0, is_complete=True)
    assert world.tokens.find(LINK, "younger") is not None
    assert left(world) == 1


def test_a_run_whose_time_was_over_is_taken_up_by_the_next(world: World) -> None:
    issue(world, *(f"t{number}" for number in range(5)))
    runs = [clean(world, items=2) for _ in range(3)]
    assert [(run.deleted, run.is_complete) for run in runs] == [(2, False), (2, False), (1, True)]
    assert left(world) == 0


def test_a_run_after_a_month_without_one_leaves_nothing(world: World) -> None:
    issue(world, "a")
    assert clean(world, LATER + timedelta(days=30), days_back=30).deleted == 1


def test_nonces_and_counters_are_left_to_the_time_to_live(world: World) -> None:
    NonceStore().claim("nonce#k#1", digest="d", expires_at=NOW, now=NOW)
    world.limits.tally("k", window_s=60, now=NOW)
    assert clean(world, NOW + timedelta(days=1)) == CleanedTokens(0, 0, 0, is_complete=True)
    assert left(world) == 2


def test_a_token_issued_anew_after_it_was_listed_stays(world: World) -> None:
    issue(world, "a")
    [item] = world.connection.dispatch("Scan", {"TableName": TokenItem.Meta.table_name})["Items"]
    issue(world, "a", valid_until=LATER)
    assert not world.tokens.delete_expired(item["token"]["S"], now=LATER)
    assert world.tokens.find(LINK, "a") is not None


def test_a_token_that_cannot_be_read_goes_too(world: World) -> None:
    issue(world, "a", "b")
    item = next(iter(TokenItem.scan()))
    item.update([TokenItem.issued_at.remove()])
    assert clean(world) == CleanedTokens(2, 0, 0, is_complete=True)


def test_a_token_whose_deletion_is_refused_stops_no_other(world: World) -> None:
    issue(world, *(f"t{number}" for number in range(5)))
    refused = min(item.token for item in TokenItem.scan())

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if refused in json.dumps(params["body"], default=str):
            raise EndpointConnectionError(endpoint_url="https://rosa.example")

    events = world.connection.client.meta.events
    events.register("before-call.dynamodb.DeleteItem", refuse)
    try:
        first, second = clean(world), clean(world)
    finally:
        events.unregister("before-call.dynamodb.DeleteItem", refuse)
    assert first == CleanedTokens(4, 0, 1, is_complete=False)
    assert second == CleanedTokens(0, 0, 1, is_complete=False)
    assert clean(world) == CleanedTokens(1, 0, 0, is_complete=True)


@pytest.mark.ministack
def test_two_at_once_delete_everything_once(ministack: dict[str, str]) -> None:
    world = access_world(ministack)
    issue(world, *(f"t{number}" for number in range(20)))
    runs = at_once(2, lambda _: clean(world))
    assert sum(run.deleted for run in runs if isinstance(run, CleanedTokens)) == 20
    assert left(world) == 0
