"""What operators are shown of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries, NonWorkingDay, RegionalDay


@dataclass(frozen=True, slots=True)
class ShownCalendar:
    """One year of a calendar, in the order of its days, and what stands beside it.

    `declared` are what decrees declare, `withdrawn` days of the package that do not count. `days_left` is how many days
    are left of the years that are confirmed. `versions` are the last ones until this one, the newest first. `in_force`
    is the number of the one that counts today.
    """

    calendar: BusinessCalendar
    entries: CalendarEntries
    in_force: int
    year: int
    days_left: int
    holidays: tuple[NonWorkingDay, ...]
    declared: tuple[NonWorkingDay, ...]
    withdrawn: tuple[date, ...]
    regional: tuple[RegionalDay, ...]
    versions: tuple[CalendarVersion, ...]
