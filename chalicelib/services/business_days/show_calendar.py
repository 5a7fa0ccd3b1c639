"""Show the calendar as it is, or as one of its versions had it, with the last changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chalicelib.domain.business_days.calendar_changes import days_confirmed
from chalicelib.domain.business_days.shown_calendar import ShownCalendar
from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries, NonWorkingDay, RegionalDay
from chalicelib.domain.errors import NotFound
from chalicelib.store.calendar_store import CalendarStore

SHOWN = 20


def show_calendar(
    *, calendars: CalendarStore, package: BusinessCalendar, today: date, year: int | None, version: int | None
) -> ShownCalendar:
    """Return a year of the version in force, or of an earlier one with what changed until then; 0 is the package alone.

    Raises:
        NotFound: `calendar_version_unknown`.

    """
    current = calendars.find()
    entries = current if version is None else _entries_of(version, calendars)
    calendar, chosen = package.with_entries(entries), year or today.year
    return ShownCalendar(
        calendar=calendar,
        entries=entries,
        in_force=current.version,
        year=chosen,
        days_left=days_confirmed(calendar, today),
        holidays=_in_order(calendar.statutory(chosen).values()),
        declared=_in_order(entry for entry in calendar.declared.values() if entry.day.year == chosen),
        withdrawn=tuple(day for day in entries.withdrawn if day.year == chosen and day not in calendar.declared),
        regional=tuple(day for day in calendar.regional if _is_in(day, chosen)),
        versions=calendars.newest_versions(entries.version, limit=SHOWN),
    )


def _entries_of(number: int, calendars: CalendarStore) -> CalendarEntries:
    if number == 0:
        return CalendarEntries()
    found = calendars.find_version(number)
    if found is None:
        raise NotFound("calendar_version_unknown", f"El calendario no tiene una versión {number}.")
    return found.entries


def _in_order(days: Iterable[NonWorkingDay]) -> tuple[NonWorkingDay, ...]:
    return tuple(sorted(days, key=lambda entry: entry.day))


def _is_in(day: RegionalDay, year: int) -> bool:
    return day.day.year == year or (day.every_year and day.day.year < year)
