"""The calendar as pages count what is left of a term."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.handlers.page import seen_now


def known_calendar() -> BusinessCalendar:
    """Return the calendar with what was entered of it until a minute ago; no issued date follows from it."""
    return current().calendar.with_entries(seen_now().entries)
