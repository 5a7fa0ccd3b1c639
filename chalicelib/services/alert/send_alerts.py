"""Send what is pending of one notice's alerts (ALR-3): claim, send all at once, record. Two calls and one a message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert import Alert, AlertBatch, AlertState, Channel
from chalicelib.domain.alert.alert_sending import Accepted, Deferred, Outcome, Refused, settle
from chalicelib.domain.alert.delivery_report import message_tags
from chalicelib.domain.alert.retry import MAX_ATTEMPTS
from chalicelib.domain.errors import CasillaError, MessageRefused
from chalicelib.domain.event import Event, EventType
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.sms import Sms
from chalicelib.renderers.alert.alert_letters import render_alert_email
from chalicelib.renderers.alert.alert_sms import holds_portal, render_alert_sms
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.store.alert.alert_batch_store import AlertBatchStore

LEASE_S = 330
"""Longer than the worker may run, so that a lease outlives only a worker that died."""

_WITHOUT_RECEIPT_FROM = 4
"""From this attempt on, some seven minutes after the deposit, a receipt that cannot be read holds no e-mail back."""
_MESSAGES_AT_ONCE = 11

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out, and what the messages look like. `read_receipt` returns the PDF of an object key.

    Raises:
        ValueError: the portal's address is so long, or so written, that no SMS of one part could hold it.

    """

    mail: Mail
    sms: Sms
    letterhead: Letterhead
    read_receipt: Callable[[str], bytes]

    def __post_init__(self) -> None:
        """Find out at the start, not while sending."""
        portal = self.letterhead.portal
        if not holds_portal(portal, self.letterhead.zone):
            raise ValueError(f"no SMS of one part can hold the portal's address {portal!r}")


def send_alerts(
    notice_id: str,
    *,
    batches: AlertBatchStore,
    channels: Channels,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
) -> AlertBatch | None:
    """Send and record; return the batch as recorded, or None when there was nothing to do or another worker does it.

    An alert that could not be sent now stays pending until the sweeper comes back to it. A message is doubled only if
    this process died, or lost the store, between sending and recording.

    Raises:
        ClaimLapsed: the worker outlived its lease and another one took over.
        Unavailable: the store does not answer.

    """
    batch = batches.claim(notice_id, now=now(), lease_s=LEASE_S)
    if batch is None:
        return None
    outcomes = _send_pending(batch, channels) if batch.attempts <= MAX_ATTEMPTS else {}
    settled = settle(batch, outcomes)
    recorded_at = now()
    events = tuple(
        _event(notice_id, after, recorded_at, new_event_id())
        for before, after in zip(batch.alerts, settled.alerts, strict=True)
        if before.state is not after.state
    )
    batches.record(batch, settled, events, now=recorded_at)
    return settled


def _send_pending(batch: AlertBatch, channels: Channels) -> Mapping[str, Outcome]:
    with ThreadPoolExecutor(_MESSAGES_AT_ONCE) as pool:
        receipt = pool.submit(_receipt, batch, channels)  # first in the queue, so that e-mails never wait for a thread
        sending = {alert.alert_id: pool.submit(_send, batch, alert, receipt, channels) for alert in batch.pending}
    return {alert_id: _outcome(batch.notice_id, alert_id, sent) for alert_id, sent in sending.items()}


def _receipt(batch: AlertBatch, channels: Channels) -> bytes | None:
    if batch.receipt_key is None:
        return None
    try:
        return channels.read_receipt(batch.receipt_key)
    except CasillaError:
        if batch.attempts < _WITHOUT_RECEIPT_FROM:
            raise
        return None


def _send(batch: AlertBatch, alert: Alert, receipt: Future[bytes | None], channels: Channels) -> str:
    if alert.channel is Channel.SMS:
        text = render_alert_sms(batch, portal=channels.letterhead.portal, zone=channels.letterhead.zone)
        return channels.sms.send(alert.destination, text)
    message = render_alert_email(batch, alert, channels.letterhead, receipt=receipt.result())
    return channels.mail.send(message, alert.destination, message_tags(batch.notice_id, alert.alert_id))


def _outcome(notice_id: str, alert_id: str, sent: Future[str]) -> Outcome:
    """Read how one message went; whatever was raised concerns that message alone."""
    error = sent.exception()
    if error is None:
        return Accepted(sent.result())
    if isinstance(error, MessageRefused):
        return Refused(error.code)
    code = error.code if isinstance(error, CasillaError) else "unexpected"
    cause = type(
        error.__cause__ or error
    ).__name__  # of the vendor's error: its name, since its text may hold addresses
    seen = {"notice_id": notice_id, "alert_id": alert_id, "code": code, "cause": cause}
    _logger.warning("alert deferred", extra=seen)
    return Deferred(code)


def _event(notice_id: str, alert: Alert, occurred_at: datetime, event_id: str) -> Event:
    data = {"alert_id": alert.alert_id, "channel": alert.channel.value}
    if alert.state is AlertState.ACCEPTED:
        kind, detail = EventType.ALERT_SENT, {"message_id": alert.message_id or ""}
    else:
        kind, detail = EventType.ALERT_FAILED, {"error": alert.error or ""}
    return Event(f"notice#{notice_id}", kind, occurred_at, event_id, "worker:send_alerts", data=data | detail)
