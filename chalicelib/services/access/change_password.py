"""Change one's password, knowing the old one; forced after a temporary one (REG-6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.account import check_may_log_in, with_own_password
from chalicelib.domain.access.credentials import PasswordChange, check_new_password, user_of
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind
from chalicelib.domain.session import Session
from chalicelib.services.access.admit_login import admit_session
from chalicelib.services.access.own_password import Confirmed, ShownPassword, check_own_password
from chalicelib.services.access.sessions import OpenedSession
from chalicelib.services.access.tell_change import Telling, new_telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


@dataclass(frozen=True, slots=True)
class ChangedPassword:
    """The session to go on with, and whether the owner's address could be told."""

    opened: OpenedSession
    is_told: bool


def is_temporary_over(session: Session, *, tools: AccessTools, now: datetime) -> bool:
    """Tell whether a session began with a temporary password that is past its time by now; one call, or none."""
    account = tools.accounts.find(session.username) if session.must_change_password else None
    return account is not None and account.temporary_until is not None and now > account.temporary_until


def change_password(
    session: Session, change: PasswordChange, *, origin: str, tools: AccessTools, now: datetime
) -> ChangedPassword:
    """Set the new password and end every other session; five hops and eight calls after the session's read.

    With a mobile it is one call more.

    Raises:
        TooManyRequests: `limit_reached`.
        InvalidInput: `old_password_wrong`, `password_unchanged`, or as `check_password` does.
        AccountChanged: `account_changed`.

    """
    admit_session(session, limits=tools.limits, now=now)
    account, mailbox = tools.access.load(session.username, session.mailbox_id)
    shown = ShownPassword(change.old, Confirmed.PASSWORD_CHANGE, origin)
    account = check_own_password(session, account, shown, tools=tools, now=now)
    check_may_log_in(account, mailbox, now)
    check_new_password(change.new, account, mailbox, tools.common_passwords(), old=change.old)
    changed = with_own_password(account, tools.hashing.hash(change.new))
    done_at = tools.clock()  # as late as can be: a login by the old password that began before it ends with the rest
    event = tools.user_event(EventType.PASSWORD_CHANGED, account.user_id, origin=origin, now=done_at)
    user = user_of(account, mailbox)
    telling = mailbox and user and new_telling(ChangeKind.PASSWORD, mailbox, user, tools=tools, now=done_at)
    tools.access.commit_password(changed, event, now=done_at, issued=telling.tokens if telling else ())
    return _go_on(session, telling or None, tools, done_at)


def _go_on(session: Session, telling: Telling | None, tools: AccessTools, now: datetime) -> ChangedPassword:
    """Put a session of now in the place of the own one, which ended with the others, and tell the owner.

    What a login by the old password opened while the transaction was under way ends with this, later, mark.
    """
    secret = tools.new_secret()
    session_id = tools.sessions.session_id(secret)
    renewed = replace(session, session_id=session_id, created_at=tools.clock(), must_change_password=False)
    told: list[bool] = []
    together(
        [
            lambda: tools.sessions.rotate_alone(session, renewed, secret),
            lambda: told.append(tell_former(telling, tools=tools, now=now)),
        ]
    )
    return ChangedPassword(OpenedSession(renewed, tools.sessions.cookie(secret, session.user_id)), told[0])
