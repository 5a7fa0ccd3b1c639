"""The way out to a provider of messages: not faster than it takes them, and not at all while it takes none.

Each process keeps to its own share of the provider's rate. Codes and links that people wait for are not held back here:
the shares leave room for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.gateways.circuit_breaker import BreakerPolicy, CircuitBreaker

BREAKER = BreakerPolicy(failures=5, window=timedelta(minutes=1), pause=timedelta(seconds=30))
"""Five refusals without a message taken in between are no matter of one address."""
_HEADROOM = 0.8
_ON_THE_SIDE = 0.05


@dataclass
class Pace:
    """Calls of one process, evenly spaced; `sleep` waits seconds. Safe between threads."""

    per_second: float
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    _next: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def wait(self) -> None:
        """Wait for the next turn."""
        with self._lock:
            now = self.clock().timestamp()
            turn = max(self._next, now)
            self._next = turn + 1 / self.per_second
        if turn > now:
            self.sleep(turn - now)


def share(rate: float, processes: int) -> float:
    """Return the messages a second that each of some processes may send, where the provider takes `rate` from all."""
    return rate * _HEADROOM / processes


def side_share(rate: float) -> float:
    """Return the messages a second that one process may send of what is no alert, out of what their shares leave."""
    return rate * _ON_THE_SIDE


class WayOut:
    """Hands messages over, each by the call it is given."""

    def __init__(self, pace: Pace, breaker: CircuitBreaker) -> None:
        """Start as if the provider took everything."""
        self._pace = pace
        self._breaker = breaker
        self._refusal: Unavailable | None = None

    def hand_over(self, send: Callable[[], str]) -> str:
        """Call `send` at its turn, and return the provider's id.

        Raises:
            MessageRefused: as `send` does.
            SendingUncertain: as `send` does.
            Unavailable: as `send` does; or `send` was not called, since the last several times it did.

        """
        if self._refusal is not None and self._breaker.admit() is not None:
            raise Unavailable(self._refusal.code, self._refusal.detail)
        self._pace.wait()
        try:
            message_id = send()
        except MessageRefused:
            self._took()
            raise
        except Unavailable as error:
            self._refusal = Unavailable(error.code, error.detail)
            self._breaker.record_failure()
            raise
        self._took()
        return message_id

    def _took(self) -> None:
        self._refusal = None
        self._breaker.record_success()
