"""Read the bodies of access: passwords as they are, proofs as captcha or code."""

from __future__ import annotations

from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.credentials import LONGEST_TYPED, Attempt, CaptchaAnswer, EmailCode, read_username
from chalicelib.handlers.fields import Fields

_LONGEST_NAME = 40
_LONGEST_ID = 100


def read_login(fields: Fields, origin: str) -> Attempt:
    """Read username, password and proof."""
    return _attempt(read_user(fields), fields, origin)


def read_validation(fields: Fields, username: str, origin: str) -> Attempt:
    """Read password and proof of a user who is known already."""
    return _attempt(username, fields, origin)


def read_user(fields: Fields) -> str:
    """Read a username."""
    return read_username(fields.text("username", longest=_LONGEST_NAME))


def read_password(fields: Fields, name: str) -> str:
    """Read a password untouched; one that is too long to be any costs no hashing."""
    password = fields.blob(name)
    if not password:
        fields.refuse("field_empty", name, "no puede estar vacío")
    if len(password) > LONGEST_TYPED:
        fields.refuse("field_too_long", name, f"puede tener hasta {LONGEST_TYPED} caracteres")
    return password


def read_new_password(fields: Fields) -> str:
    """Read a new password, which is typed twice."""
    new = read_password(fields, "new_password")
    if read_password(fields, "new_password_repeated") != new:
        fields.refuse("passwords_differ", "new_password_repeated", "no es igual a la clave nueva; escríbela otra vez")
    return new


def read_captcha(fields: Fields) -> CaptchaAnswer | None:
    """Read a captcha where one is given."""
    if not fields.has("captcha"):
        return None
    captcha = fields.object("captcha")
    given = CaptchaAnswer(captcha.text("id", longest=_LONGEST_ID), captcha.text("answer", longest=_LONGEST_ID))
    captcha.close()
    return given


def _attempt(username: str, fields: Fields, origin: str) -> Attempt:
    password = read_password(fields, "password")
    captcha, has_code = read_captcha(fields), fields.has("email_code")
    if (captcha is None) != has_code:
        fields.refuse("proof_missing", "captcha", "o «email_code»: se envía uno de los dos, y solo uno")
    proof = captcha or _email_code(fields.object("email_code"))
    fields.close()
    return Attempt(username, password, proof, origin)


def _email_code(fields: Fields) -> EmailCode:
    code = EmailCode(fields.text("id", longest=_LONGEST_ID), parse_email_code(fields.text("code", longest=_LONGEST_ID)))
    fields.close()
    return code
