"""Decide who is alerted of a deposit, and how (ALR-1)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxUser
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.notice import AlertAddress
from chalicelib.domain.sender.institution import Institution


def plan_alerts(  # noqa: PLR0913 - the facts of one deposit
    mailbox: Mailbox,
    *,
    notice_id: str,
    institution: Institution,
    deposited_at: datetime,
    receipt_key: str,
    reach: SmsReach = PERU_ALONE,
) -> AlertBatch:
    """Give every active user an e-mail and, with a mobile that SMS are sent to, an SMS: nobody can turn one off.

    Where a norm asks for no channel, a mailbox without active users receives: its batch is empty, which records that
    nobody was alerted. The receipt goes along only where the institution attaches it.
    """
    return AlertBatch(
        notice_id=notice_id,
        institution_name=institution.name,
        deposited_at=deposited_at,
        alerts=tuple(alert for user in mailbox.alerted_users for alert in alerts_of(user, reach)),
        receipt_key=receipt_key if institution.attaches_receipt else None,
        institution_short_name=institution.short_name,
        institution_id=institution.institution_id,
        mailbox_id=mailbox.mailbox_id,
    )


def alert_addresses(mailbox: Mailbox, reach: SmsReach = PERU_ALONE) -> tuple[AlertAddress, ...]:
    """Return where the alerts of a deposit go, masked, in the order of the mailbox's users."""
    masked: list[AlertAddress] = []
    for user in mailbox.alerted_users:
        masked.append(AlertAddress(Channel.EMAIL, mask_email(user.email)))
        if user.mobile is not None and reach.reaches(user.mobile):
            masked.append(AlertAddress(Channel.SMS, mask_mobile(user.mobile)))
    return tuple(masked)


def alerts_of(user: MailboxUser, reach: SmsReach) -> tuple[Alert, ...]:
    """Return what one user is alerted by."""
    email = _alert(user, Channel.EMAIL, user.email)
    return (
        (email,)
        if user.mobile is None or not reach.reaches(user.mobile)
        else (email, _alert(user, Channel.SMS, user.mobile))
    )


def _alert(user: MailboxUser, channel: Channel, destination: str) -> Alert:
    return Alert(alert_id=f"{user.user_id}.{channel}", channel=channel, destination=destination)
