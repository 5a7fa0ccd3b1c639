"""Compare the password that a person shows within a session before something that only its owner may do.

`admit_session` counts the attempt first. What was wrong is an event about the user, so that the log tells of whoever
sits at a session that is not theirs; the session's limit bounds how many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.access.account import Account, as_typed
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Session, session_ended
from chalicelib.services.access.tools import AccessTools


class Confirmed(StrEnum):
    """What a password is shown for."""

    PASSWORD_CHANGE = "password_change"  # noqa: S105 - the name of what is done
    EMAIL_CHANGE = "email_change"
    HAND_OVER = "hand_over"
    CLOSING = "closing"
    REOPENING = "reopening"
    VALIDATION = "validation"
    """Here a wrong captcha or code is no different from a wrong password."""


_REFUSALS = {
    Confirmed.PASSWORD_CHANGE: ("old_password_wrong", "La contraseña antigua no es correcta.", "old_password"),
    Confirmed.EMAIL_CHANGE: ("password_wrong", "La contraseña no es correcta. Revísala.", "password"),
    Confirmed.HAND_OVER: ("password_wrong", "La contraseña no es correcta. Revísala.", "password"),
    Confirmed.CLOSING: ("password_wrong", "La contraseña no es correcta. Revísala.", "password"),
    Confirmed.REOPENING: ("password_wrong", "La contraseña no es correcta. Revísala.", "password"),
}


@dataclass(frozen=True, slots=True)
class ShownPassword:
    """What was typed, what for, and from which network address."""

    password: str
    what: Confirmed
    origin: str


def check_own_password(
    session: Session, account: Account | None, shown: ShownPassword, *, tools: AccessTools, now: datetime
) -> Account:
    """Return the account whose password was shown.

    Raises:
        InvalidInput: `old_password_wrong` or `password_wrong`, after its event.
        SessionEnded: `session_ended`: there is no such account any more.

    """
    password = as_typed(account, shown.password)
    is_right = tools.hashing.check(password, account.password_hash if account else None).is_right
    if account is None or account.user_id != session.user_id:  # the username is another's by now
        raise session_ended()
    if not is_right:
        log_refused(session, {"for": shown.what}, origin=shown.origin, tools=tools, now=now)
        code, detail, field = _REFUSALS[shown.what]
        raise InvalidInput(code, detail, field=field)
    return account


def log_refused(session: Session, what: Mapping[str, str], *, origin: str, tools: AccessTools, now: datetime) -> None:
    """Log that what was shown within a session was wrong: `for` says what it was to confirm."""
    event = tools.user_event(EventType.CONFIRMATION_REFUSED, session.user_id, origin=origin, now=now)
    tools.events.add(replace(event, data=dict(what)))
