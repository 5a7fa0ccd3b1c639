"""The session of a request: `Authorization: Bearer <token>`, found by one read."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.domain.session import Session, session_ended
from chalicelib.handlers.access_tools import access_tools
from chalicelib.services.sessions import find_session
from chalicelib.services.signed_request import SignedRequest


def session_of(request: SignedRequest) -> Session:
    """Return who asks.

    Raises:
        SessionEnded: `session_ended`, also without a token, and then nothing is read.

    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise session_ended()
    box = current()
    return find_session(token.strip(), sessions=access_tools(box).sessions, now=box.clock())
