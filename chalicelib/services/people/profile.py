"""Mi perfil: a user's own data and mobile (BOX-7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.access.token import Token, TokenKind
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import require_user, with_mobile, without_mobile
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


def change_mobile(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> Profile:
    """Change the mobile, or take it away where nothing is typed; alerts planned before go where they were to go.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `mobile_invalid`.
        LastMobile: `last_mobile`.
        MailboxChanged: `mailbox_changed`.

    """
    return _change(session, partial(with_mobile, typed=typed), origin=origin, tools=tools, now=now)


def remove_mobile(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> Profile:
    """Take the mobile away, which was asked for beside the number typed; where there is none nothing changes.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `mobile_and_removal`.
        LastMobile: `last_mobile`.
        MailboxChanged: `mailbox_changed`.

    """
    return _change(session, partial(without_mobile, typed=typed), origin=origin, tools=tools, now=now)


def _change(
    session: Session,
    with_change: Callable[[Mailbox, MailboxUser], Mailbox],
    *,
    origin: str,
    tools: AccessTools,
    now: datetime,
) -> Profile:
    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        changed = with_change(mailbox, user)
        if changed == mailbox:
            return None
        event = tools.user_event(EventType.PROFILE_CHANGED, user.user_id, origin=origin, now=now)
        return PeopleChange(mailbox=changed, event=replace(event, data={"fields": "mobile"}))

    mailbox, _ = change_people(session, decide, tools=tools)
    return Profile(*require_user(mailbox, session.user_id))
