"""Texts as a search compares them: accents, case, spacing and kinds of dash or quote do not count.

The sign for *number* is one, however it is written: `N°`, `Nº`, `N.º`, `No.`, `Nro.`, with a space after it or none.

Ñ folds to N: whoever has no ñ on the keyboard must find what was written with it. `official_name`, which compares
identities, keeps it.
"""

from __future__ import annotations

import re
import unicodedata

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_QUOTES = {
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
}
_DEGREE = {ord("\u00b0"): "o"}
"""Typed for the ordinal sign, which folds to an o."""
_SAME = {**_DASHES, **_QUOTES, **_DEGREE}
_NUMBER = "no "
_NUMBER_SIGN = re.compile(r"(?:(?<![^\W_])n ?\.? ?[\u00b0\u00ba\u02da]|\u2116)\.? ?", re.IGNORECASE)
"""As it is written; once it is folded its sign is an o like that of *nombre*."""
_NUMBER_WORD = re.compile(r"(?<![^\W_])n(?:ro(?![^\W\d_])\.?|\.o(?![^\W\d_])\.?|o\.|o(?=\d)) ?")
_UNSEEN = {"Mn", "Me", "Cf", "Cc", "Cs"}


def fold_text(text: str) -> str:
    """Return what counts of a text: `«Resolución  N.º 12-Á»` → `"resolucion no 12-a"`."""
    spaced = " ".join(text.split())
    if spaced.isascii():
        return _numbered(_seen(spaced.lower()) if not spaced.isprintable() else spaced.lower())
    signed = _NUMBER_SIGN.sub(_NUMBER, spaced)
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", signed).casefold())
    return _numbered(" ".join(_seen(decomposed).translate(_SAME).split()))


def _numbered(folded: str) -> str:
    return _NUMBER_WORD.sub(_NUMBER, folded).rstrip()


def _seen(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in _UNSEEN)
