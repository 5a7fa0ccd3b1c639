"""References that not every reader follows: to an object that the file has under another generation.

The parser takes them for nothing, others show what stands there (ISO 32000-1, 7.3.10). Nearly all references are of
generation 0, so what is written differently is looked for, and only then read by the grammar.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.services.upload.pdf.syntax import Reference
from chalicelib.services.upload.pdf.things import Number

_ODD = re.compile(rb"R(?<=[\x00\t\n\f\r ]R)(?<![\x00\t\n\f\r ]0[\x00\t\n\f\r ]R)(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
"""Ends a reference, unless it is a word of a text, and does not end it as usual."""
_ANY = re.compile(rb"R(?<=[\x00\t\n\f\r ]R)(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
_TWO = re.compile(rb"(?<!\d)(\d{1,20})[\x00\t\n\f\r ]+(\d{1,20})[\x00\t\n\f\r ]+\Z")
_NUMBERS = b"\x00\t\n\f\r 0123456789+-"
_LINE_END = re.compile(rb"[\r\n]")
_BEFORE = 256


class Generations:
    """Which generations of each number the file has in use."""

    def __init__(self, numbers: Iterable[Number]) -> None:
        """Know all numbers of its table."""
        self._in_use: dict[int, set[int]] = {}
        pattern = _ODD
        for number, generation in numbers:
            self._in_use.setdefault(number, set()).add(generation)
            if generation:
                pattern = _ANY
        self._pattern = pattern

    def lack(self, number: int, generation: int) -> bool:
        """Tell whether the file has an object under another generation only."""
        in_use = self._in_use.get(number)
        return in_use is not None and generation not in in_use

    def may_lack(self, content: bytes | mmap.mmap, start: int, end: int) -> bool:
        """Tell whether something here may refer to such an object."""
        return any(
            self._may(content[max(start, one.start() - _BEFORE) : one.start()])
            for one in self._pattern.finditer(content, start, end)
        )

    def lacking(self, value: Any) -> Iterator[Reference]:
        """Yield the references of a value that was read to such objects."""
        pending = [value]
        while pending:
            one = pending.pop()
            if isinstance(one, Reference):
                if self.lack(one.number, one.generation):
                    yield one
            elif isinstance(one, list | dict):
                pending += one.values() if isinstance(one, dict) else one

    def _may(self, before: bytes) -> bool:
        """Look at what stands before; a comment that may stand within is not looked into."""
        place = len(before.rstrip(_NUMBERS))
        if len(before) - place == _BEFORE:
            return True
        if _LINE_END.search(before, place):
            lines = _LINE_END.split(before[:place])
            if b"%" in lines[-1] or (len(lines) == 1 and len(before) == _BEFORE):
                return True
        found = _TWO.search(before, max(0, place - 1))
        return bool(found and self.lack(int(found[1]), int(found[2])))
