"""How well one colour can be read on another (WCAG 2.2, contrast ratio), and which colours text may have."""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidInput

PAPER, DARK_PAPER, DARK_INK = "#ffffff", "#14181d", "#10151a"
"""What text stands on by day and by night, and the dark text that stands on colours by night (`casilla.css`)."""
LEAST = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours written `#rrggbb`, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def read_colour(typed: str, *, field: str, is_dark: bool) -> str:
    """Return a colour that can be read on paper, or on dark paper and under dark text, as `#rrggbb`.

    Raises:
        InvalidInput: `colour_malformed`; `colour_unreadable`, with the figure that was measured.

    """
    text = typed.strip().lower()
    colour = text if text.startswith("#") else f"#{text}"
    if not _COLOUR.fullmatch(colour):
        raise InvalidInput("colour_malformed", "Un color se escribe como #0056AC: seis cifras de 0 a F.", field=field)
    measured = min(contrast(colour, ground) for ground in ((DARK_PAPER, DARK_INK) if is_dark else (PAPER,)))
    if measured < LEAST:
        ground, remedy = ("fondo oscuro", "más claro") if is_dark else ("blanco", "más oscuro")
        told = f"{int(measured * 100) / 100:.2f}".replace(".", ",")
        detail = (
            f"Su contraste sobre {ground} es {told} y hace falta 4,5 para que el texto se lea: hay que elegir uno"
            f" {remedy}."
        )
        raise InvalidInput("colour_unreadable", detail, field=field)
    return colour


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB's own
