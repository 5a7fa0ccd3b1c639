"""The pepper: the secret that keyed hashes are made with, and those beside it that what was made elsewhere has.

Everything new is made under the pepper itself. What is looked up is tried under it, then under the others: a former
one, under which things were made that are still good, or the next one, under which newer processes make them already.
"""

from __future__ import annotations

from typing import Self

MIN_PEPPER_BYTES = 32


class Pepper(bytes):
    """The bytes that are written under; `others` are only read under, in the order they are tried."""

    others: tuple[bytes, ...]

    def __new__(cls, current: bytes, others: tuple[bytes, ...] = ()) -> Self:
        """Take each once."""
        pepper = super().__new__(cls, current)
        pepper.others = tuple(other for other in dict.fromkeys(others) if other != current)
        return pepper


def read_pepper(text: str) -> Pepper:
    """Read a secret's text: one pepper a line, the first to write under.

    Raises:
        ValueError: one of them is too short. Nothing is hashed then, rather than what only a few can find again.

    """
    lines = [line.encode() for line in text.splitlines() if line]
    if not lines or any(len(line) < MIN_PEPPER_BYTES for line in lines):
        raise ValueError(f"every line of the pepper's secret needs at least {MIN_PEPPER_BYTES} bytes")
    return Pepper(lines[0], tuple(lines[1:]))


def every_pepper(pepper: bytes) -> tuple[bytes, ...]:
    """Return what hashes may have been made with, the one to write under first; plain bytes are the only one."""
    return (pepper, *pepper.others) if isinstance(pepper, Pepper) else (pepper,)
