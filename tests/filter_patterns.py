"""What CloudWatch's metric filters make of a line of a log: the part of their language that the template uses, no more.

A pattern is `{ $.field = "text" }`, `{ $.field != "text" }`, `{ $.field = 401 }`, `{ $.field IS TRUE }`,
`{ $.field IS FALSE }`, or several of these in parentheses, all joined by `&&` or all by `||`. A line without the field
matches none of them. Whatever else is refused, so that no filter passes a test by a rule that nobody wrote down here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_TERM = re.compile(r'\$\.(\w+)\s*(?:(!?=)\s*"([^"*\\%]*)"|IS\s+(TRUE|FALSE)|=\s*([0-9]{1,9}))')
_FIELD = re.compile(r"\$\.(\w+)")
_TRANSFORMED = {"MetricNamespace", "MetricName", "MetricValue", "Dimensions"}


class NotUnderstood(Exception):
    """A filter says what is not implemented here, or reads a value that is no number."""


def fields_of(line: str) -> Mapping[str, Any] | None:
    """Return the fields of a line, None of one that is no JSON object: no pattern matches it."""
    try:
        fields = json.loads(line)
    except json.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def matches(pattern: str, fields: Mapping[str, Any]) -> bool:
    """Tell whether a line matches; text is compared to the letter, and only `true` is TRUE."""
    held = [_holds(term, fields) for term in _terms(pattern)]
    return any(held) if "||" in pattern else all(held)


def fields_read_by(pattern: str) -> set[str]:
    """Return the fields that a pattern looks at."""
    return {term[1] for term in _terms(pattern)}


def field_of(value: str) -> str | None:
    """Return the field that a metric's value or dimension is taken from, None where the value is written out."""
    found = _FIELD.fullmatch(value)
    return found[1] if found else None


def value_of(transformation: Mapping[str, Any], fields: Mapping[str, Any]) -> float | None:
    """Return what a matching line adds to its metric; None if the line lacks a field that is asked for.

    Raises:
        NotUnderstood: a property that is not implemented, or a field that holds no number.

    """
    if not transformation.keys() <= _TRANSFORMED:
        raise NotUnderstood(transformation.keys() - _TRANSFORMED)
    if any(field_of(dimension["Value"]) not in fields for dimension in transformation.get("Dimensions", ())):
        return None
    name = field_of(transformation["MetricValue"])
    if name is None:
        return float(transformation["MetricValue"])
    if name not in fields:
        return None
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotUnderstood(f"{name} is {value!r}")
    return float(value)


def _terms(pattern: str) -> list[re.Match[str]]:
    inner = re.fullmatch(r"\{\s*(.+?)\s*\}", pattern)
    if inner is None:
        raise NotUnderstood(pattern)
    joined = [joint for joint in ("&&", "||") if joint in inner[1]]
    if len(joined) > 1:
        raise NotUnderstood(pattern)
    parts = re.split(rf"\s*{re.escape(joined[0])}\s*", inner[1]) if joined else [inner[1]]
    if len(parts) > 1:
        if not all(re.fullmatch(r"\(.+\)", part) for part in parts):
            raise NotUnderstood(pattern)
        parts = [part[1:-1].strip() for part in parts]
    terms = [term for part in parts if (term := _TERM.fullmatch(part))]
    if len(terms) != len(parts):
        raise NotUnderstood(pattern)
    return terms


def _holds(term: re.Match[str], fields: Mapping[str, Any]) -> bool:
    name, equals, text, truth, number = term.groups()
    if truth is not None:
        return fields.get(name) is (truth == "TRUE")
    if number is not None:
        value = fields.get(name)
        return isinstance(value, int | float) and not isinstance(value, bool) and value == int(number)
    return name in fields and (fields[name] == text) is (equals == "=")
