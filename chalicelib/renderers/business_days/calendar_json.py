"""What operators' programs read of the calendar: JSON values, dates in ISO 8601, instants in UTC."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.business_days.shown_calendar import ShownCalendar
from chalicelib.domain.calendar import NonWorkingDay, OfficeHours


def shown_json(shown: ShownCalendar) -> dict[str, Any]:
    """Return one year, how far the calendar is known, and the last changes."""
    return {
        "version": shown.entries.version,
        "in_force": shown.in_force,
        "calendar_version": shown.calendar.version,
        "year": shown.year,
        "confirmed_until": shown.calendar.declared_until,
        "days_left": shown.days_left,
        "hours": _hours(shown.calendar.hours),
        "holidays": [_day(entry) for entry in shown.holidays],
        "declared": [_day(entry) for entry in shown.declared],
        "withdrawn": [day.isoformat() for day in shown.withdrawn],
        "regional": [
            {
                "region": entry.region,
                **_day(NonWorkingDay(entry.day, entry.name, entry.norm)),
                "every_year": entry.every_year,
            }
            for entry in shown.regional
        ],
        "versions": [_version(version) for version in shown.versions],
    }


def changed_json(version: int, change: str, warnings: tuple[str, ...]) -> dict[str, Any]:
    """Return what changed, and what is odd about it."""
    return {"version": version, "changed": bool(change), "change": change, "warnings": list(warnings)}


def _day(entry: NonWorkingDay) -> dict[str, str]:
    return {"day": entry.day.isoformat(), "name": entry.name, "norm": entry.norm}


def _hours(hours: OfficeHours) -> dict[str, str]:
    return {"opens_at": f"{hours.opens_at:%H:%M}", "closes_at": f"{hours.closes_at:%H:%M}", "norm": hours.norm}


def _version(version: CalendarVersion) -> dict[str, Any]:
    return {
        "version": version.entries.version,
        "changed_at": version.changed_at.astimezone(UTC).isoformat(),
        "actor": version.actor,
        "change": version.change,
        "reason": version.reason,
    }
