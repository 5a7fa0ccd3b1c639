"""One way in and out for commands: from the line that was typed to what is printed and the exit code."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, InvalidInput, Unavailable
from chalicelib.handlers.doors import find
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log
from chalicelib.handlers.operator.arguments import echo, read_arguments
from chalicelib.handlers.operator.command import Command, Told
from chalicelib.handlers.operator.command_help import all_commands, commands_of, help_of, usage_of
from chalicelib.handlers.operator.commands import COMMANDS, GROUPS
from chalicelib.services.sender.read_public_key import refuse_private_keys

DONE, FAILED, NOT_UNDERSTOOD = 0, 1, 2
"""Exit codes."""
_HELP = frozenset({"-h", "--help"})
_LONGEST = 10_000
_EVENT = 'El evento es {"command": "alerts list"}: una sola línea, como tras CMD= en make operator.'
_WHICH = "«help» dice qué comandos hay."


def answer(event: Any, context: Any) -> dict[str, Any]:
    """Run the command that an event holds; return `exit` and `output`, which is text however it went."""
    try:
        words = _words(event)
    except InvalidInput as error:
        return _told(NOT_UNDERSTOOD, f"{error.detail}\n{_WHICH}")
    if not words or words[0] == "help" or words[0] in _HELP:
        return _help(words[1:])
    command = _named(words)
    if command is None:
        return _unknown(words)
    rest = words[len(command.name.split()) :]
    if _HELP & set(rest):
        return _told(DONE, help_of(command))
    try:
        given = read_arguments(command, rest)
    except InvalidInput as error:
        problems = "\n".join(f"- {problem.detail}" for problem in error.problems or (error,))
        how = f"Uso: {usage_of(command)}\n«help {command.name}» dice qué es cada parte."
        return _told(NOT_UNDERSTOOD, f"No se hizo nada:\n{problems}\n\n{how}")
    return _run(command, given, str(getattr(context, "aws_request_id", "")))


def _run(command: Command, given: Mapping[str, Any], correlation_id: str) -> dict[str, Any]:
    try:
        current().begin()
        told = _done(command, given)
    except CasillaError as error:
        code, told = error.code, Told(error.detail, {"code": error.code, "detail": error.detail}, is_done=False)
        log().warning("command refused", item=command.name, correlation_id=correlation_id, code=code)
    except Exception as error:  # noqa: BLE001 - whatever it is, an operator gets a sentence and the log the rest
        fault = describe_fault(error)
        log().error("command failed", item=command.name, correlation_id=correlation_id, fault=fault)
        detail = f"Error inesperado. Está en el registro de la función operator con el número {correlation_id}."
        told = Told(detail, {"code": "unexpected", "detail": detail}, is_done=False)
    return _told(DONE if told.is_done else FAILED, json.dumps(told.data, indent=1) if given["json"] else told.text)


def _done(command: Command, given: Mapping[str, Any]) -> Told:
    """Do it; a refusal that names a mailbox tells whether there is one, and is logged before it is told."""
    try:
        told: Told = find(command.target)(given)
    except Unavailable:
        raise
    except CasillaError as error:
        find("operator.mailboxes:log_refused")(given, error.code)
        raise
    return told


def _words(event: Any) -> list[str]:
    if not isinstance(event, dict) or not event.keys() <= {"command"}:
        raise InvalidInput("event_malformed", _EVENT)
    line = event.get("command", "")
    if not isinstance(line, str) or len(line) > _LONGEST:
        raise InvalidInput("event_malformed", _EVENT)
    refuse_private_keys(line)
    try:
        return shlex.split(line)
    except ValueError as error:
        raise InvalidInput("quotes_open", "Falta cerrar unas comillas en el comando.") from error


def _named(words: list[str]) -> Command | None:
    return next((command for command in COMMANDS if command.name.split() == words[: len(command.name.split())]), None)


def _help(words: list[str]) -> dict[str, Any]:
    command = _named(words)
    if command is not None:
        return _told(DONE, help_of(command))
    if len(words) == 1 and words[0] in GROUPS:
        return _told(DONE, commands_of(words[0]))
    return _unknown(words) if words else _told(DONE, all_commands())


def _unknown(words: list[str]) -> dict[str, Any]:
    there_are = commands_of(words[0]) if words[0] in GROUPS else all_commands()
    return _told(NOT_UNDERSTOOD, f"No hay un comando «{echo(' '.join(words[:2]))}».\n\n{there_are}")


def _told(code: int, output: str) -> dict[str, Any]:
    return {"exit": code, "output": output}
