"""Put the local run's clock forward so that days pass: each morning on the way the schedules do what is due by then.

A clock that only jumped would find a reminder's day over, of which the service told nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as hour

from infra.local.clock import LocalClock
from infra.local.workers import Schedule

_MORNING = hour(13, 5, tzinfo=UTC)
"""Five past eight in Lima: what is due at night or at eight is done then."""
_WALKED = timedelta(days=10)
"""What is more passes at once."""
_MOST_S = 15


class PassingDays:
    """A clock like the one that it moves."""

    def __init__(
        self, clock: LocalClock, schedules: Sequence[Schedule], pause: Callable[[float], None] = time.sleep
    ) -> None:
        """Wait at each stop for these schedules, which run in threads of their own."""
        self._clock = clock
        self._schedules = schedules
        self._pause = pause

    def __call__(self) -> datetime:
        """Return the instant."""
        return self._clock()

    def put_forward(self, by: timedelta) -> None:
        """Put it forward by as much, as `LocalClock` does, and return once what was due on the way is done.

        A schedule that does not end within some seconds holds the clock up no longer.
        """
        if not timedelta() < by <= _WALKED:
            self._clock.put_forward(by)
            return
        start, left = self._clock(), by
        for morning in mornings(start, start + by):
            step = morning - self._clock()  # less than what is left: it ticked on while the schedules ran
            if step > timedelta():
                self._clock.put_forward(step)
                left -= step
            self._wait_until(morning)
        self._clock.put_forward(left)

    def _wait_until(self, stop: datetime) -> None:
        for _ in range(_MOST_S * 20):
            if all(schedule.done_until is not None and schedule.done_until >= stop for schedule in self._schedules):
                return
            self._pause(0.05)


def mornings(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the mornings after one instant and before another."""
    morning = datetime.combine(since.astimezone(UTC).date(), _MORNING)
    while morning < until:
        if morning > since:
            yield morning
        morning += timedelta(days=1)
