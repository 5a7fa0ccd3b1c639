"""Names of files in a ZIP: such that any computer unpacks them, wherever people usually do.

Windows takes 259 UTF-16 units of a whole path (MAX_PATH), which its own unpacking and most programs keep to. Of these a
name takes at most `LONGEST`. The deepest folder in a bundle, `2026-11-30 XXXX-XXXX-XXXX/documento/`, takes 36. So 133
are left for where it is unpacked. A user's folder of downloads with one named as the ZIP takes some 70.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 90
"""UTF-16 units of one name, its number and extension included."""
_MOST_BYTES = 220
"""Of one name in UTF-8; file systems of Linux take 255."""
_LONGEST_EXTENSION = 10
_NOT_EVERYWHERE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def bundled_name(number: int, filename: str) -> str:
    """Return a name that any computer takes and that no other number has: `01 Resolución.pdf`.

    The number keeps it apart from others, whatever of them is shortened, and from the names of devices. What is too
    long loses the end of what stands before its extension, whole letters at a time.
    """
    stem, extension = _parted("".join(map(_plain, unicodedata.normalize("NFC", filename))).rstrip(" ."))
    before, after = f"{number:02d} ", f".{extension}" if extension else ""
    kept = _shortened(stem, LONGEST - _units(before + after), _MOST_BYTES - len((before + after).encode()))
    return (before + kept.strip(" .")).rstrip() + after


def _plain(character: str) -> str:
    seen = unicodedata.category(character) not in _UNSEEN
    return character if seen and not _NOT_EVERYWHERE.match(character) else "_"


def _parted(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, extension) if dot and _units(extension) <= _LONGEST_EXTENSION else (name, "")


def _shortened(text: str, units: int, size: int) -> str:
    kept = ""
    for letter in _letters(text):
        units, size = units - _units(letter), size - len(letter.encode())
        if units < 0 or size < 0:
            break
        kept += letter
    return kept


def _letters(text: str) -> Iterator[str]:
    """Yield each letter with the marks that belong to it."""
    letter = ""
    for character in text:
        if letter and not unicodedata.category(character).startswith("M"):
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
