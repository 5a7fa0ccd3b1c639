"""Bounds on the work one PDF can cause: a few kilobytes can unpack to gigabytes.

Streams are unpacked in small pieces that are thrown away, to find damage: pages and object streams always, fonts
and images as far as a second bound goes, since a legitimate scan can be large.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.sections import MAX_SECTIONS
from chalicelib.services.upload.pdf.words import most

if TYPE_CHECKING:
    from pikepdf import Pdf

MAX_OBJECTS = 300_000
MAX_ENTRIES = 500_000
"""In all arrays and dictionaries of a file of up to 4 MiB together; they are looked through one by one."""
MOST_ENTRIES = 2_000_000
"""In the largest."""
MAX_UNPACKED = 512 * 1024 * 1024
MAX_UNPACKED_OBJECTS = 64 * 1024 * 1024
"""Of `MAX_UNPACKED`, what object streams may hold: it is understood, and not only unpacked."""
MAX_UNPACKED_REST = 128 * 1024 * 1024
_MAX_PARSER_MEMORY = 3 * 1024 * 1024
"""For one cross-reference or object stream: the places of `MAX_OBJECTS` fit."""
_MAX_CONTAINER = 1_000_000
_PIECE = 256 * 1024
_PREVIOUS = re.compile(rb"/(?:P|#50)(?:r|#72)(?:e|#65)(?:v|#76)(?=[\x00\s%])(?!\s{1,8}\d{1,10}\s{1,4}\d{1,5}\s{1,4}R)")
"""Leads from a section to the one before. In an outline a reference follows, as to other objects."""
_LONGEST_PREVIOUS = 64
_SHORT_NAMES = {"/Fl": "/FlateDecode", "/AHx": "/ASCIIHexDecode", "/A85": "/ASCII85Decode", "/LZW": "/LZWDecode"}
_MOST_TIMES = 4
_ALL_WORDS = b"/" * _PIECE


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked, and be read for it, in bytes; and which streams were, each by its number."""

    unpacked: int
    packed: int
    """As much as the file has: streams that lie within each other are no program's."""
    done: set[tuple[int, int]] = field(default_factory=set)


def limit_parser() -> None:
    """Tell the parser how much memory one compressed structure may take; the limits hold for the process."""
    from pikepdf.settings import set_qpdf_limits  # noqa: PLC0415  (heavy)

    set_qpdf_limits(
        flate_max_memory=_MAX_PARSER_MEMORY,
        png_max_memory=_MAX_PARSER_MEMORY,
        parser_max_container_size=_MAX_CONTAINER,
        doc_max_warnings=10,
    )


def check_sections(stream: BinaryIO) -> None:
    """Count the cross-reference sections before the parser follows them: each can unpack to megabytes.

    Raises:
        InvalidInput: `pdf_too_complex`.

    """
    stream.seek(0)
    before, found = b"", 0
    while piece := stream.read(_PIECE):
        text = before + piece
        kept = len(text) if len(piece) < _PIECE else len(text) - _LONGEST_PREVIOUS
        found += sum(1 for one in _PREVIOUS.finditer(text) if one.start() < kept)
        if found > MAX_SECTIONS:
            raise too_complex()
        before = text[kept:]


def check_streams(pdf: Pdf, size: int, reader: CountedReader) -> None:
    """Unpack object streams and page contents of a file of `size` bytes, each once, within bounds.

    Raises:
        InvalidInput: `pdf_too_complex` beyond the bounds, `pdf_damaged` when a stream is not what was written.

    """
    table = pdf.get_xref_table()
    if len(table) > MAX_OBJECTS:
        raise too_complex()
    budget = _Budget(min(MAX_UNPACKED, MAX_UNPACKED_OBJECTS), size)
    packed = {entry.obj_stream_number for entry in table.values() if entry.obj_stream_number is not None}
    for number in packed:
        stream = pdf.get_object(number, 0)
        with reader.uncounted():
            _unpack(stream, budget, reader=reader)
    budget.unpacked += MAX_UNPACKED - min(MAX_UNPACKED, MAX_UNPACKED_OBJECTS)
    for contents in _page_contents(pdf, entry_bound(size)):
        with reader.uncounted():
            _unpack(contents, budget)


