"""The cross-reference sections of a PDF, followed from its end before the parser follows them.

A few kilobytes of a section can unpack to megabytes, and hundreds of sections can share them. What this reading cannot
follow with certainty is refused, so that the parser finds no other sections than the ones that were counted.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from chalicelib.services.upload.pdf.listing import Listing, Row, check_first_section, rows_of_stream, rows_of_table
from chalicelib.services.upload.pdf.refusal import damaged, too_complex
from chalicelib.services.upload.pdf.syntax import UNFINISHED, read_dictionary, written
from chalicelib.services.upload.pdf.things import parser

MAX_SECTIONS = 256
"""One for each time that a document was added to, two where it is linearized."""
MAX_SECTION_ENTRIES = 1_000_000
"""In all sections together: each object that a later section replaces is listed again."""
MAX_SECTION_BYTES = 16 * 1024 * 1024
"""What all sections may unpack to."""
MAX_SIZE = 8_000_000
"""The highest object number; numbers may be left out."""
_MAX_DICTIONARIES = 512 * 1024
_SEARCHED = 1054
"""The parser looks for the last `startxref` in as many bytes before the end."""
_WINDOWS = (64 * 1024, 1024 * 1024, 48 * 1024 * 1024)
_PIECE = 256 * 1024
_WIDTHS = 3
_LAST = re.compile(rb"(?<=[\x00\t\n\f\r ])startxref[\x00\t\n\f\r ]+(\d{1,10})(?=[\x00\t\n\f\r %])")
_TABLE = re.compile(rb"[\x00\t\n\f\r ]{0,64}xref[\x00\t\n\f\r ]")
_RANGE = re.compile(rb"[\x00\t\n\f\r ]{0,64}(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,10})(?=[\x00\t\n\f\r ])")
_ENTRY = rb"(?:[\x00\t\n\f\r ]{0,9}\d{1,20}[\x00\t\n\f\r ]{1,9}\d{1,10}[\x00\t\n\f\r ]{1,9}[fn])"
_ENTRIES = re.compile(_ENTRY + rb"*+")
_TRAILER = re.compile(rb"[\x00\t\n\f\r ]{0,64}trailer(?=[\x00\t\n\f\r <])")
_STREAM = re.compile(
    rb"[\x00\t\n\f\r ]{0,64}\d{1,10}[\x00\t\n\f\r ]{1,9}\d{1,5}[\x00\t\n\f\r ]{1,9}obj(?=[\x00\t\n\f\r <])"
)
_DATA = re.compile(rb"[\x00\t\n\f\r ]{0,64}stream[\t ]{0,9}(?:\r\n|\n|\r)")
_KEYS = (
    "/Prev",
    "/XRefStm",
    "/Size",
    "/W",
    "/Index",
    "/Filter",
    "/Length",
    "/Type",
    "/Encrypt",
    "/ID",
    "/Root",
    "/DecodeParms",
)


@dataclass(frozen=True, slots=True)
class Sections:
    """Where the data of those in streams begin, and what the newest says of encryption, as it is written."""

    data: list[int]
    encryption: Any
    """A reference, a dictionary, or None."""
    identity: Any
    """The /ID that keys depend on."""
    root: Any
    """The reference to the catalog."""
    listing: Listing


@dataclass(slots=True)
class _Work:
    packed: int
    """As much as the file has: sections do not lie within each other."""
    size: int
    unpacked: int = MAX_SECTION_BYTES
    entries: int = MAX_SECTION_ENTRIES
    dictionaries: int = _MAX_DICTIONARIES
    sections: int = MAX_SECTIONS + 1
    seen: set[int] = field(default_factory=set)
    data: list[int] = field(default_factory=list)
    listing: Listing = field(default_factory=Listing)

    def check(self) -> None:
        if min(self.packed, self.unpacked, self.entries, self.dictionaries, self.sections) < 0:
            raise too_complex("La tabla de objetos del PDF")


def follow_sections(stream: BinaryIO, size: int) -> Sections:
    """Count all sections of a document of `size` bytes, their entries and what they unpack to.

    Raises:
        InvalidInput: `pdf_too_complex` beyond the bounds, `pdf_damaged` where the parser might see something else.

    """
    work = _Work(packed=size, size=size)
    place = _last_section(stream, size)
    check_first_section(stream, place, stream.seek(0, io.SEEK_END))
    newest: dict[str, Any] | None = None
    while place and place not in work.seen:
        work.seen.add(place)
        entries, is_table = _follow(stream, place, work)
        if is_table and "/XRefStm" in entries:
            work.listing.is_hybrid = True
            _follow(stream, _number(entries["/XRefStm"]), work)
        newest = entries if newest is None else newest
        place = _number(entries.get("/Prev", 0))
    newest = newest or {}
    return Sections(work.data, newest.get("/Encrypt"), newest.get("/ID"), newest.get("/Root"), work.listing)


def _last_section(stream: BinaryIO, size: int) -> int:
    stream.seek(max(0, size - _SEARCHED))
    tail = stream.read(min(size, _SEARCHED))
    found = _LAST.match(tail, max(0, tail.rfind(b"startxref")))
    if not found:
        raise damaged("El archivo está incompleto: al final falta el lugar de su tabla de objetos (startxref)")
    return int(found[1])


def _follow(stream: BinaryIO, place: int, work: _Work) -> tuple[dict[str, Any], bool]:
    """Take one section from the budget; return what its dictionary says, and whether it is a table."""
    work.sections -= 1
    work.check()
    if place >= work.size:
        raise damaged(f"El archivo dice que su tabla de objetos está en el byte {place}, y termina antes")
    for window in _WINDOWS:
        stream.seek(place)
        text = stream.read(window)
        is_table = _TABLE.match(text)
        found = _table(text, is_table.end(), work.entries) if is_table else _stream(text)
        if found is UNFINISHED and len(text) == window:
            continue
        if not isinstance(found, tuple):
            raise damaged(
                f"La tabla de objetos del PDF no está en el byte {place}, donde el archivo dice, o está dañada"
            )
        return _take(stream, place, found, work), bool(is_table)
    raise too_complex("La tabla de objetos del PDF")


def _table(text: bytes, at: int, most: int) -> Any:
    """Return the trailer's pairs, how long they are, where they end, and how many entries the table has."""
    total = 0
    ranges: list[tuple[int, bytes]] = []
    while found := _RANGE.match(text, at):
        at, listed = found.end(), int(found[2])
        total += listed
        if total > most:
            raise too_complex("La tabla de objetos del PDF")
        entries = _ENTRIES.match(text, at)
        end = entries.end() if entries else at
        if text.count(b"n", at, end) + text.count(b"f", at, end) != listed:
            return UNFINISHED
        ranges.append((int(found[1]), text[at:end]))
        at = end
    trailer = _TRAILER.match(text, at)
    if not trailer:
        return UNFINISHED
    read = read_dictionary(text, trailer.end(), _MAX_DICTIONARIES)
    return read if not isinstance(read, tuple) else (*read, trailer.end(), total, ranges)


