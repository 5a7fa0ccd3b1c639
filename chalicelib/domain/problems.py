"""Every problem of a form at once: each beside its field, and all that was typed stays."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.errors import InvalidInput


def refusals(*checks: Callable[[], object]) -> tuple[InvalidInput, ...]:
    """Run every check and return what they refused, in order."""
    found: list[InvalidInput] = []
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            found.append(refusal)
    return tuple(found)


def refusal_of(problems: tuple[InvalidInput, ...]) -> InvalidInput:
    """Return the first problem, carrying all of them."""
    first = InvalidInput(problems[0].code, problems[0].detail, field=problems[0].field)
    first.problems = problems
    return first
