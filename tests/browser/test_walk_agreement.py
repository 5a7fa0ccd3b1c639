"""An institution applies, is approved, is warned, expires by the clock and comes back; each at their own browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, FilePayload

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from infra.local.ministack import free_port
from tests.browser.conftest import SHOTS
from tests.browser.person import PHONE, Person, link_in
from tests.deposit_world import a_pdf
from tests.local_run import Run, a_run, wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

EMAIL, COORDINATOR = "alcaldia@muni-nueva.example", "coordinacion@muni-nueva.example"
ENTITY, AT = "muni-nueva", "/plataforma/entidades/muni-nueva/convenio"
OWN_PASSWORD = "Faro-lento-verde-52"
PDF: FilePayload = {"name": "solicitud.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
Opened = Callable[[bool], Person]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run of its own, whose clock may go on for days."""
    with a_run(tmp_path_factory.mktemp("days"), free_port(), free_port()) as running:
        yield running


@pytest.fixture
def people(chromium: Browser, days: Run) -> Iterator[Opened]:
    contexts = []

    def somebody(has_script: bool) -> Person:
        context = chromium.new_context(
            viewport={"width": PHONE, "height": 740},
            java_script_enabled=has_script,
            locale="es-PE",
            timezone_id="America/Lima",
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Person(context.new_page(), days, Path(SHOTS), has_script=has_script)

    yield somebody
    for context in contexts:
        context.close()


def test_an_institution_applies_is_approved_warned_expires_and_comes_back(people: Opened) -> None:
    public, administrator, coordinator = people(False), people(True), people(True)
    _apply(public)
    _log_in_administrator(administrator)
    last = _today(administrator) + timedelta(days=4)
    _approve(administrator, last)

    coordinator.open(link_in(coordinator.mail(COORDINATOR, "Active su acceso"), "/entidad/activar/"))
    [seed] = re.findall(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", coordinator.page.locator("main").inner_text())
    device = pyotp.TOTP(seed.replace(" ", ""))
    fields = {"password": OWN_PASSWORD, "password_repeated": OWN_PASSWORD}
    coordinator.type(**fields, code=device.at(coordinator.run.now()))
    coordinator.press("Activar mi acceso")
    assert coordinator.heading() == "Tu acceso está listo"

    _pass(coordinator, days=1)
    assert "termina" in coordinator.mail(COORDINATOR, "El convenio de su entidad termina")
    _log_in(coordinator, "/entidad", f"40000905@{ENTITY}", OWN_PASSWORD, device)
    coordinator.open("/entidad/convenio")
    assert "Activo" in _words(coordinator)
    coordinator.look("agreement-active")
    for kind in ("coordinador", "representante"):
        coordinator.open(f"/entidad/convenio/cambios/{kind}")
        coordinator.look(f"agreement-change-{kind}")
        coordinator.press("Enviar el pedido")
        assert coordinator.page.title().startswith("Error: ")
        coordinator.look(f"agreement-change-{kind}-wrong")

    _pass(coordinator, days=5)
    assert "Venció" in coordinator.mail(COORDINATOR, "se canceló")
    _log_in(coordinator, "/entidad", f"40000905@{ENTITY}", OWN_PASSWORD, device)
    coordinator.look("agreement-home-cancelled")
    coordinator.follow("Mira por qué y qué hacer")
    assert "Cancelado: el convenio venció" in _words(coordinator)
    coordinator.look("agreement-cancelled")

    _log_in_administrator(administrator)
    administrator.open(AT)
    administrator.follow("Reactivar")
    administrator.look("agreement-revival")
    administrator.press("Reactivar")
    assert administrator.page.title().startswith("Error: ")
    administrator.type(number="1-2027", reason="Adenda firmada por las partes")
    _type_day(administrator, "ends_on", _today(administrator) + timedelta(days=365))
    administrator.page.locator("#file").set_input_files(PDF)
    administrator.press("Reactivar")
    administrator.look("agreement-of-entity")
    coordinator.open("/entidad/convenio")
    assert "Activo" in _words(coordinator)
    coordinator.look("agreement-revived")
    _record_by_document(administrator)
    coordinator.open("/entidad/convenio")
    assert "Pedido por documento N.º 12-2026-MUNI" in _words(coordinator)
    coordinator.look("agreement-change-by-document")


def _record_by_document(administrator: Person) -> None:
    """A letter asks for another coordinator: recorded, and told to who coordinates now."""
    administrator.open(f"{AT.removesuffix('/convenio')}/cambios/coordinador")
    administrator.look("change-recording")
    administrator.press("Registrar el pedido")
    assert administrator.page.title().startswith("Error: ")
    administrator.look("change-recording-wrong")
    administrator.type(letter_number="12-2026-MUNI", name="Persona Nueva de Ejemplo", document_number="40000906")
    administrator.type(position="Jefa de Trámite", email="nueva@muni.example", mobile="900000906")
    _type_day(administrator, "came_on", _today(administrator))
    administrator.page.locator("#file").set_input_files(PDF)
    administrator.press("Registrar el pedido")
    assert "La entidad ya está avisada" in _words(administrator)
    assert "avise ahora" in administrator.mail(COORDINATOR, "Un documento pide cambiar al coordinador")
    administrator.look("change-recorded")


def _apply(public: Person) -> None:
    public.open("/convenio")
    public.look("agreement-start")
    public.type(email=EMAIL)
    public.press("Enviar el enlace")
    public.look("agreement-link-sent")
    public.open(link_in(public.mail(EMAIL, "Continúe la solicitud"), "/convenio/"))
    public.look("agreement-application")
    public.press("Enviar la solicitud")
    assert public.page.title().startswith("Error: ")
    public.look("agreement-application-wrong")
    public.type(institution_name="Municipalidad Nueva de Ejemplo", ruc="20000000001", address="Plaza de Armas s/n")
    public.type(phone="(01) 000-0000", authority_name="Persona Autoridad de Ejemplo", authority_document="40000904")
    public.type(authority_position="Alcaldesa", coordinator_name="Persona Coordinadora de Ejemplo")
    public.type(coordinator_document_number="40000905", coordinator_position="Secretaria General")
    public.type(coordinator_email=COORDINATOR)
    public.page.get_by_label("Soy la máxima autoridad").check()
    public.page.get_by_label("Elaboradas en la plataforma", exact=True).check()
    public.page.locator("#file").set_input_files(PDF)
    public.press("Enviar la solicitud")
    assert public.heading() == "Recibimos la solicitud"
    public.look("agreement-applied")


def _approve(administrator: Person, last: date) -> None:
    administrator.open("/plataforma/convenios")
    administrator.look("agreement-applications")
    administrator.follow("Municipalidad Nueva de Ejemplo")
    administrator.look("agreement-decision")
    administrator.type(institution_id=ENTITY, number="045-2026")
    _type_day(administrator, "ends_on", last)
    administrator.press("Aprobar")
    assert "invitamos al coordinador propuesto" in _words(administrator)
    administrator.open("/plataforma/entidades?convenios=por-vencer")
    assert "En 4 días" in _words(administrator)
    administrator.look("agreements-ending")
    administrator.follow("Municipalidad Nueva de Ejemplo")
    administrator.look("agreement-approved")
    administrator.follow("Inactivar")
    administrator.look("agreement-inactivation")


def _log_in_administrator(person: Person) -> None:
    who = next(one for one in STAFF if one.is_platform)
    _log_in(person, "/plataforma", who.username, PASSWORD, pyotp.TOTP(who.seed))


def _log_in(person: Person, home: str, username: str, password: str, device: pyotp.TOTP) -> None:
    person.put_clock_forward(1)  # a code counts once
    person.open(f"{home}/ingresar")
    person.type(username=username, password=password, code=device.at(person.run.now()))
    person.press("Iniciar sesión")
    assert person.path() == home


def _pass(person: Person, days: int) -> None:
    """Let days pass, each with its night."""
    for _ in range(days):
        person.put_clock_forward(24 * 60)
    wait_until(lambda: person.run.get("/_local/")[0] == 200, 15)


def _today(person: Person) -> date:
    return (person.run.now() - timedelta(hours=5)).date()


def _type_day(person: Person, name: str, day: date) -> None:
    person.type_day(name, str(day.day), str(day.month), str(day.year))


def _words(person: Person) -> str:
    return str(person.page.locator("main").inner_text())
