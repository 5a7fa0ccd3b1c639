"""How commands are told: all there are, those of a group, and what one takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.handlers.operator.arguments import CHOICES, PLURAL_READERS
from chalicelib.handlers.operator.command import FLAG, Argument, Command
from chalicelib.handlers.operator.commands import COMMANDS, GROUPS

_FORMATS = {"DÍA": "año, mes y día, como 2026-05-04", "HORA": "de 00:00 a 23:59, como 08:30"}
"""How those values are written that stand in many commands, by what stands for them."""


def all_commands() -> str:
    """List all commands by groups."""
    groups = [line for group in GROUPS for line in (*_group(group), "")]
    return "\n".join(
        [*groups, "«help COMANDO» dice qué lleva cada uno; «help calendar», cómo se usan los de un grupo."]
    )


def commands_of(group: str) -> str:
    """List a group's commands, how each is used, and which values there are."""
    commands = [command for command in COMMANDS if command.name.split()[0] == group]
    usages = [f"  {usage_of(command)}" for command in commands]
    values = _in_columns(dict.fromkeys(row for command in commands for row in _values(command)))
    return "\n".join([*_group(group), "", "Uso:", *usages, *(["", "Valores:", *values] if values else [])])


def help_of(command: Command) -> str:
    """Say what a command does, how it is used, and what each part of it is."""
    lines = _in_columns((_shown(argument), argument.about) for argument in command.all_arguments)
    return "\n".join([f"Uso: {usage_of(command)}", "", f"{command.name}: {command.about}", *lines])


def usage_of(command: Command) -> str:
    """Write a command as it is typed: `…` repeats, `[]` may be left out, of `( | )` one is said."""
    parts = [command.name]
    for argument in command.all_arguments:
        if argument.name == next(iter(command.one_of), None):
            parts.append(f"({' | '.join(_alternatives(command))})")
        elif argument.name not in command.one_of and not argument.beside:
            parts.append(_optional(argument))
    return " ".join(parts)


def _alternatives(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        if argument.name in command.one_of:
            beside = (_optional(other) for other in command.arguments if other.beside == argument.name)
            yield " ".join([_brief(argument), *beside])


def _values(command: Command) -> Iterator[tuple[str, str]]:
    for argument in command.arguments:
        shown = argument.shown or argument.name
        if argument.kind in CHOICES:
            yield shown, argument.about
        elif shown in _FORMATS:
            yield shown, _FORMATS[shown]


def _group(group: str) -> list[str]:
    widest = max(len(command.name) for command in COMMANDS)
    commands = [command for command in COMMANDS if command.name.split()[0] == group]
    return [f"{GROUPS[group]}:", *(f"  {command.name:{widest}}  {command.about}" for command in commands)]


def _in_columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    widest = max((len(name) for name, _ in rows), default=0)
    return [f"  {name:{widest}}  {about}" for name, about in rows]


def _optional(argument: Argument) -> str:
    return _brief(argument) if argument.is_required else f"[{_brief(argument)}]"


def _brief(argument: Argument) -> str:
    shown = _shown(argument)
    if argument.kind not in PLURAL_READERS:
        return shown
    return f"{shown} [{shown}]…" if argument.name.startswith("--") else f"{shown}…"


def _shown(argument: Argument) -> str:
    return argument.name if argument.kind == FLAG or not argument.shown else f"{argument.name} {argument.shown}"
