"""The maps of doors, of jobs and of commands: whole, true, and nothing beside them."""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import app as entry
from chalicelib.handlers import doors
from chalicelib.handlers.door import FORM, FORM_WITH_FILES, JSON, MAILBOX, NOTHING, PUBLIC, SESSION, SIGNED, STAFF, Door
from chalicelib.handlers.doors import DOORS, find
from chalicelib.handlers.jobs import JOBS, Job
from chalicelib.handlers.operator.arguments import PLURAL_READERS, READERS
from chalicelib.handlers.operator.command import FLAG, Command
from chalicelib.handlers.operator.commands import COMMANDS, GROUPS
from chalicelib.handlers.page_request import BUTTONS

ROOT = Path(__file__).parents[2]
MAPS_OF_COMMANDS = ("commands", "business_days/commands", "people/commands", "sender/commands", "institution/commands")
MOST_RESOURCES = 298
"""API Gateway takes 300 in one API, its root among them, unless AWS raises the quota; a deployment beyond that fails
halfway."""
_REGISTERING = re.compile(r"^\s*@?\w+\.(route|on_\w+|schedule|lambda_function|authorizer|middleware)\(", re.MULTILINE)

_PUBLIC_API = {
    f"/v1/{noun}" for noun in ("captchas", "login-codes", "password-resets", "registrations", "sessions", "activations")
}
_PUBLIC_PAGES = {
    *(
        "/",
        "/normativas",
        "/preguntas-frecuentes",
        "/entidad/preguntas",
        "/terminos",
        "/privacidad",
        "/revisar-archivo",
    ),
    *("/interrupciones", "/entidades/{institution_id}", "/emblemas/{institution_id}"),
    *("/tramites", "/tramites/{institution_id}"),
    *("/revisar-archivo/grande", "/revisar-archivo/{check_id}", "/verificar", "/verificar/{code}"),
    *(
        "/ingresar",
        "/ingresar/codigo",
        "/ingresar/identidad",
        "/olvide-mi-clave",
        "/recuperar/{link}",
        "/activar/{link}",
    ),
    *("/no-fui-yo", "/no-fui-yo/{token}"),
    *("/entidad/ingresar", "/plataforma/ingresar", "/entidad/activar", "/convenio", "/convenio/{link}"),
    *("/captchas/{captcha_id}", "/static/{name}", "/{page}", "/{page}/{second}"),
    "/.well-known/security.txt",
    *(f"/registro{step}" for step in ("", "/terminos", "/privacidad", "/tipo", "/revisar", "/correo", "/identidad")),
    "/registro/solicitud",
    *("/registro/persona-natural", "/registro/persona-juridica", "/verificar-correo/{token}"),
}
_WITHOUT_VALIDATION = {
    *("/v1/sessions", "/v1/sessions/current", "/v1/sessions/current/validation"),
    *("/v1/acceptances", "/textos", "/v1/passwords", "/salir", "/validar", "/clave", "/clave/cambiada"),
}
"""Addresses that a session opens without a fresh validation: they show nothing of a mailbox."""


def _named(door: Door) -> str:
    return f"{door.method} {door.path}"


@pytest.mark.parametrize("door", DOORS, ids=_named)
def test_every_door_declares_who_may_enter_and_what_it_takes(door: Door) -> None:
    assert door.access in {MAILBOX, PUBLIC, SESSION, SIGNED, *STAFF}
    assert door.bodies in (NOTHING, JSON, FORM, FORM_WITH_FILES)
    if door.method != "POST":
        assert door.bodies == NOTHING
    else:
        assert door.bodies in ((FORM, FORM_WITH_FILES) if door.kind == "web" else (JSON,))


@pytest.mark.parametrize("door", DOORS, ids=_named)
def test_every_door_leads_to_a_function_that_takes_the_paths_parameters(door: Door) -> None:
    view = find(door.target)
    beside = 1 + (door.access in {SESSION, MAILBOX, *STAFF}) + hasattr(view, "beside")

    inspect.signature(view, follow_wrapped=False).bind(*[None] * beside, **dict.fromkeys(_variables(door.path), "x"))
    assert view.__doc__


def test_the_app_has_the_doors_of_the_map_and_no_others() -> None:
    registered = {
        (method, path, tuple(route.content_types))
        for path, methods in entry.app.routes.items()
        for method, route in methods.items()
    }

    nowhere = {door.path for door in DOORS if door.target == "web.missing:show_missing"}
    assert registered == {
        (method, door.path, () if door.path in nowhere else tuple(door.bodies or JSON))
        for door in DOORS
        for method in door.methods
    }
    assert len(registered) == sum(len(door.methods) for door in DOORS)


def test_the_gateway_is_told_which_bodies_are_no_text() -> None:
    assert set(FORM_WITH_FILES) <= set(entry.app.api.binary_types)
    assert not {JSON[0], FORM[0], "*/*"} & set(entry.app.api.binary_types)


