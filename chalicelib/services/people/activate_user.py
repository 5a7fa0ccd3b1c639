"""Activate an access by the link of an e-mail: the person chooses the first password, which uses it up (BOX-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.account import activated
from chalicelib.domain.access.credentials import check_new_password
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxChanged, UserState, mailbox_changed
from chalicelib.domain.people.mailbox_users import with_user
from chalicelib.services.access.links import open_link
from chalicelib.services.access.prove_address import Answer, email_answered
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import MAX_TRIES
from chalicelib.store.people_store import PeopleChange, UsedToken


def activate_user(link: str, new: str, *, origin: str, tools: AccessTools, now: datetime) -> str:
    """Set the password, activate user and account, and return the username to log in with; three hops and calls.

    Raises:
        LinkUnusable: `link_unusable`.
        LinkExpired: `link_expired`.
        InvalidInput: as `check_password` does; the link stays good.
        MailboxChanged: `mailbox_changed`; the link stays good.

    """
    password_hash = ""
    for _ in range(MAX_TRIES):
        owner = open_link(TokenKind.ACTIVATION_LINK, link, tools=tools, now=now)
        check_new_password(new, owner.account, owner.mailbox, tools.common_passwords())
        password_hash = password_hash or tools.hashing.hash(new)
        user_id = owner.user.user_id
        event = Event(
            f"mailbox#{owner.mailbox.mailbox_id}",
            EventType.USER_ACTIVATED,
            now,
            tools.new_event_id(),
            f"user:{user_id}",
            origin,
            {"user_id": user_id},
        )
        change = PeopleChange(
            mailbox=with_user(owner.mailbox, replace(owner.user, state=UserState.ACTIVE)),
            event=event,
            account=activated(owner.account, password_hash),
            used=UsedToken(TokenKind.ACTIVATION_LINK, link),
        )
        try:
            written = tools.people.commit(change)
        except MailboxChanged:
            continue
        email_answered(written, user_id, Answer(owner.sent_at or now, now, event.actor, origin), tools=tools)
        return owner.account.username
    raise mailbox_changed()
