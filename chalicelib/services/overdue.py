"""What is over, for the jobs that clean up: found by index, never by scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Protocol

from chalicelib.store.shards import expiry_shards


class Find(Protocol):
    """A store's list of what expires."""

    def __call__(self, shard: str, *, limit: int) -> Sequence[str]:
        """Return up to `limit` keys of a shard of a day."""


def list_overdue(find: Find, *, now: datetime, days_back: Iterable[int], limit: int) -> list[str]:
    """Return up to `limit` keys of what expired that many days ago, in this order of days, in UTC.

    The shards of a day take turns, so that one that is full of work keeps no other waiting.
    """
    due: list[str] = []
    for days in days_back:
        day, room = (now - timedelta(days=days)).date(), limit - len(due)
        found = [find(shard, limit=room) for shard in expiry_shards(day)]
        due += [key for key in chain.from_iterable(zip_longest(*found)) if key is not None][:room]
        if len(due) >= limit:
            break
    return due
