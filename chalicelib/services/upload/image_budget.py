"""Bounds on the work one image can cause: a few kilobytes can have a reader decode 80 million points hundreds of times.

Nothing is decoded here. The marks of a JPEG (ITU-T T.81, B) are counted, which takes one reading of the file.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput

MAX_SCANNED = 1_600_000_000
"""Points times scans: an image of 80 million points can come in 20 scans. Programs make ten at most."""
MAX_SEGMENTS = 10_000
"""Between them a JPEG has its tables and what cameras say of the picture."""
MAX_TABLES = 256 * 1024
"""Bytes before the first scan, without what is said of the picture. A thousand suffice."""
_PIECE = 64 * 1024
_ARITHMETIC = 16
"""What is coded arithmetically takes so many times as long."""
END, SCAN, FRAMES = 0xD9, 0xDA, {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_FIRST_ARITHMETIC = 0xC9
_ALONE = {0x01, 0xD8, END}
"""Marks that no length follows."""
NEEDED = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xEE}
"""What an image is decoded by: frames, tables, intervals, and the notes that say how its colours are meant."""
_COMMENT, _FIRST_APPLICATION = 0xFE, 0xE0
SAYS = {*range(0xE0, 0xF0), _COMMENT}
"""What is said of the picture."""
_MARK = re.compile(rb"\xff([\x01\xc0-\xcf\xd8-\xfe])")
"""Readers that have lost their way pass over the reserved ones (02 to BF) byte by byte, so these hide nothing."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker of a JPEG, and what belongs to it, as it stands in the file."""

    code: int
    start: int
    size: int


class Rebuilt(io.RawIOBase):
    """A file whose beginning, up to `rest_at`, is replaced by other bytes."""

    def __init__(self, head: bytes, rest: BinaryIO, rest_at: int) -> None:
        """Read `head`, then `rest` from there on."""
        self._head, self._rest, self._rest_at = head, rest, rest_at
        self._size = len(head) + rest.seek(0, io.SEEK_END) - rest_at
        self._at = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that are left without one."""
        wanted = self._size if size < 0 else size
        begun = self._head[self._at : self._at + wanted]
        self._rest.seek(self._rest_at + max(0, self._at + len(begun) - len(self._head)))
        found = begun + self._rest.read(wanted - len(begun))
        self._at += len(found)
        return found


@dataclass(frozen=True, slots=True)
class BoundedJpeg:
    """A JPEG that can be read within bounds.

    `whole` is the image without what says something of the picture only, which readers take time to understand.
    `said` names the segments that say it. `end` is where the image ends, None if it doesn't.
    """

    whole: BinaryIO
    said: tuple[Segment, ...]
    end: int | None


def bounded_jpeg(stream: BinaryIO) -> BoundedJpeg:
    """Return the JPEG as it can be read.

    Raises:
        InvalidInput: `image_too_complex`.

    """
    head, scans_at, scanned, points, weight = bytearray(b"\xff\xd8"), None, 0, 0, 1
    said: list[Segment] = []
    end = None
    for number, segment in enumerate(segments(stream)):
        if segment.code in SAYS:
            said.append(segment)
        if segment.code == END:
            end = segment.start + segment.size
        if segment.code in FRAMES and not points:
            points, weight = _points(stream, segment), _ARITHMETIC if segment.code >= _FIRST_ARITHMETIC else 1
        if segment.code == SCAN:
            scans_at = segment.start if scans_at is None else scans_at
            scanned += points * weight
        elif scans_at is None and segment.code in NEEDED:
            head += _bytes(stream, segment)
        if number > MAX_SEGMENTS or scanned > MAX_SCANNED or len(head) > MAX_TABLES:
            raise too_complex()
    stream.seek(0)
    whole = stream if scans_at is None else Rebuilt(bytes(head), stream, scans_at)
    return BoundedJpeg(whole, tuple(said), end)  # type: ignore[arg-type]


def segment_name(segment: Segment) -> str:
    """Return what the standard calls a segment that says something: `COM`, `APP0` to `APP15`."""
    return "COM" if segment.code == _COMMENT else f"APP{segment.code - _FIRST_APPLICATION}"


def too_complex() -> InvalidInput:
    """Return the refusal of an image that would keep its readers at work."""
    detail = "La imagen tiene demasiadas partes para revisarla. Ábrala, guárdela de nuevo y envíe el nuevo archivo."
    return InvalidInput("image_too_complex", detail)


def segments(stream: BinaryIO) -> Iterator[Segment]:
    """Yield every marker up to the image's end, as a decoder meets them; restarts within a scan are none."""
    at = 2
    while (found := _find(stream, at)) is not None:
        code, start = found
        size = 2 if code in _ALONE else 2 + max(2, int.from_bytes(_read(stream, start + 2, 2), "big"))
        yield Segment(code, start, size)
        if code == END:
            return
        at = start + size


def _find(stream: BinaryIO, at: int) -> tuple[int, int] | None:
    """Return the next marker's code and place."""
    while piece := _read(stream, at, _PIECE):
        if mark := _MARK.search(piece):
            return mark[1][0], at + mark.start()
        at += max(1, len(piece) - 1) if len(piece) == _PIECE else len(piece)
    return None


def _points(stream: BinaryIO, frame: Segment) -> int:
    height, width = struct.unpack(">HH", _read(stream, frame.start + 5, 4).ljust(4, b"\x00"))
    return int(max(1, height) * max(1, width))


def _bytes(stream: BinaryIO, segment: Segment) -> bytes:
    return _read(stream, segment.start, segment.size)


def _read(stream: BinaryIO, at: int, size: int) -> bytes:
    stream.seek(at)
    return stream.read(size)
