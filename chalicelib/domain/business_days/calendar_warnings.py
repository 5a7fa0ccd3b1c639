"""What is odd about a change of the calendar and may be meant all the same: told, never refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.domain.calendar import FEW_HOURS, BusinessCalendar, OfficeHours

FAR_YEARS = 2
_SATURDAY = 5


def odd_days(days: Iterable[date], before: BusinessCalendar, *, today: date) -> tuple[str, ...]:
    """Tell of days that count for nothing, have passed, are far away, or belong to a year already confirmed.

    `before` is the calendar as it was, of the country.
    """
    return tuple(line for day in days for line in _odd(day, before, today))


def odd_confirmation(year: int, *, today: date) -> tuple[str, ...]:
    """Tell of a year that has not begun: its decrees may be yet to come."""
    if year <= today.year:
        return ()
    return (f"{year} aún no empieza: si se publica otro decreto, declárelo y no hará falta confirmar otra vez.",)


def odd_hours(hours: OfficeHours) -> tuple[str, ...]:
    """Tell of hours that are fewer than the law has."""
    return (FEW_HOURS,) if hours.are_few else ()


def _odd(day: date, before: BusinessCalendar, today: date) -> Iterator[str]:
    written = f"{day:%d/%m/%Y}"
    holiday = before.statutory(day.year).get(day)
    if holiday is not None:
        yield f"El {written} ya es feriado: {holiday.name}, {holiday.norm}."
    if day.weekday() >= _SATURDAY:
        yield f"El {written} es {'domingo' if day.weekday() > _SATURDAY else 'sábado'}: ya no era día hábil."
    if day < today:
        yield f"El {written} ya pasó: lo que se emitió conserva sus fechas; cambia lo que se emita desde ahora."
    if day.year > today.year + FAR_YEARS:
        yield f"El {written} está lejos: revise el año."
    if today.year <= day.year <= before.declared_until:
        yield f"{day.year} ya estaba confirmado y sigue así. Si falta más, retírelo con «calendar correct»."
