"""Read a command's words strictly, and say all that is wrong with them at once."""

from __future__ import annotations

import argparse
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import partial
from typing import Any, NoReturn, TypeVar

from chalicelib.domain.alert.filing_news import parse_key
from chalicelib.domain.business_days.calendar_changes import check_region
from chalicelib.domain.codes import parse_code
from chalicelib.domain.contact import read_email
from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import InvalidInput, parts_of, refusal_of
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.people.data_request import LONGEST_WORDS
from chalicelib.domain.registration.review import ReviewRefusal, read_reference
from chalicelib.domain.sender.institution import LEY_31736_CHANNELS, InstitutionState
from chalicelib.domain.sender.institution_changes import MOST_DISTANCE, check_institution_id, check_key_id
from chalicelib.domain.sender.short_name import check_short_name
from chalicelib.domain.typed import tidy
from chalicelib.handlers.operator import outage_arguments
from chalicelib.handlers.operator.command import FLAG, Argument, Command
from chalicelib.handlers.operator.who_and_why import check_reason, operator_actor
from chalicelib.renderers.printable import check_printable
from chalicelib.renderers.spanish import one_line
from chalicelib.services.sender.read_public_key import read_public_key

_LIMIT, _MOST = 20, 200
_NOTICES = 100
_ECHO = 80
_LONGEST_USERNAME = 40
MAILBOX_NAME = re.compile(r"\d-[A-Z0-9]{5,12}", re.ASCII)
_DEPOSIT = re.compile(r"[^\s#]{1,100}#[0-9a-f]{64}")
_DAYS, _LONGEST_LINE = 60, 300
_WORDS = "words"
_YEARS = range(1900, 2101)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
_T = TypeVar("_T")
_POSITION = re.compile(r"(\d{1,12})/(\S{1,40})", re.ASCII)


class _Parser(argparse.ArgumentParser):
    """Says what it does not understand as a refusal."""

    def error(self, message: str) -> NoReturn:
        """Refuse."""
        raise InvalidInput("argument_malformed", f"No se entiende: {echo(message)}.")


def read_arguments(command: Command, words: list[str]) -> Mapping[str, Any]:
    """Return what was given, by name without dashes and in small letters; what was not is None, False or empty.

    Raises:
        InvalidInput: one for each problem.

    """
    parser = _Parser(prog=command.name, add_help=False, allow_abbrev=False)
    words, problems = _recognized(command, words)
    for argument in command.all_arguments:
        if argument.kind == FLAG:
            parser.add_argument(argument.name, dest=argument.name, action="store_true")
        elif argument.name.startswith("--"):
            parser.add_argument(argument.name, dest=argument.name, nargs="?", const="", action="append", default=[])
    named = [argument for argument in command.all_arguments if not argument.name.startswith("--")]
    if named:
        parser.add_argument(_WORDS, nargs="*", default=[])
    parsed, unknown = parser.parse_known_intermixed_args(words)
    found = vars(parsed)
    found |= _in_turn(named, found.get(_WORDS, []))
    problems += [InvalidInput("argument_unknown", f"«{echo(word)}» no es de este comando.") for word in unknown]
    given = {}
    for argument in command.all_arguments:
        try:
            given[argument.name.removeprefix("--").lower()] = _read(argument, found)
        except InvalidInput as problem:
            problems += [_about(argument, part) for part in parts_of(problem)]
    if command.one_of and sum(bool(found[name]) for name in command.one_of) != 1:
        of_them = "uno de los dos" if len(command.one_of) == 2 else "uno solo"  # noqa: PLR2004 - both are named
        problems.append(InvalidInput("argument_choice", f"Se dice {' o '.join(command.one_of)}, {of_them}."))
    if problems:
        raise refusal_of(problems)
    return given


def _recognized(command: Command, words: list[str]) -> tuple[list[str], list[InvalidInput]]:
    """Take an option that is nearly one of the command's for that one, so that only the typing error is told of it."""
    options = [argument.name for argument in command.all_arguments if argument.name.startswith("--")]
    taken, problems = [], []
    for word in words:
        name, equals, value = word.partition("=")
        near = difflib.get_close_matches(name[:_ECHO], options, 1) if name.startswith("--") else []
        if near and near[0] != name:
            detail = f"«{echo(name)}» no es de este comando: ¿es {near[0]}?"
            problems.append(InvalidInput("argument_unknown", detail))
            taken.append(f"{near[0]}{equals}{value}")
        else:
            taken.append(word)
    return taken, problems


