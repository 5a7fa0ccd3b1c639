"""Telephone numbers and e-mail addresses as people type them, made one way of writing each (REG-3).

E-mail is checked by a rule of our own, not by a library: a delivered code proves the address later (REG-5), SES takes
no letters beyond ASCII before the @, and what is left is a dozen lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.typed import compact, plain

_MOBILE = re.compile(r"9[0-9]{8}")
_LANDLINE = re.compile(r"0?(?:1[2-9][0-9]{6}|(?:4[1-4]|5[1-46]|6[1-7]|7[2-46]|8[2-4])[2-9][0-9]{5})")
"""Lima has the area code 1 and seven digits, the other departments two digits and six (Plan Técnico de Numeración)."""
_HOME, _HOME_CODE = "PE", "+51"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NO_LANDLINE = "A un teléfono fijo no llegan los mensajes de texto."
_EXPECTED = (
    "Escribe un celular de 9 dígitos que empieza con 9. Si es de otro país, escribe antes + y el código del país:"
    " +34 612 345 678."
)
_INTERNATIONAL = re.compile(r"(?:\+|00)51")
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Where points before the @ make no difference, and by what name."""
_LONGEST_EMAIL = 254
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

_OF = {
    "AR": "de la Argentina", "AU": "de Australia", "BE": "de Bélgica", "BO": "de Bolivia", "BR": "del Brasil",
    "CA": "del Canadá", "CH": "de Suiza", "CL": "de Chile", "CN": "de China", "CO": "de Colombia",
    "CR": "de Costa Rica", "CU": "de Cuba", "DE": "de Alemania", "DO": "de la República Dominicana",
    "EC": "del Ecuador", "ES": "de España", "FR": "de Francia", "GB": "del Reino Unido", "GT": "de Guatemala",
    "HN": "de Honduras", "IL": "de Israel", "IT": "de Italia", "JP": "del Japón", "KR": "de Corea del Sur",
    "MX": "de México", "NI": "de Nicaragua", "NL": "de los Países Bajos", "NZ": "de Nueva Zelanda", "PA": "de Panamá",
    "PE": "del Perú", "PT": "de Portugal", "PY": "del Paraguay", "SE": "de Suecia", "SV": "de El Salvador",
    "US": "de los Estados Unidos", "UY": "del Uruguay", "VE": "de Venezuela",
}  # fmt: skip
"""Where most Peruvians abroad live; another country is called by its code."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164, of any country. Registrations begun before may have a landline."""

    e164: str
    is_mobile: bool


def read_mobile(text: str, *, field: str) -> str:
    """Read a mobile number in E.164: one of Peru, or one of another country with `+` and its code (ADR 31).

    Where numbers of both kinds look alike, as in North America, it counts as a mobile.

    Raises:
        InvalidInput: `mobile_invalid`, with what is wrong with it.

    """
    digits = re.sub(r"[()/]", "", compact(text))
    home = _INTERNATIONAL.sub("", digits, count=1)
    if _MOBILE.fullmatch(home):
        return f"{_HOME_CODE}{home}"
    if _LANDLINE.fullmatch(home):
        raise _mobile_invalid(f"{_NO_LANDLINE} Escribe un celular de 9 dígitos que empieza con 9.", field)
    abroad = re.sub(r"^00", "+", digits)
    if home != digits or not _E164.fullmatch(abroad):
        raise _mobile_invalid(_EXPECTED, field)
    return _read_abroad(abroad, field)


def _read_abroad(number: str, field: str) -> str:
    import phonenumbers  # noqa: PLC0415 - heavy

    kinds = phonenumbers.PhoneNumberType
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise _mobile_invalid("Ningún país tiene ese código. Escribe + y el código de tu país.", field) from None
    if not phonenumbers.is_valid_number(parsed):
        detail = f"En el país del código +{parsed.country_code} no hay números así. Revisa que esté completo."
        raise _mobile_invalid(detail, field)
    kind = phonenumbers.number_type(parsed)
    if kind not in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE}:
        what = _NO_LANDLINE if kind == kinds.FIXED_LINE else "Ese número no es de un celular."
        raise _mobile_invalid(f"{what} Escribe el número de un celular.", field)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _mobile_invalid(detail: str, field: str) -> InvalidInput:
    return InvalidInput("mobile_invalid", detail, field=field)


def is_mobile(text: str, mobile: str) -> bool:
    """Tell whether a number as typed is this one, in E.164."""
    try:
        return read_mobile(text, field="mobile") == mobile
    except InvalidInput:
        return False


def read_email(text: str, *, field: str) -> str:
    """Return the address without outer spaces and with its domain in small letters (RFC 5321, 4.1.2 and 4.5.3.1).

    Raises:
        InvalidInput: `email_invalid`, with what is wrong with it.

    """
    local, _, domain = plain(text).rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(local) > _LONGEST_LOCAL or len(address) > _LONGEST_EMAIL:
        wrong = f"Es demasiado larga: puede tener {_LONGEST_LOCAL} signos antes de la @, y {_LONGEST_EMAIL} en total."
    elif _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain.lower()):
        return address
    elif " " in address:
        wrong = "No lleva espacios."
    elif not address.isascii():
        wrong = "No lleva tildes ni ñ."
    else:
        wrong = "Revisa que esté completa y sin otros signos."
    detail = f"Escribe una dirección de correo como nombre@ejemplo.pe. {wrong}"
    raise InvalidInput("email_invalid", detail, field=field)


def read_email_twice(text: str, again: str, *, field: str, again_field: str) -> str:
    """Return the address as typed first, if the second is the same.

    Raises:
        InvalidInput: `email_invalid`, or `emails_differ` at the second field.

    """
    address = read_email(text, field=field)
    if not is_same_email(again, address):
        raise InvalidInput("emails_differ", "Los dos correos no son iguales. Revísalos.", field=again_field)
    return address


def is_same_email(typed: str, address: str) -> bool:
    """Tell whether two addresses are one: no provider known tells `Rosa@…` from `rosa@…`, and people write both.

    Mail goes to the address as it was typed.
    """
    return plain(typed).casefold() == address.casefold()


def inbox_of(email: str) -> str:
    """Return what an address is counted as: one person's spellings of it, such as `rosa+1@…`, are one."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[domain]
    return f"{local}@{domain}"


def of_countries(letters: Iterable[str]) -> str:
    """Return whose a mobile may be: `del Perú`, `del Perú, de Chile o de España`; our own country first."""
    named = [_of(one) for one in sorted(letters, key=lambda one: (one != _HOME, one))]
    return " o ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _of(country: str) -> str:
    if country in _OF:
        return _OF[country]
    import phonenumbers  # noqa: PLC0415 - heavy

    return f"de un país con el código +{phonenumbers.country_code_for_region(country)}"
