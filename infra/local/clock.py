"""The local run's clock: the real one, or ahead of it, to see what expires without waiting for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from infra.local.state import write_whole

MOST = timedelta(days=366)


class MovableClock(Protocol):
    """Tells the time, and can be put forward."""

    def __call__(self) -> datetime:
        """Return the instant."""

    def put_forward(self, by: timedelta) -> None:
        """Put it forward.

        Raises:
            ValueError: back, or more than a year at once.
            OSError: it cannot be noted, and stays where it is.

        """


class LocalClock:
    """Tells the time of everything in the run. It can be put forward, never back: what happened stays in the past."""

    def __init__(self, note: Path) -> None:
        """Go on from where the last run was put to; `note` remembers it."""
        self._note = note
        self._lock = threading.Lock()
        self._ahead = timedelta(seconds=int(note.read_text("utf-8"))) if note.exists() else timedelta()

    def __call__(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC) + self._ahead

    def put_forward(self, by: timedelta) -> None:
        """Put it forward.

        Raises:
            ValueError: back, or more than a year at once.
            OSError: it cannot be noted, and stays where it is.

        """
        if not timedelta() < by <= MOST:
            raise ValueError(by)
        with self._lock:
            ahead = self._ahead + by
            write_whole(self._note, str(int(ahead.total_seconds())).encode())
            self._ahead = ahead
