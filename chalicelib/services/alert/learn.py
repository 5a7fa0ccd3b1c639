"""Write down beside a mailbox what was learned of an address that something was sent to."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.mailbox.channels import address_of
from chalicelib.store.mailbox_store import MailboxStore


def sent_to(alert: Alert) -> AddressHealth:
    """Name the address that an alert went to."""
    return AddressHealth(alert.user_id, alert.channel, alert.destination)


def learn(  # noqa: PLR0913 - the facts of one sign
    mailbox: Mailbox,
    place: AddressHealth,
    sign: Sign,
    at: datetime,
    mailboxes: MailboxStore,
    *,
    reason: str | None = None,
) -> Mailbox:
    """Learn it of the address that `place` names, if it is still its user's; return the mailbox with what is known now.

    Raises:
        Unavailable: `store_unavailable`.

    """
    user = mailbox.user(place.user_id)
    current = None if user is None else address_of(user, Channel(place.channel))
    if current is None or current.casefold() != place.address.casefold():
        return mailbox
    own = AddressHealth(place.user_id, place.channel, current)
    return mailboxes.learn(mailbox, lambda known: known.with_sign(sign, at, reason), own)
