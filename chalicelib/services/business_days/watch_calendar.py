"""Tell how far the calendar is known, before the decrees that nobody entered are missed in a term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.domain.business_days.calendar_changes import days_confirmed
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.store.calendar_store import CalendarStore


@dataclass(frozen=True, slots=True)
class WatchedCalendar:
    """`days_left` are left of the years that somebody confirmed; 0 when the year that runs is not confirmed."""

    days_left: int
    confirmed_until: int
    failed: int
    is_complete: bool


def watch_calendar(*, calendars: CalendarStore, package: BusinessCalendar, today: date) -> WatchedCalendar:
    """Return how far the calendar is known.

    Raises:
        Unavailable: `store_unavailable`.

    """
    calendar = package.with_entries(calendars.find())
    return WatchedCalendar(days_confirmed(calendar, today), calendar.declared_until, failed=0, is_complete=True)
