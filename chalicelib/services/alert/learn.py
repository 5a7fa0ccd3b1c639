"""Write down beside a mailbox what was learned of the address that an alert went to."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.store.mailbox_store import MailboxStore


def learn(  # noqa: PLR0913 - the facts of one sign
    mailbox: Mailbox,
    alert: Alert,
    sign: Sign,
    at: datetime,
    mailboxes: MailboxStore,
    *,
    reason: str | None = None,
) -> Mailbox:
    """Learn it, if the address is still its user's; return the mailbox with what is known now.

    Raises:
        Unavailable: `store_unavailable`.

    """
    sent_to = AddressHealth(alert.user_id, alert.channel, alert.destination)
    return learn_of(mailbox, sent_to, sign, at, mailboxes, reason=reason)


def learn_of(  # noqa: PLR0913 - as above
    mailbox: Mailbox,
    sent_to: AddressHealth,
    sign: Sign,
    at: datetime,
    mailboxes: MailboxStore,
    *,
    reason: str | None = None,
) -> Mailbox:
    """Do the same of the address of a user that something was sent to."""
    user = mailbox.user(sent_to.user_id)
    current = None if user is None else user.email if sent_to.channel == Channel.EMAIL else user.mobile
    if current is None or current.casefold() != sent_to.address.casefold():
        return mailbox
    place = AddressHealth(sent_to.user_id, sent_to.channel, current)
    return mailboxes.learn(mailbox, lambda known: known.with_sign(sign, at, reason), place)
