"""Archives hidden behind another file: unzip programs read from the end, so one file can be two things."""

from __future__ import annotations

import io
from typing import BinaryIO

_END_RECORD = b"PK\x05\x06"
_CENTRAL_HEADER = b"PK\x01\x02"
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
"""Of the ZIP64 locator (APPNOTE.TXT 4.3.15)."""
_REACH = 22 + 0xFFFF
"""The end record and the longest comment after it (APPNOTE.TXT 4.3.16)."""


def has_zip_tail(stream: BinaryIO) -> bool:
    """Whether an unzip program would find an archive in this file."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - _REACH)
    stream.seek(start)
    tail = stream.read()
    position = tail.rfind(_END_RECORD)
    while position >= 0:
        if _leads_to_directory(stream, start + position, tail[position : position + 22]):
            return True
        position = tail.rfind(_END_RECORD, 0, position)
    return False


def _leads_to_directory(stream: BinaryIO, at: int, record: bytes) -> bool:
    """Whether its central directory stands before the record, or at the place that the record says.

    Four bytes alone can occur by chance. In an archive of the large kind a locator stands before the record instead.
    """
    size, place = int.from_bytes(record[12:16], "little"), int.from_bytes(record[16:20], "little")
    return (
        _signature(stream, at - _LOCATOR_SIZE) == _LOCATOR
        or _signature(stream, at - size) in {_CENTRAL_HEADER, _END_RECORD}
        or (place < at and _signature(stream, place) == _CENTRAL_HEADER)
    )


def _signature(stream: BinaryIO, at: int) -> bytes:
    if at < 0:
        return b""
    stream.seek(at)
    return stream.read(4)
