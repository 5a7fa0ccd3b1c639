"""Telephone numbers and e-mail addresses as people type them, made one way of writing each (REG-3).

E-mail is checked by a rule of our own, not by a library: a delivered code proves the address later (REG-5), SES takes
no letters beyond ASCII before the @, and what is left is a dozen lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput

_MOBILE = re.compile(r"9[0-9]{8}")
_LANDLINE = re.compile(r"0?(?:1[2-9][0-9]{6}|(?:4[1-4]|5[1-46]|6[1-7]|7[2-46]|8[2-4])[2-9][0-9]{5})")
"""Lima has the area code 1 and seven digits, the other departments two digits and six (Plan Técnico de Numeración)."""
_INTERNATIONAL = re.compile(r"(?:\+|00)51")
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Where points before the @ make no difference, and by what name."""
_LONGEST_EMAIL = 254
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Phone:
    """A Peruvian number in E.164; only a mobile one can be sent SMS. Registrations begun before may have a landline."""

    e164: str
    is_mobile: bool


def read_mobile(text: str, *, field: str) -> str:
    """Read a number that SMS can be sent to, in E.164; spaces, hyphens, points and brackets do not count.

    Raises:
        InvalidInput: `mobile_invalid`; of a landline it says why that is none.

    """
    digits = _INTERNATIONAL.sub("", re.sub(r"[\s().-]", "", text), count=1)
    if _MOBILE.fullmatch(digits):
        return f"+51{digits}"
    detail = "Escribe un celular de 9 dígitos que empieza con 9."
    if _LANDLINE.fullmatch(digits):
        detail = f"A un teléfono fijo no llegan los mensajes de texto. {detail}"
    raise InvalidInput("mobile_invalid", detail, field=field)


def is_mobile(text: str, mobile: str) -> bool:
    """Tell whether a number as typed is this one, in E.164."""
    try:
        return read_mobile(text, field="mobile") == mobile
    except InvalidInput:
        return False


def read_email(text: str, *, field: str) -> str:
    """Return the address without outer spaces and with its domain in small letters (RFC 5321, 4.1.2 and 4.5.3.1).

    Raises:
        InvalidInput: `email_invalid`.

    """
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    is_short = len(local) <= _LONGEST_LOCAL and len(address) <= _LONGEST_EMAIL
    if not (is_short and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain.lower())):
        raise InvalidInput(
            "email_invalid", "Escribe una dirección de correo como nombre@ejemplo.pe, sin tildes ni ñ.", field=field
        )
    return address


def read_email_twice(text: str, again: str, *, field: str, again_field: str) -> str:
    """Return the address if it was typed the same way twice, but for the case of its domain.

    Raises:
        InvalidInput: `email_invalid`, or `emails_differ` at the second field.

    """
    address = read_email(text, field=field)
    local, _, domain = again.strip().rpartition("@")
    if f"{local}@{domain.lower()}" != address:
        raise InvalidInput("emails_differ", "Los dos correos no son iguales. Revísalos.", field=again_field)
    return address


def inbox_of(email: str) -> str:
    """Return what an address is counted as: one person's spellings of it, such as `rosa+1@…`, are one."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[domain]
    return f"{local}@{domain}"
