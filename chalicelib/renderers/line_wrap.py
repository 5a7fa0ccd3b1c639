"""Breaks text into lines: at spaces, and inside a word only when it is wider than a line."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break `text` into lines at most `width` wide; `measure` gives the width of a text.

    Only the space at which a line breaks is left out. A letter is never parted from its marks.
    """
    space = measure(" ")
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for word in text.split(" "):
        size = measure(word)
        if line and used + space + size > width:
            lines.append(" ".join(line))
            line, used = [], 0.0
        if size > width:
            *full, word = _chop(word, width, measure)  # noqa: PLW2901 -- the rest of the word begins the next line
            lines += full
            size = measure(word)
        used += size + space if line else size
        line.append(word)
    return [*lines, " ".join(line)]


def _chop(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces = [""]
    used = 0.0
    for letter in _letters(word):
        size = measure(letter)
        if pieces[-1] and used + size > width:
            pieces.append("")
            used = 0.0
        pieces[-1] += letter
        used += size
    return pieces


def _letters(word: str) -> list[str]:
    """Split a word into letters, each with the marks that follow it."""
    letters: list[str] = []
    for character in word:
        if letters and unicodedata.combining(character):
            letters[-1] += character
        else:
            letters.append(character)
    return letters
