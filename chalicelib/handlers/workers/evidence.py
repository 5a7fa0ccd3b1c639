"""Have receipts verified that packages before issued."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.evidence import index_position_store, receipt_store
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.evidence.index_receipts import index_all_receipts


def index_receipts(_: CloudWatchEvent) -> dict[str, Any]:
    """Go on until nothing is left or the time is over."""
    box = current()
    report = index_all_receipts(
        receipts=receipt_store(box),
        positions=index_position_store(box),
        now=box.clock,
        until=box.clock() + NIGHT_TIME,
    )
    return reported("index_receipts", report)
