"""The short name that an institution chooses for itself: what an SMS calls it where its whole name has no room."""

from __future__ import annotations

import re
import unicodedata

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.sender.gsm7 import gsm7_length, to_gsm7

LONGEST_SHORT_NAME = 30
"""Septets that every SMS keeps for it, whatever the portal's address."""

_WEB_ADDRESS = re.compile(r"[/@\\]|\w\.[^\W\d_]{2}|\d\.\d+\.\d|\bwww\b", re.IGNORECASE)


def is_short_name(text: str) -> bool:
    """Tell one line of 1 to 30 septets as an SMS writes it: accents count as plain letters, `[]{}` twice.

    It names somebody, so it has a letter; telephones make a link of what looks like an address, so none may be in it.
    """
    if len(text) > LONGEST_SHORT_NAME or text != " ".join(text.split()):
        return False
    written = to_gsm7(text)
    is_seen = all(unicodedata.category(letter)[0] != "C" for letter in text) and written.count("?") == text.count("?")
    is_a_name = any(map(str.isalpha, written)) and not _WEB_ADDRESS.search(written)
    return is_seen and is_a_name and (gsm7_length(written) or 0) <= LONGEST_SHORT_NAME


def check_short_name(text: str) -> None:
    """Accept what `is_short_name` tells.

    Raises:
        InvalidInput: `short_name_invalid`.

    """
    if not is_short_name(text):
        raise InvalidInput(
            "short_name_invalid",
            f"El nombre corto lleva hasta {LONGEST_SHORT_NAME} caracteres, como SUNAT o Muni. Villa Ejemplo:"
            " letras, números y signos comunes, sin direcciones web.",
            field="short_name",
        )
