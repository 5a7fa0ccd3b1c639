"""Pages that a document lists more than once, counted before the parser opens it: it copies a page for each listing.

Only the branches of the page tree are read by the grammar. What this reading does not find, the parser will not either,
or `pages.py` refuses it.
"""

from __future__ import annotations

import bisect
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from chalicelib.services.upload.pdf.cipher import Decrypt
from chalicelib.services.upload.pdf.ends import whole
from chalicelib.services.upload.pdf.listing import HEAD, IN_USE, PACKED
from chalicelib.services.upload.pdf.raw_objects import texts_of
from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.sections import Sections
from chalicelib.services.upload.pdf.syntax import Reference, read_dictionary

MAX_COPIED = 32 * 1024 * 1024
"""Bytes of the pages that are listed again, each time: some fifty megabytes of memory."""
_SHORTEST_LISTING = 6
_MAX_BRANCHES = 8 * 1024 * 1024
"""Bytes of branches that are read by the grammar: some two hundred thousand pages."""
_MAX_OPENED = 64 * 1024 * 1024
_LONGEST = 4 * 1024 * 1024
_MAX_STREAM = 3 * 1024 * 1024
_DATA = re.compile(rb"[\x00\t\n\f\r ]{0,64}stream(?:\r\n|\n|\r)")
_BRANCH = re.compile(rb"/(?:K|#4[bB])(?:i|#69)(?:d|#64)(?:s|#73)")


def check_repeated_pages(stream: BinaryIO, end: int, sections: Sections, decrypt: Decrypt | None) -> None:
    """Bound what copies of pages can take in a document of `end` bytes.

    Raises:
        InvalidInput: `pdf_too_complex`.

    """
    is_packed = any(kind == PACKED for kind, _ in sections.listing.newest.values())
    if not isinstance(sections.root, Reference) or (not is_packed and _cannot_repeat(end)):
        return
    objects = _Objects(stream, sections, decrypt)
    listed: Counter[int] = Counter()
    pending = [objects.entries(sections.root.number).get("/Pages")]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if not isinstance(node, Reference) or node.number in seen:
            continue
        seen.add(node.number)
        for kid in objects.kids(node.number):
            if kid in listed or not _BRANCH.search(objects.text(kid)):
                listed[kid] += 1
            else:
                pending.append(Reference(kid, 0))
    copied = sum((times - 1) * len(objects.text(page)) for page, times in listed.items() if times > 1)
    if copied > MAX_COPIED:
        raise too_complex("El árbol de páginas, que repite páginas,")


def _cannot_repeat(size: int) -> bool:
    """Tell whether no page and no list of listings can be large enough, since both have to fit into the file."""
    return size * size <= 4 * _SHORTEST_LISTING * MAX_COPIED


class _Objects:
    """The texts of objects as the sections list them, before the parser has seen any."""

    def __init__(self, stream: BinaryIO, sections: Sections, decrypt: Decrypt | None) -> None:
        self._stream, self._decrypt = stream, decrypt
        self._newest = sections.listing.newest
        self._places = sorted(sections.listing.offsets)
        self._packed: dict[int, dict[int, bytes]] = {}
        self._left, self._unread = _MAX_OPENED, _MAX_BRANCHES

    def text(self, number: int) -> bytes:
        """Return what is written of an object, up to where the next begins; empty when it is not there."""
        kind, where = self._newest.get(number, (0, 0))
        if kind == PACKED:
            if where not in self._packed:
                self._packed[where] = self._unpack(where)
            return self._packed[where].get(number, b"")
        return self._plain(where)[0] if kind == IN_USE else b""

    def entries(self, number: int) -> dict[str, Any]:
        """Return an object's entries; empty when it is no dictionary."""
        return self._read(self.text(number))

    def kids(self, number: int) -> Iterator[int]:
        """Yield the numbers of what a branch lists, in place or in an array of its own."""
        found = self.entries(number).get("/Kids")
        if isinstance(found, Reference):
            found = self._read(b"<</Kids " + self.text(found.number).partition(b"endobj")[0] + b">>").get("/Kids")
        yield from (one.number for one in found or () if isinstance(one, Reference)) if isinstance(found, list) else ()

    def _read(self, text: bytes) -> dict[str, Any]:
        self._unread -= len(text)
        if self._unread < 0:
            raise too_complex("El árbol de páginas")
        read = read_dictionary(text, 0, _LONGEST)
        return dict(read[0]) if isinstance(read, tuple) else {}

    def _plain(self, start: int) -> tuple[bytes, int]:
        """Return the text of an object that lies at a place, and where the text begins."""
        at = bisect.bisect_right(self._places, start)
        with whole(self._stream) as content:
            stop = min(self._places[at] if at < len(self._places) else len(content), start + _LONGEST)
            head = HEAD.match(content, start, stop)
            if not head:
                return b"", start
            end = content.find(b"endobj", head.end(), stop)
            text = bytes(content[head.end() : end if end >= 0 else stop])
        self._left -= len(text)
        if self._left < 0:
            raise too_complex("El árbol de páginas")
        return text, head.end()

    def _unpack(self, number: int) -> dict[int, bytes]:
        """Return the texts of an object stream's objects by their numbers."""
        kind, where = self._newest.get(number, (0, 0))
        text, begin = self._plain(where) if kind == IN_USE else (b"", 0)
        read = read_dictionary(text, 0, _LONGEST)
        if not isinstance(read, tuple):
            return {}
        entries = dict(read[0])
        data = _DATA.match(text, read[1])
        length, first, count = (entries.get(key) for key in ("/Length", "/First", "/N"))
        if not data or not isinstance(first, int) or not isinstance(count, int):
            return {}
        with whole(self._stream) as content:
            start = begin + data.end()
            stop = start + length if isinstance(length, int) else begin + len(text)
            packed = bytes(content[start : min(stop, start + _LONGEST)])
        if self._decrypt:
            packed = self._decrypt(packed, number, 0)
        try:
            unpacked = zlib.decompressobj().decompress(packed, _MAX_STREAM) if "/Filter" in entries else packed
        except zlib.error:
            return {}
        self._left -= len(unpacked)
        return texts_of(unpacked, first, count)
