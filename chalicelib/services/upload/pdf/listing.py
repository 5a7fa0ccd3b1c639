"""Which objects the sections of a PDF list, and whether every reader finds the same ones.

Readers differ where a file says two things: a number listed twice, a table that begins at the wrong number, a
linearized file whose first section is not the last one's, an object that no section lists. One that searches for what
it misses finds such an object, and shows a document that another does not. So whatever one of them might find must be
what is listed.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.services.upload.pdf.ends import top_level_objects, whole
from chalicelib.services.upload.pdf.refusal import damaged
from chalicelib.services.upload.pdf.syntax import read_dictionary

if TYPE_CHECKING:
    from pikepdf import Pdf

_ENTRY = re.compile(rb"(\d{1,20})[\x00\t\n\f\r ]{1,9}(\d{1,10})[\x00\t\n\f\r ]{1,9}([fn])")
HEAD = re.compile(rb"[\x00\t\n\f\r ]{0,64}(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,10})[\x00\t\n\f\r ]{1,9}obj")
"""What an object begins with: its number and its generation."""
_HEAD = re.compile(rb"(\d{1,10})[\x00\t\n\f\r ]{1,9}\d{1,5}[\x00\t\n\f\r ]{1,9}\Z")
_FIRST = re.compile(rb"%PDF-[^\r\n]*[\r\n]+(?:%[^\r\n]*[\r\n]+|[\x00\t\n\f\r ]+)*(?=\d)")
_OBJECT = re.compile(rb"\d{1,10}[\x00\t\n\f\r ]{1,9}\d{1,5}[\x00\t\n\f\r ]{1,9}obj")
_BEHIND = re.compile(rb"[\x00\t\n\f\r ]*endobj[\x00\t\n\f\r ]*")
_LONGEST_HEAD = 32
_LONGEST_FIRST = 2048
_BLANK = b"\x00\t\n\f\r "
_LAST_FREE = 65535
_FREE, IN_USE, PACKED = 0, 1, 2
_MAY_SHOW = re.compile(
    rb"/(?:A|AA|AF|AP|Annots|Catalog|Contents|EF|GoToE|GoToR|ImportData|JS|JavaScript|Kids|Launch|Names|OpenAction|Page|Pages"
    rb"|Resources|Standard|SubmitForm|URI|XObject)(?![A-Za-z])"
)
"""Of what a version that no table names might show or do. TeX leaves versions of places and groups behind."""

Row = tuple[int, int, int]
"""A number, what it is, and its place: an offset, or the object stream that holds it."""


@dataclass(slots=True)
class Listing:
    """What is listed: by the newest section that says anything of a number, and by any."""

    newest: dict[int, tuple[int, int]] = field(default_factory=dict)
    offsets: set[int] = field(default_factory=set)
    is_hybrid: bool = False

    def add(self, rows: list[Row], place: int) -> None:
        """Add a section that is older than those before it, and lies at a place.

        Raises:
            InvalidInput: `pdf_damaged` when it lists a number twice.

        """
        if len({row[0] for row in rows}) != len(rows):
            raise damaged(f"La tabla de objetos del byte {place} nombra dos veces un mismo objeto")
        for number, kind, where in rows:
            known = self.newest.setdefault(number, (kind, where))
            if kind != IN_USE:
                continue
            self.offsets.add(where)
            if known[0] == IN_USE and where > known[1] and known[1]:
                raise damaged(
                    f"El objeto {number} tiene una versión anterior después de la última, y los lectores difieren"
                )
        self.offsets.add(place)


def rows_of_table(ranges: Iterable[tuple[int, bytes]]) -> Iterator[Row]:
    """Yield what a table lists: pairs of a first number and the text of the entries from it on.

    Raises:
        InvalidInput: `pdf_damaged` when it begins at one with the entry that belongs to zero.

    """
    is_first = True
    for first, text in ranges:
        for number, entry in enumerate(_ENTRY.finditer(text), first):
            offset, generation, kind = int(entry[1]), int(entry[2]), entry[3]
            if is_first and first and kind == b"f" and generation == _LAST_FREE and not offset:
                raise damaged("La tabla de objetos empieza por un número que no es el suyo")
            if kind == b"n" and offset:
                _check_generation(number, generation)
            is_first = False
            yield number, IN_USE if kind == b"n" else _FREE, offset


def rows_of_stream(data: bytes, widths: list[int], index: list[int]) -> Iterator[Row]:
    """Yield what a cross-reference stream lists, whose data are unpacked (ISO 32000-1, 7.5.8.3)."""
    first, _, third = widths
    size, at = sum(widths), 0
    for start, count in zip(index[::2], index[1::2], strict=False):
        for number in range(start, start + min(count, (len(data) - at) // size if size else 0)):
            row = data[at : at + size]
            at += size
            kind = int.from_bytes(row[:first]) if first else IN_USE
            if kind == IN_USE:
                _check_generation(number, int.from_bytes(row[size - third :]) if third else 0)
            yield (
                number,
                kind if kind in {_FREE, IN_USE, PACKED} else _FREE,
                int.from_bytes(row[first : size - third]),
            )


def _check_generation(number: int, generation: int) -> None:
    """Refuse one that only the entries of free objects may have; the parser does not list an object of it."""
    if generation >= _LAST_FREE:
        raise damaged(f"La tabla de objetos da al objeto {number} una generación que no existe")


def check_listing(listing: Listing, pdf: Pdf, stream: BinaryIO, end: int) -> None:
    """Require that the parser sees what is listed, and that nothing else could be found.

    Raises:
        InvalidInput: `pdf_damaged`.

    """
    if not listing.is_hybrid:
        _check_parsed(listing, pdf, end)
    with whole(stream) as content:
        unlisted = [at for at in _heads(content, end) if not _is_listed(content, at, listing)]
        if unlisted:
            _check_unlisted(content, set(unlisted), listing, end)


def check_first_section(stream: BinaryIO, last: int, size: int) -> None:
    """Require of a linearized file that both ways of reading it begin at the same section.

    Raises:
        InvalidInput: `pdf_damaged`.

    """
    stream.seek(0)
    text = stream.read(_LONGEST_FIRST)
    first = _FIRST.match(text)
    head = _OBJECT.match(text, first.end()) if first else None
    read = read_dictionary(text, head.end(), _LONGEST_FIRST) if head else None
    if not isinstance(read, tuple):
        return
    entries: dict[str, Any] = dict(read[0])
    behind = _BEHIND.match(text, read[1])
    if "/Linearized" in entries and entries.get("/L") == size and behind and not behind.start() < last <= behind.end():
        raise damaged("El PDF empieza por una tabla de objetos y termina por otra, y los lectores muestran una u otra")


def _check_parsed(listing: Listing, pdf: Pdf, end: int) -> None:
    table = pdf.get_xref_table()
    parsed = {number: entry.offset for (number, _), entry in table.items() if entry.obj_stream_number is None}
    for number, (kind, where) in listing.newest.items():
        if kind == IN_USE and where and (where >= end or parsed.get(number) != where):
            raise damaged(f"El objeto {number} está anotado de un modo que no todo lector entiende")
    for number in parsed:
        if listing.newest.get(number, (_FREE, 0))[0] != IN_USE:
            raise damaged(f"El objeto {number} está anotado de un modo que no todo lector entiende")


def _heads(content: Any, end: int) -> Iterator[int]:
    """Yield where something begins that looks like an object."""
    at = content.find(b"obj", 0, end)
    while at >= 0:
        if content[at - 3 : at] != b"end":
            before = content[max(0, at - _LONGEST_HEAD) : at]
            head = _HEAD.search(before)
            if head:
                yield at - len(before) + head.start()
        at = content.find(b"obj", at + 3, end)


def _is_listed(content: Any, at: int, listing: Listing) -> bool:
    """Tell whether a section says that an object is here, or at the blanks before it."""
    while at not in listing.offsets:
        if at <= 0 or content[at - 1 : at] not in _BLANKS:
            return False
        at -= 1
    return True


def _check_unlisted(content: Any, unlisted: set[int], listing: Listing, end: int) -> None:
    """Refuse an object that stands in the file and not in a table, if a reader that searches could show or do it."""
    places = sorted(unlisted)
    for start, stop in top_level_objects(content, end):
        at = bisect.bisect_left(places, start)
        if at == len(places) or places[at] != start:
            continue
        number = int(content[start : start + 10].split(maxsplit=1)[0])
        data = content.find(b"stream", start, stop)
        shown = min(data if data >= 0 else stop, start + _LONGEST_FIRST)
        is_other = listing.newest.get(number, (_FREE, 0))[0] != _FREE
        is_plain = data < 0 and content.find(b"<<", start, shown) >= 0
        if (is_other and not is_plain) or _MAY_SHOW.search(content, start, shown):
            raise damaged(
                f"El PDF lleva un objeto {number} que ninguna tabla nombra, y que algún lector podría mostrar"
            )


_BLANKS = frozenset(bytes([one]) for one in _BLANK)
