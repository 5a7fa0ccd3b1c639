"""Open, validate and end sessions. The secrets come from bootstrap; the cookies go to the handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.account import Account
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.session import Access, Session
from chalicelib.store.access.session_store import SessionStore

_RECENT = 20


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session and the cookie that opens it; the cookie is nowhere else."""

    session: Session
    cookie: str


def open_session(  # noqa: PLR0913 - whose, by which secret, from where, since when, and what it takes
    account: Account,
    secret: str,
    *,
    origin: str,
    sessions: SessionStore,
    now: datetime,
    validated_at: datetime | None = None,
    must_accept_texts: bool = False,
    holder: str = "",
) -> OpenedSession:
    """Begin a session after a login by password and captcha or e-mailed code, which is a validation too.

    So is one by the identity provider, of the instant `validated_at` at which it authenticated the person.

    `now` has to be taken before the account was read: then a session that raced a change of password is ended by it.
    A session from before the login, if any, is the caller's to end.
    """
    session_id = sessions.session_id(secret)
    session = Session(
        session_id=session_id,
        access_id=session_id,
        user_id=account.user_id,
        username=account.username,
        mailbox_id=account.mailbox_id,
        created_at=now,
        validated_at=validated_at or now,
        must_change_password=account.must_change_password,
        origin=origin,
        name=account.name,
        must_accept_texts=must_accept_texts,
        holder="" if holder == account.name else holder,
    )
    sessions.add(session, secret)
    return OpenedSession(session, sessions.cookie(secret, session.user_id))


def validate_session(session: Session, secret: str, *, sessions: SessionStore, now: datetime) -> OpenedSession:
    """Begin 20 minutes after password and captcha were checked; the cookie changes, the absolute end does not.

    Raises:
        SessionEnded: `session_ended` when it ended or was rotated meanwhile.

    """
    validated = replace(session, session_id=sessions.session_id(secret), validated_at=now)
    sessions.rotate(session, validated, secret)
    return OpenedSession(validated, sessions.cookie(secret, session.user_id))


def end_session(  # noqa: PLR0913 - which, whose, from where, and what it takes
    session_id: str,
    session: Session,
    *,
    origin: str,
    sessions: SessionStore,
    new_event_id: Callable[[], str],
    now: datetime,
) -> bool:
    """End the session at hand or another of the same user, and log it; False when there is none. One call."""
    is_own = session_id == session.session_id
    kind = EventType.LOGGED_OUT if is_own else EventType.OTHER_SESSION_ENDED
    data = {"access_id": session.access_id} if is_own else {"session_id": session_id}
    user_id = session.user_id
    event = Event(f"user#{user_id}", kind, now, new_event_id(), f"user:{user_id}", origin, data)
    return sessions.end(session_id, user_id, event)


def list_accesses(user_id: str, *, sessions: SessionStore, now: datetime) -> tuple[Access, ...]:
    """Return the recent logins as their owner sees them, newest first, and which are still open."""
    return sessions.list_for_user(user_id, now=now, limit=_RECENT)