def check_other_streams(streams: Iterable[Any], size: int, reader: CountedReader) -> None:
    """Unpack fonts, images and the like until the bound is reached; what lies beyond goes unchecked.

    Raises:
        InvalidInput: `pdf_damaged`, `pdf_too_complex`.

    """
    budget = _Budget(MAX_UNPACKED_REST, size)
    for stream in streams:
        with reader.uncounted():
            _unpack(stream, budget, is_strict=False)
        if budget.unpacked <= 0:
            return


def entry_bound(size: int) -> int:
    """Return how many entries the arrays and dictionaries of a file of `size` bytes may have."""
    return most(MAX_ENTRIES, MOST_ENTRIES, size)


def _page_contents(pdf: Pdf, left: int) -> Iterator[Any]:
    """Yield what draws the pages, as far as the bound; a list that several of them refer to is gone through once."""
    from pikepdf import Array  # noqa: PLC0415

    seen: set[tuple[int, int]] = set()
    for page in pdf.pages:
        contents: Any = page.obj.get("/Contents", [])
        if not isinstance(contents, Array | list):
            yield contents
        elif isinstance(contents, list) or not contents.is_indirect or contents.objgen not in seen:
            seen |= set() if isinstance(contents, list) else {contents.objgen}
            left -= len(contents)
            if left < 0:
                raise too_complex()
            yield from contents


def _unpack(stream: Any, budget: _Budget, *, is_strict: bool = True, reader: CountedReader | None = None) -> None:
    """Take from the budget what one stream unpacks to, and its words where these will be understood.

    Streams that are packed in other ways count as they are, but the parser may unpack only what was counted.
    """
    from pikepdf import Stream  # noqa: PLC0415

    if not isinstance(stream, Stream) or stream.objgen in budget.done:
        return
    budget.done.add(stream.objgen)
    filters = _filters(stream)
    is_flate = filters[:1] == ["/FlateDecode"]
    if reader and filters not in ([], ["/FlateDecode"]):
        raise too_complex()
    if not is_flate and not reader:
        return
    packed = io.BytesIO(stream.read_raw_bytes())
    budget.packed -= packed.getbuffer().nbytes
    if budget.packed < 0:
        raise too_complex()
    is_altered = "/DecodeParms" in stream or "/DP" in stream
    pieces = _pieces(packed, budget, filters.count("/FlateDecode"), is_strict=is_strict)
    if reader:
        reader.take(_ALL_WORDS[: len(piece)] if is_altered else piece for piece in pieces)
    for _ in pieces:
        pass
    if budget.unpacked < 0 and is_strict:
        raise too_complex()


def _filters(stream: Any) -> list[str]:
    """Return what a stream is packed with, outermost first, by the long names."""
    from pikepdf import Array  # noqa: PLC0415

    given = stream.get("/Filter", [])
    names = [str(one) for one in given] if isinstance(given, Array | list) else [str(given)]
    return [_SHORT_NAMES.get(name, name) for name in names]


def _pieces(packed: BinaryIO, budget: _Budget, times: int, *, is_strict: bool) -> Iterator[bytes]:
    """Yield what is unpacked so many times over."""
    pieces: Iterator[bytes] = iter(lambda: packed.read(_PIECE), b"")
    for _ in range(min(times, _MOST_TIMES)):
        pieces = _inflated(pieces, budget, is_strict=is_strict)
    return pieces


def _inflated(pieces: Iterable[bytes], budget: _Budget, *, is_strict: bool) -> Iterator[bytes]:
    """Unpack until the end or until nothing is left of the budget, in pieces, so that no piece is copied again."""
    unpacker = zlib.decompressobj()
    is_empty = True
    try:
        for piece in pieces:
            pending, is_empty = piece, is_empty and not piece
            while pending and budget.unpacked >= 0 and not unpacker.eof:
                unpacked = unpacker.decompress(pending, _PIECE)
                budget.unpacked -= len(unpacked)
                yield unpacked
                pending = unpacker.unconsumed_tail
            if budget.unpacked < 0 or unpacker.eof:
                return
    except zlib.error:
        raise _damaged_part() from None
    if is_strict and not is_empty:
        raise _damaged_part()


def _damaged_part() -> InvalidInput:
    detail = "Una parte del PDF está dañada. Ábralo, guárdelo de nuevo como PDF y envíe el nuevo archivo."
    return InvalidInput("pdf_damaged", detail)
