"""What a sender deposited in part of a month, from the newest on: eight shards are read at once and put in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.services.together import together
from chalicelib.store.deposit.sender_month_store import SenderMonthStore
from chalicelib.store.shards import SHARDS

Entry = tuple[str, str]
"""Position, and the notice as it is stored."""


@dataclass(slots=True)
class _Shard:
    """What was read of a shard and not yielded yet; `before` is where its next read begins."""

    name: str
    before: str | None
    entries: deque[Entry] = field(default_factory=deque)
    was_read: bool = False
    is_over: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows what it holds next."""
        return not self.entries and not self.is_over


def newest_first(
    institution_id: str,
    parts: Sequence[MonthPart],
    *,
    before: str | None,
    sizes: tuple[int, int],
    months: SenderMonthStore,
) -> Iterator[Entry]:
    """Yield what the parts of a month hold before a position, reading as far as the caller takes it.

    `sizes` are how much of a shard the first call reads, and how much each further one.

    Raises:
        Unavailable: `store_unavailable`, also in the middle.

    """
    for part in reversed(parts):
        shards = [_Shard(name, before) for name in SHARDS]
        while True:
            unknown = [shard for shard in shards if shard.is_unknown]
            if unknown:
                together(partial(_read_on, shard, institution_id, part, sizes, months) for shard in unknown)
                continue
            known = [shard for shard in shards if shard.entries]
            if not known:
                break
            yield max(known, key=lambda shard: shard.entries[0]).entries.popleft()


def _read_on(
    shard: _Shard, institution_id: str, part: MonthPart, sizes: tuple[int, int], months: SenderMonthStore
) -> None:
    limit = sizes[shard.was_read]
    read = months.read_newest(institution_id, part, shard.name, before=shard.before, limit=limit)
    shard.entries.extend(read.entries)
    shard.before, shard.was_read, shard.is_over = read.read_up_to, True, read.read_up_to is None
