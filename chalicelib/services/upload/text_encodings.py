"""In what a text is written that is not UTF-8: what its author is told decides whether the next try is right."""

from __future__ import annotations

import re

_LETTERS = frozenset("áéíóúüñÁÉÍÓÚÜÑàâãäåæçèêëìîïòôõöøùûÿß¿¡ºª°«»–—“”‘’…€´·")  # noqa: RUF001  (the typographic ones are meant)
_NAMES = {
    "cp1252": "Windows-1252 (ANSI, también llamada Latin-1)",
    "cp850": "la de MS-DOS (página de códigos 850)",
    "mac_roman": "la de los Mac antiguos (Mac Roman)",
}
"""The commonest first, which wins where two would read the same number of letters."""
_MOSTLY = 0.8
_WIDE_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_WIDE_LETTERS = re.compile(rb"(?:[\t\n\r -~]\x00){8}|(?:\x00[\t\n\r -~]){8}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def wide_encoding(head: bytes) -> str | None:
    """Return `UTF-16` or `UTF-32` for a text that begins so: by its mark, or by a zero beside every letter."""
    for mark, name in _WIDE_MARKS.items():
        if head.startswith(mark):
            return name
    return "UTF-16" if _WIDE_LETTERS.match(head.removeprefix(_BYTE_ORDER_MARK)) else None


def narrow_encoding(strange: bytes) -> str | None:
    """Return the name of the encoding in which nearly all of these bytes are letters and signs of western Europe."""
    scores = {codec: sum(letter in _LETTERS for letter in strange.decode(codec, "replace")) for codec in _NAMES}
    best = max(scores, key=lambda codec: scores[codec])
    return _NAMES[best] if strange and scores[best] >= _MOSTLY * len(strange) else None
