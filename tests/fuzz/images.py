"""Damage to the parts of a picture; lengths and checksums fit, so that a reader comes as far as what is in them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

from tests.fuzz.bytewise import BYTEWISE, Mutate, flip, replace
from tests.fuzz.chance import Chance

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SEGMENT = re.compile(rb"\xff[\xc0-\xcf\xd9-\xef\xfe]")
_SIZES = (0, 1, 7, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
Chunk = tuple[bytes, bytes]


def png_chunk(content: bytes, chance: Chance) -> bytes:
    """Change one chunk of a PNG, drop it, double it or move it."""
    chunks = _chunks(content)
    if not chunks:
        return content
    at = chance.randrange(len(chunks))
    kind, data = chunks[at]
    what = chance.choice(("data", "data", "head", "drop", "double", "move", "kind", "pixels", "bomb"))
    if what == "data":
        chunks[at] = kind, chance.choice(BYTEWISE)(data, chance)
    elif what == "head":
        chunks[0] = chunks[0][0], _header(chunks[0][1], chance)
    elif what == "drop":
        del chunks[at]
    elif what == "double":
        chunks[at:at] = [chunks[at]] * chance.choice((1, 3, 2000))
    elif what == "move":
        chunks.insert(chance.randrange(len(chunks)), chunks.pop(at))
    elif what == "kind":
        chunks[at] = (
            chance.choice((b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"zTXt", b"acTL", b"fdAT", b"IEND", b"abcd")),
            data,
        )
    else:
        return _write([(name, _repacked(held, what, chance) if name == b"IDAT" else held) for name, held in chunks])
    return _write(chunks)


def jpeg_segment(content: bytes, chance: Chance) -> bytes:
    """Change one segment of a JPEG: its kind, its length, what is in it, or how often it stands there."""
    places = [found.start() for found in _SEGMENT.finditer(content) if found.start() + 4 <= len(content)]
    if not places:
        return content
    start = chance.choice(places)
    length = int.from_bytes(content[start + 2 : start + 4])
    end = min(len(content), start + 2 + length)
    segment, data = content[start:end], content[start + 4 : end]
    changed = chance.choice(BYTEWISE)(data, chance)[:65533]
    other = chance.choice(
        (
            segment[:2] + chance.choice((0, 1, 2, 3, length + 1, 65535)).to_bytes(2) + data,
            segment[:2] + (len(changed) + 2).to_bytes(2) + changed,
            segment[:1] + bytes([chance.randrange(0xC0, 0x100)]) + segment[2:],
            segment[:5] + chance.choice(_SIZES[:4]).to_bytes(2) + chance.choice(_SIZES[:4]).to_bytes(2) + segment[9:],
            segment * chance.choice((2, 3, 500)),
            b"",
        )
    )
    return content[:start] + other + content[end:]


def _chunks(content: bytes) -> list[Chunk]:
    found, at = [], len(_SIGNATURE)
    while content.startswith(_SIGNATURE) and at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _write(chunks: list[Chunk]) -> bytes:
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _header(data: bytes, chance: Chance) -> bytes:
    head = bytearray(data.ljust(13, b"\x00"))
    at = chance.choice((0, 4, 8, 9, 10, 11, 12))
    if at < 8:
        head[at : at + 4] = chance.choice(_SIZES).to_bytes(4)
    else:
        head[at] = chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 16, 255))
    return bytes(head)


def _repacked(data: bytes, what: str, chance: Chance) -> bytes:
    if what == "bomb":
        return zlib.compress(bytes(chance.choice((1, 1000, 50_000_000))), 9)
    try:
        pixels = zlib.decompress(data)
    except zlib.error:
        return data
    change: Callable[[bytes, Chance], bytes] = chance.choice((flip, replace, *BYTEWISE))
    return zlib.compress(change(pixels, chance))


PNGS: tuple[Mutate, ...] = (png_chunk,)
JPEGS: tuple[Mutate, ...] = (jpeg_segment,)
