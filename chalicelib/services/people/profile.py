"""Mi perfil: a user's own data, the mobile and the way alerts come (BOX-7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.token import Token, TokenKind
from chalicelib.domain.contact import read_mobile
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import require_user, with_user
from chalicelib.domain.session import Session
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange


@dataclass(frozen=True, slots=True)
class Profile:
    """A user in the mailbox; `new_email` is the address whose code is awaited until `new_email_until`, if any.

    The texts accepted are the mailbox's: whoever opened it agreed to them.
    """

    mailbox: Mailbox
    user: MailboxUser
    new_email: str | None = None
    new_email_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What is to change; None leaves it as it is. `mobile` as typed; empty takes it away."""

    mobile: str | None = None
    alerts_by_sms: bool | None = None


def show_profile(session: Session, *, tools: AccessTools, now: datetime) -> Profile:
    """Return the own data; one hop, two calls.

    Raises:
        SessionEnded: `session_ended`.

    """
    tokens: list[Token | None] = []
    mailboxes: list[Mailbox | None] = []
    together(
        [
            lambda: mailboxes.append(tools.mailboxes.find(session.mailbox_id)),
            lambda: tokens.append(tools.tokens.find(TokenKind.NEW_EMAIL_CODE, session.user_id)),
        ]
    )
    mailbox, user = require_user(mailboxes[0], session.user_id)
    awaited = tokens[0]
    if awaited is None or not awaited.is_valid_at(now):
        return Profile(mailbox, user)
    return Profile(mailbox, user, awaited.data["email"], awaited.valid_until)


def change_contact(
    session: Session, contact: ContactChange, *, origin: str, tools: AccessTools, now: datetime
) -> Profile:
    """Change mobile and channels at once; alerts of deposits made before go where they were planned to.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `mobile_invalid`.
        MailboxChanged: `mailbox_changed`.

    """

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        changed = _with_contact(user, contact)
        fields = [name for name in ("mobile", "alerts_by_sms") if getattr(user, name) != getattr(changed, name)]
        if not fields:
            return None
        event = tools.user_event(EventType.PROFILE_CHANGED, user.user_id, origin=origin, now=now)
        event = replace(event, data={"fields": " ".join(fields)})
        return PeopleChange(mailbox=with_user(mailbox, changed), event=event)

    mailbox, _ = change_people(session, decide, tools=tools)
    return Profile(*require_user(mailbox, session.user_id))


def _with_contact(user: MailboxUser, contact: ContactChange) -> MailboxUser:
    if contact.mobile is not None:
        mobile = read_mobile(contact.mobile, field="mobile") if contact.mobile.strip() else None
        user = replace(user, mobile=mobile)
    if contact.alerts_by_sms is not None:
        user = replace(user, alerts_by_sms=contact.alerts_by_sms)
    return user
