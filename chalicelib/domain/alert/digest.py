"""The digest that an institution gets, if it wants it: which of its deposits are unread and alerted nobody (ALR-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.domain.calendar import BusinessCalendar

MOST_LISTED = 20
MOST_COUNTED = 1000
"""So many are looked at; where there are more, the digest says so."""
FROM, UNTIL = time(8, 10), time(18)
"""Between these hours of a business day it goes out, in the calendar's zone."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many notices are unread whose alerts failed, and the newest of them with since when; `day` is local."""

    institution_id: str
    institution_name: str
    day: date
    total: int
    is_more: bool
    newest: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class DigestDay:
    """The last day whose digest is done with: sent, or nothing was to be told.

    `version` counts how often it moved, so that of two runs at once one sends it.
    """

    day: date | None = None
    version: int = 0


def digest_day(now: datetime, calendar: BusinessCalendar) -> date | None:
    """Return the day whose digest is to go out now, or None."""
    local = calendar.local(now)
    is_time = FROM <= local.time() < UNTIL and calendar.is_business_day(local.date())
    return local.date() if is_time else None
