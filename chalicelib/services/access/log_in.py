"""Log in, and confirm who one is again for mailbox contents (ACC-1, ACC-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.access.credentials import Attempt
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.session import Session
from chalicelib.services.access.prove_credentials import prove_credentials
from chalicelib.services.access.sessions import OpenedSession, open_session, validate_session
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


def log_in(attempt: Attempt, *, tools: AccessTools, now: datetime) -> OpenedSession:
    """Open a session; three hops and eleven calls, on a known device six, with an e-mailed code two of each more.

    Raises:
        CasillaError: as `prove_credentials` does.

    """
    proven = prove_credentials(attempt, tools=tools, now=now)
    account = proven.account
    event = tools.user_event(EventType.LOGGED_IN, account.user_id, origin=attempt.origin, now=now)
    secret = tools.new_secret()
    return _logged(
        event,
        lambda: open_session(account, secret, origin=attempt.origin, sessions=tools.sessions, now=now),
        tools,
        *proven.give_back,
    )


def validate_access(session: Session, attempt: Attempt, *, tools: AccessTools, now: datetime) -> OpenedSession:
    """Begin 20 minutes of access to mailbox contents; the bearer token changes.

    Raises:
        CasillaError: as `prove_credentials` does, or `session_ended` when the session was rotated or ended meanwhile.

    """
    prove_credentials(attempt, tools=tools, now=now, session=session)
    event = tools.user_event(EventType.ACCESS_VALIDATED, session.user_id, origin=attempt.origin, now=now)
    secret = tools.new_secret()
    return _logged(event, lambda: validate_session(session, secret, sessions=tools.sessions, now=now), tools)


def _logged(
    event: Event, open_it: Callable[[], OpenedSession], tools: AccessTools, *beside: Callable[[], object]
) -> OpenedSession:
    opened: list[OpenedSession] = []
    together([lambda: opened.append(open_it()), lambda: tools.events.add(event), *beside])
    return opened[0]
