"""Accounts: what a mailbox user logs in with. Attempts are counted elsewhere; no number of them closes an account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import Conflict, Forbidden
from chalicelib.domain.mailbox import AcceptedText, Mailbox, UserState, require_thawed

TEMPORARY_PASSWORD_LIFETIME = timedelta(days=3)
_AROUND = " \t\r\n\f\v\u00a0\u00ad\u2007\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202f\u2060\u3000\ufeff"
"""What is copied along with a password and nobody sees."""


class AccountNotActivated(Forbidden):
    """The e-mail was never verified; the activation e-mail can be sent again."""


class AccountDisabled(Forbidden):
    """The principal user disabled it."""


class TemporaryPasswordExpired(Forbidden):
    """The temporary password was not used in time; recovery sends another way in."""


class UsernameTaken(Conflict):
    """There is an account of this username; never told to a stranger."""


class AccountChanged(Conflict):
    """Somebody else changed the account since it was read."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Account:
    """One user's way in, named as `Mailbox.username_of` says. `password_hash` is argon2's, None before activation.

    `temporary_until` is the end of a temporary password, None once the person chose one. `version` counts changes.
    """

    username: str
    user_id: str
    mailbox_id: str
    state: UserState
    password_hash: str | None = None
    must_change_password: bool = False
    temporary_until: datetime | None = None
    version: int = 1
    name: str = ""
    """As the mailbox's users are shown it, e.g. in *visto por*; empty where it is not known."""
    document_number: str = ""
    """Of the person's own document, where the username does not tell it: a company's principal."""
    is_listed: bool = True
    """Whether the account is found by its person's number; those written before that was kept are not."""
    accepted: tuple[AcceptedText, ...] = ()
    """The texts that this person agreed to, in every version; of the one who opened the mailbox see it as well."""
    named_at: datetime | None = None
    """Since when this person has this username, which another may have had; None where nobody else can have."""

    @property
    def person_number(self) -> str:
        """Return the number that the account's person is found by: the own one, as far as it is known."""
        _, _, secondary = self.username.partition(".")
        return self.document_number or secondary or self.mailbox_id.partition("-")[2]


def first_version(at: datetime) -> int:
    """Return the version that an account begins with under a name that another may have had.

    No account before it came so far, and so nobody who read that one can write over this.
    """
    return int(at.timestamp())


def renamed(account: Account, mailbox: Mailbox, instead_of: Account | None, at: datetime) -> Account:
    """Give an account the username that its user has in the mailbox, in place of `instead_of`; the password stays."""
    user = next(one for one in mailbox.users if one.user_id == account.user_id)
    return replace(
        account,
        username=mailbox.username_of(user),
        version=first_version(at) if instead_of is None else instead_of.version + 1,
        named_at=at,
        name=user.name,
        document_number=user.document_number,
    )


def check_may_log_in(account: Account, mailbox: Mailbox | None, now: datetime) -> None:
    """Refuse a login whose password was right; asked only then, so that a stranger learns nothing.

    Raises:
        MailboxFrozen: `mailbox_frozen`.
        AccountNotActivated: `account_not_activated`.
        AccountDisabled: `account_disabled`.
        TemporaryPasswordExpired: `temporary_password_expired`.

    """
    require_thawed(mailbox)
    if account.state is UserState.PENDING:
        detail = "Todavía no activaste tu correo. Pide que te enviemos otra vez el correo de activación."
        raise AccountNotActivated("account_not_activated", detail)
    if account.state is UserState.DISABLED:
        detail = "Tu acceso está deshabilitado. Comunícate con el usuario principal de la casilla."
        raise AccountDisabled("account_disabled", detail)
    if account.temporary_until is not None and now > account.temporary_until:
        detail = "Tu contraseña temporal venció. Elige «¿Olvidaste tu contraseña?» para crear una nueva."
        raise TemporaryPasswordExpired("temporary_password_expired", detail)


def with_temporary_password(account: Account, password_hash: str, now: datetime) -> Account:
    """Activate with a password that expires and has to be changed at the first login."""
    return replace(
        account,
        state=UserState.ACTIVE,
        password_hash=password_hash,
        must_change_password=True,
        temporary_until=now + TEMPORARY_PASSWORD_LIFETIME,
    )


def with_own_password(account: Account, password_hash: str) -> Account:
    """Take the password that the person chose."""
    return replace(account, password_hash=password_hash, must_change_password=False, temporary_until=None)


def activated(account: Account, password_hash: str) -> Account:
    """Open the way in with the first password, which the person chose."""
    return replace(with_own_password(account, password_hash), state=UserState.ACTIVE)


def as_typed(account: Account | None, password: str) -> str:
    """Return the password to compare: around a temporary one, copied out of an e-mail, what nobody sees does not count.

    One that a person chose counts as it is, blanks too.
    """
    if account is None or account.temporary_until is None:
        return password
    return password.strip(_AROUND)
