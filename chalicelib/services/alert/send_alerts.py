"""Send what is due of one notice's alerts (ALR-3): claim, send all at once, record, and follow up what failed.

Two calls and one a message, and one for the receipt that goes along, which is read while the batch is claimed. Where
something failed, or more than the deposit's own alerts is to be sent, one more to see how the notice stands.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.alert.alert import TOO_LATE, Alert, AlertPurpose, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import (
    Accepted,
    AddressRefused,
    Lost,
    NotNeeded,
    NotSent,
    Outcome,
    ProviderRefused,
    settle,
)
from chalicelib.domain.alert.delivery_report import message_tags
from chalicelib.domain.alert.follow_up import readdress, reason_against_news, reason_not_to_send
from chalicelib.domain.alert.suspended import READING_SUSPENDED, is_stopped
from chalicelib.domain.errors import CasillaError, MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxState
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.sms import Sms
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.alert.alert_letters import render_alert_email
from chalicelib.renderers.alert.alert_sms import holds_portal, render_alert_sms
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.alert.follow_up import follow_up
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.services.work_through import FAILED, log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import Situation, SituationStore
from chalicelib.store.mailbox_store import MailboxStore

_WITHOUT_RECEIPT_AFTER = timedelta(minutes=7)
"""From then on a receipt that cannot be read holds no e-mail back."""
_MESSAGES_AT_ONCE = 11

_LOGGED = {
    AlertState.ACCEPTED: EventType.ALERT_SENT,
    AlertState.FAILED: EventType.ALERT_FAILED,
    AlertState.GAVE_UP: EventType.ALERT_GAVE_UP,
    AlertState.CANCELLED: EventType.ALERT_CANCELLED,
}
_COUNTED = {
    AlertState.CANCELLED: "cancelled",
    AlertState.ACCEPTED: "sent",
    AlertState.FAILED: "address_refused",
    AlertState.GAVE_UP: "gave_up",
    AlertState.UNKNOWN: "unknown",
    AlertState.REFUSED: "waiting",
    AlertState.WAITING: "waiting",
}

_logger = logging.getLogger(__name__)

_Early = Mapping[str, Future[bytes]]
"""Receipts on their way, by object key."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out, and what the messages look like. `read_receipt` returns the PDF of an object key.

    Raises:
        ValueError: the portal's address is so long, or so written, that no SMS of one part could hold it.

    """

    mail: Mail
    sms: Sms
    by_mail: WayOut
    by_sms: WayOut
    letterhead: Letterhead
    read_receipt: Callable[[str], bytes]

    def __post_init__(self) -> None:
        """Find out at the start, not while sending."""
        portal = self.letterhead.portal
        if not holds_portal(portal, self.letterhead.zone):
            raise ValueError(f"no SMS of one part can hold the portal's address {portal!r}")


@dataclass(frozen=True, slots=True)
class SendingTools:
    """What sending goes through. `unwritten` is the process's own."""

    batches: AlertBatchStore
    situations: SituationStore
    mailboxes: MailboxStore
    channels: Channels
    unwritten: Unwritten
    now: Callable[[], datetime]
    new_event_id: Callable[[], str]
    reach: SmsReach = PERU_ALONE


def send_alerts(notice_id: str, tools: SendingTools, *, attached: str | None = None) -> Counter[str]:
    """Send and record; return how many alerts came to what, nothing when there was nothing to do.

    `attached` is the object key of the receipt that goes along, as far as the caller knows; the batch decides.

    `sent`, `address_refused`, `gave_up`, `cancelled` (of them `missed`: reminders that could not be sent in time),
    `unknown`, or `waiting`: those that the sweeper comes back to. A message is doubled only if this process died
    between sending and recording, or its answer was lost. An outcome that cannot be written is `unwritten`: the process
    keeps it, and the next call tries again to write it. `failed` is 1 where something failed and could not be followed
    up: it is due again.

    Raises:
        Unavailable: the store does not answer, or took no outcome for long; nothing was sent.

    """
    if tools.unwritten.is_full:
        raise Unavailable("outcomes_unwritten", "No se pudo guardar lo enviado. Se intentará de nuevo.")
    if notice_id in tools.unwritten.notices:
        return Counter()  # it is known what became of them, and only to this process
    with ThreadPoolExecutor(_MESSAGES_AT_ONCE) as pool:
        early = _read_early(attached, tools.channels, pool)
        claimed = tools.batches.claim(notice_id, now=tools.now())
        if claimed is None:
            return Counter()
        situation = _situation(claimed, tools) if _is_looked_at(claimed) else None
        outcomes = _send(claimed, early, tools, pool, situation)
    at = tools.now()
    settled = settle(claimed, outcomes, now=at)
    followed = _followed(_readdressed(claimed, settled, situation, tools, at), situation, tools, at)
    came_to = [(before, after) for before, after in zip(claimed.alerts, settled.alerts, strict=True) if before != after]
    events = tuple(
        _event(claimed, after, at, tools.new_event_id()) for before, after in came_to if _is_new(before, after)
    )
    counts = Counter(_COUNTED[after.sending] for _, after in came_to)
    counts["missed"] = sum(after.refusal == TOO_LATE for _, after in came_to if after.sending is AlertState.CANCELLED)
    counts[FAILED] = int(followed.is_to_follow)
    if len(followed.alerts) > len(settled.alerts):
        events = (*events, planned_event(settled, followed, at, tools.new_event_id()))
    if not tools.unwritten.record(tools.batches, claimed, followed, events):
        counts["unwritten"] += 1
    return +counts


