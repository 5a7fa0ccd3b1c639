"""Deposits whose alerts reach nobody by some channel, as delivery reports leave them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.domain.alert.alert import Alert, AlertReport, AlertState, AlertStep, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.mailbox import Channel
from chalicelib.store.alert.alert_batch_item import written
from chalicelib.store.tables import AlertBatchItem
from tests.deposit_world import World

FAILED_AT = datetime(2026, 3, 9, 21, 5, tzinfo=UTC)


def bounced(alert: Alert, at: datetime = FAILED_AT) -> Alert:
    """Return an alert that was accepted and came back."""
    steps = (AlertStep(AlertState.ACCEPTED, at, None, "m"),)
    sent = replace(alert, sending=AlertState.ACCEPTED, message_id="m", attempts=1, steps=steps)
    return sent.with_report(AlertReport(ReportKind.BOUNCED, at, "m", "Permanent/General"))


def arrived(alert: Alert, at: datetime = FAILED_AT) -> Alert:
    """Return an alert of which a delivery was reported."""
    return replace(alert, sending=AlertState.ACCEPTED, message_id="m").with_report(
        AlertReport(ReportKind.DELIVERED, at, "m")
    )


def batch_of(world: World, notice_id: str) -> AlertBatch:
    found = alert_batch_store(world.container).find(notice_id)
    assert found is not None
    return found


def rewrite(batch: AlertBatch) -> AlertBatch:
    """Put a batch in place of the stored one, with its places in the indexes."""
    AlertBatchItem(batch.notice_id).update(written(batch))
    return batch


def fail(
    world: World, notice_id: str, channels: Iterable[Channel] = (Channel.EMAIL,), at: datetime = FAILED_AT
) -> AlertBatch:
    """Have each alert by these channels bounce."""
    batch = batch_of(world, notice_id)
    alerts = [bounced(alert, at) if alert.channel in channels else alert for alert in batch.alerts]
    return rewrite(replace(batch, alerts=tuple(alerts)))
