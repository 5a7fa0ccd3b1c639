"""Have receipts verified that packages before issued, which stored neither code nor hash where they are looked for.

The hash comes from the answer that was stored with the deposit. What is indexed already stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chalicelib.domain.evidence.indexing import IndexedReceipts, IndexPosition
from chalicelib.services.work_through import FAILED, work_through
from chalicelib.store.position_store import PositionStore
from chalicelib.store.receipt_store import ReceiptStore

_INDEXED, _RIGHT = "indexed", "right"
_PART = 200
"""What a run that dies has to look at again."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What became of deposits in one run; complete once a whole pass had nothing to do."""

    looked_at: int
    indexed: int
    failed: int
    is_complete: bool


def index_receipts(  # noqa: PLR0913 - where it begins, and two bounds
    *,
    receipts: ReceiptStore,
    job: str,
    after: str | None,
    now: Callable[[], datetime],
    until: datetime,
    at_most: int | None = None,
) -> IndexedReceipts:
    """Look at deposits from a key on, beginning none after `until`; a deposit that fails stops no other.

    Raises:
        Unavailable: the list of deposits cannot be read.

    """
    listed: dict[str, tuple[str, bytes]] = {}
    last = after
    taken = 0

    def keys() -> Iterator[str]:
        nonlocal taken
        for key, notice_id, answer in islice(receipts.list_deposits(after=after), at_most):
            listed[key] = notice_id, answer
            taken += 1
            yield key

    def handle(key: str) -> str:
        nonlocal last
        last = key
        notice_id, answer = listed.pop(key)
        return _INDEXED if not receipts.is_indexed(notice_id) and _index(receipts, notice_id, answer) else _RIGHT

    outcomes = work_through(keys(), handle, job=job, now=now, until=until).outcomes
    is_stopped = taken > outcomes.total() or taken == at_most
    return IndexedReceipts(outcomes.total(), outcomes[_INDEXED], outcomes[FAILED], last, is_over=not is_stopped)


def index_all_receipts(
    *, receipts: ReceiptStore, positions: PositionStore[IndexPosition], now: Callable[[], datetime], until: datetime
) -> IndexReport:
    """Go on where the run before stopped, until a whole pass has nothing to do; one call once that is so.

    A pass in which something failed is followed by the next run's.
    """
    position = positions.find() or IndexPosition()
    looked_at = indexed = failed = 0
    while not position.is_over and now() < until:
        part = index_receipts(
            receipts=receipts, job="index_receipts", after=position.after, now=now, until=until, at_most=_PART
        )
        looked_at, indexed, failed = looked_at + part.looked_at, indexed + part.indexed, failed + part.failed
        has_failed = part.is_over and position.failed + part.failed > 0
        position = positions.move(position.past(part), now()) or positions.find() or position
        if has_failed:
            break
    return IndexReport(looked_at, indexed, failed, is_complete=position.is_over)


def _index(receipts: ReceiptStore, notice_id: str, answer: bytes) -> bool:
    told = json.loads(answer)
    return receipts.index(notice_id, told["verification_code"], told["receipt"]["sha256"])