def test_where_get_is_let_in_head_is_too_and_nowhere_is_nowhere_by_every_method() -> None:
    for door in DOORS:
        if re.fullmatch(r"(/{\w+})+", door.path):
            assert set(door.methods) == {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, door.path
        else:
            assert door.methods == (("GET", "HEAD") if door.method == "GET" else (door.method,)), door.path


def test_nothing_is_registered_elsewhere() -> None:
    maps = {ROOT / "chalicelib" / "handlers" / f"{name}.py" for name in ("doors", "jobs", "operator/commands")}
    sources = [path for path in (ROOT / "chalicelib").rglob("*.py") if path not in maps]
    assert len(sources) > 200
    for path in sources:
        assert not _REGISTERING.search(path.read_text("utf-8")), path


def test_public_are_only_the_ways_in() -> None:
    of_buttons = {("GET", path) for path in BUTTONS}
    public = [door for door in DOORS if door.access == PUBLIC and (door.method, door.path) not in of_buttons]

    assert {"/".join(door.path.split("/")[:3]) for door in public} <= _PUBLIC_API | _PUBLIC_PAGES


def test_a_session_without_a_fresh_validation_opens_nothing_of_a_mailbox() -> None:
    assert {door.path for door in DOORS if door.access == SESSION} == _WITHOUT_VALIDATION, (
        "What shows or changes anything of a mailbox asks for MAILBOX: a validation of the last twenty minutes."
    )


def test_a_buttons_address_opened_by_hand_leads_back() -> None:
    pages = [door for door in DOORS if door.kind == "web"]
    shown = {door.path for door in pages if door.method == "GET"}

    assert {door.path for door in pages if door.target == "web.missing:lead_back"} == set(BUTTONS)
    assert {door.path for door in pages} <= shown, "Whoever opens a button's address by hand is led back: see BUTTONS."


def test_what_varies_in_one_place_of_the_addresses_has_one_name() -> None:
    """API Gateway refuses two differently named variables under one parent at its import; no local engine does."""
    names = defaultdict(set)
    for door in DOORS:
        parts = door.path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names["/".join(parts[:place])].add(part)

    assert {parent: found for parent, found in names.items() if len(found) > 1} == {}


def test_the_addresses_stay_within_what_one_api_holds() -> None:
    resources = {"/".join(parts[:end]) for parts in _paths() for end in range(1, len(parts) + 1)}

    assert len(resources) <= MOST_RESOURCES, (
        f"{len(resources)} API resources; API Gateway takes 300. Give the next capability a parameter in its address "
        "instead of an address of its own, or ask AWS to raise the quota 'Resources/Routes per REST API' and say so in "
        "the runbook before raising this bound."
    )


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_is_where_lambda_looks_for_it(job: Job) -> None:
    assert find(job.target).__doc__
    function = getattr(entry, job.name)
    assert callable(function)
    assert function is entry.app.handler_map[job.name]


def test_the_app_has_the_jobs_of_the_map_and_no_others() -> None:
    sources = {source.name: source.handler_string for source in entry.app.event_sources}

    assert sources == {job.name: f"app.{job.name}" for job in JOBS}


def test_operators_have_one_function_that_nothing_starts_and_no_address_leads_to() -> None:
    [function] = entry.app.pure_lambda_functions

    assert (function.name, function.handler_string) == ("operator", "app.operator")
    assert entry.operator is entry.app.handler_map["operator"]
    assert not {door.target for door in DOORS if "operator" in door.target}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_leads_to_a_function_and_says_what_it_and_each_argument_is(command: Command) -> None:
    view = find(command.target)

    inspect.signature(view).bind({})
    assert view.__doc__
    assert command.about
    names = [argument.name for argument in command.all_arguments]
    assert len(set(names)) == len(names)
    assert set(command.one_of) <= set(names)
    for argument in command.all_arguments:
        assert argument.about
        assert argument.kind in {FLAG, *PLURAL_READERS, *READERS}


def test_commands_are_told_apart_by_their_words() -> None:
    names = [command.name.split() for command in COMMANDS]
    assert not [(one, other) for one in names for other in names if one is not other and one == other[: len(one)]]


def test_the_help_has_every_command_in_a_group() -> None:
    assert {command.name.split()[0] for command in COMMANDS} == GROUPS.keys()


@pytest.mark.parametrize("module", ["doors", "jobs", *(f"operator/{name}" for name in MAPS_OF_COMMANDS)])
def test_a_map_imports_nothing_of_ours_that_a_door_or_job_needs(module: str) -> None:
    tree = ast.parse((ROOT / "chalicelib" / "handlers" / f"{module}.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}

    assert {name for name in imported if name.startswith("chalicelib")} <= {
        "chalicelib.handlers.door",
        "chalicelib.handlers.doors",
        "chalicelib.handlers.console_doors",
        "chalicelib.handlers.collector",
        "chalicelib.handlers.fault",
        "chalicelib.handlers.operator.command",
        *(f"chalicelib.handlers.operator.{name.replace('/', '.')}" for name in MAPS_OF_COMMANDS),
    }


def test_a_door_that_does_not_exist_is_found_before_anybody_is_led_to_it() -> None:
    with pytest.raises(AttributeError):
        doors.find("web.information:show_nothing")
    with pytest.raises(ModuleNotFoundError):
        doors.find("web.nowhere:show_home")


def _variables(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _paths() -> Iterator[list[str]]:
    return ([part for part in door.path.split("/") if part] for door in DOORS)
