"""Archives hidden behind another file: unzip programs read from the end, so one file can be two things."""

from __future__ import annotations

import io
from typing import BinaryIO

_END_RECORD = b"PK\x05\x06"
_CENTRAL_HEADER = b"PK\x01\x02"
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
    """Whether the record is followed backwards by its central directory; four bytes alone can occur by chance."""
    directory_size = int.from_bytes(record[12:16], "little")
    if directory_size > at:
        return False
    stream.seek(at - directory_size)
    return stream.read(4) in {_CENTRAL_HEADER, _END_RECORD}
