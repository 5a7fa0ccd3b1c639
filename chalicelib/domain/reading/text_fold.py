"""Texts as a search compares them: accents, case, spacing and kinds of dash or quote do not count.

Ñ folds to N: whoever has no ñ on the keyboard must find what was written with it. `official_name`, which compares
identities, keeps it.
"""

from __future__ import annotations

import unicodedata

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_QUOTES = {
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
}
_SAME = {**_DASHES, **_QUOTES}
_UNSEEN = {"Mn", "Me", "Cf", "Cc", "Cs"}


def fold_text(text: str) -> str:
    """Return what counts of a text: `«Resolución  N.º 12-Á»` → `"resolucion n.o 12-a"`."""
    spaced = " ".join(text.split())
    if spaced.isascii():
        return _seen(spaced.lower()) if not spaced.isprintable() else spaced.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", spaced).casefold())
    return " ".join(_seen(decomposed).translate(_SAME).split())


def _seen(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in _UNSEEN)
