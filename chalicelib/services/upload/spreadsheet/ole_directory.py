"""The table of contents of a compound file (MS-CFB): what Excel wrote before 2007, and how it locks a book today."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_SECTORS = 256
"""Of the table of contents that are read: 1,024 names of 512-byte sectors."""
_IN_HEADER = 109
"""Places of the allocation table that stand in the header; those of a file over 7 MB go on in sectors of their own."""
_MOST_MORE = 64
"""Of these sectors: as many as 500 MB take."""
_LAST_SECTOR = 0xFFFFFFF9
_ENTRY = 128


def names_in(stream: BinaryIO) -> frozenset[str]:
    """Return the names of streams and storages; none where the table cannot be followed."""
    stream.seek(0)
    header = stream.read(512)
    if len(header) < 512 or not header.startswith(SIGNATURE):  # noqa: PLR2004 - the header's size
        return frozenset()
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in {9, 12}:
        return frozenset()
    tables = _tables(stream, header, shift)
    (sector,) = struct.unpack_from("<L", header, 48)
    names: set[str] = set()
    for _ in range(_MOST_SECTORS):
        content = _sector(stream, sector, shift)
        if not content:
            break
        names.update(_names_of(content))
        sector = _next(stream, sector, tables, shift)
    return frozenset(names)


def _tables(stream: BinaryIO, header: bytes, shift: int) -> tuple[int, ...]:
    """Return the sectors that the allocation table stands in, in order."""
    tables = struct.unpack_from(f"<{_IN_HEADER}L", header, 76)
    (sector,) = struct.unpack_from("<L", header, 68)
    each = (1 << shift) // 4
    for _ in range(_MOST_MORE):
        content = _sector(stream, sector, shift)
        if len(content) < 1 << shift:
            break
        *more, sector = struct.unpack(f"<{each}L", content)
        tables += tuple(more)
    return tables


def _sector(stream: BinaryIO, number: int, shift: int) -> bytes:
    if number > _LAST_SECTOR:
        return b""
    stream.seek((number + 1) << shift, io.SEEK_SET)
    return stream.read(1 << shift)


def _next(stream: BinaryIO, sector: int, tables: tuple[int, ...], shift: int) -> int:
    """Look up which sector follows in the file's allocation table."""
    each = (1 << shift) // 4
    table, index = divmod(sector, each)
    if table >= len(tables):
        return _LAST_SECTOR + 1
    content = _sector(stream, tables[table], shift)
    found = content[index * 4 : index * 4 + 4]
    return int.from_bytes(found, "little") if len(found) == 4 else _LAST_SECTOR + 1  # noqa: PLR2004 - a number's size


def _names_of(sector: bytes) -> set[str]:
    found = set()
    for start in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        size = int.from_bytes(sector[start + 64 : start + 66], "little")
        if 2 <= size <= 64:  # noqa: PLR2004 - a name has 31 letters at most, and its end
            found.add(sector[start : start + size - 2].decode("utf-16-le", "replace"))
    return found
