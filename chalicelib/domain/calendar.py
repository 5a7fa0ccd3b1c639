"""The business-day calendar: which days do not count, each with the norm that declares it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NonWorkingDay:
    """One day that is not a business day, and why."""

    day: date
    name: str
    norm: str
