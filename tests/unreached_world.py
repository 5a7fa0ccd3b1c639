"""Deposits whose alerts reach nobody by some channel, as delivery reports leave them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.alert.alert import Alert, AlertReport, AlertState, AlertStep, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import Opening, Seen
from chalicelib.store.alert.alert_batch_item import written
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import an_alert
from tests.builders import a_notice
from tests.deposit_world import INSTITUTION_ID, World

FAILED_AT = datetime(2026, 3, 9, 21, 5, tzinfo=UTC)


def bounced(alert: Alert, at: datetime = FAILED_AT) -> Alert:
    """Return an alert that was accepted and came back."""
    steps = (AlertStep(AlertState.ACCEPTED, at, None, "m"),)
    sent = replace(alert, sending=AlertState.ACCEPTED, message_id="m", attempts=1, steps=steps)
    return sent.with_report(AlertReport(ReportKind.BOUNCED, at, "m", "Permanent/General"))


def arrived(alert: Alert, at: datetime = FAILED_AT) -> Alert:
    """Return an alert of which a delivery was reported, and nothing else."""
    sent = replace(alert, sending=AlertState.ACCEPTED, message_id="m", reports=())
    return sent.with_report(AlertReport(ReportKind.DELIVERED, at, "m"))


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


def an_unreached(
    number: int,
    at: datetime = FAILED_AT,
    *,
    channels: Iterable[Channel] = (Channel.EMAIL,),
    institution_id: str = INSTITUTION_ID,
    **overrides: Any,
) -> tuple[Notice, AlertBatch]:
    """Build a notice of this number and its alerts, of which those by some channels came back."""
    sender = replace(a_notice().sender, institution_id=institution_id)
    notice = a_notice(notice_id=code_from_number(31 * number), sender=sender, **overrides)
    alerts = tuple(an_alert(channel=channel) for channel in Channel)
    batch = AlertBatch(
        notice.notice_id,
        sender.name,
        notice.deposited_at,
        tuple(bounced(alert, at) if alert.channel in channels else arrived(alert, at) for alert in alerts),
        institution_id=institution_id,
        mailbox_id=notice.mailbox_id,
    )
    return notice, batch


class _AtOnce(TransactWrite):
    """Writes each item by itself: the engine copies all of its tables for each transaction."""

    def save(self, model: Any, condition: Any = None, **_: Any) -> None:  # type: ignore[override]
        model.save(condition=condition)


def store(world: World, *made: tuple[Notice, AlertBatch]) -> list[str]:
    """Keep notices with their alerts; return their ids."""
    writes = _AtOnce(connection=connection(world.container))
    for notice, batch in made:
        NoticeStore().add_in(writes, notice)
        alert_batch_store(world.container).add_in(writes, batch)
    return [notice.notice_id for notice, _ in made]


def open_quietly(world: World, notice_id: str) -> None:
    """Have a notice opened, as its mailbox's person does; its alerts learn of it later."""
    readings = reading_store(world.container)
    delivered = readings.find(notice_id).delivered
    assert delivered is not None
    now = world.clock.now
    event = Event(f"notice#{notice_id}", EventType.NOTICE_OPENED, now, f"o-{notice_id}", "user:u1")
    readings.open(delivered, Opening(event.event_id, now, "u1", None), Seen("u1", "Rosa", now), event)
