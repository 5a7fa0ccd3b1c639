"""The chance of one mutation: all that it chooses comes from a seed and a number, so that it can be played again."""

from __future__ import annotations

import random  # noqa: TID251 - a seed makes its chance the same each time

_HOSTILE = (
    *(-1, 0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 257, 32767, 32768, 65535, 65536, 99999, 300_001, 8_000_001),
    *(2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64, 10**30, -(2**31), -(2**63), -(10**20)),
)
_LONGEST_SPAN = 4096


class Chance(random.Random):
    """Chance, and what several kinds of files need of it."""

    def number(self) -> bytes:
        """Return a number that readers may not expect, in decimal digits."""
        if self.random() < 0.1:
            return self.choice((b"1e9", b"-0", b"0.5", b"+7", b"1.", b"." * 3, b"9" * 400, b"0" * 300, b"--1", b"0x10"))
        return b"%d" % self.choice(_HOSTILE)

    def other_than(self, number: int) -> int:
        """Return a number near another one, or far from it."""
        return self.choice((number + 1, number - 1, number * 2, number // 2, -number, self.choice(_HOSTILE)))

    def place(self, size: int) -> int:
        """Return a place in so many bytes, or their end."""
        return self.randint(0, size)

    def span(self, size: int) -> tuple[int, int]:
        """Return where a stretch begins and ends: mostly a short one."""
        start = self.place(size)
        longest = min(_LONGEST_SPAN, 2 ** self.randint(0, 12))
        return start, min(size, start + self.randint(1, longest))

    def word(self) -> bytes:
        """Return bytes without meaning."""
        return self.randbytes(self.choice((1, 1, 2, 4, 8, 64, 600)))
