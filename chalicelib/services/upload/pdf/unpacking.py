"""Unpack the data of a PDF's streams in pieces that are thrown away, to find damage within a budget.

Deflated data are followed piece by piece. The older ways of packing are rare: how much they unpack to is counted first,
and only what another way is packed inside of is made at once. Pictures are looked at by their first bytes.
"""

from __future__ import annotations

import io
import itertools
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

PIECE = 256 * 1024
_FEWEST_UNPACKED = 48 * 1024 * 1024
_MOST_TIMES_PACKED = 64
"""How often its size a file may unpack to, beside the fewest. What programs write reaches twenty. Many small files
that stand for much would keep the function that takes a deposit at work."""
MOST_TIMES = 4
"""Ways of packing of one stream, one inside the other."""
_MAX_AT_ONCE = 32 * 1024 * 1024
_MAX_SLOW = 4 * 1024 * 1024
"""Packed bytes of a file that are gone through one by one."""
_FLATE, _LZW, _RUNS, _HEX, _ASCII85 = (
    "/FlateDecode",
    "/LZWDecode",
    "/RunLengthDecode",
    "/ASCIIHexDecode",
    "/ASCII85Decode",
)
SHORT_NAMES = {"/Fl": _FLATE, "/LZW": _LZW, "/RL": _RUNS, "/AHx": _HEX, "/A85": _ASCII85, "/DCT": "/DCTDecode"}
_STARTS: dict[str, tuple[bytes, ...]] = {
    "/DCTDecode": (b"\xff\xd8",),
    "/JPXDecode": (b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51"),
    "/CCITTFaxDecode": (),
    "/JBIG2Decode": (),
}
_JPEG, _END_OF_JPEG, _JPEG_TAIL = "/DCTDecode", b"\xff\xd9", 1024
"""A JPEG file is whole if it ends with its mark (ISO/IEC 10918-1, B.1.1.3), and perhaps some bytes that say nothing."""
_CLEAR, _END_OF_DATA, _LONGEST_CODE = 256, 257, 12
_END_OF_RUNS = 128
_FLUSHED = b"\x00\x00\xff\xff"
"""What a deflater ends its data with when told to flush them (RFC 1951, 3.2.4: an empty stored block)."""
_TAIL = 16
_ZLIB_HEAD = 2
_CHECKSUM = 4
_BLANK = b"\x00\t\n\f\r "


class Broken(Exception):
    """The data are not what their packing says."""


class Spent(Exception):
    """The budget is."""


@dataclass(slots=True)
class Budget:
    """What may still be unpacked, and be read for it, in bytes; and which streams were, each by its number."""

    unpacked: int
    packed: int
    """As much as the file has: streams that lie within each other are no program's."""
    slow: int = _MAX_SLOW
    done: set[tuple[int, int]] = field(default_factory=set)
    size: int = 0
    """Of the file."""

    @classmethod
    def of_file(cls, most: int, size: int) -> Budget:
        """Return the budget of a file of `size` bytes, which may unpack to `most` at most."""
        return cls(min(most, _FEWEST_UNPACKED + _MOST_TIMES_PACKED * size), size, size=size)

    def take(self, size: int) -> None:
        """Take from what may be unpacked. Raises `Spent`."""
        self.unpacked -= size
        if self.unpacked < 0:
            raise Spent

    def take_slow(self, size: int) -> None:
        """Take from what may be gone through byte by byte. Raises `Spent`."""
        self.slow -= size
        if self.slow < 0:
            raise Spent


def unpacked(packed: bytes, filters: Sequence[str], budget: Budget, early_change: int = 1) -> Iterator[bytes]:
    """Yield what the data are, outermost packing first; a picture's own packing ends it.

    Raises:
        Broken: they are damaged, or packed in a way that no reader knows.
        Spent: the budget is.

    """
    if len(filters) > MOST_TIMES:
        raise Spent
    pieces: Iterator[bytes] = _in_pieces(packed)
    for position, name in enumerate(filters):
        is_last = position == len(filters) - 1
        if name == _FLATE:
            pieces = _inflated(pieces, budget)
        elif name in {_LZW, _RUNS}:
            pieces = _counted(name, _joined(pieces), budget, early_change, is_last=is_last)
        elif name in {_HEX, _ASCII85}:
            pieces = _decoded(name, _joined(pieces), budget)
        elif name in _STARTS:
            head = next(pieces, b"")
            _check_picture(head, _STARTS[name])
            if name == _JPEG and _END_OF_JPEG not in _tail(head, pieces):
                raise Broken
            return
        elif name != "/Crypt":
            raise Broken
    yield from pieces


def _in_pieces(data: bytes) -> Iterator[bytes]:
    source = io.BytesIO(data)
    return iter(lambda: source.read(PIECE), b"")


def _joined(pieces: Iterable[bytes]) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > _MAX_AT_ONCE:
            raise Spent
    return bytes(whole)


def _inflated(pieces: Iterable[bytes], budget: Budget) -> Iterator[bytes]:
    """Unpack zlib data (RFC 1950) until their end.

    A checksum that is there has to be right. Some writers cut it off, or flush all data and write no end.
    """
    head, tail, checksum = b"", b"", 1
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = iter(pieces)
    while len(head) < _ZLIB_HEAD and (piece := next(rest, b"")):
        head += piece
    if not head.strip(_BLANK):
        return
    if len(head) < _ZLIB_HEAD or head[0] & 0x0F != zlib.DEFLATED or int.from_bytes(head[:2]) % 31 or head[1] & 0x20:
        raise Broken
    try:
        for piece in itertools.chain([head[_ZLIB_HEAD:]], rest):
            pending, tail = piece, (tail + piece[-_TAIL:])[-_TAIL:]
            while pending and not unpacker.eof:
                one = unpacker.decompress(pending, PIECE)
                checksum = zlib.adler32(one, checksum)
                budget.take(len(one))
                yield one
                pending = unpacker.unconsumed_tail
            if unpacker.eof:
                _check_sum(unpacker.unused_data, rest, checksum)
                return
    except zlib.error:
        raise Broken from None
    if not tail.rstrip(_BLANK).endswith(_FLUSHED):
        raise Broken


def _check_sum(found: bytes, rest: Iterator[bytes], checksum: int) -> None:
    while len(found) < _CHECKSUM and (piece := next(rest, b"")):
        found += piece
    if len(found) >= _CHECKSUM and found[:_CHECKSUM] != checksum.to_bytes(_CHECKSUM):
        raise Broken


def _decoded(name: str, data: bytes, budget: Budget) -> Iterator[bytes]:
    """Have the parser read what is written in letters: at most four bytes come of one."""
    import pikepdf  # noqa: PLC0415  (heavy: loaded only where a PDF is inspected)

    budget.take(len(data))
    with pikepdf.new() as scratch:
        stream = pikepdf.Stream(scratch, data)
        stream.Filter = pikepdf.Name(name)
        try:
            yield from _in_pieces(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
        except (pikepdf.PdfError, RuntimeError):
            raise Broken from None


def _counted(name: str, data: bytes, budget: Budget, early_change: int, *, is_last: bool) -> Iterator[bytes]:
    """Count what the data unpack to; yield it where another packing lies within."""
    budget.take_slow(len(data))
    size = lzw_size(data, budget.unpacked, early_change) if name == _LZW else runs_size(data, budget.unpacked)
    budget.take(size)
    if is_last:
        return
    if size > _MAX_AT_ONCE:
        raise Spent
    import pikepdf  # noqa: PLC0415  (heavy)

    with pikepdf.new() as scratch:
        stream = pikepdf.Stream(scratch, data)
        stream.Filter = pikepdf.Name(name)
        if name == _LZW:
            stream.DecodeParms = pikepdf.Dictionary(EarlyChange=early_change)
        try:
            yield from _in_pieces(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
        except (pikepdf.PdfError, RuntimeError):
            raise Broken from None


def lzw_size(data: bytes, most: int, early_change: int = 1) -> int:
    """Return how many bytes LZW data unpack to (ISO 32000-1, 7.4.4.2). Raises `Broken`, or `Spent` beyond `most`."""
    lengths: list[int] = [1] * 256 + [0, 0]
    size = bits = held = latest = 0
    width = 9
    for byte in data:
        held = ((held << 8) | byte) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == _END_OF_DATA:
            return size
        if code == _CLEAR:
            del lengths[258:]
            width, latest = 9, 0
            continue
        if code > len(lengths) or (code == len(lengths) and not latest):
            raise Broken
        length = lengths[code] if code < len(lengths) else latest + 1
        if latest and len(lengths) < 1 << _LONGEST_CODE:
            lengths.append(latest + 1)
        latest = length
        size += length
        if size > most:
            raise Spent
        width = min(_LONGEST_CODE, max(9, (len(lengths) + early_change).bit_length()))
    return size


def runs_size(data: bytes, most: int) -> int:
    """Return how many bytes run-length data unpack to (ISO 32000-1, 7.4.5). Raises `Broken`, `Spent` beyond `most`."""
    at = size = 0
    while at < len(data):
        length = data[at]
        if length == _END_OF_RUNS:
            return size
        size += length + 1 if length < _END_OF_RUNS else 257 - length
        at += length + 2 if length < _END_OF_RUNS else 2
        if size > most:
            raise Spent
    if at > len(data):
        raise Broken
    return size


def _tail(head: bytes, rest: Iterable[bytes]) -> bytes:
    tail = head[-_JPEG_TAIL:]
    for piece in rest:
        tail = (tail + piece[-_JPEG_TAIL:])[-_JPEG_TAIL:]
    return tail


def _check_picture(head: bytes, starts: tuple[bytes, ...]) -> None:
    if not head or (starts and not head.lstrip(_BLANK).startswith(starts) and not head.startswith(starts)):
        raise Broken
