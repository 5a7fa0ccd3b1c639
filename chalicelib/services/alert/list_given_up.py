"""List what was given up, what waits, and read one notice's alerts, for operators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.work_list import GivenUp, Waiting, WorkList
from chalicelib.domain.errors import CasillaError, Conflict, NotFound
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.shards import SHARDS

_LONGEST = 10


def list_given_up(*, batches: AlertBatchStore, limit: int, after: tuple[int, str] | None = None) -> WorkList:
    """Return up to `limit` notices of the operators' list, the latest given up first, from a position on.

    One that cannot be read is listed as such and stops no other.

    Raises:
        Unavailable: the store does not answer.

    """
    entries = sorted((entry for shard in SHARDS for entry in batches.given_up(shard)), reverse=True)
    rest = [entry for entry in entries if after is None or entry < after]
    found = [_given_up(entry, batches) for entry in rest[:limit]]
    return WorkList(
        total=len(entries),
        oldest=_instant(entries[-1][0]) if entries else None,
        newest=_instant(entries[0][0]) if entries else None,
        shown=tuple(one for one in found if one.batch is None or one.batch.given_up),  # an index is a moment behind
        after=rest[limit - 1] if len(rest) > limit else None,
    )


def list_waiting(*, batches: AlertBatchStore, now: Callable[[], datetime]) -> Waiting:
    """Count what waits and what is due, and name the notices that wait longest.

    Raises:
        Unavailable: the store does not answer.

    """
    entries = sorted(entry for shard in SHARDS for entry in batches.waiting(shard))
    longest = tuple((notice_id, _instant(since)) for since, notice_id in entries[:_LONGEST])
    due = sum(1 for shard in SHARDS for _ in batches.due(shard, now=now()))
    return Waiting(len(entries), due, longest)


def read_alerts(notice_id: str, *, batches: AlertBatchStore) -> AlertBatch:
    """Return a notice's alerts.

    Raises:
        NotFound: `alerts_not_found`.
        Conflict: `alerts_unreadable`.
        Unavailable: the store does not answer.

    """
    try:
        batch = batches.find(notice_id)
    except CasillaError:
        raise
    except Exception as error:
        log_failed("operator", notice_id, error)
        detail = f"Lo guardado de {notice_id} no se puede leer: el registro de la función dice por qué."
        raise Conflict("alerts_unreadable", detail) from error
    if batch is None:
        detail = f"No hay ninguna notificación {notice_id} con alertas: revise el número."
        raise NotFound("alerts_not_found", detail)
    return batch


def _given_up(entry: tuple[int, str], batches: AlertBatchStore) -> GivenUp:
    since, notice_id = entry
    try:
        batch = read_alerts(notice_id, batches=batches)
    except (Conflict, NotFound):
        batch = None
    return GivenUp(notice_id, _instant(since), batch)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
