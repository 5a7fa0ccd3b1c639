"""The users of a mailbox: seen by all of them, added, disabled and enabled by the principal one (BOX-6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.access.account import Account, first_version
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxUser, UserState
from chalicelib.domain.people.mailbox_users import (
    TypedUser,
    disabled,
    require_principal,
    require_user,
    secondary_user,
    state_when_enabled,
    with_new_user,
    with_user,
)
from chalicelib.domain.session import Session
from chalicelib.services.access.links import LinkOwner, new_link
from chalicelib.services.access.login_codes import code_lists
from chalicelib.services.access.tell_change import Telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.people.send_activation import try_to_send_activation
from chalicelib.services.people.tell_user import told_by_principal
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange

_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AddedUser:
    """The new user, and whether the activation could be sent; the principal can have it sent again."""

    mailbox: Mailbox
    user: MailboxUser
    is_mail_sent: bool


def list_users(session: Session, *, tools: AccessTools) -> tuple[Mailbox, MailboxUser]:
    """Return the mailbox with its users, and the one who asks; one call.

    Raises:
        SessionEnded: `session_ended`.

    """
    return require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)


def check_new_user(session: Session, typed: TypedUser, *, tools: AccessTools) -> MailboxUser:
    """Return the user as it would be added, for a last look; nothing changes, and all is checked again by adding.

    Raises:
        SessionEnded, PrincipalNeeded, UsersFull, InvalidInput: as `add_user` does.

    """
    mailbox, asking = list_users(session, tools=tools)
    require_principal(asking)
    return with_new_user(mailbox, typed, "").users[-1]


def add_user(session: Session, typed: TypedUser, *, origin: str, tools: AccessTools, now: datetime) -> AddedUser:
    """Add a secondary user and send the activation; four hops and five calls.

    Raises:
        PrincipalNeeded: `principal_needed`.
        UsersFull: `users_full`.
        InvalidInput: the first of all problems, with all of them.
        MailboxChanged: `mailbox_changed`.

    """
    user_id, activation = tools.new_event_id(), None

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        nonlocal activation
        require_principal(principal)
        if mailbox.user(user_id) is not None:  # an earlier try of ours, whose answer was lost
            return None
        changed = with_new_user(mailbox, typed, user_id)
        user = changed.users[-1]
        username = changed.username_of(user)
        account = Account(
            username,
            user_id,
            changed.mailbox_id,
            UserState.PENDING,
            version=first_version(now),
            name=user.name,
            named_at=now,
        )
        activation = new_link(LinkOwner(account, changed, user), tools=tools, now=now)
        event = tools.people_event(EventType.USER_ADDED, session, user_id, origin=origin, now=now)
        return PeopleChange(
            mailbox=changed,
            event=event,
            new_account=account,
            issued=activation.token,
            forgotten=code_lists(username),  # of who had this username before, if anybody
        )

    mailbox, _ = change_people(session, decide, tools=tools)
    user = secondary_user(mailbox, user_id)
    is_sent = activation is not None and try_to_send_activation(
        activation, user.email, asked_by=session.user_id, tools=tools, now=now
    )
    return AddedUser(mailbox, user, is_sent)


def disable_user(session: Session, user_id: str, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Take a secondary user's access away: sessions end with the transaction, and no deposit after it alerts them.

    Who had got in before can contest it. Six hops and seven calls, one more with a mobile.

    Raises:
        PrincipalNeeded: `principal_needed`.
        NotFound: `user_unknown`.
        Conflict: `user_is_principal`.
        LastMobile: `last_mobile`: SMS reach the mailbox by this user alone.
        MailboxChanged: `mailbox_changed`.

    """
    telling: Telling | None = None

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        nonlocal telling
        require_principal(principal)
        user, at = secondary_user(mailbox, user_id), tools.clock()
        if user.state is UserState.DISABLED:
            return None
        account = tools.accounts.find(mailbox.username_of(user))
        telling = told_by_principal(
            ChangeKind.DISABLING, mailbox, user, account, by=principal.user_id, at=at, tools=tools
        )
        return PeopleChange(
            mailbox=disabled(mailbox, user, tools.reach),
            event=tools.people_event(EventType.USER_DISABLED, session, user_id, origin=origin, now=at),
            account=account and replace(account, state=UserState.DISABLED),
            sessions_ended_of=user_id,
            also_issued=telling.tokens,
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    # Where another did it, or our answer was lost, who is told of it by what was committed hears from the worker.
    _close_after(telling if is_changed else None, user_id, tools, now)
    return mailbox


def enable_user(session: Session, user_id: str, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Give a disabled user the access back, or the activation that was still to come; three hops and calls.

    Raises:
        PrincipalNeeded: `principal_needed`.
        NotFound: `user_unknown`.
        Conflict: `user_is_principal`.
        MailboxChanged: `mailbox_changed`.

    """

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        require_principal(principal)
        user = secondary_user(mailbox, user_id)
        if user.state is not UserState.DISABLED:
            return None
        account = tools.accounts.find(mailbox.username_of(user))
        state = state_when_enabled(account)
        return PeopleChange(
            mailbox=with_user(mailbox, replace(user, state=state)),
            event=tools.people_event(EventType.USER_ENABLED, session, user_id, origin=origin, now=now),
            account=account and replace(account, state=state),
        )

    return change_people(session, decide, tools=tools)[0]


def _close_after(telling: Telling | None, user_id: str, tools: AccessTools, now: datetime) -> None:
    """Tell the user, and end sessions once more.

    A login that began after the event's instant can have read the account before the transaction.
    """
    together(
        [
            lambda: tell_former(telling, tools=tools, now=now),
            lambda: tools.sessions.end_all(user_id, before=tools.clock() + _AFTER),
        ]
    )
