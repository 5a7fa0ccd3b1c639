"""Notices that nobody opened, as many as fit: of each what says when it is to be reminded of, and nothing else."""

from __future__ import annotations

from typing import Any

from bench.stub_table import Table
from chalicelib.store.shards import SHARDS

INDEX = "to_remind"
_DAY_S = 24 * 60 * 60
_DAYS = 30


def stand_unread(table: Table, count: int, first_s: int) -> int:
    """Add notices to a table and its index, due on the days after an instant; return how many it holds then."""
    index = table.indexes[INDEX]
    mailbox = {"S": "1-40000002"}
    shards = [{"S": shard} for shard in SHARDS]
    days: list[dict[str, Any]] = [{"N": str(first_s + day * _DAY_S)} for day in range(_DAYS)]
    sort_keys = [f"{first_s + day * _DAY_S:020d}" for day in range(_DAYS)]
    for number in range(len(table.items), len(table.items) + count):
        key = (f"UNREAD-{number:08d}",)
        shard, day = number % len(SHARDS), number // len(SHARDS) % _DAYS
        place = {index.hash_key: shards[shard], index.range_key: days[day]}
        table.items[key] = {"notice_id": {"S": key[0]}, "mailbox_id": mailbox, **place}
        index.partitions.setdefault(SHARDS[shard], []).append((sort_keys[day], key))
    for partition in index.partitions.values():
        partition.sort()
    return len(table.items)
