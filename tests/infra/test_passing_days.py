"""The local run's days pass: what was due on a morning in between is done then, not after the whole leap."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.local.clock import LocalClock
from infra.local.passing_days import PassingDays, mornings
from infra.local.workers import Schedule, time_after

DAY = timedelta(days=1)


def test_each_morning_on_the_way_is_five_past_eight_in_lima() -> None:
    since = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)

    assert list(mornings(since, since + DAY)) == []
    assert list(mornings(since, since + 3 * DAY)) == [since + DAY, since + 2 * DAY]
    assert list(mornings(since - timedelta(minutes=1), since + timedelta(minutes=1))) == [since]


class Run:
    """A run whose schedule is polled whenever the clock waits."""

    def __init__(self, folder: Path) -> None:
        self.clock = LocalClock(folder / "clock")
        self.ran: list[datetime] = []
        self.waits = 0
        self.is_stuck = False
        self.each_wait_s = 0.0
        schedule = Schedule(lambda *_: self.ran.append(self.clock()), "job", time_after("rate(5 minutes)"), self.clock)
        self.schedule = schedule
        self.days = PassingDays(self.clock, [schedule], self._wait)

    @property
    def ahead(self) -> timedelta:
        """How far the clock is ahead of the real one."""
        return self.days() - datetime.now(UTC)  # noqa: TID251 - as the clock's own

    def _wait(self, _: float) -> None:
        self.waits += 1
        time.sleep(self.each_wait_s)
        if not self.is_stuck:
            self.schedule.poll()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_three_days_have_three_mornings_on_which_the_schedules_run(run: Run) -> None:
    before = run.days()
    run.days.put_forward(3 * DAY)

    assert timedelta() <= run.days() - before - 3 * DAY < timedelta(minutes=1)
    assert [(at.hour, at.minute) for at in run.ran] == [(13, 5)] * 3
    assert [later - at for at, later in zip(run.ran, run.ran[1:], strict=False)] == [
        pytest.approx(DAY, abs=timedelta(minutes=1))
    ] * 2


def test_a_few_minutes_and_a_whole_month_pass_at_once(run: Run) -> None:
    run.days.put_forward(30 * DAY)
    assert run.waits == 0
    with pytest.raises(ValueError, match="-1"):
        run.days.put_forward(-DAY)


def test_a_schedule_that_never_ends_does_not_hold_the_clock_for_ever(run: Run) -> None:
    run.is_stuck = True
    before = run.days()
    run.days.put_forward(DAY)

    assert run.days() - before >= DAY
    assert run.waits > 0


def test_what_schedules_take_on_the_way_does_not_shorten_it(run: Run) -> None:
    """Whoever put it forward knows by how much: they sign, and write codes, by the same clock."""
    run.each_wait_s = 0.4
    before = run.ahead
    run.days.put_forward(3 * DAY)
    assert run.waits >= 3
    assert run.ahead - before == pytest.approx(3 * DAY, abs=timedelta(seconds=0.1))
