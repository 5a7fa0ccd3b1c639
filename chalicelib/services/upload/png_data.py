"""The chunks of a PNG and the picture in them (W3C PNG, third edition, 5, 7, 10): read once, unpacked, thrown away.

What decoders do is done here without making the picture: checksums, the order of chunks, the packed data up to its own
checksum, exactly the bytes that the header's size takes, and a filter that exists before each row.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 150_000
"""In a PNG of 100 MB each has 700 bytes on average; programs write 8 KB or more."""
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = 3
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: first column and row, then the steps."""
_FILTERS = b"\x00\x01\x02\x03\x04"
PIECE = 64 * 1024
"""Bytes that are read, or unpacked, at a time."""
_LONGEST_HEADER = 13


class PngDamagedError(ValueError):
    """No decoder would show it whole."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its type in four letters, where its data begins, and its size."""

    kind: bytes
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in points, and how they are written."""

    width: int
    height: int
    depth: int
    colour: int
    is_interlaced: bool


def read_header(stream: BinaryIO) -> Header:
    """Return the header, which is the first chunk."""
    stream.seek(len(SIGNATURE))
    size, kind = struct.unpack(">I4s", stream.read(8).ljust(8, b"\x00"))
    if (size, kind) != (_LONGEST_HEADER, b"IHDR"):
        raise PngDamagedError
    width, height, depth, colour, *methods = struct.unpack(">IIBBBBB", stream.read(size).ljust(size, b"\x00"))
    if not width or not height or depth not in _DEPTHS.get(colour, ()) or methods[:2] != [0, 0] or methods[2] > 1:
        raise PngDamagedError
    return Header(width, height, depth, colour, bool(methods[2]))


def chunks(stream: BinaryIO, size: int) -> Iterator[Chunk]:
    """Yield every chunk up to the end of the picture; at most two more than `MAX_CHUNKS`."""
    at, number = len(SIGNATURE), 0
    while at + 12 <= size and number <= MAX_CHUNKS + 1:
        stream.seek(at)
        length, kind = struct.unpack(">I4s", stream.read(8))
        if not kind.isalpha() or at + 12 + length > size:
            raise PngDamagedError
        yield Chunk(kind, at + 8, length)
        if kind == b"IEND":
            return
        at, number = at + 12 + length, number + 1
    raise PngDamagedError


def check_chunk(stream: BinaryIO, chunk: Chunk) -> Iterator[bytes]:
    """Yield a chunk's data in pieces, and hold it to its checksum."""
    stream.seek(chunk.start)
    left, sum_ = chunk.size, zlib.crc32(chunk.kind)
    while left:
        piece = stream.read(min(left, PIECE))
        left -= len(piece)
        sum_ = zlib.crc32(piece, sum_)
        yield piece
    if stream.read(4) != sum_.to_bytes(4, "big"):
        raise PngDamagedError


def packed_text(kind: bytes, content: bytes) -> bytes:
    """Return what is packed in a chunk that says something: a text, a profile; empty where nothing is."""
    _, _, rest = content.partition(b"\x00")
    if kind in {b"zTXt", b"iCCP"}:
        return rest[1:]
    if kind != b"iTXt" or rest[:1] != b"\x01":
        return b""
    return b"\x00".join(rest[2:].split(b"\x00")[2:])


class Picture:
    """The packed rows, as they come."""

    def __init__(self, header: Header) -> None:
        """Begin with none; know how many have to come."""
        self._unpacker = zlib.decompressobj()
        self._parts = list(_parts(header))[::-1]
        self._rows, self._row = self._parts.pop()
        self._into_row = 0

    def add(self, packed: bytes) -> None:
        """Unpack some more; after the end nothing may come but the zeros with which some programs fill up."""
        while packed:
            if self._unpacker.eof:
                if packed.strip(b"\x00"):
                    raise PngDamagedError
                return
            try:
                rows = self._unpacker.decompress(packed, PIECE)
            except zlib.error as error:
                raise PngDamagedError from error
            packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            self._check(rows)

    def end(self) -> None:
        """Require all of it."""
        if not self._unpacker.eof or self._rows or self._parts:
            raise PngDamagedError

    def _check(self, rows: bytes) -> None:
        at = 0
        while at < len(rows):
            if not self._rows:
                raise PngDamagedError
            here = min(len(rows) - at, self._rows * self._row - self._into_row)
            filters = rows[at + (-self._into_row) % self._row : at + here : self._row]
            if filters.translate(None, _FILTERS):
                raise PngDamagedError
            at += here
            done, self._into_row = divmod(self._into_row + here, self._row)
            self._rows -= done
            if not self._rows and self._parts:
                self._rows, self._row = self._parts.pop()


def needs_palette(header: Header) -> bool:
    """Whether the points are numbers of colours in a table."""
    return header.colour == _PALETTE


def _parts(header: Header) -> Iterator[tuple[int, int]]:
    """Yield how many rows come and of how many bytes each is, its filter among them."""
    bits = header.depth * _SAMPLES[header.colour]
    for left, top, across, down in _PASSES if header.is_interlaced else ((0, 0, 1, 1),):
        width, height = -(-(header.width - left) // across), -(-(header.height - top) // down)
        if width > 0 and height > 0:
            yield height, 1 + (width * bits + 7) // 8