def _stream(text: bytes) -> Any:
    head = _STREAM.match(text)
    if not head:
        return UNFINISHED
    read = read_dictionary(text, head.end(), _MAX_DICTIONARIES)
    if not isinstance(read, tuple):
        return read
    data = _DATA.match(text, read[1])
    return (read[0], data.end(), head.end(), -1, []) if data else UNFINISHED


def _take(stream: BinaryIO, place: int, found: tuple[Any, int, int, int, Any], work: _Work) -> dict[str, Any]:
    pairs, end, start, listed, ranges = found
    work.dictionaries -= end - start
    entries = _entries(pairs)
    if _number(entries.get("/Size")) > MAX_SIZE:
        raise too_complex("La tabla de objetos del PDF")
    if listed >= 0:
        work.entries -= listed
        work.check()
        work.listing.add(list(rows_of_table(ranges)), place)
    else:
        work.listing.add(_take_stream(stream, place + end, entries, work), place)
    work.check()
    return entries


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return those that lead further or cause work; one that is given twice might be read either way."""
    names = [name for name, value in pairs if name in _KEYS and value is not None]
    if len(names) != len(set(names)):
        raise damaged("La tabla de objetos del PDF está dañada")
    return {name: value for name, value in pairs if name in _KEYS and value is not None}


def _take_stream(stream: BinaryIO, data: int, entries: dict[str, Any], work: _Work) -> list[Row]:
    if entries.get("/Type") != "/XRef":
        raise damaged("La tabla de objetos del PDF está dañada")
    work.data.append(data)
    index = entries.get("/Index", [0, entries["/Size"]])
    widths = entries.get("/W")
    if not isinstance(index, list) or not isinstance(widths, list) or len(widths) != _WIDTHS:
        raise damaged("La tabla de objetos del PDF está dañada")
    listed = sum(_number(one) for one in index[1::2])
    work.entries -= listed
    work.check()
    packing = entries.get("/Filter", [])
    packing = packing if isinstance(packing, list) else [packing]
    if packing not in ([], ["/FlateDecode"], ["/Fl"]):
        raise too_complex("La tabla de objetos del PDF")
    size = min(listed * sum(_number(one) for one in widths), work.packed)
    if packing:
        unpacked = _unpack(stream, data, work)
    else:
        work.unpacked -= size
        work.check()
        stream.seek(data)
        unpacked = stream.read(size)
    return list(
        rows_of_stream(_predicted(unpacked, entries.get("/DecodeParms")), widths, [_number(one) for one in index])
    )


def _predicted(data: bytes, parameters: Any) -> bytes:
    """Return data as they were before they were made easier to pack; the parser does it."""
    parameters = parameters[0] if isinstance(parameters, list) and parameters else parameters
    if not isinstance(parameters, dict) or parameters.get("/Predictor", 1) == 1:
        return data
    library = parser()
    with library.new() as scratch:
        packed = library.Stream(scratch, zlib.compress(data, 0))
        packed.Filter = library.Name.FlateDecode
        packed.DecodeParms = library.Object.parse(written(parameters))
        try:
            return bytes(packed.read_bytes())
        except (library.PdfError, RuntimeError):
            raise damaged("La tabla de objetos del PDF está dañada") from None


def _unpack(stream: BinaryIO, data: int, work: _Work) -> bytes:
    """Return what a section unpacks to, until its end or until the budget is spent."""
    stream.seek(data)
    unpacker = zlib.decompressobj()
    unpacked = bytearray()
    while not unpacker.eof:
        pending = unpacker.unconsumed_tail
        if not pending:
            pending = stream.read(4096)
            work.packed -= len(pending)
        if not pending:
            break
        try:
            piece = unpacker.decompress(pending, _PIECE)
        except zlib.error:
            break
        work.unpacked -= len(piece)
        unpacked += piece
        work.packed += len(unpacker.unused_data)
        work.check()
    return bytes(unpacked)


def _number(value: Any) -> int:
    """Return a whole number; the parser would follow a reference to one, this reading does not."""
    if not isinstance(value, int) or value < 0:
        raise damaged("La tabla de objetos del PDF está dañada")
    return value
