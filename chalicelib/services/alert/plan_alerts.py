"""Decide who is alerted of a deposit, and how (ALR-1)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.alert.alert import Alert, AlertBatch, Channel
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.sender.institution import Institution


def plan_alerts(
    mailbox: Mailbox, *, notice_id: str, institution: Institution, deposited_at: datetime, receipt_key: str
) -> AlertBatch:
    """Give every active user an e-mail and, with a mobile and unless they turned it off, an SMS.

    A mailbox without active users receives all the same: its batch is empty, which records that nobody was alerted.
    The receipt goes along only where the institution attaches it.
    """
    return AlertBatch(
        notice_id=notice_id,
        institution_name=institution.name,
        deposited_at=deposited_at,
        alerts=tuple(alert for user in mailbox.alerted_users for alert in _alerts_of(user)),
        receipt_key=receipt_key if institution.attaches_receipt else None,
    )


def _alerts_of(user: MailboxUser) -> tuple[Alert, ...]:
    email = _alert(user, Channel.EMAIL, user.email)
    mobile = user.alerted_mobile
    return (email,) if mobile is None else (email, _alert(user, Channel.SMS, mobile))


def _alert(user: MailboxUser, channel: Channel, destination: str) -> Alert:
    return Alert(alert_id=f"{user.user_id}.{channel}", channel=channel, destination=destination)
