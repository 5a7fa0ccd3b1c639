"""The objects of a PDF as they are written, where what the parser made of them is not enough."""

from __future__ import annotations

import functools
import mmap
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.services.upload.pdf.ends import whole
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.syntax import UNFINISHED, Reference, is_plain, read_dictionary
from chalicelib.services.upload.pdf.things import Number

if TYPE_CHECKING:
    from pikepdf import Pdf

_WINDOW = 4096
_LONGEST = 4 * 1024 * 1024
_HEAD = re.compile(rb"[\x00\t\n\f\r ]{0,64}(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,10})[\x00\t\n\f\r ]{1,9}obj")
_END = re.compile(rb"endobj|>>[\x00\t\n\f\r ]{0,64}stream[\r\n]")
_REFERENCE = re.compile(
    rb"(?<![^\x00\t\n\f\r ()<>\[\]{}/%])(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,10})[\x00\t\n\f\r ]{1,9}R"
)
_MOST_REFERENCES = 5_000_000
_MOST_DIGITS = 10
_MAX_READ = 128 * 1024 * 1024
"""Bytes read for all objects together; what lies beyond is taken to be there and whole."""


class RawObjects:
    """Reads the bytes of one object after the other."""

    def __init__(self, stream: BinaryIO, pdf: Pdf, reader: CountedReader) -> None:
        """Look in this file, which the parser has opened."""
        self._stream, self._pdf, self._reader = stream, pdf, reader
        self._table = pdf.get_xref_table()
        self._left = _MAX_READ

    def exists(self, number: Number) -> bool:
        """Tell whether the file lists an object and it is where it is said to be; one at offset zero is not in use."""
        entry = self._table.get(number)
        if entry is None:
            return False
        return entry.obj_stream_number is not None or self._starts(number)

    def is_listed(self, number: Number) -> bool:
        """Tell whether the file says that it has an object; one at offset zero is not in use."""
        entry = self._table.get(number)
        return entry is not None and (entry.obj_stream_number is not None or bool(entry.offset))

    def text(self, number: Number) -> bytes:
        """Return what is written between the object's head and its end or its data; empty when it is not there."""
        entry = self._table.get(number)
        if entry is None or self._left < 0:
            return b""
        if entry.obj_stream_number is not None:
            return self._packed(entry.obj_stream_number).get(number[0], b"")
        for window in (_WINDOW, 16 * _WINDOW, _LONGEST):
            self._stream.seek(entry.offset or 0)
            text = self._stream.read(window)
            self._left -= len(text)
            head = _HEAD.match(text)
            if not head:
                return b""
            end = _END.search(text, head.end())
            if end:
                return text[head.end() : end.end() if end[0] != b"endobj" else end.start()]
        return b""

    def entries(self, number: Number) -> dict[str, Any]:
        """Return the object's entries as they are written; empty when it is no dictionary."""
        read = read_dictionary(self.text(number), 0, _LONGEST)
        return dict(read[0]) if isinstance(read, tuple) else {}

    def array_of(self, number: Number, key: str) -> list[Any]:
        """Return an array of an object as it is written there, or in the object that is referred to."""
        found = self.entries(number).get(key)
        if isinstance(found, Reference):
            found = self._value((found.number, found.generation))
        return found if isinstance(found, list) else []

    def read_whole(self, number: Number) -> set[str] | None:
        """Return which names an object has twice with different values.

        None when it cannot be read to its end by the grammar of ISO 32000-1, 7.3.
        """
        repeated: set[str] = set()
        value = self._value(number, repeated)
        return repeated if value is not UNFINISHED and is_plain(value) else None

    def _value(self, number: Number, repeated: set[str] | None = None) -> Any:
        text = self.text(number).removesuffix(b"\n").removesuffix(b"\r").removesuffix(b"stream")
        read = read_dictionary(b"<</X " + text + b"\n>>", 0, _LONGEST, repeated)
        return read[0][0][1] if isinstance(read, tuple) and len(read[0]) == 1 else UNFINISHED

    def referred_to(self, numbers: set[Number]) -> set[Number]:
        """Return to which of these any object refers, or the trailer does."""
        found: set[Number] = set()
        with whole(self._stream) as content:
            found |= _references(content, numbers)
        packed = {one.obj_stream_number for one in self._table.values() if one.obj_stream_number is not None}
        for one in packed:
            if self._left > 0 and found != numbers:
                found |= _references(b" ".join(self._packed(one).values()), numbers)
        return found

    def _starts(self, number: Number) -> bool:
        entry = self._table[number]
        if not entry.offset:
            return False
        self._stream.seek(entry.offset)
        head = _HEAD.match(self._stream.read(128))
        return head is not None and (int(head[1]), int(head[2])) == number

    @functools.lru_cache(maxsize=8)  # noqa: B019  (lives as long as one inspection)
    def _packed(self, stream_number: int) -> dict[int, bytes]:
        """Return the texts of an object stream's objects by their numbers (ISO 32000-1, 7.5.7)."""
        stream = self._pdf.get_object(stream_number, 0)
        with self._reader.uncounted():
            data = bytes(stream.read_bytes())
        self._left -= len(data)
        first, count = int(stream.get("/First", 0)), int(stream.get("/N", 0))
        words = data[:first].split()[: 2 * count]
        if not all(word.isdigit() and len(word) <= _MOST_DIGITS for word in words):
            return {}
        places = [int(word) + first for word in words[1::2]]
        ends = [*places[1:], len(data)]
        return {int(name): data[start:end] for name, start, end in zip(words[::2], places, ends, strict=False)}


def _references(content: bytes | mmap.mmap, numbers: set[Number]) -> set[Number]:
    """Return which of these numbers are referred to; past very many references, all that may be."""
    found: set[Number] = set()
    for count, one in enumerate(_REFERENCE.finditer(content)):
        if count > _MOST_REFERENCES:
            return numbers
        number = int(one[1]), int(one[2])
        if number in numbers:
            found.add(number)
    return found
