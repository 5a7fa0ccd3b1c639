"""List the deposits of all institutions whose alerts reached nobody by some channel, for operators."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.deposit.unreached import ListedUnreached, UnreachedList, unreached
from chalicelib.domain.errors import CasillaError
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.reading.reading_store import ReadingStore
from chalicelib.store.shards import SHARDS


def list_all_unreached(
    *, batches: AlertBatchStore, readings: ReadingStore, limit: int, after: tuple[int, str] | None = None
) -> UnreachedList:
    """Return up to `limit` of them, the newest failure first, from a position on.

    What was opened or reached since it was put into the index is left out. One that cannot be read is listed as such
    and stops no other.

    Raises:
        Unavailable: the store does not answer.

    """
    entries = sorted((entry for shard in SHARDS for entry in batches.failed(shard)), reverse=True)
    rest = [entry for entry in entries if after is None or entry < after]
    found = [_listed(entry, readings) for entry in rest[:limit]]
    return UnreachedList(
        total=len(entries),
        shown=tuple(one for one in found if one is not None),
        left_out=found.count(None),
        after=rest[limit - 1] if len(rest) > limit else None,
    )


def _listed(entry: tuple[int, str], readings: ReadingStore) -> ListedUnreached | None:
    since, notice_id = entry
    try:
        found = readings.find(notice_id)
    except CasillaError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is stored there, the others are listed
        log_failed("operator", notice_id, error)
        return ListedUnreached(notice_id, datetime.fromtimestamp(since, UTC), None)
    deposit = unreached(found.delivered, found.alerts)
    return None if deposit is None else ListedUnreached(notice_id, datetime.fromtimestamp(since, UTC), deposit)
