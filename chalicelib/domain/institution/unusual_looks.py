"""How many looks at people's data in an hour are unusual for one looker (INS-8). It rings, and stops nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.event import Event


@dataclass(frozen=True, slots=True)
class Looked:
    """One look, of which hour of UTC, and whose: as the event's actor says."""

    looker: str
    at: datetime
    event_id: str

    @property
    def hour(self) -> str:
        """Return the hour that it counts in, `YYYY-MM-DDTHH`."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H}"


def looked(event: Event) -> Looked | None:
    """Return what an event tells of a look; None where it is none."""
    return None if event.looker is None else Looked(event.looker, event.occurred_at, event.event_id)


def read_thresholds(text: str) -> dict[str, int]:
    """Read `kind:number` pairs with commas between them, as the configuration has them."""
    pairs = (pair.split(":") for pair in text.split(","))
    return {kind: int(number) for kind, number in pairs}


def usual_of(looker: str, thresholds: Mapping[str, int]) -> int | None:
    """Return how many looks an hour of such a looker are usual at most; None where no number is set."""
    return thresholds.get(looker.partition(":")[0])


def is_crossed(before: int, after: int, usual: int) -> bool:
    """Tell whether a count that grew passed what is usual, or another multiple of it."""
    return after // usual > before // usual
