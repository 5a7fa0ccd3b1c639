"""Mi perfil: a user's own data and mobile (BOX-7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.token import CODE_ATTEMPTS, Token, TokenKind
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import AcceptedText, ChangeKind, Channel, Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import require_user, with_mobile, without_mobile
from chalicelib.domain.session import Session
from chalicelib.services.access.prove_address import Answer, address_event
from chalicelib.services.access.tell_change import Telling, new_telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange


@dataclass(frozen=True, slots=True)
class Profile:
    """A user in the mailbox; `new_email` is the address whose code is awaited until `new_email_until`, if any.

    `is_code_spent` says that this code was mistyped too often, so that only another helps.
    `accepted` are the texts that the user agreed to; of the principal also those with which the mailbox was opened.
    """

    mailbox: Mailbox
    user: MailboxUser
    new_email: str | None = None
    new_email_until: datetime | None = None
    is_code_spent: bool = False
    accepted: tuple[AcceptedText, ...] = ()


def show_profile(session: Session, *, tools: AccessTools, now: datetime) -> Profile:
    """Return the own data; one hop, two calls.

    Raises:
        SessionEnded: `session_ended`.

    """
    tokens: list[Token | None] = []
    found: list[tuple[Account | None, Mailbox | None]] = []
    together(
        [
            lambda: found.append(tools.access.load(session.username, session.mailbox_id)),
            lambda: tokens.append(tools.tokens.find(TokenKind.NEW_EMAIL_CODE, session.user_id)),
        ]
    )
    [(account, there)] = found
    mailbox, user = require_user(there, session.user_id)
    own = account.accepted if account is not None and account.user_id == user.user_id else ()
    of_opening = tuple(one for one in mailbox.accepted if one not in own) if user.is_principal else ()
    shown = Profile(mailbox, user, accepted=(*of_opening, *own))
    awaited = tokens[0]
    if awaited is None or not awaited.is_valid_at(now):
        return shown
    email, until = awaited.data["email"], awaited.valid_until
    return replace(shown, new_email=email, new_email_until=until, is_code_spent=awaited.attempts >= CODE_ATTEMPTS)


def change_mobile(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> Profile:
    """Change the mobile, or take it away where nothing is typed; alerts planned before go where they were to go.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `mobile_invalid`.
        LastMobile: `last_mobile`.
        MailboxChanged: `mailbox_changed`.

    """
    return _change(session, partial(with_mobile, typed=typed, reach=tools.reach), origin=origin, tools=tools, now=now)


def remove_mobile(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> Profile:
    """Take the mobile away, which was asked for beside the number typed; where there is none nothing changes.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `mobile_and_removal`.
        LastMobile: `last_mobile`.
        MailboxChanged: `mailbox_changed`.

    """
    return _change(
        session, partial(without_mobile, typed=typed, reach=tools.reach), origin=origin, tools=tools, now=now
    )


def _change(
    session: Session,
    with_change: Callable[[Mailbox, MailboxUser], Mailbox],
    *,
    origin: str,
    tools: AccessTools,
    now: datetime,
) -> Profile:
    telling: Telling | None = None

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal telling
        changed = with_change(mailbox, user)
        if changed == mailbox:
            return None
        telling = new_telling(ChangeKind.MOBILE, mailbox, user, tools=tools, now=now)
        event = tools.user_event(EventType.PROFILE_CHANGED, user.user_id, origin=origin, now=now)
        event = replace(event, data={"fields": "mobile"})
        answer = Answer(now, now, event.actor, origin)
        moved = address_event(EventType.ADDRESS_CHANGED, changed, user, Channel.SMS, answer, tools=tools)
        has_mobile = any(one.mobile for one in changed.users if one.user_id == user.user_id)
        return PeopleChange(
            mailbox=changed, event=event, also_issued=telling.tokens, also_logged=(moved,) if has_mobile else ()
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    if is_changed and telling is not None:
        tell_former(telling, tools=tools, now=now)
    return Profile(*require_user(mailbox, session.user_id))
