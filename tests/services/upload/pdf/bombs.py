"""PDFs of a few kilobytes that stand for megabytes, written by hand."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Mapping

HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"


def a_stream(data: bytes, entries: bytes = b"/Filter /FlateDecode") -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(data), data)


@functools.cache
def zeros(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


class Written:
    """A file that is being written: objects by number, those in object streams by the number of these."""

    def __init__(self, pages: Iterable[int] = (3,)) -> None:
        self.file = bytearray(HEAD)
        self.places: dict[int, int] = {}
        self.packed: dict[int, int] = {}
        self.sections: list[int] = []
        kids = b" ".join(b"%d 0 R" % number for number in pages)
        self.add(1, CATALOG)
        self.add(2, b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(list(pages))))
        if list(pages) == [3]:
            self.add(3, PAGE)

    def add(self, number: int, content: bytes) -> None:
        if number in self.places:  # what is written anew leaves nothing behind that no section lists
            start = self.places[number]
            stop = self.file.index(b"endobj\n", start) + len(b"endobj\n")
            self.file[start:stop] = b" " * (stop - start)
        self.places[number] = len(self.file)
        self.file += b"%d 0 obj\n%b\nendobj\n" % (number, content)

    def add_packed(self, number: int, content: bytes, entries: bytes = b"/Filter /FlateDecode") -> None:
        """Write an object into an object stream of its own, which has the number before."""
        head = b"%d 0 " % number
        start = b"/Type /ObjStm /N 1 /First %d " % len(head)
        data = zlib.compress(head + content, 9) if b"Flate" in entries or b"/Fl" in entries else head + content
        self.add(number - 1, a_stream(data, start + entries))
        self.packed[number] = number - 1

    def add_section(self, number: int, entries: int, previous: bytes) -> None:
        """Write a cross-reference stream of entries of one byte, all of them free."""
        self.sections.append(len(self.file))
        data = zeros(entries)
        rest = b"/Type /XRef /Size %d /W [1 0 0] /Root 1 0 R %b /Filter /FlateDecode" % (entries, previous)
        self.file += b"%d 0 obj\n%b\nendobj\n" % (number, a_stream(data, rest))

    def end(self, more: bytes = b"") -> bytes:
        """Write the section that lists all objects, as a stream, and the end."""
        number = max(self.places | self.packed) + 1
        self.places[number] = start = len(self.file)
        rows = [self._row(one) for one in range(number + 1)]
        rest = b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R %b /Filter /FlateDecode" % (number + 1, more)
        content = a_stream(zlib.compress(b"".join(rows)), rest)
        return bytes(self.file) + b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, content, start)

    def end_with_table(self, more: bytes = b"", places: Mapping[int, int] | None = None) -> bytes:
        """Write the section that lists all objects, as a table, and the end."""
        listed = dict(self.places if places is None else places)
        start, size = len(self.file), max(listed) + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            table += b"%010d 00000 n \n" % listed[number] if number in listed else b"0000000000 00000 f \n"
        trailer = b"trailer\n<< /Root 1 0 R /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (size, more, start)
        return bytes(self.file) + table + trailer

    def _row(self, number: int) -> bytes:
        if number in self.packed:
            return b"\x02%b\x00" % self.packed[number].to_bytes(4, "big")
        if number in self.places:
            return b"\x01%b\x00" % self.places[number].to_bytes(4, "big")
        return bytes(6)
