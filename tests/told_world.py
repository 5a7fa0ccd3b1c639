"""The alerts of one notice through much that can become of them: bounced, replaced, reminded of, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertReport, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry
from chalicelib.domain.alert.alert_sending import Accepted, NotNeeded, Outcome, begin_attempt, settle
from chalicelib.domain.alert.follow_up import follow_failures, remind, renew_alerts
from chalicelib.domain.mailbox import Channel, Mailbox

BOUNCED_AFTER = timedelta(minutes=10)
REMINDED_AFTER = timedelta(hours=90)
OPENED_AFTER = timedelta(hours=91)


def a_followed_batch(batch: AlertBatch, mailbox: Mailbox) -> AlertBatch:
    """Return it with its e-mails bounced, an SMS in their place, and a reminder of which only the SMS went out.

    When the e-mails of the reminder were to be sent, the notice was open.
    """
    at = batch.deposited_at
    sent = attempt(batch, at, lambda alert: Accepted(f"m-{alert.alert_id}"))
    bounced = bounce(sent, at + BOUNCED_AFTER)
    followed = follow_failures(bounced, mailbox, now=at + BOUNCED_AFTER)
    followed = attempt(followed, at + BOUNCED_AFTER, lambda alert: Accepted(f"m-{alert.alert_id}"))
    reminded = remind(
        followed,
        mailbox,
        Expiry(date(2026, 3, 16), is_of_term=False),
        useful_until=at + timedelta(days=7),
        now=at + REMINDED_AFTER,
    )
    return attempt(reminded, at + OPENED_AFTER, _sms_alone)


def a_renewed_batch(batch: AlertBatch, mailbox: Mailbox) -> AlertBatch:
    """Return it with its e-mails bounced and, at the addresses of today, sent anew."""
    at = batch.deposited_at
    bounced = bounce(attempt(batch, at, lambda alert: Accepted(f"m-{alert.alert_id}")), at + BOUNCED_AFTER)
    renewed = renew_alerts(bounced, mailbox, now=at + REMINDED_AFTER)
    return attempt(renewed, at + REMINDED_AFTER, lambda alert: Accepted(f"m-{alert.alert_id}"))


def attempt(batch: AlertBatch, at: datetime, outcome: Callable[[Alert], Outcome]) -> AlertBatch:
    """Take up what is due at an instant, and have it come to something at once."""
    taken = replace(begin_attempt(batch, at), claimed_at=at)
    return settle(taken, {alert.alert_id: outcome(alert) for alert in taken.attempted}, now=at)


def bounce(batch: AlertBatch, at: datetime) -> AlertBatch:
    """Have every e-mail returned for good."""
    alerts = [
        alert.with_report(AlertReport(ReportKind.BOUNCED, at, alert.message_id, "smtp; 550"))
        if alert.channel is Channel.EMAIL
        else alert
        for alert in batch.alerts
    ]
    return replace(batch, alerts=tuple(alerts))


def _sms_alone(alert: Alert) -> Outcome:
    is_unwanted = alert.purpose is AlertPurpose.REMINDER and alert.channel is Channel.EMAIL
    return NotNeeded("notice_opened") if is_unwanted else Accepted(f"m-{alert.alert_id}")
