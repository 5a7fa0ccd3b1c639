"""Let in whoever a session's credential opens the door for: a bearer token of the API, a cookie of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.session import session_store
from chalicelib.domain.session import require_own_password, require_validated, session_ended
from chalicelib.handlers.doors import MAILBOX
from chalicelib.handlers.http import JsonRequest
from chalicelib.services.access.sessions import find_session

Find = Callable[[str, dict[str, str]], tuple[Any, ...]]
"""From a session's credential and the path's parameters to the session and whatever was read beside it."""
View = TypeVar("View", bound=Callable[..., Response])


def found_by(find: Find) -> Callable[[View], View]:
    """Have a view get, after the session, what `find` reads in the same round trip."""

    def mark(view: View) -> View:
        view.find = find  # type: ignore[attr-defined]
        return view

    return mark


def by_token(view: Callable[..., Response], access: str) -> Callable[..., Response]:
    """Have a view of the API get the session that the request's token opens."""

    def admitted(request: JsonRequest, **parameters: str) -> Response:
        who = admit(bearer_token(request), view, access, parameters)
        return view(request, *who, **parameters)

    return admitted


def bearer_token(request: JsonRequest) -> str:
    """Return the token of `Authorization: Bearer <token>`.

    Raises:
        SessionEnded: `session_ended` without a token, and then nothing is read.

    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise session_ended()
    return token.strip()


def admit(credential: str, view: Callable[..., Response], access: str, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Return the session that a credential opens, found by one read, and what the view wants read beside it.

    Raises:
        SessionEnded: `session_ended`.
        PasswordChangeNeeded, ValidationNeeded: for mailbox contents.

    """
    box = current()
    now = box.clock()
    find: Find | None = getattr(view, "find", None)
    if find is None:
        found: tuple[Any, ...] = (find_session(credential, sessions=session_store(box), now=now),)
    else:
        found = find(credential, parameters)
    if access == MAILBOX:
        require_own_password(found[0])
        require_validated(found[0], now)
    return found
