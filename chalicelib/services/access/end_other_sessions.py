"""End every session of one's own but the one at hand (ACC-7)."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.event import EventType
from chalicelib.domain.session import Session
from chalicelib.services.access.sessions import OpenedSession
from chalicelib.services.access.tools import AccessTools


def end_other_sessions(session: Session, *, origin: str, tools: AccessTools) -> OpenedSession:
    """Go on in a session of now, which ends when the one at hand would have; one call after the session's read.

    Raises:
        SessionEnded: `session_ended` when it was rotated or ended meanwhile; nothing was ended.

    """
    secret, now = tools.new_secret(), tools.clock()
    alone = replace(
        session, session_id=tools.sessions.session_id(secret), created_at=now, began_at=session.logged_in_at
    )
    event = tools.user_event(EventType.OTHER_SESSIONS_ENDED, session.user_id, origin=origin, now=now)
    tools.sessions.rotate_alone(session, alone, secret, event)
    return OpenedSession(alone, tools.sessions.cookie(secret, session.user_id))
