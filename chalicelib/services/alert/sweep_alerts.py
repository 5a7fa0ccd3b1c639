"""Find alerts that the stream missed, or that wait for another attempt, and send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.services.work_through import counted, log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.shards import SHARDS

_LISTED_AT_MOST = 1000
_LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What became of alerts: those of `send_alerts`, counted one by one.

    `overdue` counts the notices that wait for more than a quarter of an hour, a thousand of each shard at most.
    `failed` counts batches that failed as a whole, `left` those that are due and were not begun. `on_list` counts the
    notices whose alerts were given up and wait for an operator, a thousand of each shard at most; `oldest_waiting_s`
    is how long the alert that waits longest has.
    """

    sent: int
    address_refused: int
    waiting: int
    unknown: int
    gave_up: int
    unwritten: int
    failed: int
    left: int
    on_list: int
    oldest_waiting_s: int
    overdue: int
    is_complete: bool


def sweep_alerts(
    *,
    batches: AlertBatchStore,
    send: Callable[[str], Counter[str]],
    now: Callable[[], datetime],
    until: datetime,
    per_shard: int = 100,
) -> Sweep:
    """Send what is due, the longest due first, at most `per_shard` of each shard and starting none after `until`.

    `send` is `send_alerts` with its tools. One batch that fails stops no other; it is due again later.
    """
    found = [batches.list_due(shard, now=now(), limit=per_shard) for shard in SHARDS]
    due = [notice_id for _, notice_id in sorted(entry for entries in found for entry in entries)]
    has_more = any(len(entries) == per_shard for entries in found)
    outcomes: Counter[str] = Counter()
    begun = 0
    for notice_id in due:
        if now() >= until:
            break
        begun += 1
        try:
            outcomes.update(send(notice_id))
        except Exception as error:  # noqa: BLE001 - one batch stops no other
            log_failed("sweep_alerts", notice_id, error)
            outcomes["failed"] += 1
    left = len(due) - begun
    overdue = _overdue(batches, now() - _LONG)
    waiting_since = batches.waiting_since()
    return counted(
        Sweep,
        outcomes,
        left=left,
        on_list=sum(len(batches.list_given_up(shard, limit=_LISTED_AT_MOST)) for shard in SHARDS),
        oldest_waiting_s=0 if waiting_since is None else max(0, int(now().timestamp()) - waiting_since),
        overdue=overdue,
        is_complete=not (left or has_more or outcomes["failed"] or outcomes["unwritten"]),
    )


def _overdue(batches: AlertBatchStore, before: datetime) -> int:
    """Count the notices that wait since before an instant, once the oldest of each shard is known to wait indeed."""
    for shard in SHARDS:
        for _, notice_id in batches.list_overdue(shard, before=before, limit=1):
            try:
                batches.watch_anew(notice_id)
            except Exception as error:  # noqa: BLE001 - it is looked at again by the next sweep
                log_failed("sweep_alerts", notice_id, error)
    return sum(len(batches.list_overdue(shard, before=before, limit=_LISTED_AT_MOST)) for shard in SHARDS)
