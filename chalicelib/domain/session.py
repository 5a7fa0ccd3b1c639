"""Sessions: who is logged in, and until when mailbox contents may be shown without asking again (ACC-2, ACC-7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import Forbidden, SessionEnded, ValidationNeeded

LIFETIME = timedelta(hours=8)
"""From login on, whatever happens in between."""
VALIDATION_LIFETIME = timedelta(minutes=20)
"""How old a validation by password and captcha may be; use does not prolong it."""
MOST_SESSIONS = 10
"""Open at once, of one user (ASVS 5.0, 7.1.2); a login past it ends the oldest."""


class PasswordChangeNeeded(Forbidden):
    """The password was a temporary one."""


class TextsNotAccepted(Forbidden):
    """Terms or privacy policy are in force in a version that the person has not accepted."""


@dataclass(frozen=True, slots=True)
class Session:
    """One login of one user. Its secret is only in the person's cookie.

    `session_id` names it without opening anything and changes with every rotation; `access_id` stays from login to
    the end. `validated_at` is the last validation by password and captcha, None before the first. `origin` is the
    network address of the login. `created_at` is the login's instant, or a later one by which the session outlived the
    end of the user's others; then `began_at` is the login's. `name` is the person's at the login, and `holder` whose
    the mailbox is where it is not their own; each is empty where it is not known.
    """

    session_id: str
    access_id: str
    user_id: str
    username: str
    mailbox_id: str
    created_at: datetime
    validated_at: datetime | None = None
    must_change_password: bool = False
    origin: str = ""
    began_at: datetime | None = None
    name: str = ""
    must_accept_texts: bool = False
    holder: str = ""

    @property
    def shown_name(self) -> str:
        """What the mailbox's users are shown as the name of who did something."""
        return self.name or self.username

    @property
    def valid_until(self) -> datetime:
        """The absolute end."""
        return self.logged_in_at + LIFETIME

    @property
    def logged_in_at(self) -> datetime:
        """When the person logged in."""
        return self.began_at or self.created_at

    @property
    def validation_ends_at(self) -> datetime | None:
        """What the page prints as *Tu verificación vence a las…*."""
        return self.validated_at and min(self.validated_at + VALIDATION_LIFETIME, self.valid_until)

    def is_validated_at(self, now: datetime) -> bool:
        """At most 20 minutes old: 19:59 passes, 20:01 does not."""
        return self.validation_ends_at is not None and now <= self.validation_ends_at


@dataclass(frozen=True, slots=True)
class Access:
    """A login as its owner sees it among the recent ones."""

    session: Session
    is_open: bool


def too_many(others: Iterable[Session]) -> tuple[Session, ...]:
    """Return which of a user's other open sessions, oldest logins first, leave no room for one just opened.

    A login that is listed twice, before and after a rotation, is one.
    """
    by_login = {session.access_id: session for session in others}
    oldest_first = sorted(by_login.values(), key=lambda session: session.logged_in_at)
    return tuple(oldest_first[: max(0, len(oldest_first) - (MOST_SESSIONS - 1))])


def require_own_password(session: Session) -> None:
    """Let nobody go on with a temporary password (REG-6).

    Raises:
        PasswordChangeNeeded: `password_change_needed`.

    """
    if session.must_change_password:
        raise PasswordChangeNeeded("password_change_needed", "Antes de continuar, cambia tu contraseña temporal.")


def require_texts_accepted(session: Session) -> None:
    """Let nobody at contents before the texts in force are accepted (REG-10).

    Raises:
        TextsNotAccepted: `texts_not_accepted`.

    """
    if session.must_accept_texts:
        raise TextsNotAccepted("texts_not_accepted", "Antes de continuar, lee y acepta los textos que cambiaron.")


def require_validated(session: Session, now: datetime) -> None:
    """Ask for a fresh validation before mailbox contents.

    Raises:
        ValidationNeeded: `validation_needed`; the page keeps what was typed and comes back.

    """
    if not session.is_validated_at(now):
        detail = "Por tu seguridad, confirma otra vez tu contraseña. Lo que escribiste se conserva."
        raise ValidationNeeded("validation_needed", detail)


def session_ended() -> SessionEnded:
    """Return the one refusal for sessions that are unknown, expired, rotated away or ended."""
    return SessionEnded("session_ended", "Tu sesión terminó. Ingresa de nuevo.")
