"""What alerts tell of a filing: it arrived, was observed, is about to lapse, lapsed. Each has a batch of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Occasion(StrEnum):
    """Why somebody is alerted; `lapsed_there` is what the institution is told of one that lapsed."""

    FILED = "filed"
    OBSERVED = "observed"
    CORRECTED = "corrected"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    LAPSED_THERE = "lapsed_there"


@dataclass(frozen=True, slots=True)
class FilingNews:
    """Which filing, and what of it; `day` is the last on which it can be corrected, where that is told."""

    occasion: Occasion
    filing_id: str
    number: str
    day: date | None = None

    def is_past(self, local_day: date) -> bool:
        """Tell whether it would come too late: nobody is warned of what has ended."""
        return self.occasion is Occasion.LAPSING and self.day is not None and local_day > self.day

    @property
    def batch_id(self) -> str:
        """The key of its alerts, beside those of notices: of one occasion there is one batch."""
        return batch_id(self.filing_id, self.occasion)


def batch_id(filing_id: str, occasion: Occasion) -> str:
    """Name the alerts of one occasion; no notice has such a number."""
    return f"{filing_id}_{occasion.value}"
