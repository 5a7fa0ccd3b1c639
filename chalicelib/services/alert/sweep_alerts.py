"""Find alerts that the stream missed, or that wait for another attempt, and send them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.shards import SHARDS

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """How many batches were due, were settled, still wait for a message, failed as a whole, and were left for later.

    A batch that another worker took meanwhile counts in `due` only.
    """

    due: int = 0
    settled: int = 0
    waiting: int = 0
    failed: int = 0
    left: int = 0


def sweep_alerts(
    *,
    batches: AlertBatchStore,
    send: Callable[[str], AlertBatch | None],
    now: Callable[[], datetime],
    until: datetime,
    per_shard: int = 100,
) -> Sweep:
    """Send what is due, the longest due first, at most `per_shard` of each shard and starting none after `until`.

    `send` is `send_alerts` with its dependencies. One batch that fails stops no other; it is due again later.
    """
    found = (batches.list_due(shard, now=now(), limit=per_shard) for shard in SHARDS)
    due = [notice_id for _, notice_id in sorted(entry for entries in found for entry in entries)]
    settled = waiting = failed = 0
    for position, notice_id in enumerate(due):
        if now() >= until:
            return Sweep(len(due), settled, waiting, failed, left=len(due) - position)
        try:
            batch = send(notice_id)
        except Exception as error:  # noqa: BLE001 - one batch stops no other
            _logger.error("sweep failed", extra={"notice_id": notice_id, "error": type(error).__name__})
            failed += 1
            continue
        settled += batch is not None and not batch.pending
        waiting += batch is not None and bool(batch.pending)
    return Sweep(len(due), settled, waiting, failed)
