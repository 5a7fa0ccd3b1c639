"""Read a command's words strictly, and say all that is wrong with them at once."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput, parts_of, refusal_of
from chalicelib.handlers.operator import outage_arguments
from chalicelib.handlers.operator.commands import FLAG, Argument, Command
from chalicelib.handlers.operator.who_and_why import check_reason, operator_actor
from chalicelib.renderers.spanish import one_line

_LIMIT, _MOST = 20, 200
_NOTICES = 100
_ECHO = 80
_LONGEST_USERNAME = 40
_POSITION = re.compile(r"(\d{1,12})/(\S{1,40})", re.ASCII)


class _Parser(argparse.ArgumentParser):
    """Says what it does not understand as a refusal."""

    def error(self, message: str) -> NoReturn:
        """Refuse."""
        raise InvalidInput("argument_malformed", f"No se entiende: {_echo(message)}.")


def read_arguments(command: Command, words: list[str]) -> Mapping[str, Any]:
    """Return what was given, by name without dashes and in small letters; what was not is None, False or empty.

    Raises:
        InvalidInput: one for each problem.

    """
    parser = _Parser(prog=command.name, add_help=False, allow_abbrev=False)
    for argument in command.all_arguments:
        if argument.kind == FLAG:
            parser.add_argument(argument.name, dest=argument.name, action="store_true")
        elif argument.name.startswith("--"):
            parser.add_argument(argument.name, dest=argument.name, nargs="?", const="", action="append", default=[])
        else:
            parser.add_argument(argument.name, nargs="*", default=[])
    parsed, unknown = parser.parse_known_intermixed_args(words)
    found = vars(parsed)
    problems = [InvalidInput("argument_unknown", f"«{_echo(word)}» no es de este comando.") for word in unknown]
    given = {}
    for argument in command.all_arguments:
        try:
            given[argument.name.removeprefix("--").lower()] = _read(argument, found[argument.name])
        except InvalidInput as problem:
            problems += parts_of(problem)
    if command.one_of and sum(bool(found[name]) for name in command.one_of) != 1:
        problems.append(InvalidInput("argument_choice", f"Se dice {' o '.join(command.one_of)}, uno de los dos."))
    if problems:
        raise refusal_of(problems)
    return given


def _read(argument: Argument, found: Any) -> Any:
    if argument.kind == FLAG:
        return bool(found)
    if argument.is_required and not found:
        raise InvalidInput("argument_missing", f"Falta {argument.name}: {argument.about}.")
    if argument.kind == "notices":
        return _notices(found)
    if len(found) > 1:
        raise InvalidInput("argument_repeated", f"{argument.name} se dice una sola vez.")
    if found == [""]:
        raise InvalidInput("argument_empty", f"Falta lo que sigue a {argument.name}: {argument.about}.")
    return READERS[argument.kind](found[0] if found else None)


def _notices(found: list[str]) -> tuple[str, ...]:
    if len(found) > _NOTICES:
        detail = f"Son {len(found)} notificaciones; cada vez van {_NOTICES} a lo más."
        raise InvalidInput("notices_too_many", detail)
    read, problems = [], []
    for text in found:
        try:
            read.append(_notice(text))
        except InvalidInput as problem:
            problems.append(problem)
    if problems:
        raise refusal_of(problems)
    return tuple(dict.fromkeys(read))


def _notice(text: str) -> str:
    try:
        return parse_code(text)
    except InvalidInput as error:
        detail = f"«{_echo(text)}» no es un número de notificación: son doce letras y números, como AS3B-3MEJ-C22A."
        raise InvalidInput(error.code, detail) from error


def _echo(text: str) -> str:
    return one_line(text)[:_ECHO]


def _limit(text: str | None) -> int:
    if text is None:
        return _LIMIT
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= _MOST:
        raise InvalidInput("limit_invalid", f"--limit es un número de 1 a {_MOST}.")
    return int(text)


def _position(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    found = _POSITION.fullmatch(text)
    if found is None:
        raise InvalidInput("position_invalid", "--after se copia tal como lo dijo la lista anterior.")
    return int(found[1]), found[2]


def _start(text: str | None) -> str | None:
    return None if text is None else _notice(text)


def _username(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_USERNAME:
        raise InvalidInput("username_malformed", "--user es el tipo y el número del documento, como 1-40000002.")
    return text


READERS: dict[str, Callable[[Any], Any]] = {
    "limit": _limit,
    "notice": _notice,
    "operator": operator_actor,
    "position": _position,
    "reason": check_reason,
    "start": _start,
    "username": _username,
    "affected": outage_arguments.affected,
    "moment": outage_arguments.moment,
    "outage": outage_arguments.outage,
    "outage words": outage_arguments.words,
}
"""How each kind is read: of the text that was given, or None for an option that was not."""
