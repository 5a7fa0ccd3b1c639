"""JPEG photos: their data as it is, without what is said of them; nothing is decoded here.

What was said goes: where it was taken (Exif, XMP), by which camera, thumbnails, other pictures behind its end. What
stays is what the picture is decoded by (ITU-T T.81, B), bit for bit.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chalicelib.services.filing.photos.orientation import UPRIGHT, read_orientation
from chalicelib.services.filing.photos.photo import Packing, Photo
from chalicelib.services.upload.image_budget import END, FRAMES, NEEDED, SAYS, SCAN, Segment, bounded_jpeg, segments

_START, _STOP = b"\xff\xd8", b"\xff\xd9"
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""As every program writes it: no density, no thumbnail."""
_FIRST_NOTE, _EXIF_NOTE, _ADOBE_NOTE = 0xE0, 0xE1, 0xEE
_ADOBE_SIZE = 16
_EXIF = b"Exif\x00\x00"
_DRAWN = {0xC0, 0xC1, 0xC2}
"""Frames that PDF readers draw: baseline, extended and progressive, by Huffman's codes (ISO 32000-1, 7.4.8)."""
_SAMPLES = {1, 3}
_BITS = 8
_RED_GREEN_BLUE = b"RGB"
_LONGEST_FRAME = 6 + 3 * 4


@dataclass(frozen=True, slots=True)
class Frame:
    """What a JPEG says of its picture: how it is coded, and its parts in the order of their names."""

    code: int
    bits: int
    height: int
    width: int
    names: bytes

    @property
    def samples(self) -> int:
        """Parts of a point."""
        return len(self.names)


def jpeg_frame(stream: BinaryIO) -> Frame | None:
    """Return its first frame; None where it has none."""
    for segment in segments(stream):
        if segment.code in FRAMES:
            return _frame(stream, segment)
        if segment.code == SCAN:
            break
    return None


def jpeg_orientation(stream: BinaryIO) -> int:
    """Return how its camera says that it is to be turned."""
    for segment in segments(stream):
        if segment.code == SCAN:
            break
        if segment.code == _EXIF_NOTE and (said := _content(stream, segment)).startswith(_EXIF):
            return read_orientation(said[len(_EXIF) :])
    return UPRIGHT


def jpeg_photo(stream: BinaryIO) -> Photo | None:
    """Return a JPEG as it is; None for one that PDF readers draw otherwise, or not at all.

    Raises:
        InvalidInput: `image_too_complex`.

    """
    bounded_jpeg(stream)
    frame = jpeg_frame(stream)
    if frame is None or frame.code not in _DRAWN or frame.bits != _BITS or frame.samples not in _SAMPLES:
        return None
    notes = _colour_notes(stream)
    if not notes and frame.names == _RED_GREEN_BLUE:
        return None
    data = io.BytesIO()
    data.write(_START + notes)
    for piece in _pieces(stream):
        data.write(piece)
    return Photo(
        data.getvalue(),
        Packing.JPEG,
        frame.width,
        frame.height,
        frame.samples,
        orientation=jpeg_orientation(stream),
    )


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what the picture is decoded by: tables, then from the first scan on all but what is said of it."""
    at: int | None = None
    for segment in segments(stream):
        if at is None and segment.code == SCAN:
            at = segment.start
        elif at is None and segment.code in NEEDED - SAYS:
            yield _bytes(stream, segment.start, segment.size)
        if at is not None and segment.code in SAYS:
            yield _bytes(stream, at, segment.start - at)
            at = segment.start + segment.size
        if at is not None and segment.code == END:
            yield _bytes(stream, at, segment.start - at)
            at = None
            break
    if at is not None:
        yield _bytes(stream, at, stream.seek(0, io.SEEK_END) - at)
    yield _STOP


def _colour_notes(stream: BinaryIO) -> bytes:
    """Return, without all else that is said in them, the notes that tell how the colours are meant."""
    jfif, adobe = b"", b""
    for segment in segments(stream):
        if segment.code == SCAN:
            break
        said = _content(stream, segment)
        if segment.code == _FIRST_NOTE and said.startswith(b"JFIF\x00"):
            jfif = _JFIF
        if segment.code == _ADOBE_NOTE and said.startswith(b"Adobe") and segment.size >= _ADOBE_SIZE:
            kept = said[: _ADOBE_SIZE - 4]
            adobe = b"\xff\xee" + struct.pack(">H", len(kept) + 2) + kept
    return jfif + adobe


def _frame(stream: BinaryIO, segment: Segment) -> Frame:
    said = _content(stream, segment)[:_LONGEST_FRAME].ljust(6, b"\x00")
    bits, height, width, samples = struct.unpack_from(">BHHB", said)
    return Frame(segment.code, bits, height, width, bytes(said[6::3])[:samples])


def _content(stream: BinaryIO, segment: Segment) -> bytes:
    return _bytes(stream, segment.start + 4, max(0, segment.size - 4))


def _bytes(stream: BinaryIO, at: int, size: int) -> bytes:
    stream.seek(at)
    return stream.read(size)
