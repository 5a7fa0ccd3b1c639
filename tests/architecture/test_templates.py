"""Pages lie in the wing that shows them, and each is shown by somebody."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from jinja2.meta import find_referenced_templates

from chalicelib.domain.registration.registration import RegistrationState
from chalicelib.handlers.door import PUBLIC, Door
from chalicelib.handlers.doors import DOORS
from chalicelib.handlers.web.registration.fields import PERSON_TYPES
from chalicelib.renderers.pages import PAGES, page_templates
from chalicelib.services.registration.mail_link import LinkState

HANDLERS = Path(__file__).parents[2] / "chalicelib" / "handlers"
TEMPLATES = {path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.html")}
FAMILIES: dict[str, Iterable[str]] = {
    "registration/{found.state}.html": RegistrationState,
    "registration/{draft.person_type}.html": PERSON_TYPES,
    "registration/mail_link_{link.state}.html": LinkState,
}
"""Names that a handler makes, and of what."""


def shown_by(module: Path) -> Iterator[str]:
    """Yield the templates that a module names, those of a family each."""
    tree = ast.parse(module.read_text("utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in parts and str(node.value).endswith(".html"):
            yield str(node.value)
        elif isinstance(node, ast.JoinedStr) and (name := ast.unparse(node)[2:-1]).endswith(".html"):
            yield from (re.sub(r"\{.*\}", str(member), name) for member in FAMILIES[name])


SHOWN = {module: set(shown_by(module)) for module in HANDLERS.rglob("*.py")}


def referenced(template: str) -> set[str]:
    """Return the templates that one extends, includes or takes macros from."""
    parsed = page_templates().parse((PAGES / template).read_text("utf-8"))
    return {name for name in find_referenced_templates(parsed) if name}


def wing_of(template: str) -> str:
    """Return the folder it lies in, empty where it is of all wings."""
    return template.rpartition("/")[0]


def test_every_template_is_shown_and_every_one_shown_exists() -> None:
    shown = set().union(*SHOWN.values())
    used = shown.union(*map(referenced, TEMPLATES))
    assert used == TEMPLATES


def test_a_wing_shows_its_own_pages() -> None:
    for module, shown in SHOWN.items():
        folder = module.relative_to(HANDLERS).parent.parts[1:]
        wing = folder[0] if folder else ""
        assert {wing_of(template) for template in shown} <= {wing}, module


def test_a_page_takes_parts_of_its_own_wing_or_of_all() -> None:
    """Those that set a password show the rules of access; every page of the console stands in its frame."""
    shared = {"people": {"access/_rules.html"}, "institution": {"access/_rules.html"}}
    framed = {"institution/console.html"}
    for template in TEMPLATES:
        others = {name for name in referenced(template) if wing_of(name) not in {"", wing_of(template)}}
        assert others <= shared.get(wing_of(template), framed), template


ELSEWHERE = {(name, "{{ sending.address }}") for name in ("file_check_send.html", "filing/draft_send.html")}
"""Forms that go to the store of files, with leave that was signed for one object."""
FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
POSTED = [door for door in DOORS if door.method == "POST" and door.kind == "web"]


def doors_at(action: str) -> list[Door]:
    """Return the doors that a form's address, as its template writes it, may lead to."""
    whole = action.startswith("/")
    pattern = "".join(".*" if part.startswith("{{") else re.escape(part) for part in re.split(r"({{.*?}})", action))
    return [door for door in POSTED if re.fullmatch(pattern if whole else f".*{pattern}", door.path)]


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_form_leads_to_a_door_and_those_of_a_session_carry_its_token(template: str) -> None:
    source = (PAGES / template).read_text("utf-8")
    forms = FORM.findall(source)
    assert len(forms) == source.count('<form method="post"')
    for action, body in forms:
        if (template, action) in ELSEWHERE:
            assert "csrf" not in body
            continue
        found = doors_at(action)
        assert found, f"{template}: no door takes a form at {action}"
        of_wing = [door for door in found if door.target.startswith(f"web.{wing_of(template)}.")] or found
        if all(door.access != PUBLIC for door in of_wing):
            assert "csrf" in body, f"{template}: the form to {action} lacks form.csrf_field()"
