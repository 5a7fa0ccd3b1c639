"""How often something may happen within a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so long; `name` begins the counter's key."""

    name: str
    limit: int
    window_s: int

    def key(self, *parts: str) -> str:
        """Return the counter's key for a user, an address or both."""
        return "#".join((self.name, *parts))
