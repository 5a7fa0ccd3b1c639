"""What a command is: its words, what it takes, the function behind it, and what that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FLAG = "flag"
"""An option that is there or not. The other kinds are named in `arguments.py`, where they are read."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a command takes: `--name` for an option, `NAME` for words without one. `kind` says how it is read.

    `shown` is what stands for an option's value in the help. What goes `beside` another argument is given with that one
    only, and is required only then.
    """

    name: str
    kind: str
    about: str
    shown: str = ""
    is_required: bool = False
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what it is called, what it does, and the `module:function` of handlers behind it.

    What `changes` anything, or looks at a holder's data, takes who and why as well. Of `one_of`, names of
    arguments, exactly one has to be given.
    """

    name: str
    about: str
    target: str
    arguments: tuple[Argument, ...] = ()
    one_of: tuple[str, ...] = ()
    changes: bool = False

    @property
    def all_arguments(self) -> tuple[Argument, ...]:
        """Its own arguments, and those of all commands, or of all that change something or look."""
        return (*self.arguments, *((_REASON, _OPERATOR) if self.changes else ()), _JSON)


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answers: for people, and for programs; `is_done` is False when some of it could not be done."""

    text: str
    data: dict[str, Any]
    is_done: bool = True


_REASON = Argument("--reason", "reason", "por qué, de 5 a 200 letras, sin datos de personas", "TEXTO", is_required=True)
_OPERATOR = Argument("--operator", "operator", "quién lo pide, como «rquispe»", "NOMBRE", is_required=True)
_JSON = Argument("--json", FLAG, "responde en JSON, para programas")
