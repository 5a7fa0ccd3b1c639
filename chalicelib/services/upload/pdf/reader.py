"""The file as the parser reads it: whatever the parser is about to understand is counted first."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf.cipher import Decrypt
from chalicelib.services.upload.pdf.refusal import too_complex, two_encryptions
from chalicelib.services.upload.pdf.words import Words

_LONGEST_HEAD = 2048
_BUFFER = 128
"""What the parser reads ahead of the words of an object, while it reads the data of a stream at once."""
_PIECE = 256 * 1024
_DATA = re.compile(rb"(?<!end)stream[\x00\t ]{0,9}(?:\r\n|\n|\r)?\Z")
_HEAD = re.compile(
    rb"(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,5})[\x00\t\n\f\r ]{1,9}obj"
    rb"[\x00\t\n\f\r ]*<<((?:[^%()#<>]|<<[^%()#<>]*>>)*+)>>[\x00\t\n\f\r ]*stream[\x00\t ]{0,9}(?:\r\n|\n|\r)?\Z"
)
_FILTER = re.compile(rb"/Filter[\x00\t\n\f\r ]*(\[[^\]]*\]|/[^\x00\t\n\f\r /\[\]<>]*|.)", re.DOTALL)
_FLATE = re.compile(rb"\[?[\x00\t\n\f\r ]*/(?:FlateDecode|Fl)[\x00\t\n\f\r ]*\]?")


class CountedReader(io.RawIOBase):
    """Counts words each time that the parser reads them, those in object streams when it first unpacks these.

    Once the budget is spent nothing more can be read; `refusal` then tells why the parser failed. What was added to
    the file after its `end` is not there for the parser, which asks for the place before and after each word: `tell` is
    the stream's own.
    """

    def __init__(
        self, stream: BinaryIO, words: Words, sections: Iterable[int], end: int, decrypt: Decrypt | None
    ) -> None:
        """Know where the data of each cross-reference section begin, which are no words; and how data are decrypted."""
        self._stream, self._words, self._sections, self._end = stream, words, list(sections), end
        self._is_counting = True
        self.refusal: InvalidInput | None = None
        self._decrypt = decrypt
        self._taken: set[int] = set()
        self._latest = 0
        self.tell = stream.tell  # type: ignore[method-assign]

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Count nothing meanwhile: the data of streams are read, which have bounds of their own."""
        self._is_counting = False
        try:
            yield
        finally:
            self._is_counting = True

    def take(self, pieces: Iterable[bytes]) -> None:
        """Go through the pieces of the data read last, and take their words unless the parser unpacked them before."""
        is_new = self._latest not in self._taken
        self._taken.add(self._latest)
        for piece in pieces:
            if is_new:
                self._words.take(piece)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read anywhere."""
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        if whence == io.SEEK_END:
            return self._stream.seek(max(0, self._end + place))
        return self._stream.seek(place, whence)

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Read as much as fits."""
        piece = self.read(len(target))
        target[: len(piece)] = piece
        return len(piece)

    def read(self, size: int = -1) -> bytes:
        """Read and count.

        Raises:
            InvalidInput: `pdf_too_complex`.

        """
        place = self._stream.tell()
        left = max(0, self._end - place)
        piece = self._stream.read(left if size < 0 else min(size, left))
        if not self._is_counting:
            self._latest = place if size > 1 else self._latest
            return piece
        try:
            self._count(place, piece)
        except InvalidInput as refusal:
            self.refusal = refusal
            raise
        return piece

    def _count(self, place: int, piece: bytes) -> None:
        if len(piece) > 1 and place in self._sections:
            self._sections.remove(place)
        elif len(piece) > 1 and _DATA.search(self._before(place, 16)):
            if place not in self._taken:
                self._count_data(self._before(place, _LONGEST_HEAD), piece)
                self._taken.add(place)
        else:
            self._words.take(piece)

    def _before(self, place: int, length: int) -> bytes:
        now = self._stream.tell()
        start = max(0, place - length)
        self._stream.seek(start)
        text = self._stream.read(place - start)
        self._stream.seek(now)
        return text

    def _count_data(self, before: bytes, piece: bytes) -> None:
        head = _HEAD.search(before)
        filters = _FILTER.findall(head[3]) if head else []
        is_whole = len(piece) != _BUFFER
        if head and self._decrypt:
            piece = self._decrypt(piece, int(head[1]), int(head[2]))
        if head and not filters:
            self._words.take(piece)
        elif head and len(filters) == 1 and _FLATE.fullmatch(filters[0]):
            is_altered = b"/DecodeParms" in head[3] or b"/DP" in head[3]
            for unpacked in _unpacked(piece, must_fit=is_whole and self._decrypt is not None):
                self._words.take(b"/" * len(unpacked) if is_altered else unpacked)
        elif is_whole:
            raise too_complex()
        else:
            self._words.take(piece)
            for unpacked in _unpacked(piece):
                self._words.take(b"/" * len(unpacked))


def _unpacked(packed: bytes, *, must_fit: bool = False) -> Iterator[bytes]:
    """Yield what the parser could unpack; damage is for it to find.

    Data that were decrypted must fit: with another key than the parser's they would not, and nothing would be counted.

    Raises:
        InvalidInput: `pdf_damaged`.

    """
    unpacker = zlib.decompressobj()
    pending = packed
    try:
        while pending and not unpacker.eof:
            yield unpacker.decompress(pending, _PIECE)
            pending = unpacker.unconsumed_tail
    except zlib.error:
        if must_fit:
            raise two_encryptions() from None
        return
    if must_fit and not unpacker.eof:
        raise two_encryptions()
