"""Learn that an address lives from its owner, who answered with what was sent there (ALR-4).

What counts is when it was sent: an address that bounced after that is as dead as before.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxChanged, MailboxUser
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign, health_of
from chalicelib.domain.mailbox.channels import address_of
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.people_store import ProvedAddress, UsedToken

_MAX_TRIES = 5
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody's answer to what was sent to the address they had at an instant, and where it came from.

    `actor` and `origin` are as in an event.
    """

    sent_at: datetime
    answered_at: datetime
    actor: str
    origin: str = ""


def health_at(mailbox: Mailbox, user: MailboxUser, channel: Channel) -> AddressHealth:
    """Return what is known of a user's address of a kind."""
    return health_of(mailbox.health, user.user_id, channel, address_of(user, channel) or "")


def email_answered(mailbox: Mailbox | None, user_id: str, answer: Answer, *, tools: AccessTools) -> None:
    """Learn that a user's e-mail lives. Where nothing bad is known of it, no call; else one more.

    What was answered stands whatever becomes of this: where it cannot be written, the owner can prove it again.
    """
    email = _email(mailbox, user_id)
    try:
        for _ in range(_MAX_TRIES):
            user = None if mailbox is None else mailbox.user(user_id)
            if mailbox is None or user is None or user.email != email:
                return
            if not health_at(mailbox, user, Channel.EMAIL).is_doubted:
                return
            with suppress(MailboxChanged):
                commit_answer(mailbox, user, Channel.EMAIL, answer, tools=tools)
                return
            mailbox = tools.mailboxes.find(mailbox.mailbox_id)
        code = "mailbox_changed"
    except Unavailable as error:
        code = error.code
    _logger.warning("proof of an address not written", extra={"code": code})


def _email(mailbox: Mailbox | None, user_id: str) -> str | None:
    user = None if mailbox is None else mailbox.user(user_id)
    return None if user is None else user.email


def commit_answer(  # noqa: PLR0913 - whose address, what they answered, and what it uses up
    mailbox: Mailbox,
    user: MailboxUser,
    channel: Channel,
    answer: Answer,
    *,
    tools: AccessTools,
    used: UsedToken | None = None,
) -> Mailbox:
    """Write that an address lives, with its event where it was dead; return the mailbox with it. One call.

    Raises:
        MailboxChanged: `mailbox_changed`: mailbox, address or code is not as it was read.
        Unavailable: `store_unavailable`.

    """
    before = health_at(mailbox, user, channel)
    after = before.with_sign(Sign.PROVED, answer.sent_at)
    event = None
    if before.is_dead and not after.is_dead:
        event = address_event(EventType.ADDRESS_PROVED, mailbox, user, channel, answer, tools=tools)
    return tools.people.commit_proof(
        ProvedAddress(mailbox=mailbox, health=after, proved_at=answer.answered_at, event=event, used=used)
    )


def address_event(  # noqa: PLR0913 - the facts of one event
    kind: EventType,
    mailbox: Mailbox,
    user: MailboxUser,
    channel: Channel,
    answer: Answer,
    *,
    tools: AccessTools,
) -> Event:
    """Return the event of an address that may live from now on, in the log of the mailbox; it holds no address."""
    data = {"user_id": user.user_id, "channel": channel.value}
    subject = f"mailbox#{mailbox.mailbox_id}"
    return Event(subject, kind, answer.answered_at, tools.new_event_id(), answer.actor, answer.origin, data)