def _about(argument: Argument, problem: InvalidInput) -> InvalidInput:
    """Name the argument that a problem is about, where its text does not."""
    is_named = argument.name in problem.detail
    return InvalidInput(problem.code, problem.detail if is_named else f"{argument.name}: {problem.detail}")


def _in_turn(named: list[Argument], words: list[str]) -> dict[str, list[str]]:
    """Give each name its word, and the last one all that are left."""
    last = len(named) - 1
    return {
        argument.name: words[place:] if place == last else words[place : place + 1]
        for place, argument in enumerate(named)
    }


def _read(argument: Argument, all_found: Mapping[str, Any]) -> Any:
    found = all_found[argument.name]
    if found and argument.beside and not all_found[argument.beside]:
        raise InvalidInput("argument_alone", f"{argument.name} va con {argument.beside}.")
    if argument.kind == FLAG:
        return bool(found)
    is_needed = argument.is_required and (not argument.beside or all_found[argument.beside])
    if is_needed and not found:
        raise InvalidInput("argument_missing", f"Falta {argument.name}: {argument.about}.")
    if "" in found:
        raise InvalidInput("argument_empty", f"Falta lo que sigue a {argument.name}: {argument.about}.")
    if argument.kind in PLURAL_READERS:
        return PLURAL_READERS[argument.kind](found)
    if len(found) > 1:
        raise InvalidInput("argument_repeated", f"{argument.name} se dice una sola vez.")
    if not found:
        return _LIMIT if argument.kind == "limit" else None
    return READERS[argument.kind](found[0])


def _notices(found: list[str]) -> tuple[str, ...]:
    if len(found) > _NOTICES:
        raise InvalidInput("notices_too_many", f"Son {len(found)} notificaciones; cada vez van {_NOTICES} a lo más.")
    return _each(found, _notice)


def _days(found: list[str]) -> tuple[date, ...]:
    if len(found) > _DAYS:
        raise InvalidInput("days_too_many", f"Son {len(found)} días; cada vez van {_DAYS} a lo más.")
    return _each(found, _day)


def _each(found: list[str], read_one: Callable[[str], _T]) -> tuple[_T, ...]:
    read, problems = [], []
    for text in found:
        try:
            read.append(read_one(text))
        except InvalidInput as problem:
            problems.append(problem)
    if problems:
        raise refusal_of(problems)
    return tuple(dict.fromkeys(read))


def _notice(text: str) -> str:
    try:
        return parse_key(text)
    except InvalidInput as error:
        detail = f"«{echo(text)}» no es un número de notificación: son doce letras y números, como AS3B-3MEJ-C22A."
        raise InvalidInput(error.code, detail) from error


def echo(text: str) -> str:
    """Return what was typed as it can be told back: a short line, and nothing that may be a key."""
    return _LIKE_A_KEY.sub("…", one_line(text))[:_ECHO]


