"""What became of a filing since something of it was to be told, as far as that decides whether it still is news.

It reads out of a filing's facts what alerts need and knows nothing else of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.alert.alert import TOO_LATE
from chalicelib.domain.alert.filing_news import Occasion

_A_SECOND = timedelta(seconds=1)
"""The last second in which it can be corrected is still in time."""


@dataclass(frozen=True, slots=True)
class Observed:
    """That something is to be corrected, and the last second to do so."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """When something arrived."""

    received_at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """That it was corrected."""

    dates: Arrived


@dataclass(frozen=True, slots=True)
class Answered:
    """That it was answered."""

    at: datetime


@dataclass(frozen=True, slots=True)
class FilingStanding:
    """The facts beside a filing, under the names that it is kept by; each is None where it did not happen."""

    observation: Observed | None = None
    correction: Corrected | None = None
    answer: Answered | None = None

    def overtaken(self, occasion: Occasion, now: datetime) -> tuple[datetime, str] | None:
        """Tell since when, and by what, something that is still to be told is news no more; None while it is.

        What overtakes it is told by itself: a correction by its receipt, an answer by its notice, the lapse as such.
        """
        return min(self._later(occasion, now), default=None)

    def _later(self, occasion: Occasion, now: datetime) -> list[tuple[datetime, str]]:
        found: list[tuple[datetime, str]] = []
        is_to_correct = occasion in (Occasion.OBSERVED, Occasion.LAPSING)
        if self.answer is not None and occasion in (Occasion.FILED, Occasion.CORRECTED):
            found.append((self.answer.at, "filing_answered"))
        if self.observation is not None and occasion is Occasion.FILED:
            found.append((self.observation.at, "filing_observed"))
        if self.correction is not None and is_to_correct:
            found.append((self.correction.dates.received_at, "filing_corrected"))
        if self.observation is not None and is_to_correct and now >= self.observation.until + _A_SECOND:
            found.append((self.observation.until + _A_SECOND, TOO_LATE))
        return found
