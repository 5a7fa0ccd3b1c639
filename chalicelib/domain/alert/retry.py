"""When to send again what did not get through: delays double, up to a cap."""

from __future__ import annotations

import zlib
from datetime import timedelta

LEASE = timedelta(seconds=330)
"""How long a claim keeps other workers out: longer than a worker may run, so that it outlives only one that died."""

_REFUSED_FIRST, _REFUSED_AT_MOST = timedelta(minutes=1), timedelta(minutes=30)
_LOST_FIRST, _LOST_AT_MOST = timedelta(minutes=7), timedelta(hours=4)
_DOUBLINGS = 16


def delay_after_refusal(refusals: int, key: str) -> timedelta:
    """Return how long to wait after that many refusals in a row: half an hour at most, however long it lasts.

    A fifth, at most, is taken off by chance, so that what was refused together does not come back together. The chance
    is drawn from `key`, so that the same alert waits the same.
    """
    share = zlib.crc32(f"{key}#{refusals}".encode()) / 2**32
    return _doubled(_REFUSED_FIRST, _REFUSED_AT_MOST, refusals) * (1 - share / 5)


def delay_after_loss(losses: int) -> timedelta:
    """Return how long the provider's report of a message may take before it is sent again; longer than a lease."""
    return _doubled(_LOST_FIRST, _LOST_AT_MOST, losses)


def _doubled(first: timedelta, at_most: timedelta, times: int) -> timedelta:
    doublings: int = 2 ** min(times - 1, _DOUBLINGS)
    return min(first * doublings, at_most)
