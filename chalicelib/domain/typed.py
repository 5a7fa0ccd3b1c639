"""Text as people type and paste it, made one way of writing it; and whether a registry's text lost its letters.

Nobody sees what a phone's keyboard, a web page or a PDF leaves in what is copied out of it: zero-width signs, marks of
direction, blanks and dashes of many kinds, digits of full width. They are no mistake of the person's, so they are
cleaned here before anything is judged, for pages and API alike. What a program signs is not: it is taken as it is.

A calendar date is typed into three fields, or into one, however its parts are separated. It is kept as one text,
`15/3/1990`, so that a date is read in one place alone. A part that cannot be read is told by its name. None is guessed:
a year has four digits.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date

LONGEST_TYPED = 2000
"""Longer texts are left as they are, to be refused by their length: composing takes the square of a run of marks."""
_DASHES = re.compile(
    "[\u002d\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]"
)
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Hangul's fillers and the empty Braille cell: letters and signs by name, blanks to the eye."""
_BETWEEN = re.compile(r"[\s.\u00b7\u2024\u3002\uff0e_\-]")
_BLANKS = "\t\n\r"
_LOST = re.compile("[\N{REPLACEMENT CHARACTER}\N{YEN SIGN}\N{CURRENCY SIGN}\u2500-\u25ff]")
"""What stands where a letter was, or is one of another code page: Ñ of cp850 reads as ¥, UTF-8 read by it as boxes."""
_ASKED = re.compile(r"\w\?\w")
_TWO_BYTES = re.compile(
    "[\u00c2-\u00c5][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|\u00e2[\u0080\u20ac][\u0080-\u00bf\u0152\u0153\u2010-\u203a\u2122]?"
)
"""A letter's two bytes of UTF-8 read one by one, by Latin-1 or Windows' page: `É` as `Ã‰`; an apostrophe's three."""

DAY_PARTS = ("day", "month", "year")
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"),
)
_ALSO = {"septiembre": 9}
_SHORTEST_NAME = 3
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TOGETHER_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_BETWEEN_PARTS = re.compile(r"\s+del?\s+|[\s/.-]+")
_YEARS = range(1821, 2200)
_CALLED = {"day": "el día", "month": "el mes", "year": "el año"}
_BOUNDS = {
    "day": "el día va de 1 a 31",
    "month": "el mes va de 1 a 12, o se escribe con su nombre",
    "year": "el año tiene cuatro cifras, como 1985",
}


def tidy(text: str) -> str:
    """Return a name or text in NFC, with single blanks between its words and without signs that nobody sees."""
    if len(text) > LONGEST_TYPED:
        return text
    return " ".join(unicodedata.normalize("NFC", _seen(text)).split())


def plain(text: str) -> str:
    """Return it tidied, with usual digits and signs for those of full width, and one kind of dash."""
    if len(text) > LONGEST_TYPED:
        return text
    return " ".join(_DASHES.sub("-", unicodedata.normalize("NFKC", _seen(_DASHES.sub("-", text)))).split())


def compact(text: str) -> str:
    """Return a number or code without what people write between its signs: blanks, dashes, dots."""
    return _BETWEEN.sub("", plain(text)) if len(text) <= LONGEST_TYPED else text


def is_garbled(text: str) -> bool:
    """Tell whether a text was read by a wrong encoding, or has signs that nobody writes.

    That is the registry's fault and says nothing of a person, who may not be judged or called by it.
    """
    return any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} and sign not in _BLANKS for sign in text) or any(
        pattern.search(text) is not None for pattern in (_LOST, _TWO_BYTES, _ASKED)
    )


def join_day(day: str, month: str, year: str) -> str:
    """Return what three fields were filled with as one text; a whole date in the first of them counts as it is."""
    parts = [plain(part).replace("/", " ").strip() for part in (day, month, year)]
    return "/".join(parts) if any(parts[1:]) else plain(day)


def day_parts(text: str) -> tuple[str, str, str]:
    """Return day, month and year as typed; what cannot be told apart is all in the first."""
    typed = plain(text)
    if iso := _ISO_DAY.fullmatch(typed):
        return iso[3], iso[2], iso[1]
    if together := _TOGETHER_DAY.fullmatch(typed):
        return together[1], together[2], together[3]
    if typed.count("/") == len(DAY_PARTS) - 1:
        day, month, year = (part.strip() for part in typed.split("/"))
        return day, month, year
    apart = _BETWEEN_PARTS.split(typed)
    if len(apart) == len(DAY_PARTS) and None not in map(_number, DAY_PARTS, apart):
        return apart[0], apart[1], apart[2]
    return typed, "", ""


def read_day(text: str) -> date | None:
    """Return the date that a text says, if it says one that exists."""
    day, month, year = map(_number, DAY_PARTS, day_parts(text))
    try:
        return None if day is None or month is None or year is None else date(year, month, day)
    except ValueError:
        return None


def wrong_parts(text: str) -> tuple[str, ...]:
    """Return which of `DAY_PARTS` are missing or cannot be read, or a day that its month lacks; none if right."""
    typed = day_parts(text)
    wrong = tuple(part for part, one in zip(DAY_PARTS, typed, strict=True) if _number(part, one) is None)
    return wrong or (() if read_day(text) else ("day",))


def day_problem(text: str) -> str:
    """Say what is wrong with a date of which something was typed, to stand after its name; empty if nothing is."""
    typed, wrong = dict(zip(DAY_PARTS, day_parts(text), strict=True)), wrong_parts(text)
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


def _seen(text: str) -> str:
    return "".join(" " if sign.isspace() or sign in _BLANK_LETTERS else sign for sign in text if not _is_unseen(sign))


def _is_unseen(sign: str) -> bool:
    kind = unicodedata.category(sign)
    is_variation = "\ufe00" <= sign <= "\ufe0f" or sign in "\u034f\u180b\u180c\u180d"
    return is_variation or (kind in {"Cf", "Cs"}) or (kind == "Cc" and not sign.isspace())


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
