"""What the parser gives, told apart without ever unpacking a stream: turning one into text would."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

Number = tuple[int, int]
"""Of an indirect object: its number and generation."""


@functools.cache
def parser() -> ModuleType:
    """Return the parser's library, which is heavy and loaded only where a PDF is inspected."""
    import pikepdf  # noqa: PLC0415

    return pikepdf


def name_of(thing: Any) -> str:
    """Return a name with its slash; empty for anything else."""
    return str(thing) if isinstance(thing, parser().Name) else ""


def text_of(thing: Any) -> str:
    """Return what a string says, or a name without its slash; empty for anything else.

    Where a string says that it is UTF-8, marks stand in place of what is not.
    """
    if not isinstance(thing, parser().String):
        return name_of(thing).removeprefix("/")
    try:
        return str(thing)
    except UnicodeError:
        return bytes(thing).decode("utf-8-sig", "replace")


def is_dictionary(thing: Any) -> bool:
    """Tell whether it is a dictionary that no stream follows."""
    return isinstance(thing, parser().Dictionary)


def entry(thing: Any, key: str) -> Any:
    """Return an entry of a dictionary or of a stream's; None for anything else."""
    return thing.get(key) if isinstance(thing, (parser().Dictionary, parser().Stream)) else None


def items(thing: Any) -> Sequence[Any]:
    """Return what stands in an array; nothing for anything else."""
    return thing if isinstance(thing, parser().Array) else ()


def held(thing: Any) -> Iterator[Any]:
    """Yield the arrays, dictionaries and streams that one of these holds or refers to."""
    library = parser()
    if isinstance(thing, library.Array):
        values: Iterable[Any] = thing
    elif isinstance(thing, (library.Dictionary, library.Stream)):
        values = [value for _, value in thing.items()]
    else:
        return
    yield from (value for value in values if isinstance(value, (library.Array, library.Dictionary, library.Stream)))


def is_indirect(thing: Any) -> bool:
    """Tell whether it is an object of its own."""
    return bool(getattr(thing, "is_indirect", False))
