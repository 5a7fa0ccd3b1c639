"""Damage that any file can have, and numbers that stand in any text."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.fuzz.chance import Chance

Mutate = Callable[[bytes, Chance], bytes]
_NUMBER = re.compile(rb"-?\d{1,20}")
_MOST_TOKENS = 20_000
_FLIPS = 8


def flip(content: bytes, chance: Chance) -> bytes:
    """Flip some bits."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, _FLIPS) if content else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def replace(content: bytes, chance: Chance) -> bytes:
    """Write other bytes over a stretch: as many."""
    start, end = chance.span(len(content))
    filler = chance.choice((chance.randbytes(end - start), b"\x00" * (end - start), b"\xff" * (end - start)))
    return content[:start] + filler + content[end:]


def duplicate(content: bytes, chance: Chance) -> bytes:
    """Write a stretch once more, there or elsewhere."""
    start, end = chance.span(len(content))
    at = chance.choice((end, chance.place(len(content))))
    times = chance.choice((1, 1, 1, 2, 50))
    return content[:at] + content[start:end] * times + content[at:]


def delete(content: bytes, chance: Chance) -> bytes:
    """Leave a stretch out."""
    start, end = chance.span(len(content))
    return content[:start] + content[end:]


def insert(content: bytes, chance: Chance) -> bytes:
    """Put in bytes that mean nothing."""
    at = chance.place(len(content))
    return content[:at] + chance.word() + content[at:]


def truncate(content: bytes, chance: Chance) -> bytes:
    """Cut the end off."""
    kept = chance.choice((chance.place(len(content)), max(0, len(content) - chance.randint(1, 200))))
    return content[:kept]


def renumber(content: bytes, chance: Chance) -> bytes:
    """Replace a number that is written in digits."""
    return replaced(content, _NUMBER, lambda _: chance.number(), chance)


def replaced(
    content: bytes, pattern: re.Pattern[bytes], other: Callable[[re.Match[bytes]], bytes], chance: Chance
) -> bytes:
    """Replace one of the places where a pattern is found."""
    start = chance.choice((0, chance.place(len(content))))
    found = [one for one, _ in zip(pattern.finditer(content, start), range(_MOST_TOKENS), strict=False)]
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.start()] + other(one) + content[one.end() :]


BYTEWISE: tuple[Mutate, ...] = (flip, replace, duplicate, delete, insert, truncate, renumber)
