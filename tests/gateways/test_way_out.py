from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut, share, side_share


class Time:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def way(time: Time) -> WayOut:
    return WayOut(Pace(10, time, time.sleep), CircuitBreaker(time, BREAKER))


def take() -> str:
    return "m-1"


def refuse() -> str:
    raise Unavailable("mail_throttled", "Ahora no.")


def lose() -> str:
    raise SendingUncertain("mail_unavailable", "Quién sabe.")


def refuse_address() -> str:
    raise MessageRefused("email_address_refused", "No.")


def fail(way: WayOut, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable):
            way.hand_over(refuse)


def test_it_hands_over_and_returns_the_id(way: WayOut) -> None:
    assert way.hand_over(take) == "m-1"


def test_messages_are_spaced_evenly_and_the_first_waits_for_nothing(time: Time, way: WayOut) -> None:
    for _ in range(4):
        way.hand_over(take)
    assert time.slept == [pytest.approx(0.1, abs=1e-5)] * 3
    time.now += timedelta(seconds=60)
    way.hand_over(take)
    assert len(time.slept) == 3, "nothing is saved up and nothing is owed"


def test_threads_take_turns() -> None:
    time = Time()
    slept: list[float] = []
    pace = Pace(2, time, slept.append)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.wait(), range(8)))
    assert sorted(slept) == pytest.approx([0.5 * n for n in range(1, 8)], abs=1e-5)


def test_all_processes_together_stay_below_the_providers_rate() -> None:
    assert 4 * share(14, 4) == pytest.approx(11.2)
    assert 4 * share(14, 4) + 2 * side_share(14) < 14, "with room for what people wait for"


def test_after_five_refusals_in_a_row_it_does_not_ask_for_half_a_minute(time: Time, way: WayOut) -> None:
    fail(way, 5)
    with pytest.raises(Unavailable, match="mail_throttled") as rests:
        way.hand_over(take)
    assert type(rests.value) is Unavailable
    time.now += timedelta(seconds=30)
    assert way.hand_over(take) == "m-1"
    assert way.hand_over(take) == "m-1"


def test_what_is_not_asked_for_surely_was_not_taken_though_the_last_answers_were_lost(way: WayOut) -> None:
    for _ in range(5):
        with pytest.raises(SendingUncertain):
            way.hand_over(lose)
    with pytest.raises(Unavailable, match="mail_unavailable") as rests:
        way.hand_over(take)
    assert type(rests.value) is Unavailable


@pytest.mark.parametrize("taken", [take, refuse_address])
def test_any_answer_about_a_message_shows_that_the_provider_works(way: WayOut, taken: Callable[[], str]) -> None:
    for _ in range(5):
        fail(way, 4)
        with suppress(MessageRefused):
            way.hand_over(taken)
    assert way.hand_over(take) == "m-1"


def test_after_the_pause_one_message_tries_and_the_others_wait_for_it(time: Time, way: WayOut) -> None:
    fail(way, 5)
    time.now += timedelta(seconds=30)
    asked: list[str] = []

    def another() -> str:
        asked.append("another")
        return "m-2"

    def trial() -> str:
        with pytest.raises(Unavailable):
            way.hand_over(another)
        return "m-1"

    assert way.hand_over(trial) == "m-1"
    assert asked == []
