"""A calendar date as people type it: in three fields, or in one, however its parts are separated.

What three fields were filled with is kept as one text, `15/3/1990`, so that a date is read in one place alone. A part
that cannot be read is told by its name. None is guessed: a year has four digits.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from chalicelib.domain.typed import plain

PARTS = ("day", "month", "year")
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"),
)
_ALSO = {"septiembre": 9}
_SHORTEST_NAME = 3
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TOGETHER = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_BETWEEN = re.compile(r"\s+del?\s+|[\s/.-]+")
_YEARS = range(1821, 2200)
_CALLED = {"day": "el día", "month": "el mes", "year": "el año"}
_BOUNDS = {
    "day": "el día va de 1 a 31",
    "month": "el mes va de 1 a 12, o se escribe con su nombre",
    "year": "el año tiene cuatro cifras, como 1985",
}


def join_day(day: str, month: str, year: str) -> str:
    """Return what three fields were filled with as one text; a whole date in the first of them counts as it is."""
    parts = [plain(part).replace("/", " ").strip() for part in (day, month, year)]
    return "/".join(parts) if any(parts[1:]) else plain(day)


def day_parts(text: str) -> tuple[str, str, str]:
    """Return day, month and year as typed; what cannot be told apart is all in the first."""
    typed = plain(text)
    if iso := _ISO.fullmatch(typed):
        return iso[3], iso[2], iso[1]
    if together := _TOGETHER.fullmatch(typed):
        return together[1], together[2], together[3]
    if typed.count("/") == len(PARTS) - 1:
        day, month, year = (part.strip() for part in typed.split("/"))
        return day, month, year
    apart = _BETWEEN.split(typed)
    if len(apart) == len(PARTS) and None not in map(_number, PARTS, apart):
        return apart[0], apart[1], apart[2]
    return typed, "", ""


def read_day(text: str) -> date | None:
    """Return the date that a text says, if it says one that exists."""
    day, month, year = map(_number, PARTS, day_parts(text))
    try:
        return None if day is None or month is None or year is None else date(year, month, day)
    except ValueError:
        return None


def wrong_parts(text: str) -> tuple[str, ...]:
    """Return which of `PARTS` are missing or cannot be read, or the day that its month does not have; none if right."""
    typed = day_parts(text)
    wrong = tuple(part for part, one in zip(PARTS, typed, strict=True) if _number(part, one) is None)
    return wrong or (() if read_day(text) else ("day",))


def day_problem(text: str) -> str:
    """Say what is wrong with a date of which something was typed, to stand after its name; empty if nothing is."""
    typed, wrong = dict(zip(PARTS, day_parts(text), strict=True)), wrong_parts(text)
    missing = [_CALLED[part] for part in wrong if not typed[part]]
    if not wrong:
        return ""
    if len(missing) == len(wrong):
        return f"falta{'n' if len(missing) > 1 else ''} {' y '.join(missing)}"
    if len(wrong) > 1:
        return "escribe día, mes y año, como 27 3 1985"
    [part] = wrong
    if _number(part, typed[part]) is None:
        return _BOUNDS[part]
    return _days_of(_number("month", typed["month"]) or 1, int(typed["year"]))


def _number(part: str, typed: str) -> int | None:
    """Return what a part says; a month may be called by its name, or by the beginning of it."""
    typed = typed.lower().removesuffix(".")
    if part == "year":
        is_year = re.fullmatch(r"[0-9]{4}", typed) is not None and int(typed) in _YEARS
        return int(typed) if is_year else None
    if re.fullmatch(r"[0-9]{1,2}", typed):
        return int(typed) if 1 <= int(typed) <= (12 if part == "month" else 31) else None
    return _month_called(typed) if part == "month" else None


def _month_called(typed: str) -> int | None:
    names = {**{name: number for number, name in enumerate(MONTHS, 1)}, **_ALSO}
    if len(typed) < _SHORTEST_NAME:
        return None
    return next((number for name, number in names.items() if name.startswith(typed)), None)


def _days_of(month: int, year: int) -> str:
    return f"{MONTHS[month - 1]} de {year} tiene {monthrange(year, month)[1]} días"
