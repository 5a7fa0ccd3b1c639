"""Record what the mail provider reports of a message it had accepted (ALR-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.alert.delivery_report import parse_report
from chalicelib.domain.event import Event, EventType
from chalicelib.store.alert.alert_batch_store import AlertBatchStore


def record_delivery(event: Mapping[str, Any], *, batches: AlertBatchStore, new_event_id: Callable[[], str]) -> bool:
    """Apply one SES event; False when it tells nothing new or is of no alert. The same report twice counts once.

    Raises:
        InvalidInput: `delivery_report_malformed`.
        Unavailable: the store does not answer; the report must come again.

    """
    report = parse_report(event)
    if report is None:
        return False
    told = report.report
    data = {"alert_id": report.alert_id, "report": told.kind.value, "error": told.error or ""}
    subject, actor = f"notice#{report.notice_id}", "worker:record_delivery"
    log_entry = Event(subject, EventType.ALERT_REPORTED, report.occurred_at, new_event_id(), actor, data=data)
    return batches.record_report(report, log_entry)
