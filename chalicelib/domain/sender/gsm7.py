"""What fits one SMS: the GSM 7-bit default alphabet of 3GPP TS 23.038, § 6.2.1, with its extension table.

A single letter outside it, such as á í ó ú, turns the whole message into UCS-2 and leaves 70 characters a part.
"""

from __future__ import annotations

import unicodedata

ONE_PART = 160
"""Septets in a message of one part."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LOOKALIKES = str.maketrans({
    **dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}`", "'"),
    **dict.fromkeys("«»\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"'),
    **dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-"),
    "°": "o",
    "\N{BULLET}": "-",
    "·": ".",
})  # fmt: skip


def gsm7_length(text: str) -> int | None:
    """Count septets: one a letter, two for `^{}[]~|€` and backslash; None when a letter is not in the tables."""
    if not _BASIC.union(_EXTENSION).issuperset(text):
        return None
    return len(text) + sum(letter in _EXTENSION for letter in text)


def to_gsm7(text: str) -> str:
    """Write a text with the letters an SMS has: á becomes a, ñ and é stay, what has no likeness becomes `?`."""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text).translate(_LOOKALIKES))


def _letter(letter: str) -> str:
    if gsm7_length(letter) is not None:
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain if plain and gsm7_length(plain) is not None else "?"
