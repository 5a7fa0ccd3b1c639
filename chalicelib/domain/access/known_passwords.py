"""The list of what passwords are too often made of, as the rule reads it; it is `common_passwords/common.txt`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommonPasswords:
    """Common passwords and words, folded, without digits and signs at their ends; `names` count in pairs as well."""

    words: frozenset[str]
    names: frozenset[str]


def read_common_passwords(text: str) -> CommonPasswords:
    """Read names, an empty line, everything else; one a line."""
    names, _, others = text.partition("\n\n")
    own = frozenset(names.split("\n"))
    return CommonPasswords(own.union(others.split("\n")) - {""}, own)
