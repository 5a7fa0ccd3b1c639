"""Text as people type and paste it, made one way of writing it; and whether a registry's text lost its letters.

Nobody sees what a phone's keyboard, a web page or a PDF leaves in what is copied out of it: zero-width signs, marks of
direction, blanks and dashes of many kinds, digits of full width. They are no mistake of the person's, so they are
cleaned here before anything is judged, for pages and API alike. What a program signs is not: it is taken as it is.
"""

from __future__ import annotations

import re
import unicodedata

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


def _seen(text: str) -> str:
    return "".join(" " if sign.isspace() or sign in _BLANK_LETTERS else sign for sign in text if not _is_unseen(sign))


def _is_unseen(sign: str) -> bool:
    kind = unicodedata.category(sign)
    is_variation = "\ufe00" <= sign <= "\ufe0f" or sign in "\u034f\u180b\u180c\u180d"
    return is_variation or (kind in {"Cf", "Cs"}) or (kind == "Cc" and not sign.isspace())
