"""What people may change of the calendar: each rule returns the entries as they are to be, one version on.

Entries that come back as they were mean that nothing was left to change. Nothing that was issued moves: a notice keeps
its dates and the version they were counted by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries, NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound

MOST_DAYS = 1000
"""How many declared days, and how many regional ones, are kept: every deposit reads them."""
_REGION = re.compile(r"[a-z]+(?:-[a-z]+){0,4}")
_LONGEST_REGION = 40
_LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Decision:
    """The entries as they are to be, and one line that says what changes; empty where nothing does."""

    entries: CalendarEntries
    change: str = ""


def declare_days(
    entries: CalendarEntries, package: BusinessCalendar, days: tuple[date, ...], name: str, norm: str
) -> Decision:
    """Add days that a decree declares; those that are there by the same norm stay as they are.

    Raises:
        Conflict: `day_declared`, by another norm or under another name.
        InvalidInput: `calendar_full`.

    """
    there = _declared(entries, package)
    new = []
    for day in dict.fromkeys(days):
        found = there.get(day)
        if found is None:
            new.append(NonWorkingDay(day, name, norm))
        elif not _is_same(found, norm) or (found in entries.declared and found.name != name):
            raise Conflict(
                "day_declared",
                f"El {day:%d/%m/%Y} ya está declarado: {found.name}, {found.norm}. Si está mal, se corrige con"
                " «calendar correct».",
            )
    if not new:
        return Decision(entries)
    declared = tuple(sorted((*entries.declared, *new), key=lambda entry: entry.day))
    _check_room(len(declared))
    return _decided(
        replace(entries, declared=declared), f"declara {_listed([entry.day for entry in new])}: {name}, {norm}"
    )


def add_regional_day(entries: CalendarEntries, day: RegionalDay) -> Decision:
    """Add a day of one region.

    Raises:
        Conflict: `day_declared`, in that region by another norm or in another way.
        InvalidInput: `region_invalid`, `leap_day_every_year` or `calendar_full`.

    """
    check_region(day.region)
    if day.every_year and (day.day.month, day.day.day) == _LEAP_DAY:
        detail = "El 29 de febrero no llega cada año: regístrelo año por año, sin --every-year."
        raise InvalidInput("leap_day_every_year", detail)
    if day in entries.regional:
        return Decision(entries)
    found = _regional(entries, day.region, day.day)
    if found is not None:
        raise Conflict(
            "day_declared",
            f"El {day.day:%d/%m/%Y} ya está registrado en {day.region}: {found.name}, {found.norm}. Si está mal, se"
            " retira con «calendar correct» y se registra otra vez.",
        )
    regional = tuple(sorted((*entries.regional, day), key=lambda entry: (entry.region, entry.day)))
    _check_room(len(regional))
    return _decided(replace(entries, regional=regional), f"registra en {regional_words(day)}")


def replace_day(entries: CalendarEntries, package: BusinessCalendar, day: date, name: str, norm: str) -> Decision:
    """Say rightly what was declared wrongly about a day, also one that the package declares.

    Raises:
        NotFound: `day_not_declared`.

    """
    found = _declared(entries, package).get(day)
    if found is None:
        raise _not_declared(day)
    right = NonWorkingDay(day, name, norm)
    if found == right:
        return Decision(entries)
    without = _without(entries, package, day)
    declared = tuple(sorted((*without.declared, right), key=lambda entry: entry.day))
    return _decided(
        replace(without, declared=declared),
        f"corrige {day:%d/%m/%Y}: {name}, {norm}, en lugar de {found.name}, {found.norm}",
    )


def withdraw_day(entries: CalendarEntries, package: BusinessCalendar, day: date) -> Decision:
    """Take back a day that was declared by mistake, also one that the package declares.

    Raises:
        NotFound: `day_not_declared`.

    """
    found = _declared(entries, package).get(day)
    if found is not None:
        return _decided(_without(entries, package, day), f"retira {day:%d/%m/%Y}: {found.name}, {found.norm}")
    if day in entries.withdrawn:
        return Decision(entries)
    raise _not_declared(day)


def replace_regional_day(entries: CalendarEntries, region: str, day: date, name: str, norm: str) -> Decision:
    """Say rightly what was registered wrongly about a day of one region.

    Raises:
        NotFound: `day_not_declared`.

    """
    found = _regional(entries, region, day)
    if found is None:
        raise _not_declared(day, region)
    right = replace(found, name=name, norm=norm)
    if right == found:
        return Decision(entries)
    regional = tuple(right if entry == found else entry for entry in entries.regional)
    return _decided(
        replace(entries, regional=regional),
        f"corrige en {regional_words(right)}, en lugar de {found.name}, {found.norm}",
    )


def withdraw_regional_day(entries: CalendarEntries, region: str, day: date) -> Decision:
    """Take back a day of one region.

    Raises:
        NotFound: `day_not_declared`.

    """
    found = _regional(entries, region, day)
    if found is None:
        raise _not_declared(day, region)
    regional = tuple(entry for entry in entries.regional if entry != found)
    return _decided(replace(entries, regional=regional), f"retira en {regional_words(found)}")


def confirm_year(entries: CalendarEntries, package: BusinessCalendar, year: int, *, today: date) -> Decision:
    """Say that every declared day of a year is entered; years go one after another.

    Raises:
        InvalidInput: `year_not_next` or `year_too_early`.

    """
    until = package.with_entries(entries).declared_until
    if year <= until:
        return Decision(entries)
    if year > until + 1:
        raise InvalidInput("year_not_next", f"Los años se confirman uno tras otro: sigue {until + 1}.")
    if year > today.year + 1:
        raise InvalidInput("year_too_early", f"Todavía no se puede saber qué días se declararán en {year}.")
    return _decided(replace(entries, confirmed_until=year), f"confirma {year}")


def unconfirm_year(entries: CalendarEntries, package: BusinessCalendar, year: int) -> Decision:
    """Take back that a year is confirmed, the last one first.

    Raises:
        InvalidInput: `year_not_last` or `year_of_package`.

    """
    until = package.with_entries(entries).declared_until
    if year > until:
        return Decision(entries)
    if year <= package.declared_until:
        detail = f"{year} viene confirmado con el sistema y no se retira. Un día mal declarado se corrige con --day."
        raise InvalidInput("year_of_package", detail)
    if year < until:
        raise InvalidInput("year_not_last", f"Se retira primero el último año confirmado, que es {until}.")
    before = year - 1 if year - 1 > package.declared_until else None
    return _decided(replace(entries, confirmed_until=before), f"retira la confirmación de {year}")


def set_hours(entries: CalendarEntries, package: BusinessCalendar, hours: OfficeHours | None) -> Decision:
    """Set the general office hours; None goes back to the package's.

    Raises:
        InvalidInput: `hours_invalid`.

    """
    if hours is not None and not hours.opens_at < hours.closes_at:
        raise InvalidInput("hours_invalid", "La hora de cierre va después de la de apertura.")
    if hours == entries.hours or (entries.hours is None and hours == package.hours):
        return Decision(entries)
    if hours is None:
        return _decided(replace(entries, hours=None), "vuelve al horario general del sistema")
    told = f"fija el horario general de {hours.opens_at:%H:%M} a {hours.closes_at:%H:%M}: {hours.norm}"
    return _decided(replace(entries, hours=hours), told)


def check_region(region: str) -> None:
    """Accept how a region is written in the calendar and in an institution's settings.

    Raises:
        InvalidInput: `region_invalid`.

    """
    if not _REGION.fullmatch(region) or len(region) > _LONGEST_REGION:
        detail = "La región se escribe en minúsculas, sin tildes y con guiones, como arequipa o la-libertad."
        raise InvalidInput("region_invalid", detail)


def days_confirmed(calendar: BusinessCalendar, today: date) -> int:
    """Return how many days after today are in years of which all declared days are known; 0 when today is in none."""
    if today.year > calendar.declared_until:
        return 0
    return (date(calendar.declared_until + 1, 1, 1) - timedelta(days=1) - today).days


def regional_words(day: RegionalDay) -> str:
    """Say a regional day in one line, as the log and operators read it."""
    recurring = ", y cada año desde entonces" if day.every_year else ""
    return f"{day.region} el {day.day:%d/%m/%Y}{recurring}: {day.name}, {day.norm}"


def _decided(entries: CalendarEntries, change: str) -> Decision:
    return Decision(replace(entries, version=entries.version + 1), change)


def _is_same(found: NonWorkingDay, norm: str) -> bool:
    """Tell whether a day is declared by a norm; the package cites them without their date."""
    return norm == found.norm or norm.startswith(f"{found.norm}, ")


def _declared(entries: CalendarEntries, package: BusinessCalendar) -> dict[date, NonWorkingDay]:
    return dict(package.with_entries(replace(entries, version=max(1, entries.version))).declared)


def _regional(entries: CalendarEntries, region: str, day: date) -> RegionalDay | None:
    return next((entry for entry in entries.regional if (entry.region, entry.day) == (region, day)), None)


def _without(entries: CalendarEntries, package: BusinessCalendar, day: date) -> CalendarEntries:
    declared = tuple(entry for entry in entries.declared if entry.day != day)
    if day not in package.declared or day in entries.withdrawn:
        return replace(entries, declared=declared)
    return replace(entries, declared=declared, withdrawn=tuple(sorted((*entries.withdrawn, day))))


def _check_room(number: int) -> None:
    if number > MOST_DAYS:
        raise InvalidInput("calendar_full", f"El calendario guarda {MOST_DAYS} días a lo más.")


def _not_declared(day: date, region: str | None = None) -> NotFound:
    if region is not None:
        detail = f"El {day:%d/%m/%Y} no está registrado en {region}. Véalo con «calendar show»."
        return NotFound("day_not_declared", detail)
    detail = (
        f"El {day:%d/%m/%Y} no está declarado. Véalo con «calendar show». Los feriados por ley vienen con el sistema"
        " y no se retiran por comando."
    )
    return NotFound("day_not_declared", detail)


def _listed(days: list[date]) -> str:
    return ", ".join(f"{day:%d/%m/%Y}" for day in days)
