"""Tests in which a function makes use of a right that the end-to-end run does not reach, kept in `witnesses.txt`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from infra.rights.calls import Call

_ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("witnesses.txt")


@cache
def witnesses() -> tuple[tuple[Call, str], ...]:
    """Return calls, each with the test that sees it, as `tests/…/test_x.py::test_y`."""
    lines = [line.rpartition("  ") for line in KEPT.read_text(encoding="utf-8").splitlines()]
    return tuple((Call.read(call), test) for call, _, test in lines)


def rank(test: str) -> tuple[bool, str]:
    """Put tests of one case first: of several cases one alone may see it, and none is held to it."""
    return has_cases(test), test


@cache
def has_cases(test: str) -> bool:
    """Return whether a test is made of several cases."""
    path, _, name = test.partition("::")
    for node in ast.walk(ast.parse((_ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return any("parametrize" in ast.unparse(each) for each in node.decorator_list)
    return True


def keep(chosen: Iterable[tuple[Call, str]]) -> None:
    """Keep these in place of those before."""
    KEPT.write_text("".join(f"{call}  {test}\n" for call, test in sorted(set(chosen))), encoding="utf-8")
