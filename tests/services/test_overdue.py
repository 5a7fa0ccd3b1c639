from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from chalicelib.services.overdue import overdue
from chalicelib.store.key_page import KeyPage
from chalicelib.store.shards import expiry_shards

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
YESTERDAY = expiry_shards(date(2026, 3, 8))
TODAY = expiry_shards(date(2026, 3, 9))
PAGE = 3


class Index:
    """What expires, by shard, in pages of three; `asked` lists the shards that were asked."""

    def __init__(self) -> None:
        self.entries: dict[str, list[str]] = defaultdict(list)
        self.asked: list[str] = []

    def list_keys(self, shard: str, *, after: Mapping[str, Any] | None = None) -> KeyPage:
        self.asked.append(shard)
        begin = after["at"] if after else 0
        keys = self.entries[shard][begin : begin + PAGE]
        return KeyPage(tuple(keys), {"at": begin + PAGE} if len(keys) == PAGE else None)

    def due(self, count: int = 1000) -> list[str]:
        return list(islice(overdue(self.list_keys, now=NOW, days_back=(1, 0)), count))


def test_a_shard_full_of_work_keeps_no_other_waiting() -> None:
    index = Index()
    index.entries[YESTERDAY[0]] = [f"a{number}" for number in range(100)]
    index.entries[YESTERDAY[3]] = ["b0", "b1", "b2"]
    index.entries[YESTERDAY[7]] = ["c0"]
    assert index.due(8) == ["a0", "b0", "c0", "a1", "b1", "a2", "b2", "a3"]


def test_days_come_in_order_and_every_page_of_them() -> None:
    index = Index()
    index.entries[YESTERDAY[7]], index.entries[TODAY[0]] = ["old"], [f"new-{number}" for number in range(7)]
    assert index.due() == ["old", *(f"new-{number}" for number in range(7))]


def test_nothing_more_is_asked_for_than_is_worked_at() -> None:
    index = Index()
    index.entries[YESTERDAY[7]] = ["old-0", "old-1", "old-2", "old-3"]
    assert index.due(3) == ["old-0", "old-1", "old-2"]
    assert index.asked == list(YESTERDAY)


def test_every_shard_of_every_day_is_looked_at() -> None:
    index = Index()
    for shard in (*YESTERDAY, *TODAY):
        index.entries[shard] = [shard]
    assert index.due() == [*YESTERDAY, *TODAY]
