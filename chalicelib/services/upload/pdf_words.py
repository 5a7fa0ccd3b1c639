"""Bounds on how much of a PDF is understood: each word of it becomes an object of more than a hundred bytes.

Words are counted by the bytes that can begin one, wherever these stand: what a comment, a string or the place of an
object mean is the parser's, and a count that depended on it could be led astray.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf_refusal import too_complex

MAX_WORDS = 1_500_000
"""In a file of up to `_SMALL` bytes: 0.4 s and 200 MB."""
_MOST_WORDS = 4_000_000
_SMALL = 4 * 1024 * 1024
_STARTS = b"[](){}<>/\x00\t\n\f\r "
_NO_STARTS = bytes(set(range(256)) - set(_STARTS))


def most(small: int, large: int, size: int) -> int:
    """Return a bound that grows with the file, one for each four bytes, since a large one costs its sender more."""
    return min(max(small, large), small + max(0, size - _SMALL) // 4)


@dataclass(slots=True)
class Words:
    """How many words may still be understood."""

    left: int

    def take(self, text: bytes) -> None:
        """Take from the budget the words that can begin in a piece.

        Raises:
            InvalidInput: `pdf_too_complex`.

        """
        starts = len(text.translate(None, _NO_STARTS))
        self.left -= starts - text.count(b" /") - text.count(b"<<") - text.count(b">>") - 2 * text.count(b" 0 R")
        if self.left < 0:
            raise too_complex()

    @classmethod
    def of_file(cls, size: int) -> Words:
        """Return the budget of a file of `size` bytes."""
        return cls(most(MAX_WORDS, _MOST_WORDS, size))


class CountedReader(io.RawIOBase):
    """A file whose words are counted as the parser reads them, each time that it does.

    Once the budget is spent nothing more can be read; `is_spent` then tells why the parser failed.
    """

    def __init__(self, stream: BinaryIO, words: Words) -> None:
        self._stream, self._words = stream, words
        self.is_counting, self.is_spent = True, False

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """What is read meanwhile is the data of streams, which has bounds of its own."""
        self.is_counting = False
        try:
            yield
        finally:
            self.is_counting = True

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        piece = self.read(len(target))
        target[: len(piece)] = piece
        return len(piece)

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        if self.is_counting:
            try:
                self._words.take(piece)
            except InvalidInput:
                self.is_spent = True
                raise
        return piece
