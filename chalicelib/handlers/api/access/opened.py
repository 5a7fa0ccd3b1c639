"""A session as the API tells it."""

from __future__ import annotations

from chalicelib.domain.session import Session
from chalicelib.handlers.http import instant_in_json
from chalicelib.services.access.sessions import OpenedSession


def opened_as_json(opened: OpenedSession) -> dict[str, object]:
    """Write a session with the token that opens it, which is shown this once."""
    return {"token": opened.cookie, **session_as_json(opened.session)}


def session_as_json(session: Session) -> dict[str, object]:
    """Write whose session it is, and until when."""
    ends_at = session.validation_ends_at
    return {
        "session_id": session.session_id,
        "username": session.username,
        "expires_at": instant_in_json(session.valid_until),
        "validated_until": ends_at and instant_in_json(ends_at),
        "must_change_password": session.must_change_password,
        "must_accept_texts": session.must_accept_texts,
    }
