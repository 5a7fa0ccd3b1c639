"""Let in whoever a session's credential opens the door for: a bearer token of the API, a cookie of the pages."""

from __future__ import annotations

from typing import Any

from chalicelib.bootstrap import current
from chalicelib.domain.access.credentials import require_own_password
from chalicelib.domain.session import require_validated, session_ended
from chalicelib.handlers.access_tools import access_tools
from chalicelib.handlers.http import MAILBOX, Find
from chalicelib.services.access.sessions import find_session
from chalicelib.services.sender.signed_request import SignedRequest


def bearer_token(request: SignedRequest) -> str:
    """Return the token of `Authorization: Bearer <token>`.

    Raises:
        SessionEnded: `session_ended` without a token, and then nothing is read.

    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise session_ended()
    return token.strip()


def admit(credential: str, *, access: str, find: Find | None, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Return the session that a credential opens, found by one read, and what `find` read beside it.

    Raises:
        SessionEnded: `session_ended`.
        PasswordChangeNeeded, ValidationNeeded: for mailbox contents.

    """
    box = current()
    now = box.clock()
    found = find(credential, parameters) if find else (find_session(credential, sessions=_sessions(), now=now),)
    if access == MAILBOX:
        require_own_password(found[0])
        require_validated(found[0], now)
    return found


def _sessions() -> Any:
    return access_tools(current()).sessions