def _is_looked_at(batch: AlertBatch) -> bool:
    of_filing = batch.news is not None and batch.news.is_looked_at
    return bool(batch.attempted) and (of_filing or any(alert.is_added for alert in batch.attempted))


def _situation(batch: AlertBatch, tools: SendingTools) -> Situation | None:
    """Read how the notice stands; None where it cannot be read, so that what depends on it waits."""
    try:
        return tools.situations.find(batch.notice_id, batch.mailbox_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, what was sent is recorded
        log_failed("send_alerts", batch.notice_id, error)
        return None


def _readdressed(
    claimed: AlertBatch, settled: AlertBatch, situation: Situation | None, tools: SendingTools, at: datetime
) -> AlertBatch:
    if situation is None or situation.mailbox is None:
        return settled
    return readdress(claimed, settled, situation.mailbox, now=at, reach=tools.reach)


def _followed(settled: AlertBatch, situation: Situation | None, tools: SendingTools, at: datetime) -> AlertBatch:
    """Follow up what failed; what could not be is due again."""
    if not settled.is_to_follow:
        return settled
    situation = situation or _situation(settled, tools)
    if situation is None:
        return settled
    try:
        return follow_up(settled, situation, mailboxes=tools.mailboxes, now=at, reach=tools.reach)
    except Exception as error:  # noqa: BLE001 - as above
        log_failed("follow_up", settled.notice_id, error)
        return settled


def planned_event(
    before: AlertBatch, after: AlertBatch, at: datetime, event_id: str, actor: str = "worker:send_alerts"
) -> Event:
    """Return what the log says of alerts that were added: which, and why."""
    known = {alert.alert_id for alert in before.alerts}
    added = [alert for alert in after.alerts if alert.alert_id not in known]
    data = {
        "purpose": " ".join(dict.fromkeys(alert.purpose.value for alert in added)),
        "alert_ids": " ".join(alert.alert_id for alert in added),
    }
    return Event(after.subject, EventType.ALERT_PLANNED, at, event_id, actor, data=data)


def _read_early(attached: str | None, channels: Channels, pool: ThreadPoolExecutor) -> _Early:
    return {} if attached is None else {attached: pool.submit(channels.read_receipt, attached)}


def _send(
    batch: AlertBatch, early: _Early, tools: SendingTools, pool: ThreadPoolExecutor, situation: Situation | None
) -> Mapping[str, Outcome]:
    judged = {alert.alert_id: _judged(alert, batch, situation, tools) for alert in batch.attempted}
    due = [alert for alert in batch.attempted if judged[alert.alert_id] is None]
    has_mail = any(alert.channel is Channel.EMAIL and _carries_receipt(alert) for alert in due)
    receipt = pool.submit(_receipt, batch, early, tools.channels) if has_mail else None  # ahead of the e-mails
    sending = {alert.alert_id: pool.submit(_hand_over, batch, alert, receipt, tools.channels) for alert in due}
    sent = {alert_id: _outcome(batch.notice_id, alert_id, one) for alert_id, one in sending.items()}
    return {**sent, **{alert_id: outcome for alert_id, outcome in judged.items() if outcome is not None}}


def _carries_receipt(alert: Alert) -> bool:
    return alert.purpose is not AlertPurpose.SUSPENSION


def _judged(alert: Alert, batch: AlertBatch, situation: Situation | None, tools: SendingTools) -> Outcome | None:
    """Return why an alert is not handed over; None where it is."""
    if is_stopped(alert, batch):
        return NotNeeded(READING_SUSPENDED)
    zone, now = tools.channels.letterhead.zone, tools.now()
    if not (alert.is_added or (batch.news is not None and batch.news.is_looked_at)):
        return None
    is_past = batch.news is not None and batch.news.is_past(now.astimezone(zone).date())
    overtaken = None if situation is None else situation.overtaken(now)
    if is_past or overtaken is not None:  # it is known to be past also where nobody can look
        return NotNeeded(TOO_LATE if overtaken is None else overtaken[1])
    if situation is None or situation.mailbox is None:
        return NotSent("situation_unknown")
    if situation.mailbox.state is MailboxState.FROZEN:
        return NotSent("mailbox_frozen")  # its addresses may be a stranger's
    reason = _reason(alert, situation.mailbox, situation, tools)
    return None if reason is None else NotNeeded(reason)


def _reason(alert: Alert, mailbox: Mailbox, situation: Situation, tools: SendingTools) -> str | None:
    if not alert.is_added:
        return reason_against_news(alert, mailbox, reach=tools.reach)
    return reason_not_to_send(
        alert,
        mailbox,
        opened_at=situation.opened_at,
        now=tools.now(),
        is_replaced=situation.is_replaced,
        reach=tools.reach,
    )


def _receipt(batch: AlertBatch, early: _Early, channels: Channels) -> bytes | None:
    key = batch.receipt_key
    if key is None:
        return None
    try:
        return early[key].result() if key in early else channels.read_receipt(key)
    except CasillaError:
        if batch.claimed_at is None or batch.claimed_at < batch.waiting_since + _WITHOUT_RECEIPT_AFTER:
            raise
        return None


def _hand_over(batch: AlertBatch, alert: Alert, receipt: Future[bytes | None] | None, channels: Channels) -> str:
    if alert.channel is Channel.SMS:
        text = render_alert_sms(batch, alert, portal=channels.letterhead.portal, zone=channels.letterhead.zone)
        return channels.by_sms.hand_over(lambda: channels.sms.send(alert.destination, text))
    attached = receipt.result() if receipt is not None and _carries_receipt(alert) else None
    message = render_alert_email(batch, alert, channels.letterhead, receipt=attached)
    tags = message_tags(batch.notice_id, alert.alert_id)
    return channels.by_mail.hand_over(lambda: channels.mail.send(message, alert.destination, tags))


def _outcome(notice_id: str, alert_id: str, sent: Future[str]) -> Outcome:
    """Read how one message went; an error concerns that message alone."""
    error = sent.exception()
    if not isinstance(error, Exception):  # none, or the end of the process
        return Accepted(sent.result())
    if isinstance(error, MessageRefused):
        return AddressRefused(error.code)
    code = error.code if isinstance(error, CasillaError) else "unexpected"
    cause = type(
        error.__cause__ or error
    ).__name__  # of the vendor's error: its name, since its text may hold addresses
    seen = {"notice_id": notice_id, "alert_id": alert_id, "code": code, "cause": cause}
    _logger.warning("alert deferred", extra=seen)
    match error:
        case SendingUncertain():
            return Lost(code)
        case Unavailable():
            return ProviderRefused(code)
        case CasillaError():
            return NotSent(code)
        case _:
            return Lost(code)


def _is_new(before: Alert, after: Alert) -> bool:
    """Tell whether an outcome is to be logged: of attempts in a row that came to the same, the first."""
    last = next((step for step in reversed(before.steps) if step.state is not AlertState.ATTEMPTED), None)
    return after.sending in _LOGGED or last is None or (last.state, last.error) != (after.sending, after.refusal)


def _event(batch: AlertBatch, alert: Alert, at: datetime, event_id: str) -> Event:
    data = {"alert_id": alert.alert_id, "channel": alert.channel.value}
    if alert.sending is AlertState.ACCEPTED:
        data["message_id"] = alert.message_id or ""
    else:
        data |= {"state": alert.sending.value, "error": alert.refusal or ""}
    kind = _LOGGED.get(alert.sending, EventType.ALERT_DEFERRED)
    return Event(batch.subject, kind, at, event_id, "worker:send_alerts", data=data)
