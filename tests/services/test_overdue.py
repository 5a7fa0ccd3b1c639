from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

from chalicelib.services.overdue import list_overdue
from chalicelib.store.shards import expiry_shards

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
YESTERDAY = expiry_shards(date(2026, 3, 8))
TODAY = expiry_shards(date(2026, 3, 9))


class Index:
    """What expires, by shard; `asked` lists how many were asked for."""

    def __init__(self) -> None:
        self.entries: dict[str, list[str]] = defaultdict(list)
        self.asked: list[tuple[str, int]] = []

    def find(self, shard: str, *, limit: int) -> list[str]:
        self.asked.append((shard, limit))
        return self.entries[shard][:limit]

    def due(self, limit: int) -> list[str]:
        return list_overdue(self.find, now=NOW, days_back=(1, 0), limit=limit)


def test_a_shard_full_of_work_keeps_no_other_waiting() -> None:
    index = Index()
    index.entries[YESTERDAY[0]] = [f"a{number}" for number in range(100)]
    index.entries[YESTERDAY[3]] = ["b0", "b1", "b2"]
    index.entries[YESTERDAY[7]] = ["c0"]
    assert index.due(4) == ["a0", "b0", "c0", "a1"]
    assert index.due(8) == ["a0", "b0", "c0", "a1", "b1", "a2", "b2", "a3"]


def test_days_come_in_order_and_the_limit_bounds_all_of_them() -> None:
    index = Index()
    index.entries[YESTERDAY[7]], index.entries[TODAY[0]] = ["old"], ["new-0", "new-1", "new-2"]
    assert index.due(3) == ["old", "new-0", "new-1"]
    assert index.asked == [(shard, 3) for shard in YESTERDAY] + [(shard, 2) for shard in TODAY]


def test_nothing_more_is_asked_for_once_the_limit_is_reached() -> None:
    index = Index()
    index.entries[YESTERDAY[7]] = ["old"]
    assert index.due(1) == ["old"]
    assert len(index.asked) == len(YESTERDAY)


def test_every_shard_of_every_day_is_looked_at() -> None:
    index = Index()
    for shard in (*YESTERDAY, *TODAY):
        index.entries[shard] = [shard]
    assert index.due(100) == [*YESTERDAY, *TODAY]
