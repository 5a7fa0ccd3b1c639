"""Processes before, during and after a change of the pepper, on the same tables."""

from __future__ import annotations

from chalicelib.domain.access.pepper import Pepper

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
BEFORE, PREPARED, SWITCHED = Pepper(OLD), Pepper(OLD, (NEW,)), Pepper(NEW, (OLD,))
"""One that knows the old pepper alone, one that can read the new as well, one that writes under the new."""
NEIGHBOURS = [(BEFORE, SWITCHED), (PREPARED, SWITCHED), (SWITCHED, PREPARED)]
"""Who made a thing, and who gets it to see. Where `SWITCHED` writes, no `BEFORE` is left."""


def name_of(pepper: Pepper) -> str:
    if not pepper.others:
        return "before"
    return "prepared" if pepper == OLD else "switched"
