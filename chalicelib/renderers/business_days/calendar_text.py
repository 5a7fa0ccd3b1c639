"""What operators read of the calendar on a terminal: plain lines in Spanish."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.business_days.calendar_changes import regional_words
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.business_days.shown_calendar import ShownCalendar
from chalicelib.domain.calendar import BusinessCalendar, NonWorkingDay
from chalicelib.renderers.spanish import date_and_hour

UNCHANGED = "Ya estaba así; no se cambió nada."
_NONE = "  ninguno"


def shown_text(shown: ShownCalendar) -> str:
    """Write one year, how far the calendar is known, and the last changes."""
    calendar, hours, version = shown.calendar, shown.calendar.hours, shown.entries.version
    is_old = version != shown.in_force
    old = [f"Así era en la versión {version}; la que rige es la {shown.in_force}."] if is_old else []
    return "\n".join(
        [
            f"Calendario {calendar.version}, año {shown.year}.",
            *old,
            _known(calendar.declared_until, shown),
            f"Horario general: de {hours.opens_at:%H:%M} a {hours.closes_at:%H:%M} ({hours.norm}).",
            *_part("Feriados por ley", map(_day, shown.holidays)),
            *_part("Días declarados", map(_day, shown.declared)),
            *(_part("Retirados", (f"  {day:%d/%m/%Y}" for day in shown.withdrawn)) if shown.withdrawn else ()),
            *_part("Días regionales", (f"  {regional_words(day)}" for day in shown.regional)),
            *_part(
                f"Últimos cambios{' hasta entonces' * is_old}",
                (_version(version, calendar) for version in shown.versions),
            ),
        ]
    )


def changed_text(version: int, change: str, warnings: tuple[str, ...]) -> str:
    """Say what changed, and what is odd about it."""
    if not change:
        return UNCHANGED
    lines = [
        f"Calendario, versión {version}: {change}.",
        "Lo emitido conserva sus fechas; cuenta lo que se emita desde ahora.",
    ]
    return "\n".join([*lines, *(f"Atención: {warning}" for warning in warnings)])


def _known(until: int, shown: ShownCalendar) -> str:
    known = f"Confirmado hasta el 31/12/{until}"
    return f"{known}: quedan {shown.days_left} días." if shown.days_left else f"{known}: falta confirmar {until + 1}."


def _part(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"{title}:", *(list(lines) or [_NONE])]


def _day(entry: NonWorkingDay) -> str:
    return f"  {entry.day:%d/%m/%Y}  {entry.name} ({entry.norm})"


def _version(version: CalendarVersion, calendar: BusinessCalendar) -> str:
    at = date_and_hour(version.changed_at, calendar.zone)
    who = version.actor.partition(":")[2]
    return f"  {version.entries.version}  {at}  {who}: {version.change}. {version.reason}"
