"""Send the activation of a user who was added: at once, and again when the principal asks (ACC-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.access_policy import RESEND_COOLING_S
from chalicelib.domain.contact import is_same_email
from chalicelib.domain.errors import Conflict, MessageRefused, TooManyRequests, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxUser, UserState
from chalicelib.domain.people.mailbox_users import (
    read_new_email,
    require_principal,
    require_user,
    secondary_user,
    with_user,
)
from chalicelib.domain.session import Session
from chalicelib.services.access.links import Link, new_link, owner_from
from chalicelib.services.access.send_access_mail import send_to_new_address
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.store.people_store import PeopleChange


def try_to_send_activation(activation: Link, email: str, *, asked_by: str, tools: AccessTools, now: datetime) -> bool:
    """Send what can be asked for again; a failure undoes nothing."""
    try:
        send_to_new_address(activation.letter, email, asked_by=asked_by, tools=tools, now=now)
    except (MessageRefused, TooManyRequests, Unavailable):
        return False
    return True


def resend_activation(  # noqa: PLR0913 - who asks, for whom, and where to
    session: Session, user_id: str, email: str | None, *, origin: str, tools: AccessTools, now: datetime
) -> Mailbox:
    """Send a new activation, to another address if one is given: then what was sent before opens nothing any more.

    Raises:
        PrincipalNeeded: `principal_needed`.
        NotFound: `user_unknown`.
        Conflict: `user_is_principal` or `user_not_pending`.
        InvalidInput: `email_invalid`, `email_taken` or `email_address_refused`.
        TooManyRequests: `limit_reached`.
        Unavailable: the e-mail cannot be sent now.

    """
    mailbox, asking = require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)
    user = _pending(mailbox, asking, user_id)
    if email is not None and not is_same_email(email, user.email):
        mailbox = _correct_email(session, user_id, email, origin=origin, tools=tools, now=now)
        user = secondary_user(mailbox, user_id)
    tools.limits.cool_down(f"activation#{user_id}#{user.email}", seconds=RESEND_COOLING_S, now=now)
    owner = owner_from(tools.accounts.find(mailbox.username_of(user)), mailbox)
    activation = new_link(owner, tools=tools, now=now)
    tools.tokens.issue(activation.token)
    send_to_new_address(activation.letter, user.email, asked_by=session.user_id, tools=tools, now=now)
    return mailbox


def _pending(mailbox: Mailbox, asking: MailboxUser, user_id: str) -> MailboxUser:
    require_principal(asking)
    user = secondary_user(mailbox, user_id)
    if user.state is not UserState.PENDING:
        raise Conflict("user_not_pending", "Este usuario ya activó su acceso o está deshabilitado.")
    return user


def _correct_email(  # noqa: PLR0913 - as above
    session: Session, user_id: str, typed: str, *, origin: str, tools: AccessTools, now: datetime
) -> Mailbox:
    def decide(mailbox: Mailbox, asking: MailboxUser) -> PeopleChange | None:
        user = _pending(mailbox, asking, user_id)
        email = read_new_email(mailbox, typed, own=user)
        event = tools.people_event(EventType.USER_EMAIL_CORRECTED, session, user_id, origin=origin, now=now)
        return PeopleChange(mailbox=with_user(mailbox, replace(user, email=email)), event=event)

    return change_people(session, decide, tools=tools)[0]
