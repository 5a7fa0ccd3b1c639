"""How often something may happen within a time: for one user, network or session, or for all together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum


def window_at(now: datetime, window_s: int) -> tuple[int, datetime]:
    """Return the number of the fixed window that an instant lies in, and the instant it ends."""
    number = int(now.timestamp()) // window_s
    return number, datetime.fromtimestamp((number + 1) * window_s, UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so long; `name` begins the counter's key."""

    name: str
    limit: int
    window_s: int

    def key(self, *parts: str) -> str:
        """Return the counter's key for a user, an address or both."""
        return "#".join((self.name, *parts))


class Standing(Enum):
    """How much of a common budget somebody may still draw on: the less is known of them, the less."""

    CROWDED = 0.5
    """From a network that asked for much already."""
    QUIET = 0.8
    """From a network that asked for little."""
    PROVEN = 1.0
    """By somebody who proved something: a password, a known device, a session, an address."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What all callers together may spend in a window; the last parts of it are kept for those who proved more."""

    name: str
    total: int
    window_s: int

    def share(self, standing: Standing) -> int:
        """Return how much may be spent, by all, before one of this standing is refused."""
        return int(self.total * standing.value)
