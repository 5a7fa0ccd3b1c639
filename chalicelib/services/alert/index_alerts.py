"""Put alerts that a package before left into the lists in which this one looks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.alert.work_list import Indexed
from chalicelib.services.work_through import FAILED, work_through
from chalicelib.store.alert.alert_batch_store import AlertBatchStore

_MOVED, _RIGHT = "moved", "right"


def index_alerts(
    *, batches: AlertBatchStore, after: str | None, now: Callable[[], datetime], until: datetime
) -> Indexed:
    """Look at every notice's alerts, from a notice on and beginning none after `until`; what stands right stays.

    Raises:
        Unavailable: the store does not answer.

    """
    last = after

    def handle(notice_id: str) -> str:
        nonlocal last
        last = notice_id
        return _MOVED if batches.watch_anew(notice_id) else _RIGHT

    worked = work_through(batches.every(after=after), handle, job="operator", now=now, until=until)
    outcomes = worked.outcomes
    is_over = worked.is_complete or now() < until
    return Indexed(outcomes.total(), outcomes[_MOVED], outcomes[FAILED], None if is_over else last)
