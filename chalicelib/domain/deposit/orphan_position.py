"""Where the sweep of orphans stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class OrphanPosition:
    """The day being swept and the last key looked at in it; `again` are keys before it that failed.

    `root` is what the keys of all days begin with. `version` counts how often it moved, so that of two sweeps at once
    none takes the other back.
    """

    day: date
    after: str = ""
    again: tuple[str, ...] = ()
    version: int = 0
    root: str = "notices"

    @property
    def prefix(self) -> str:
        """What the keys of its day begin with."""
        return f"{self.root}/{self.day:%Y/%m/%d}/"

    def next_day(self) -> OrphanPosition:
        """Go on to the beginning of the next day."""
        return replace(self, day=self.day + timedelta(days=1), after="")
