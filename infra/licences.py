"""Under which licences others' work may be here: an allow-list by SPDX names, `licences.toml`.

What ships and what only tests and tools use are held to lists of their own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, ExpressionParseError, get_spdx_licensing
from packaging.utils import canonicalize_name

_RULES = Path(__file__).with_name("licences.toml")
_CLASSIFIER = "License :: "


class LicenceError(Exception):
    """Nobody here has said what somebody's words about their licence mean."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Work of others in a folder of the repository that ships; `LICENSE.txt` there has the text."""

    name: str
    version: str
    licence: str
    folder: str


@cache
def rules() -> dict[str, Any]:
    """Return the table."""
    return tomllib.loads(_RULES.read_text(encoding="utf-8"))


def carried() -> list[Carried]:
    """Return what the repository carries of others."""
    return [Carried(name, **told) for name, told in sorted(rules()["carried"].items())]


def expression(metadata: Message) -> str:
    """Return the licence of a distribution as an SPDX expression.

    Raises:
        LicenceError: with what its makers say, which is not understood.

    """
    name, says = canonicalize_name(metadata["Name"]), _said(metadata)
    read = rules()["read"].get(name)
    means: str = read["means"] if read and read["says"] == says else rules()["means"].get(says, says)
    try:
        parsed = _spdx().parse(means, validate=True, strict=True)
    except (ExpressionError, ExpressionParseError):
        parsed = None
    if parsed is None:
        raise LicenceError(f"{name} says «{says}» of its licence: read its text, add it to {_RULES.name}")
    return means


def objection(name: str, licence: str, *, ships: bool) -> str | None:
    """Return in words why something may not be here under an SPDX expression, None where it may."""
    named = rules()["named"].get(name)
    if named and named["licence"] == licence:
        return None
    allowed = {*rules()["allowed"], *(() if ships else rules()["allowed_in_tests"])}
    if not ships:
        allowed |= {one["licence"] for one in rules()["named"].values()}
    if _is_met(_spdx().parse(licence, validate=True), allowed):
        return None
    return f"{name} is under {licence}, which {_RULES.name} does not allow {'in what ships' if ships else 'in tests'}"


def objections(found: Iterable[Message], *, ships: bool) -> list[str]:
    """Return in words all that is not allowed, or not understood, among distributions."""
    told = []
    for metadata in found:
        try:
            told.append(objection(canonicalize_name(metadata["Name"]), expression(metadata), ships=ships))
        except LicenceError as error:
            told.append(str(error))
    return [one for one in told if one is not None]


@cache
def _spdx() -> Any:
    return get_spdx_licensing()


def _is_met(parsed: Any, allowed: set[str]) -> bool:
    operator = getattr(parsed, "operator", "").strip()
    if operator == "OR":
        return any(_is_met(one, allowed) for one in parsed.args)
    if operator == "AND":
        return all(_is_met(one, allowed) for one in parsed.args)
    return str(parsed) in allowed


def _said(metadata: Message) -> str:
    """Return an SPDX expression where the makers give one, or else the first words they say of their licence."""
    classifiers = metadata.get_all("Classifier", [])
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith(_CLASSIFIER)]
    first_line = (metadata["License"] or "").strip().partition("\n")[0].strip()
    return str(metadata["License-Expression"] or first_line or " and ".join(names))
