"""What a person shows to get in: a password, and a captcha or a code from their e-mail beside it (ACC-1)."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.known_passwords import CommonPasswords
from chalicelib.domain.access.password_policy import Person, check_password, normalise
from chalicelib.domain.errors import CredentialsWrong, Forbidden, InvalidInput
from chalicelib.domain.identity_document import split_dni
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.typed import plain

LONGEST_TYPED = 1000
"""Longer texts are no password; they are refused before they cost any work."""


class EmailCodeNeeded(Forbidden):
    """So much was tried that a captcha is not enough for a while. If the password was right, a code was sent."""

    @classmethod
    def answering(cls, code_id: str) -> EmailCodeNeeded:
        """Return the one answer for right and wrong passwords; `code_id` goes with the code, if one was sent."""
        detail = (
            "Hubo muchos intentos de ingreso. Por tu seguridad, falta un paso: si tu usuario y tu contraseña son"
            " correctos, te enviamos un código a tu correo. Escríbelo junto con tu contraseña."
        )
        return cls("email_code_needed", detail, members={"code_id": code_id})


@dataclass(frozen=True, slots=True)
class CaptchaAnswer:
    """The answer to a challenge."""

    captcha_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class EmailCode:
    """A code as `parse_email_code` returns it, and the public id it was asked for under."""

    code_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to get in, from one network address; the username is as `read_username` returns it."""

    username: str
    password: str
    proof: CaptchaAnswer | EmailCode
    origin: str
    device: str = ""
    """The marks of known devices that came with it, as the browser keeps them."""

    @property
    def proof_kind(self) -> str:
        """`captcha` or `email_code`: what came with the password."""
        return "captcha" if isinstance(self.proof, CaptchaAnswer) else "email_code"


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """The password there was and the one to be."""

    old: str
    new: str


def read_username(typed: str) -> str:
    """Read a username as typed: case, spaces and dashes of any kind do not matter, nor a DNI's check character behind.

    `1-40000002` is a mailbox's own and its principal user's, `8-20100000009.40000028` that of a secondary user.
    """
    kind, dash, number = "".join(plain(typed).split()).upper().partition("-")
    number = number.strip("-.")
    if "-" in number:
        number = split_dni(number)[0] if split_dni(number)[1] else number
    return f"{kind}{dash}{number}"


def mailbox_of(username: str) -> str:
    """Return the mailbox that a username is of, whether there are such or not."""
    return username.partition(".")[0] or username


def login_subject(pepper: bytes, username: str) -> str:
    """Return whom failed logins are logged about: the same for one username, and telling no one which."""
    return f"login#{keyed_hash(pepper, 'login-subject', username)}"


def credentials_wrong() -> CredentialsWrong:
    """Return the one refusal for everything that can be wrong."""
    detail = "El usuario, la contraseña, o el texto o código no son correctos. Revísalos y vuelve a intentarlo."
    return CredentialsWrong("credentials_wrong", detail)


def user_of(account: Account | None, mailbox: Mailbox | None) -> MailboxUser | None:
    """Return the mailbox's user that an account belongs to."""
    if account is None or mailbox is None:
        return None
    return mailbox.user(account.user_id)


def check_new_password(
    new: str, account: Account, mailbox: Mailbox | None, common: CommonPasswords, *, old: str | None = None
) -> None:
    """Check what a person chose, knowing who they are.

    Raises:
        InvalidInput: `password_unchanged`, or as `check_password` does.

    """
    if old is not None and normalise(new) == normalise(old):
        detail = "La contraseña nueva debe ser distinta de la antigua."
        raise InvalidInput("password_unchanged", detail, field="new_password")
    user = user_of(account, mailbox)
    names = [] if mailbox is None else [mailbox.holder.name]
    person = Person(
        names=(*names, *([user.name] if user else [])),
        document_numbers=_numbers_of(account, user),
        email=user.email if user else "",
    )
    check_password(new, person, common, field="new_password")


def _numbers_of(account: Account, user: MailboxUser | None) -> tuple[str, ...]:
    """Return the holder's number and the person's own; both stand in the username of a secondary user."""
    numbers = account.username.partition("-")[2].split(".")
    return (*numbers, *([user.document_number] if user else []))
