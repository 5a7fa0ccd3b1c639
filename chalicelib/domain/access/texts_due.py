"""Which texts somebody has still to accept: those in force in a version that they never accepted (REG-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.domain.mailbox import AcceptedText


def texts_due(accepted: Iterable[AcceptedText], current: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the texts to accept; `current` is the version in force of each."""
    done = {(one.text, one.version) for one in accepted}
    return tuple(name for name, version in current.items() if (name, version) not in done)


def check_all_accepted(due: Iterable[str], given: Mapping[str, str], current: Mapping[str, str]) -> None:
    """Take each text that is due in the version in force, and no other one: it is what was shown.

    Raises:
        InvalidInput: `text_not_accepted`, the first of all with all of them.

    """
    detail = "Lee el texto y marca que estás de acuerdo para continuar."
    problems = [
        InvalidInput("text_not_accepted", detail, field=f"accept_{name}")
        for name in due
        if given.get(name) != current[name]
    ]
    if problems:
        raise refusal_of(problems)