def _limit(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= _MOST:
        raise InvalidInput("limit_invalid", f"--limit es un número de 1 a {_MOST}.")
    return int(text)


def _position(text: str) -> tuple[int, str]:
    found = _POSITION.fullmatch(text)
    if found is None:
        raise InvalidInput("position_invalid", "--after se copia tal como lo dijo la lista anterior.")
    return int(found[1]), found[2]


def _username(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_USERNAME:
        raise InvalidInput("username_malformed", "--user es el tipo y el número del documento, como 1-40000002.")
    return text


def _mailbox(text: str) -> str:
    name = "".join(text[: _LONGEST_USERNAME * 2].split()).upper()
    if not MAILBOX_NAME.fullmatch(name):
        detail = "La casilla se escribe con el tipo y el número de documento, como 8-20100000009."
        raise InvalidInput("mailbox_malformed", detail)
    return name


def _deposit(text: str) -> str:
    if not _DEPOSIT.fullmatch(text):
        raise InvalidInput("position_invalid", "--after se copia tal como lo dijo la vez anterior.")
    return text


def _line(text: str) -> str:
    line = unicodedata.normalize("NFC", text[: _LONGEST_LINE * 2]).strip()
    if not 1 < len(line) <= _LONGEST_LINE:
        detail = f"«{echo(line)}» no sirve: son de 2 a {_LONGEST_LINE} letras en una sola línea."
        raise InvalidInput("line_invalid", detail)
    check_printable(line, field="line")
    return line


def _short_name(text: str) -> str:
    check_short_name(text)
    return text


def _day(text: str) -> date:
    detail = f"«{echo(text)}» no es un día: se escribe año, mes y día, como 2026-05-04."
    if not _ISO_DAY.fullmatch(text):
        raise InvalidInput("day_invalid", detail)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("day_invalid", detail) from error
    if day.year not in _YEARS:
        raise InvalidInput("day_invalid", f"«{echo(text)}» está fuera de los años {_YEARS[0]} a {_YEARS[-1]}.")
    return day


def _hour(text: str) -> time:
    if not _HOUR.fullmatch(text):
        raise InvalidInput("hour_invalid", f"«{echo(text)}» no es una hora: se escribe como 08:30, de 00:00 a 23:59.")
    return time.fromisoformat(text)


def _answer(text: str) -> str:
    answer = tidy(text)
    if not 1 < len(answer) <= LONGEST_WORDS:
        raise InvalidInput("answer_invalid", f"La respuesta es de 2 a {LONGEST_WORDS} letras.")
    check_printable(answer, field="answer")
    return answer


def _number(name: str, numbers: range) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) not in numbers:
            raise InvalidInput(f"{name}_invalid", f"«{echo(text)}» no sirve: va de {numbers[0]} a {numbers[-1]}.")
        return int(text)

    return read


def _one_of(kind: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text not in CHOICES[kind]:
            raise InvalidInput(f"{kind}_invalid", f"«{echo(text)}» no sirve: es {', '.join(CHOICES[kind])}.")
        return CHOICES[kind][text]

    return read


def _region(text: str) -> str:
    check_region(text)
    return text


def _own_region(text: str) -> str | None:
    return None if text == "none" else _region(text)


def _institution(text: str) -> str:
    check_institution_id(text)
    return text


def _registration(text: str) -> str:
    return read_reference(text)


def _key_id(text: str) -> str:
    check_key_id(text)
    return text


CHOICES: dict[str, Mapping[str, Any]] = {
    "affected": outage_arguments.AFFECTED,
    "channels": {"email,sms": LEY_31736_CHANNELS, "sms,email": LEY_31736_CHANNELS}
    | {channel.value: (channel,) for channel in LEY_31736_CHANNELS},
    "former": {"removed": False, "secondary": True},
    "person_document": {kind.value: kind.value for kind in DocumentType if kind is not DocumentType.RUC},
    "receipt": {"attached": True, "withheld": False},
    "regime": {regime.value: regime for regime in Regime},
    "review_refusal": {refusal.value.replace("_", "-"): refusal for refusal in ReviewRefusal},
    "state": {state.value: state for state in InstitutionState},
}
"""The words of those kinds that have only some, and what each means; of `affected` several may be given."""

READERS: dict[str, Callable[[str], Any]] = {
    "channels": _one_of("channels"),
    "data_request": parse_code,
    "answer": _answer,
    "day": _day,
    "deposit": _deposit,
    "email": partial(read_email, field="email"),
    "distance": _number("distance", range(MOST_DISTANCE + 1)),
    "hour": _hour,
    "institution": _institution,
    "key_id": _key_id,
    "former": _one_of("former"),
    "limit": _limit,
    "line": _line,
    "mailbox": _mailbox,
    "notice": _notice,
    "operator": operator_actor,
    "own_region": _own_region,
    "person_document": _one_of("person_document"),
    "position": _position,
    "public_key": read_public_key,
    "reason": check_reason,
    "receipt": _one_of("receipt"),
    "regime": _one_of("regime"),
    "region": _region,
    "registration": _registration,
    "review_refusal": _one_of("review_refusal"),
    "skip": _number("skip", range(1_000_000)),
    "state": _one_of("state"),
    "short_name": _short_name,
    "username": _username,
    "version": _number("version", range(1_000_000)),
    "year": _number("year", _YEARS),
    "affected": outage_arguments.affected,
    "moment": outage_arguments.moment,
    "outage": outage_arguments.outage,
    "outage words": outage_arguments.words,
}
"""How the text of each kind is read; one that was not given is None, and of a limit its usual number."""

PLURAL_READERS: dict[str, Callable[[list[str]], tuple[Any, ...]]] = {"days": _days, "notices": _notices}
"""How those kinds are read that can be given more than once."""
