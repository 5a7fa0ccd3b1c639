from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.gateways.circuit_breaker import BreakerPolicy, CircuitBreaker, CircuitState

POLICY = BreakerPolicy(failures=3, window=timedelta(seconds=60), pause=timedelta(seconds=30))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock, POLICY)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.record_failure()


def test_it_stays_closed_below_the_limit(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    assert (breaker.admit(), breaker.state) == (None, CircuitState.CLOSED)


def test_it_opens_at_the_limit_and_tells_how_long(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.wait(10)
    assert (breaker.admit(), breaker.state) == (timedelta(seconds=20), CircuitState.OPEN)


def test_failures_far_apart_do_not_open_it(breaker: CircuitBreaker, clock: Clock) -> None:
    for _ in range(5):
        fail(breaker, 1)
        clock.wait(31)
    assert breaker.state is CircuitState.CLOSED


def test_a_success_between_forgets_the_failures(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.record_success()
    fail(breaker, 2)
    assert breaker.state is CircuitState.CLOSED


def test_after_the_pause_one_call_goes_as_a_trial(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.wait(30)
    assert breaker.state is CircuitState.HALF_OPEN
    assert breaker.admit() is None
    assert breaker.admit() == timedelta(seconds=30)


def test_a_trial_that_succeeds_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.wait(30)
    breaker.admit()
    breaker.record_success()
    fail(breaker, 2)
    assert (breaker.admit(), breaker.state) == (None, CircuitState.CLOSED)


def test_a_trial_that_fails_opens_it_again_at_once(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.wait(300)
    breaker.admit()
    clock.wait(4)
    fail(breaker, 1)
    assert breaker.admit() == timedelta(seconds=30)


def test_a_trial_that_never_reports_does_not_lock_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.wait(30)
    breaker.admit()
    clock.wait(30)
    assert breaker.admit() is None
