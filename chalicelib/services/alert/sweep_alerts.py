"""Find alerts that the stream missed, or that wait for another attempt, and send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.services.work_through import FAILED, counted, log_failed, work_through
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.shards import SHARDS

_LISTED_AT_MOST = 1000
_LONG = timedelta(minutes=15)
_BEGUN = "begun"


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
    cancelled: int
    missed: int
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
) -> Sweep:
    """Send what is due, the longest due first, beginning none after `until`.

    `send` is `send_alerts` with its tools. One batch that fails stops no other; it is due again later.
    """
    due = [notice_id for _, notice_id in sorted(entry for shard in SHARDS for entry in batches.due(shard, now=now()))]
    outcomes: Counter[str] = Counter()

    def handle(notice_id: str) -> str:
        outcomes.update(send(notice_id))
        return _BEGUN

    worked = work_through(due, handle, job="sweep_alerts", now=now, until=until)
    outcomes[FAILED] += worked.outcomes[FAILED]
    waiting = [_waiting(batches, shard, before=now() - _LONG) for shard in SHARDS]
    oldest = min((since for entries in waiting for since, _ in entries), default=None)
    long_ago = int((now() - _LONG).timestamp())
    return counted(
        Sweep,
        outcomes,
        left=len(due) - worked.outcomes.total(),
        on_list=sum(1 for shard in SHARDS for _ in islice(batches.given_up(shard), _LISTED_AT_MOST)),
        oldest_waiting_s=0 if oldest is None else max(0, int(now().timestamp()) - oldest),
        overdue=sum(since <= long_ago for entries in waiting for since, _ in entries),
        is_complete=worked.is_complete and not outcomes[FAILED] and not outcomes["unwritten"],
    )


def _waiting(batches: AlertBatchStore, shard: str, *, before: datetime) -> list[tuple[int, str]]:
    """Return what waits of a shard, the longest first, once that one is known to wait indeed."""
    entries = list(islice(batches.waiting(shard), _LISTED_AT_MOST))
    if entries and entries[0][0] <= before.timestamp():
        try:
            return entries[1:] if batches.watch_anew(entries[0][1]) else entries
        except Exception as error:  # noqa: BLE001 - it is looked at again by the next sweep
            log_failed("sweep_alerts", entries[0][1], error)
    return entries
