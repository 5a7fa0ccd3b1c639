"""A circuit breaker: after several failures within a short time, an outside service is left alone for a while.

Each process keeps its own. That suffices: what it saves is the waiting of this process's people and a few calls to a
service that is down anyway; a Lambda process serves one request at a time and learns within a few requests, while
a shared state would cost every request a round trip and could fail itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock


class CircuitState(StrEnum):
    """Closed lets calls through, open none, half-open one that shows whether the service is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """`failures` within `window` open the circuit for `pause`."""

    failures: int = 3
    window: timedelta = timedelta(minutes=1)
    pause: timedelta = timedelta(seconds=30)


class CircuitBreaker:
    """Asks `admit` before a call and is told afterwards how it went; safe between threads."""

    def __init__(self, clock: Callable[[], datetime], policy: BreakerPolicy | None = None) -> None:
        """Start closed."""
        self._clock = clock
        self._policy = policy or BreakerPolicy()
        self._failures: deque[datetime] = deque(maxlen=self._policy.failures)
        self._open_until: datetime | None = None
        self._lock = Lock()

    @property
    def state(self) -> CircuitState:
        """The state at this moment."""
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if self._clock() < self._open_until else CircuitState.HALF_OPEN

    @property
    def is_open(self) -> bool:
        """Whether the service is left alone at this moment."""
        return self.state is CircuitState.OPEN

    def admit(self) -> timedelta | None:
        """Return None when a call may go, or how long to wait.

        When the pause is over one call goes as a trial, and the others wait another pause or for its success.
        """
        with self._lock:
            now = self._clock()
            if self._open_until is None:
                return None
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + self._policy.pause
            return None

    def record_success(self) -> None:
        """Close, and forget the failures."""
        with self._lock:
            self._failures.clear()
            self._open_until = None

    def record_failure(self) -> None:
        """Open at the policy's last allowed failure, or again after a trial that failed."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            is_full = len(self._failures) == self._policy.failures
            if self._open_until is not None or (is_full and now - self._failures[0] <= self._policy.window):
                self._open_until = now + self._policy.pause
