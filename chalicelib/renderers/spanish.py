"""Dates, terms and amounts in the Spanish of Peru, without the process's locale."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.typed import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MEGABYTE, _KILOBYTE = 1_000_000, 1_000
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def one_line(text: str) -> str:
    """Leave no line breaks and nothing invisible, which could forge a header or reverse the reading order."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in _INVISIBLE)


def day_in_words(day: date) -> str:
    """Write a date as `lunes 9 de marzo de 2026`."""
    return f"{_WEEKDAYS[day.weekday()]} {date_in_words(day)}"


def date_in_words(day: date) -> str:
    """Write a date as `9 de marzo de 2026`, where its day of the week says nothing."""
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def date_and_hour(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant as `09/03/2026 15:15:30`: 24 hours, with seconds."""
    return f"{instant.astimezone(zone):%d/%m/%Y %H:%M:%S}"


def day_and_hour(local: datetime) -> str:
    """Write a local time as lists have room for: `09/03/2026 15:15`."""
    return (
        f"{local.day:02}/{local.month:02}/{local.year} {local.hour:02}:{local.minute:02}"  # strftime takes thrice that
    )


def zone_in_words(zone: ZoneInfo) -> str:
    """Write a zone by its city: `hora de Lima`."""
    return f"hora de {zone.key.rpartition('/')[2].replace('_', ' ')}"


def in_a_row(items: Sequence[str]) -> str:
    """Write a list, e.g. `2 alertas, 1 reapertura y 3 descargas`; none of its items begins with an i."""
    *others, last = items
    return f"{', '.join(others)} y {last}" if others else last


def size_in_short(size: int) -> str:
    """Write a size as people read it: `240 KB`, `1,4 MB`; the space does not break."""
    if size >= _MEGABYTE:
        return f"{size / _MEGABYTE:.1f}\N{NO-BREAK SPACE}MB".replace(".", ",")
    return f"{max(1, round(size / _KILOBYTE))}\N{NO-BREAK SPACE}KB"


def size_in_words(size: int) -> str:
    """Write a size as `245 312 bytes`; the space does not break."""
    return f"{size:,} bytes".replace(",", "\N{NO-BREAK SPACE}")


def mobile_in_groups(number: str) -> str:
    """Write a Peruvian mobile `+51987654321` as `987 654 321`, others as they are; the spaces do not break."""
    own = number.removeprefix("+51")
    return number if own == number else "\N{NO-BREAK SPACE}".join((own[:3], own[3:6], own[6:]))


def number_in_groups(number: int) -> str:
    """Return a count with a blank before every three digits, which never begins a line."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
