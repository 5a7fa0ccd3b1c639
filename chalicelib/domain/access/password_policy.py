"""Which passwords are accepted (REG-7): long enough, mixed, neither common nor about the person.

What is easy to guess stands in `predictable_password`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.access.folding import fold
from chalicelib.domain.access.known_passwords import CommonPasswords
from chalicelib.domain.access.predictable_password import is_predictable
from chalicelib.domain.errors import InvalidInput

MIN_LENGTH = 8
MAX_LENGTH = 256

_LEET = str.maketrans("01345789@$!|+", "oieastbgasilt")
_MIN_NAME = 4
_MIN_DIGITS_OF_DOCUMENT = 6


@dataclass(frozen=True, slots=True)
class Person:
    """What a password must not be made of; what is not known stays empty."""

    names: tuple[str, ...] = ()
    document_numbers: tuple[str, ...] = ()
    email: str = ""
    birth_date: date | None = None


def normalise(password: str) -> str:
    """Return the form that is judged and hashed: NFKC, so that every keyboard's é is the same é."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, person: Person, common: CommonPasswords, *, field: str = "password") -> None:
    """Refuse a password, saying what to do instead.

    Raises:
        InvalidInput: `password_too_short`, `password_too_long`, `password_too_simple`, `password_common` or
            `password_personal`.

    """
    text = normalise(password)
    if len(text) < MIN_LENGTH:
        raise InvalidInput("password_too_short", f"Usa al menos {MIN_LENGTH} caracteres.", field=field)
    if len(text) > MAX_LENGTH:
        raise InvalidInput("password_too_long", f"Usa como máximo {MAX_LENGTH} caracteres.", field=field)
    if missing := _missing_kinds(text):
        raise InvalidInput("password_too_simple", f"Agrega al menos {' y '.join(missing)}.", field=field)
    if _is_personal(text, person):
        detail = "No uses tu nombre, tu documento, tu correo ni tu fecha de nacimiento. Elige otra contraseña."
        raise InvalidInput("password_personal", detail, field=field)
    if is_predictable(text, common):
        detail = (
            "Esta contraseña es fácil de adivinar. Prueba con tres o cuatro palabras que no vayan juntas y un número."
        )
        raise InvalidInput("password_common", detail, field=field)


def _missing_kinds(text: str) -> list[str]:
    wanted = (
        ("una letra mayúscula", str.isupper),
        ("una letra minúscula", str.islower),
        ("un número", str.isdigit),
    )
    return [name for name, is_kind in wanted if not any(is_kind(character) for character in text)]


def _is_personal(text: str, person: Person) -> bool:
    plain = {fold(text), fold(text).translate(_LEET)}
    words = {word for name in (*person.names, person.email.partition("@")[0]) for word in _words(name)}
    if any(word in form for word in words for form in plain):
        return True
    digits = re.sub(r"\D", "", text)
    return any(number in digits for number in _numbers(person)) or any(
        number and fold(number) in fold(text) for number in person.document_numbers
    )


def _words(name: str) -> list[str]:
    """Split a name or the local part of an address; short words count only where they are all there is."""
    return [word for word in re.findall(r"[a-z0-9]+", fold(name)) if len(word) >= _MIN_NAME]


def _numbers(person: Person) -> list[str]:
    documents = [re.sub(r"\D", "", number) for number in person.document_numbers]
    ends = [(document[:_MIN_DIGITS_OF_DOCUMENT], document[-_MIN_DIGITS_OF_DOCUMENT:]) for document in documents]
    numbers = [number for both in ends for number in both]
    numbers = [number for number in numbers if len(number) == _MIN_DIGITS_OF_DOCUMENT]
    if person.birth_date is not None:
        numbers += [f"{person.birth_date:{form}}" for form in ("%d%m%Y", "%d%m%y", "%Y%m%d", "%y%m%d", "%Y")]
    return numbers
