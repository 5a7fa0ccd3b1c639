"""Which of this service's own secrets another one refused: what processes tell each other, so that none repeats it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from chalicelib.domain.errors import TooManyRequests
from chalicelib.store.limit_store import LimitStore


class RefusedCredentials:
    """Of one other service. A value stands there as a keyed hash, as a limit does. Raises `Unavailable`."""

    def __init__(self, service: str, limits: Callable[[], LimitStore], clock: Callable[[], datetime]) -> None:
        """Name whose they are; `limits` returns the store with the pepper of the time."""
        self._service, self._limits, self._clock = service, limits, clock

    def until(self, value: str) -> datetime | None:
        """Return when a refused value may be shown again; None where none was refused. One read."""
        return self._limits().cools_until(self._key(value))

    def add(self, value: str, rest: timedelta) -> None:
        """Tell the others; where one of them was refused before, its rest stands."""
        with suppress(TooManyRequests):
            self._limits().cool_down(self._key(value), seconds=int(rest.total_seconds()), now=self._clock())

    def _key(self, value: str) -> str:
        return f"refused#{self._service}#{value}"
