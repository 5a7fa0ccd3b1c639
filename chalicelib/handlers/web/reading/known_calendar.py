"""The calendar as pages count what is left of a term."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries
from chalicelib.handlers.page import seen_now
from chalicelib.store.codec import from_data


def known_calendar() -> BusinessCalendar:
    """Return the calendar with what was entered of it until a minute ago; no issued date follows from it."""
    calendar, entries = current().calendar, seen_now().entries
    return calendar if entries is None else calendar.with_entries(from_data(CalendarEntries, entries))
