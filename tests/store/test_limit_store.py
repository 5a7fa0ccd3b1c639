from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Budget, Standing
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.tables import TokenItem
from tests.access_world import TICK, World, access_world, at_once

START = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
"""The beginning of a window of 15 minutes."""
WINDOW = 15 * 60


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


@pytest.fixture
def limits(world: World) -> LimitStore:
    return world.limits


def spend(limits: LimitStore, now: datetime, key: str = "k", limit: int = 3) -> int:
    return limits.spend(key, limit=limit, window_s=WINDOW, now=now)


def test_a_limit_tells_what_remains_and_then_when_to_come_back(limits: LimitStore) -> None:
    now = START + timedelta(minutes=5)
    assert [spend(limits, now) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooManyRequests) as caught:
        spend(limits, now)
    assert (caught.value.code, caught.value.retry_after) == ("limit_reached", 600)
    assert caught.value.detail == "Hubo demasiados intentos seguidos. Espera 10 minutos y vuelve a intentarlo."


def test_the_limit_holds_to_the_last_instant_of_its_window_and_is_new_in_the_next(limits: LimitStore) -> None:
    end = START + timedelta(seconds=WINDOW)
    for _ in range(3):
        spend(limits, START)
    with pytest.raises(TooManyRequests) as caught:
        spend(limits, end - TICK)
    assert caught.value.retry_after == 1
    assert spend(limits, end) == 2


def test_keys_windows_and_peppers_do_not_share_a_count(limits: LimitStore) -> None:
    assert spend(limits, START) == 2
    assert spend(limits, START, key="other") == 2
    assert limits.spend("k", limit=3, window_s=60, now=START) == 2
    assert spend(LimitStore(bytes(32)), START) == 2


def test_a_tally_refuses_no_one(limits: LimitStore) -> None:
    assert [limits.tally("k", window_s=WINDOW, now=START) for _ in range(4)] == [1, 2, 3, 4]


def test_cooling_lets_one_pass_and_the_next_after_exactly_its_time(limits: LimitStore) -> None:
    limits.cool_down("k", seconds=60, now=START)
    for waited in (timedelta(0), timedelta(seconds=60) - TICK):
        with pytest.raises(TooManyRequests):
            limits.cool_down("k", seconds=60, now=START + waited)
    limits.cool_down("k", seconds=60, now=START + timedelta(seconds=60))


def test_keys_are_stored_as_keyed_hashes_and_outside_the_indexes(world: World) -> None:
    spend(world.limits, START, key="login-pair#1-40000002#192.0.2.7")
    [item] = world.connection.dispatch("Scan", {"TableName": TokenItem.Meta.table_name})["Items"]
    assert set(item) == {"token", "attempts", "expires_at"}
    assert "40000002" not in str(item)


@pytest.mark.ministack
def test_fifty_at_once_get_exactly_the_limit(ministack: dict[str, str]) -> None:
    limits = access_world(ministack).limits
    results = at_once(50, lambda _: spend(limits, START, limit=7))
    assert sorted(result for result in results if isinstance(result, int)) == [0, 1, 2, 3, 4, 5, 6]
    assert len([result for result in results if isinstance(result, TooManyRequests)]) == 43


@pytest.mark.ministack
def test_fifty_tallies_at_once_lose_none(ministack: dict[str, str]) -> None:
    limits = access_world(ministack).limits
    results = at_once(50, lambda _: limits.tally("k", window_s=WINDOW, now=START))
    assert sorted(result for result in results if isinstance(result, int)) == list(range(1, 51))


@pytest.mark.ministack
def test_of_twenty_resends_at_once_one_passes(ministack: dict[str, str]) -> None:
    limits = access_world(ministack).limits
    results = at_once(20, lambda _: limits.cool_down("k", seconds=60, now=START))
    assert results.count(None) == 1


MAILS = Budget("mail", 80, WINDOW)


def drawn(limits: LimitStore, standing: Standing) -> int:
    """How many of 400 draws on a common budget of 80 were granted."""
    granted = 0
    for number in range(400):
        with suppress(TooManyRequests):
            limits.draw(MAILS, standing, by=f"{number}", now=START)
            granted += 1
    return granted


def test_the_last_of_a_common_budget_is_kept_for_those_who_proved_more(limits: LimitStore) -> None:
    assert [drawn(limits, standing) for standing in Standing] == [40, 24, 16]
    with pytest.raises(TooManyRequests) as caught:
        limits.draw(MAILS, Standing.PROVEN, by="1", now=START)
    assert (caught.value.code, caught.value.retry_after) == ("budget_spent", WINDOW)
    limits.draw(MAILS, Standing.CROWDED, by="1", now=START + timedelta(seconds=WINDOW))


def test_what_proved_right_is_given_back(limits: LimitStore) -> None:
    assert [limits.tally("k", window_s=WINDOW, now=START) for _ in range(2)] == [1, 2]
    limits.give_back("k", window_s=WINDOW, now=START)
    assert limits.tally("k", window_s=WINDOW, now=START) == 2
