"""Every line that the code writes to its log, read out of the code itself: its words, level and fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CODE = Path(__file__).parents[1] / "chalicelib"
_LEVELS = {"info", "warning", "error", "exception", "critical"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One place that writes a line; `fields` are those whose names stand there, `codes` the values of `code` there."""

    module: str
    message: str
    level: str
    fields: frozenset[str]
    codes: frozenset[str]


@cache
def log_lines() -> tuple[LogLine, ...]:
    """Return all of them."""
    return tuple(line for path in sorted(CODE.rglob("*.py")) for line in _lines_in(path))


@cache
def refusal_codes() -> frozenset[str]:
    """Return the codes with which an error is made, wherever that is."""
    made = (
        call
        for path in CODE.rglob("*.py")
        for call in _calls(path)
        if _name_of(call)[:1].isupper() or _name_of(call) == "cls"
    )
    return frozenset(code for call in made if (code := _first(call)))


def _lines_in(path: Path) -> Iterator[LogLine]:
    for call in _calls(path):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _LEVELS and (message := _first(call)):
            named = {word.arg: word.value for word in call.keywords if word.arg}
            extra = named.pop("extra", None)
            if isinstance(extra, ast.Dict):
                keys = ((_text(key), value) for key, value in zip(extra.keys, extra.values, strict=True))
                named |= {key: value for key, value in keys if key}
            code = _text(named.get("code"))
            module = path.relative_to(CODE).with_suffix("").as_posix()
            yield LogLine(module, message, call.func.attr, frozenset(named), frozenset({code} if code else ()))


@cache
def _calls(path: Path) -> tuple[ast.Call, ...]:
    tree = ast.parse(path.read_text("utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _first(call: ast.Call) -> str | None:
    return _text(call.args[0]) if call.args else None


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name_of(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
