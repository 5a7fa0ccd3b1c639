"""A text read in pieces that know where they stand: line, column and byte, for whoever has to find the place."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_PIECE = 1024 * 1024
_LONGEST_REST = 64 * 1024
"""Bytes by which a piece is made longer to end where its line does."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DOS_END = b"\x1a"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character stands: all from 1, the column in characters."""

    line: int
    column: int
    byte: int

    def __str__(self) -> str:
        """Say so."""
        return f"línea {self.line}, columna {self.column}"


class Piece:
    """A part of the text. Bytes that are not UTF-8 stand in it as U+DC80 to U+DCFF (PEP 383)."""

    def __init__(self, text: str, start: Place) -> None:
        """Begin at a place of the whole."""
        self.text = text
        self._at, self._place = 0, start

    def place(self, index: int) -> Place:
        """Return where the character at `index` stands in the whole; asked for from first to last, each is cheap."""
        passed = self.text[self._at : index]
        ends = line_ends(passed)
        if passed.startswith("\n") and self.text[self._at - 1 : self._at] == "\r":
            ends -= 1
        last = max(passed.rfind("\n"), passed.rfind("\r"))
        column = len(passed) - last if last >= 0 else self._place.column + len(passed)
        size = len(passed.encode("utf-8", "surrogateescape"))
        self._at, self._place = index, Place(self._place.line + ends, column, self._place.byte + size)
        return self._place


def line_ends(text: str) -> int:
    """Count the ends of lines, be they of Unix, Windows or old Macs."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def text_pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the text without the byte order mark before it, and without the end mark of DOS after it."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 1))
    left = size - (stream.read(1) == _DOS_END)
    stream.seek(0)
    start = Place(1, 1, 1)
    if stream.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK:
        start = Place(1, 1, 1 + len(_BYTE_ORDER_MARK))
    stream.seek(start.byte - 1)
    left -= start.byte - 1
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while left > 0:
        content = _to_line_end(stream, left)
        left -= len(content)
        piece = Piece(decoder.decode(content, final=left <= 0), start)
        yield piece
        if left > 0:
            start = piece.place(len(piece.text))


def _to_line_end(stream: BinaryIO, left: int) -> bytes:
    content = stream.read(min(_PIECE, left))
    content += stream.readline(min(_LONGEST_REST, left - len(content)))
    if content.endswith(b"\r") and len(content) < left:
        content += stream.read(1)
    return content
