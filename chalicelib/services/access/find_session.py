"""Find whose session a request's cookie or token opens; part of every request of a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.domain.session import Session, session_ended
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.batch_read import ItemKey


def find_session(
    cookie: str, keys: Iterable[ItemKey] = (), *, sessions: SessionStore, now: datetime
) -> tuple[Session, dict[ItemKey, Any]]:
    """Return the session of a request and other items, with one read; whether they are this user's is still to be seen.

    Raises:
        SessionEnded: `session_ended`.

    """
    session, found = sessions.find_with(cookie, keys, now)
    if session is None:
        raise session_ended()
    return session, found
