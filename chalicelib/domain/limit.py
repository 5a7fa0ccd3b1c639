"""How often something may happen within a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so long; `name` begins the counter's key."""

    name: str
    limit: int
    window_s: int

    def key(self, *parts: str) -> str:
        """Return the counter's key for a user, an address or both."""
        return "#".join((self.name, *parts))


def window_of(window_s: int, now: datetime) -> tuple[int, datetime]:
    """Return the number of the window that `now` lies in, and when it ends: windows are fixed, not sliding."""
    number = int(now.timestamp()) // window_s
    return number, datetime.fromtimestamp((number + 1) * window_s, UTC)
