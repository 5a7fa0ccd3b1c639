"""Bounds on how much of a PDF is understood: each word of it becomes an object of more than a hundred bytes.

Words are counted by the bytes that can begin one, wherever these stand: what a comment, a string or the place of an
object mean is the parser's, and a count that depended on it could be led astray.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.services.upload.pdf.refusal import too_complex

MAX_WORDS = 2_000_000
"""In a file of up to `_SMALL` bytes: 0.6 s and 280 MB. A manual of five hundred pages has 1.2 million."""
_MOST_WORDS = 5_000_000
_SMALL = 4 * 1024 * 1024
_FREE = 200_000
_EACH_BYTE = 2
_STARTS = b"[](){}<>/\x00\t\n\f\r "
_NO_STARTS = bytes(set(range(256)) - set(_STARTS))


def most(small: int, large: int, size: int, free: int) -> int:
    """Return a bound that grows with the file, since a large one costs its sender more.

    `free` and two for each byte come first, so that twenty files of a few kilobytes cost no more than one of megabytes;
    `small` is the bound of a file of up to 4 MiB; beyond that one more comes for each four bytes.
    """
    return min(max(small, large), small + max(0, size - _SMALL) // 4, free + _EACH_BYTE * size)


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
        return cls(most(MAX_WORDS, _MOST_WORDS, size, _FREE))
