"""The habits of the house that no linter knows."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import app
from chalicelib.handlers.http import MAILBOX, PUBLIC, SESSION, SIGNED
from chalicelib.handlers.web.missing import BUTTONS

ROOT = Path(__file__).parents[2]
HEAVY = (
    "fpdf",
    "openpyxl",
    "pikepdf",
    "pyhanko",
    "PIL",
    "fontTools",
    "segno",
    "cryptography",
    "captcha",
    "argon2",
    "jinja2",
)


_PUBLIC_API = {
    f"/v1/{noun}" for noun in ("captchas", "login-codes", "password-resets", "registrations", "sessions", "activations")
}
_PUBLIC_PAGES = {
    *("/", "/normativas", "/preguntas-frecuentes", "/terminos", "/privacidad"),
    *("/ingresar", "/ingresar/codigo", "/olvide-mi-clave", "/recuperar/{link}", "/activar/{link}"),
    *("/captchas/{captcha_id}", "/static/{name}", "/{page}", "/{page}/{second}"),
    *(f"/registro{step}" for step in ("", "/terminos", "/privacidad", "/tipo", "/revisar", "/correo")),
    *("/registro/persona-natural", "/registro/persona-juridica", "/verificar-correo/{token}"),
}
_LEAD_BACK = {("GET", path) for path in BUTTONS}
"""Whoever opens a button's address by hand is led to its page, which has its own access."""


def _accesses() -> list[tuple[str, str | None]]:
    entries = [
        (path, entry)
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if (method, path) not in _LEAD_BACK
    ]
    return [(path, getattr(entry.view_function, "access", None)) for path, entry in entries]


def test_every_route_declares_who_may_call_it() -> None:
    assert _accesses()
    for path, access in _accesses():
        assert access in {MAILBOX, PUBLIC, SESSION, SIGNED}, path


def test_public_are_only_the_ways_in() -> None:
    public = {"/".join(path.split("/")[:3]) for path, access in _accesses() if access == PUBLIC}

    assert public <= _PUBLIC_API | _PUBLIC_PAGES


def test_app_registers_and_decides_nothing() -> None:
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.FunctionDef | ast.ClassDef)]
    assert all(module and (module == "chalice.app" or module.startswith("chalicelib.handlers")) for module in imported)


def test_cold_start_loads_no_heavy_library() -> None:
    program = f"import app, json, sys; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"

    loaded = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )

    assert json.loads(loaded.stdout) == []


@pytest.mark.parametrize("path", sorted((ROOT / "chalicelib").rglob("*.py")), ids=lambda path: path.name)
def test_modules_stay_readable_at_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 350


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert not list((ROOT / "chalicelib").rglob(f"*{name}*.py"))
