"""What is over, for the jobs that clean up: found by index, never by scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from chalicelib.services.work_through import ListKeys, in_turns, pages_of
from chalicelib.store.shards import expiry_shards


def overdue(list_keys: ListKeys, *, now: datetime, days_back: Iterable[int]) -> Iterator[str]:
    """Yield the keys of what expired that many days ago, in this order of days, in UTC.

    The shards of a day take turns, so that one that is full of work keeps no other waiting.
    """
    for days in days_back:
        day = (now - timedelta(days=days)).date()
        yield from in_turns(pages_of(partial(list_keys, shard)) for shard in expiry_shards(day))
