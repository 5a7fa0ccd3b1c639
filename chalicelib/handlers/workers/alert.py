"""Send alerts, sweep up those that wait, record what became of e-mails."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from chalice.app import CloudWatchEvent, DynamoDBEvent, SNSEvent

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.alert import alert_batch_store, channels
from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.alert.delivery_report import parse_report
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.reports import SWEEP_TIME, failures, reported, reported_deliveries
from chalicelib.services.alert import send_alerts as sending
from chalicelib.services.alert import sweep_alerts as sweeping
from chalicelib.services.alert.record_delivery import record_delivery


def send_alerts(event: DynamoDBEvent) -> dict[str, Any]:
    """Send the alerts of each notice deposited; a failed record comes again, alone."""
    box = current()

    def handle(record: dict[str, Any]) -> None:
        image = record["dynamodb"].get("NewImage", {})
        if image.get("type", {}).get("S") == "notice.deposited":
            _send(image["subject"]["S"].removeprefix("notice#"), box)

    records = event.to_dict()["Records"]
    return failures(records, lambda record: str(record["dynamodb"]["SequenceNumber"]), handle)


def sweep_alerts(_: CloudWatchEvent) -> dict[str, Any]:
    """Send alerts that the stream missed or that wait for another attempt."""
    box = current()
    report = sweeping.sweep_alerts(
        batches=alert_batch_store(box),
        send=lambda notice_id: _send(notice_id, box),
        now=box.clock,
        until=box.clock() + SWEEP_TIME,
    )
    return reported("sweep_alerts", report)


def record_deliveries(event: SNSEvent) -> dict[str, Any]:
    """Record what became of e-mails; the others' reports are recorded though one cannot be.

    Raises:
        DeliveriesUnrecorded: one was not understood or not recorded; the same event must come again, or be looked at.

    """
    box = current()
    outcomes: Counter[str] = Counter()
    for record in event.to_dict()["Records"]:
        outcome = "unreadable"
        try:
            message = json.loads(record["Sns"]["Message"])
            if parse_report(message) is None:
                outcomes["ignored"] += 1
                continue
            outcome = "failed"
            is_new = record_delivery(message, batches=alert_batch_store(box), new_event_id=box.chance.new_event_id)
            outcome = "recorded" if is_new else "known"
        except Exception as error:  # noqa: BLE001 - whatever it is, the other reports are recorded
            log().error("delivery report not recorded", code=outcome, fault=describe_fault(error))
        outcomes[outcome] += 1
    return reported_deliveries(outcomes)


def _send(notice_id: str, box: Container) -> AlertBatch | None:
    return sending.send_alerts(
        notice_id,
        batches=alert_batch_store(box),
        channels=channels(box),
        now=box.clock,
        new_event_id=box.chance.new_event_id,
    )
