"""Let in whoever a session's credential opens the door for: a bearer token of the API, a cookie of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.session import session_store
from chalicelib.domain.session import require_own_password, require_texts_accepted, require_validated, session_ended
from chalicelib.handlers.door import MAILBOX
from chalicelib.handlers.http import JsonRequest
from chalicelib.handlers.log import this_visit
from chalicelib.services.access.find_session import find_session
from chalicelib.store.batch_read import ItemKey

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read in the session's own round trip: which items the path's parameters name, and what they make."""

    keys: Callable[[dict[str, str]], Iterable[ItemKey]]
    read: Callable[[dict[str, str], dict[ItemKey, Any]], Any]


def with_session(beside: Beside) -> Callable[[View], View]:
    """Have a view get, after the session, what is read beside it."""

    def mark(view: View) -> View:
        view.beside = beside  # type: ignore[attr-defined]
        return view

    return mark


def before_texts(view: View) -> View:
    """Let into a view also who has not accepted the texts in force: what they can do instead."""
    view.is_before_texts = True  # type: ignore[attr-defined]
    return view


def by_token(view: Callable[..., Response], access: str) -> Callable[..., Response]:
    """Have a view of the API get the session that the request's token opens."""

    def admitted(request: JsonRequest, **parameters: str) -> Response:
        who = admit(bearer_token(request), view, access, parameters)
        return view(request, *who, **parameters)

    return admitted


def bearer_token(request: JsonRequest) -> str:
    """Return the token of `Authorization: Bearer <token>`, after one space or several (RFC 6750, 2.1).

    Raises:
        SessionEnded: `session_ended` without a token, and then nothing is read.

    """
    token = given_token(request)
    if token is None:
        raise session_ended()
    return token


def given_token(request: JsonRequest) -> str | None:
    """Return the same, or None without a token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else None


def admit(credential: str, view: Callable[..., Response], access: str, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Return the session that a credential opens, found by one read, and what the view wants read beside it.

    Raises:
        SessionEnded: `session_ended`.
        PasswordChangeNeeded, TextsNotAccepted, ValidationNeeded: for mailbox contents.

    """
    box = current()
    now = box.clock()
    beside: Beside | None = getattr(view, "beside", None)
    keys = () if beside is None else beside.keys(parameters)
    session, found = find_session(credential, keys, sessions=session_store(box), now=now)
    this_visit().user = session.username
    if access == MAILBOX:
        require_own_password(session)
        if not getattr(view, "is_before_texts", False):
            require_texts_accepted(session)
        require_validated(session, now)
    return (session,) if beside is None else (session, beside.read(parameters, found))
