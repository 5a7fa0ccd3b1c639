"""Which passwords are accepted (REG-7): long enough, mixed, neither common nor about the person.

A password is predictable when it is nothing but predictable pieces: common words, sequences, dates, short runs. So
`Peru2026!`, `C0ntraseña1` and `Qwerty123` are refused; a phrase that merely contains a common word is not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.access.guessed_words import GUESSED_WORDS
from chalicelib.domain.errors import InvalidInput

MIN_LENGTH = 8
MAX_LENGTH = 256

_LEET = str.maketrans("01345789@$!|+", "oieastbgasilt")
_EDGES = re.compile(r"^([^a-zñ]*)(.*?)([^a-zñ]*)$", re.DOTALL)
_RUNS = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]+")
_DATES = (
    re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])((19|20)\d\d|\d\d)"),
    re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"),
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "01234567890123456789",
)
_SHORT_LETTERS = 2
_FEW_RUNS = 3
_SHORT_DIGITS = 4
_SHORT_SYMBOLS = 3
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


def check_password(password: str, person: Person, *, field: str = "password") -> None:
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
    if _is_predictable(text):
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
    plain = {_fold(text), _fold(text).translate(_LEET)}
    words = {word for name in (*person.names, person.email.partition("@")[0]) for word in _words(name)}
    if any(word in form for word in words for form in plain):
        return True
    digits = re.sub(r"\D", "", text)
    return any(number in digits for number in _numbers(person)) or any(
        number and _fold(number) in _fold(text) for number in person.document_numbers
    )


def _words(name: str) -> list[str]:
    """Split a name or the local part of an address; short words count only where they are all there is."""
    return [word for word in re.findall(r"[a-z0-9]+", _fold(name)) if len(word) >= _MIN_NAME]


def _numbers(person: Person) -> list[str]:
    documents = [re.sub(r"\D", "", number) for number in person.document_numbers]
    ends = [(document[:_MIN_DIGITS_OF_DOCUMENT], document[-_MIN_DIGITS_OF_DOCUMENT:]) for document in documents]
    numbers = [number for both in ends for number in both]
    numbers = [number for number in numbers if len(number) == _MIN_DIGITS_OF_DOCUMENT]
    if person.birth_date is not None:
        numbers += [f"{person.birth_date:{form}}" for form in ("%d%m%Y", "%d%m%y", "%Y%m%d", "%y%m%d", "%Y")]
    return numbers


def _is_predictable(text: str) -> bool:
    folded = _fold(text)
    edges = _EDGES.fullmatch(folded)
    forms = {folded, folded.translate(_LEET)}
    if edges is not None:
        forms.add(edges[1] + edges[2].translate(_LEET) + edges[3])
    return len(set(folded)) < MIN_LENGTH // 2 or any(_is_made_of_predictable_runs(form) for form in forms)


def _is_made_of_predictable_runs(form: str) -> bool:
    letters = "".join(re.findall(r"[a-z]+", form))
    digits = re.findall(r"[0-9]+", form)
    if letters in GUESSED_WORDS or _is_sequence(letters):
        return all(_is_predictable_run(run) for run in digits)
    runs = _RUNS.findall(form)
    return len(runs) <= _FEW_RUNS and all(_is_predictable_run(run) for run in runs)


def _is_predictable_run(run: str) -> bool:
    if len(set(run)) == 1 or _is_sequence(run):
        return True
    if run.isdigit():
        return len(run) <= _SHORT_DIGITS or any(pattern.fullmatch(run) for pattern in _DATES)
    if run.isalpha():
        return len(run) <= _SHORT_LETTERS or _is_common(run)
    return len(run) <= _SHORT_SYMBOLS


def _is_common(run: str) -> bool:
    """One common word, or two written together."""
    splits = range(1, len(run))
    return run in GUESSED_WORDS or any(run[:at] in GUESSED_WORDS and run[at:] in GUESSED_WORDS for at in splits)


def _is_sequence(run: str) -> bool:
    return any(run in row or run in row[::-1] for row in _ROWS)


def _fold(text: str) -> str:
    """Lower-case, without marks: `Ñandú` → `nandu`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
