"""Regimes, terms and deadlines: when a notice takes effect and when its term starts and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Regime(StrEnum):
    """What decides when a notice takes effect (REC-2); fixed at deposit."""

    DEPOSIT = "deposit"
    ACKNOWLEDGEMENT = "acknowledgement"
    IMMEDIATE = "immediate"


class TermUnit(StrEnum):
    """How a term counts."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Term:
    """How long the holder has."""

    amount: int
    unit: TermUnit


@dataclass(frozen=True, slots=True)
class Deadline:
    """Legal dates in the country's zone.

    Under `acknowledgement`, before the first opening, the first three are None, since they depend on it;
    `starts_by` and `ends_by` then say the latest they can be. Otherwise those equal the fixed dates.
    `ends_by` and `term_ends_on` are None when the notice has no term.
    """

    effective_on: date | None
    term_starts_on: date | None
    term_ends_on: date | None
    starts_by: date
    ends_by: date | None
    calendar_version: str
