"""The objects of a PDF as they are written, where what the parser made of them is not enough."""

from __future__ import annotations

import bisect
import mmap
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.services.upload.pdf.ends import whole
from chalicelib.services.upload.pdf.listing import HEAD
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.references import Generations
from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.syntax import UNFINISHED, Reference, is_plain, read_dictionary
from chalicelib.services.upload.pdf.things import Number

if TYPE_CHECKING:
    from pikepdf import Pdf

_WINDOW = 4096
_LONGEST = 4 * 1024 * 1024
_END = re.compile(rb"endobj|>>[\x00\t\n\f\r ]{0,64}stream[\r\n]")
_MOST_DIGITS = 10
_MAX_LOOKED_AT = 192 * 1024 * 1024
_MAX_READ = 8 * 1024 * 1024
"""About four seconds; it is read only where the parser remarked on something, or something may be missing."""
_MAX_KEPT = 32 * 1024 * 1024


class RawObjects:
    """Reads the bytes of one object after the other, each up to where the file lists the next.

    Whatever reads them raises `InvalidInput`, `pdf_too_complex`, beyond `_MAX_LOOKED_AT` bytes in all, or `_MAX_READ`
    of them that are read by the grammar.
    """

    def __init__(self, stream: BinaryIO, pdf: Pdf, reader: CountedReader) -> None:
        """Look in this file, which the parser has opened."""
        self._stream, self._pdf, self._reader = stream, pdf, reader
        self._table = pdf.get_xref_table()
        self._left, self._unread = _MAX_LOOKED_AT, _MAX_READ
        self._places = sorted({entry.offset or 0 for entry in self._table.values() if entry.obj_stream_number is None})
        self._kept: dict[int, dict[int, bytes]] = {}
        self._kept_bytes = 0

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
        if entry is None:
            return b""
        if entry.obj_stream_number is not None:
            return self._packed(entry.obj_stream_number).get(number[0], b"")
        start = entry.offset or 0
        following = self._following(start)
        for window in (_WINDOW, 16 * _WINDOW, _LONGEST):
            self._stream.seek(start)
            text = self._stream.read(window if following is None else min(window, following - start))
            self._look_at(len(text))
            head = HEAD.match(text)
            if not head or (int(head[1]), int(head[2])) != number:
                return b""
            end = _END.search(text, head.end())
            if end:
                return text[head.end() : end.end() if end[0] != b"endobj" else end.start()]
            if following is not None and following - start <= window:
                return text[head.end() :]
        return b""

    def entries(self, number: Number) -> dict[str, Any]:
        """Return the object's entries as they are written; empty when it is no dictionary."""
        text = self.text(number)
        self._read(len(text))
        read = read_dictionary(text, 0, _LONGEST)
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
        self._read(len(text))
        read = read_dictionary(b"<</X " + text + b"\n>>", 0, _LONGEST, repeated)
        return read[0][0][1] if isinstance(read, tuple) and len(read[0]) == 1 else UNFINISHED

    def lost(self) -> list[Number]:
        """Return the objects that are not where the file lists them."""
        with whole(self._stream) as content:
            return sorted(
                number
                for number, entry in self._table.items()
                if entry.obj_stream_number is None and entry.offset and not _begins(content, entry.offset, number)
            )

    def lacking(self, odd: set[int]) -> list[Number]:
        """Return which objects refer to one that the file has under another generation only.

        Of the object streams these are looked at; of the other objects those that a first look makes suspect. One that
        is suspect and cannot be read whole counts.
        """
        generations = Generations(self._table)
        suspects: list[Number] = []
        with whole(self._stream) as content:
            for number, entry in self._table.items():
                if entry.obj_stream_number is not None:
                    suspects += [number] if entry.obj_stream_number in odd else []
                    continue
                start = entry.offset or 0
                stop = min(self._following(start) or len(content), start + _LONGEST)
                if start and generations.may_lack(content, start, stop):
                    suspects.append(number)
        values = ((number, self._value(number)) for number in suspects)
        return [number for number, value in values if value is UNFINISHED or any(generations.lacking(value))]

    def _starts(self, number: Number) -> bool:
        entry = self._table[number]
        if not entry.offset:
            return False
        self._stream.seek(entry.offset)
        return _begins(self._stream.read(128), 0, number)

    def _following(self, place: int) -> int | None:
        """Return where the next object is listed; None for the last."""
        position = bisect.bisect_right(self._places, place)
        return self._places[position] if position < len(self._places) else None

    def _look_at(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise too_complex()

    def _read(self, size: int) -> None:
        self._unread -= size
        if self._unread < 0:
            raise too_complex()

    def _packed(self, stream_number: int) -> dict[int, bytes]:
        """Return the texts of an object stream's objects by their numbers (ISO 32000-1, 7.5.7)."""
        kept = self._kept.get(stream_number)
        if kept is not None:
            return kept
        stream = self._pdf.get_object(stream_number, 0)
        with self._reader.uncounted():
            data = bytes(stream.read_bytes())
        self._look_at(len(data))
        if self._kept_bytes + len(data) > _MAX_KEPT:
            self._kept.clear()
            self._kept_bytes = 0
        self._kept_bytes += len(data)
        self._kept[stream_number] = texts = texts_of(data, int(stream.get("/First", 0)), int(stream.get("/N", 0)))
        return texts


def texts_of(data: bytes, first: int, count: int) -> dict[int, bytes]:
    """Return the texts of an object stream's objects by their numbers, out of its unpacked data."""
    words = data[:first].split()[: 2 * count]
    if not all(word.isdigit() and len(word) <= _MOST_DIGITS for word in words):
        return {}
    places = [int(word) + first for word in words[1::2]]
    following = sorted({*places, len(data)})
    return {
        int(name): data[start : following[bisect.bisect_right(following, start)] if start < len(data) else start]
        for name, start in zip(words[::2], places, strict=False)
    }


def _begins(content: bytes | mmap.mmap, place: int, number: Number) -> bool:
    head = HEAD.match(content, place)
    return head is not None and (int(head[1]), int(head[2])) == number
