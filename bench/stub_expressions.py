"""DynamoDB's condition and update expressions, as far as this service writes them: top-level attributes only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Item = dict[str, dict[str, Any]]
Condition = Callable[[Item], bool]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[()=<>,+]|[#:]?\w+)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Expression:
    """One expression of a request; `names` and `values` are the request's placeholders."""

    def __init__(self, text: str, request: Mapping[str, Any]) -> None:
        """Read a text with the placeholders of the request it stands in."""
        self._tokens = _tokens(text)
        self._at = 0
        self._names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        self._values: Mapping[str, Any] = request.get("ExpressionAttributeValues") or {}

    def condition(self) -> Condition:
        """Read the whole text as a condition."""
        found = self._either()
        if self._at != len(self._tokens):
            raise NotImplementedError(self._tokens[self._at :])
        return found

    def update(self, item: Item) -> None:
        """Apply the whole text to an item as an update."""
        before = dict(item)
        while self._at < len(self._tokens):
            section = self._next()
            while True:
                name = self._name(self._next())
                if section == "SET":
                    self._expect("=")
                    item[name] = self._sum(before)
                elif section == "ADD":
                    added = self._operand(self._next())(before)
                    item[name] = _total(before.get(name, {"N": "0"}), added)
                elif section == "REMOVE":
                    item.pop(name, None)
                else:
                    raise NotImplementedError(section)
                if not self._took(","):
                    break

    def _sum(self, item: Item) -> dict[str, Any]:
        total = self._operand(self._next())(item)
        while self._took("+"):
            other = self._operand(self._next())(item)
            total = _total(total, other)
        return dict(total)

    def _either(self) -> Condition:
        sides = [self._both()]
        while self._took("OR"):
            sides.append(self._both())
        return sides[0] if len(sides) == 1 else lambda item: any(side(item) for side in sides)

    def _both(self) -> Condition:
        sides = [self._one()]
        while self._took("AND"):
            sides.append(self._one())
        return sides[0] if len(sides) == 1 else lambda item: all(side(item) for side in sides)

    def _one(self) -> Condition:
        token = self._next()
        if token == "NOT":  # noqa: S105 - a word of the language
            inner = self._one()
            return lambda item: not inner(item)
        if token == "(":  # noqa: S105
            inside = self._either()
            self._expect(")")
            return inside
        if token in {"attribute_exists", "attribute_not_exists"}:
            self._expect("(")
            name, wanted = self._name(self._next()), "not" not in token
            self._expect(")")
            return lambda item: (name in item) is wanted
        if token == "begins_with":  # noqa: S105 - as above
            self._expect("(")
            text = self._operand(self._next())
            self._expect(",")
            beginning = self._operand(self._next())
            self._expect(")")
            return lambda item: str(_plain(text(item))).startswith(str(_plain(beginning(item))))
        return self._comparison(self._operand(token))

    def _comparison(self, left: Callable[[Item], Any]) -> Condition:
        sign = self._next()
        if sign == "IN":
            self._expect("(")
            choices = [self._operand(self._next())]
            while self._took(","):
                choices.append(self._operand(self._next()))
            self._expect(")")
            return lambda item: any(_plain(left(item)) == _plain(choice(item)) for choice in choices)
        if sign == "BETWEEN":
            lowest = self._operand(self._next())
            self._expect("AND")
            highest = self._operand(self._next())
            return lambda item: _plain(lowest(item)) <= _plain(left(item)) <= _plain(highest(item))
        right, compare = self._operand(self._next()), _COMPARE[sign]

        def holds(item: Item) -> bool:
            one, other = left(item), right(item)
            return one is not None and other is not None and compare(_plain(one), _plain(other))

        return holds

    def _operand(self, token: str) -> Callable[[Item], Any]:
        if token.startswith(":"):
            value = self._values[token]
            return lambda _: value
        name = self._name(token)
        return lambda item: item.get(name)

    def _name(self, token: str) -> str:
        return self._names.get(token, token)

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _took(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._took(token):
            raise NotImplementedError(f"{token} expected in {self._tokens}")


def _total(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {"N": str(int(one["N"]) + int(other["N"]))}


@cache
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def _plain(value: Mapping[str, Any] | None) -> Any:
    if value is None:
        return None
    [(kind, content)] = value.items()
    return float(content) if kind == "N" else content
