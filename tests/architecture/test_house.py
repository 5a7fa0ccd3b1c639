"""The habits of the house that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_app_registers_and_decides_nothing() -> None:
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.FunctionDef | ast.ClassDef)]
    assert all(module and (module == "chalice.app" or module.startswith("chalicelib.handlers")) for module in imported)


@pytest.mark.parametrize("path", sorted((ROOT / "chalicelib").rglob("*.py")), ids=lambda path: path.name)
def test_modules_stay_readable_at_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 350


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert not list((ROOT / "chalicelib").rglob(f"*{name}*.py"))


def test_every_walk_in_a_browser_is_marked_as_one() -> None:
    """Unmarked it runs with those that need none."""
    walks = sorted((ROOT / "tests" / "browser").glob("test_walk_*.py"))

    assert len(walks) > 15
    assert [walk.name for walk in walks if "pytest.mark.browser" not in walk.read_text("utf-8")] == []
