"""Count a month's deposits by local day, page by page, and go on where the time was over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.local_month import MonthPart, parts_of
from chalicelib.store.position_store import PositionStore
from chalicelib.store.shards import SHARDS
from chalicelib.store.usage.deposit_day_store import DepositDayStore

PAGE = 1000
_KEPT_EVERY = 25
"""Pages between two times that it is written down how far the count is: a megabyte each, so some seconds."""


@dataclass(frozen=True, slots=True)
class CountedSoFar:
    """Which shards of which parts of the month were read, in order; how far the next was; what there was each day."""

    shards: int = 0
    after: str | None = None
    days: dict[str, int] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class DepositCountTools:
    """Where deposits are counted; `so_far` returns where a count is kept that goes on, by its name."""

    days: DepositDayStore
    so_far: Callable[[str], PositionStore[CountedSoFar]]
    zone: ZoneInfo
    now: Callable[[], datetime]


def count_deposits(
    institution_id: str, month: str, *, tools: DepositCountTools, until: datetime
) -> dict[date, int] | None:
    """Return how much was deposited on each day of a local month; None where the time was over before.

    Raises:
        Unavailable: `store_unavailable`; what was counted until then is kept.

    """
    store = tools.so_far(f"usage#{institution_id}#{month}")
    position = store.find() or CountedSoFar()
    shards = list(_shards(month, tools.zone))
    pages = 0
    while position.shards < len(shards):
        if tools.now() >= until:
            store.move(position, tools.now())
            return None
        part, shard = shards[position.shards]
        page = tools.days.read(institution_id, part, shard, after=position.after, limit=PAGE)
        days = Counter(position.days) + Counter({f"{day}": count for day, count in page.days.items()})
        step = position.shards + (page.after is None)
        position = replace(position, shards=step, after=page.after, days=dict(days))
        pages += 1
        if pages % _KEPT_EVERY == 0:
            moved = store.move(position, tools.now())
            if moved is None:  # another run counts the same, and is further
                return None
            position = moved
    return {date.fromisoformat(day): count for day, count in position.days.items()}


def _shards(month: str, zone: ZoneInfo) -> Iterator[tuple[MonthPart, str]]:
    for part in parts_of(month, zone):
        for shard in SHARDS:
            yield part, shard
