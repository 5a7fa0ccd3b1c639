"""Which letters the font of our PDFs can print, known without opening the font."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from chalicelib.domain.errors import Unprintable

COVERAGE = Path(__file__).parent / "fonts" / "coverage.txt"


def check_printable(text: str, *, field: str) -> None:
    """Accept text that the receipt prints exactly as it was sent.

    Raises:
        Unprintable: `text_unprintable`, naming the first letter, symbol or control character the font lacks.

    """
    found = _unprintable().search(text)
    if found is not None:
        raise Unprintable("text_unprintable", _explain(found.group(), found.start() + 1), field=field)


def is_printable(text: str) -> bool:
    """Tell whether the font has all of a text."""
    return _unprintable().search(text) is None


def printable(text: str) -> str:
    """Return the text with a box in place of what the font lacks: for a person's or registry's text, not a notice's."""
    return _unprintable().sub("\N{WHITE SQUARE}", " ".join(text.split()))


@cache
def _unprintable() -> re.Pattern[str]:
    ranges = (line.split("-") for line in COVERAGE.read_text("ascii").split())
    covered = "".join(f"\\u{first}-\\u{last}" for first, last in ranges)
    return re.compile(f"[^{covered}]")


def _explain(character: str, position: int) -> str:
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character).startswith(("C", "Z")):
        return (
            f"El texto tiene en la posición {position} un carácter que no se ve ({code}), como un salto de línea o"
            " un carácter de control. Quítelo y envíe el texto de nuevo."
        )
    return (
        f"La constancia no puede imprimir el carácter «{character}» ({code}) de la posición {position}."
        " Quítelo o escríbalo con letras y signos usuales, y envíe el texto de nuevo."
    )
