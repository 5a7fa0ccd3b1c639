"""Bounds on the work one PDF can cause: a few kilobytes can unpack to gigabytes.

Streams are unpacked in small pieces that are thrown away, to find damage: pages and object streams always, fonts
and images as far as a second bound goes, since a legitimate scan can be large.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import InvalidInput

if TYPE_CHECKING:
    from pikepdf import Pdf

MAX_OBJECTS = 300_000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_UNPACKED_REST = 128 * 1024 * 1024
_MAX_PARSER_MEMORY = 8 * 1024 * 1024
"""For one cross-reference or object stream: a million entries fit."""
_PIECE = 256 * 1024


def limit_parser() -> None:
    """Tell the parser how much memory one compressed structure may take; the limits hold for the process."""
    from pikepdf.settings import set_qpdf_limits  # noqa: PLC0415  (heavy)

    set_qpdf_limits(flate_max_memory=_MAX_PARSER_MEMORY, png_max_memory=_MAX_PARSER_MEMORY, doc_max_warnings=10)


def check_streams(pdf: Pdf) -> None:
    """Unpack object streams and page contents, within bounds.

    Raises:
        InvalidInput: `pdf_too_complex` beyond the bounds, `pdf_damaged` when a stream is not what was written.

    """
    table = pdf.get_xref_table()
    if len(table) > MAX_OBJECTS:
        raise _too_complex()
    left = MAX_UNPACKED
    packed = {entry.obj_stream_number for entry in table.values() if entry.obj_stream_number is not None}
    for number in packed:
        left = _unpack(pdf.get_object(number, 0), left)
    for contents in _page_contents(pdf):
        left = _unpack(contents, left)


def check_other_streams(streams: Iterable[Any]) -> None:
    """Unpack fonts, images and the like until the bound is reached; what lies beyond goes unchecked.

    Raises:
        InvalidInput: `pdf_damaged`.

    """
    left = MAX_UNPACKED_REST
    for stream in streams:
        left = _unpack(stream, left, is_strict=False)
        if left <= 0:
            return


def _page_contents(pdf: Pdf) -> Iterator[Any]:
    from pikepdf import Array  # noqa: PLC0415

    for page in pdf.pages:
        contents: Any = page.obj.get("/Contents", [])
        yield from contents if isinstance(contents, Array | list) else [contents]


def _unpack(stream: Any, left: int, *, is_strict: bool = True) -> int:
    """Return what is left of the bound after unpacking; streams packed in other ways count as they are."""
    from pikepdf import Stream  # noqa: PLC0415

    if not isinstance(stream, Stream) or str(stream.get("/Filter", "")) != "/FlateDecode":
        return left
    unpacker = zlib.decompressobj()
    pending = stream.read_raw_bytes()
    while pending and not unpacker.eof:
        try:
            left -= len(unpacker.decompress(pending, _PIECE))
        except zlib.error:
            detail = "Una parte del PDF está dañada. Ábralo, guárdelo de nuevo como PDF y envíe el nuevo archivo."
            raise InvalidInput("pdf_damaged", detail) from None
        if left < 0 and is_strict:
            raise _too_complex()
        if left < 0:
            break
        pending = unpacker.unconsumed_tail
    return left


def _too_complex() -> InvalidInput:
    detail = "El PDF es demasiado complejo para revisarlo. Divídalo o imprímalo a PDF y envíe el PDF resultante."
    return InvalidInput("pdf_too_complex", detail)
