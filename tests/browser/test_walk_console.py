"""From an empty deployment to a notice that was opened: administrator, coordinator, officer and holder, each at theirs.

The officer has scripts and a phone, the others have none. Devices are what their pages show: a seed to type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, FilePayload, Page
from stdnum.pe import cui

from infra.local.ministack import free_port
from tests.browser.conftest import SHOTS
from tests.browser.person import PHONE, Person, code_in, link_in
from tests.deposit_world import a_pdf
from tests.local_run import ROOT, Run, a_run, operate, wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

PASSWORD = "Faro-lento-verde-52"
ENTITY, AT = "muni-ejemplo", "/plataforma/entidades/muni-ejemplo"
HOLDER, HOLDERS = "99000002", "persona.02@ejemplo.pe"
Opened = Callable[[bool], Person]


@dataclass
class Device:
    """What somebody of the staff has: a username, and an app that shows codes."""

    username: str
    seed: str
    used: set[str] = field(default_factory=set)

    def code(self, run: Run) -> str:
        """Wait for a code that was not used yet, putting the clock forward."""
        shown = ""
        while not shown or shown in self.used:
            status, _, page = run.get("/_local/")
            assert status == 200
            shown = pyotp.TOTP(self.seed).at(int(re.findall(rb"data-now=.(\d+)", page)[0]))
            if shown in self.used:
                run.put_forward(1)
        self.used.add(shown)
        return shown


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with a_run(tmp_path_factory.mktemp("empty"), free_port(), free_port(), is_empty=True) as running:
        yield running


@pytest.fixture
def people(chromium: Browser, empty: Run) -> Iterator[Opened]:
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
        return Person(context.new_page(), empty, Path(SHOTS), has_script=has_script)

    yield somebody
    for context in contexts:
        context.close()


def _set_up(person: Person, email: str, username: str) -> Device:
    """Follow the link of the e-mail and enrol the device that its page shows."""
    person.open(link_in(person.mail(email, "Active su acceso"), "/entidad/activar/"))
    person.look("set-up")
    [seed] = re.findall(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", _words(person.page))
    device = Device(username, seed.replace(" ", ""))
    person.type(password=PASSWORD, password_repeated=PASSWORD, code="000000")
    person.press("Activar mi acceso")
    assert person.page.title().startswith("Error: ")
    person.type(password=PASSWORD, password_repeated=PASSWORD, code=device.code(person.run))
    person.press("Activar mi acceso")
    assert person.heading() == "Tu acceso está listo"
    assert len(re.findall(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", _words(person.page))) == 10
    person.look("set-up-ready")
    return device


def _log_in(person: Person, device: Device, at: str = "/entidad") -> None:
    person.open(f"{at}/ingresar")
    person.look("console-login")
    person.type(username=device.username, password=PASSWORD, code=device.code(person.run))
    person.press("Iniciar sesión")
    assert person.path() == at


def _confirm(person: Person, device: Device) -> None:
    """Show a code where one is asked for again."""
    if person.path() == "/entidad/confirmar":
        person.type(code=device.code(person.run))
        person.press("Continuar")


def _words(page: Page) -> str:
    return str(page.locator("main").inner_text())


def _enrol(person: Person, device: Device, number: str, name: str, email: str, *ticked: str) -> None:
    person.follow("Inscribir a una persona")
    _confirm(person, device)
    person.look("enrolment")
    person.press("Inscribir y enviar el enlace")
    assert person.page.title().startswith("Error: ")
    person.look("enrolment-wrong")
    person.type(document_number=number, name=name, position="Especialista", email=email)
    for words in ticked:
        person.page.get_by_label(words).check()
    person.press("Inscribir y enviar el enlace")
    assert f"Inscribimos a {name}" in _words(person.page)
    person.look("team")


def _administer(person: Person) -> None:
    """Be invited by the operator's command, and make an institution with its coordinator."""
    line = "staff first-administrator --document 40000070 --name 'Ada Ejemplo' --position Jefa --email ada@ejemplo.pe"
    code, said, wrong = operate(person.run.state, f"{line} --reason 'Puesta en marcha' --operator rquispe")
    assert code == 0, said + wrong
    device = _set_up(person, "ada@ejemplo.pe", "40000070@plataforma")
    person.follow("Continuar")
    person.type(username="40000070", password=PASSWORD, code=device.code(person.run))
    person.press("Iniciar sesión")
    assert person.path() == "/plataforma"
    person.look("platform")
    person.follow("Entidades")
    person.look("institutions-none")
    person.follow("Agregar una entidad")
    person.look("institution-new")
    person.type(
        institution_id=ENTITY, name="Municipalidad de Ejemplo", address="Plaza Ejemplo 1, Lima", phone="(01) 000"
    )
    person.press("Agregar")
    person.look("institution")
    person.follow("Citar o retirar una norma")
    person.look("institution-norm")
    person.page.get_by_label("Depósito", exact=True).check()
    person.type(citation="D.S. 000-2026-EJEMPLO, art. 2")
    person.page.get_by_label("Es el régimen de los depósitos que no dicen otro").check()
    person.press("Guardar")
    person.open(f"{AT}/estado")
    person.look("institution-state")
    person.page.get_by_label("Activa", exact=True).check()
    person.type(reason="Convenio firmado")
    person.press("Cambiar el estado")
    assert person.path() == AT
    person.follow("Coordinadores: 0")
    _enrol(person, device, "40000071", "Carla Ejemplo", "carla@ejemplo.pe")


def _register(person: Person) -> None:
    """Get a mailbox through the portal."""
    person.open("/registro")
    for _ in ("terms", "privacy"):
        person.page.locator("[name=accepted]").check()
        person.press("Aceptar")
    person.page.get_by_label("Persona Natural").check()
    person.press("Continuar")
    person.type(
        number=HOLDER,
        cui=cui.calc_check_digits(HOLDER)[0],
        paternal_surname="Ficticio",
        maternal_surname="Supuesto",
        given_names="José Ángel",
        phone="987654321",
        email=HOLDERS,
        email_again=HOLDERS,
    )
    person.type_day("birth_date", "15", "marzo", "1990")
    person.type_day("issue_date", "10", "01", "2020")
    person.page.get_by_label("Femenino").check()
    person.press("Continuar")
    person.press("Registrar")
    person.type(code=code_in(person.mail(HOLDERS, "Validación de Correo Electrónico")))
    person.press("Validar")
    mail = person.mail(HOLDERS, "Credenciales de Acceso")
    [temporary] = re.findall(r"Contraseña:?\s+(\S+)", mail)
    person.log_in_by_code(f"1-{HOLDER}", temporary, HOLDERS)
    person.type(old_password=temporary, new_password=PASSWORD, new_password_repeated=PASSWORD)
    person.press("Enviar")


def _attach(person: Person) -> None:
    """Send the document and two annexes, and wait until they were looked at."""
    for role, name in (("Documento", "carta.pdf"), ("Anexo", "anexo-1.pdf"), ("Anexo", "anexo-2.pdf")):
        person.page.get_by_label(role).first.check()
        content = a_pdf(f"Contenido sintético de {name}")
        file: FilePayload = {"name": name, "mimeType": "application/pdf", "buffer": content}
        person.page.locator("input[type=file]").set_input_files([file])
        person.press("Adjuntar")
        person.page.locator("main").get_by_text(name).first.wait_for()
    wait_until(partial(_have_passed, person, 3), 30)


def _compose(person: Person, device: Device) -> None:
    """Write a notice with two annexes part by part, and deposit it."""
    person.follow("Redactar")
    person.look("compose-list")
    person.press("Empezar una notificación")
    person.page.get_by_label("La entidad misma").check()
    person.press("Guardar")
    person.look("compose-recipient")
    person.press("Consultar y guardar")
    assert person.page.title().startswith("Error: ")
    person.page.get_by_label("Tipo de documento de identidad").select_option("DNI")
    person.type(document_number=HOLDER, reason="Notificar la carta del expediente")
    person.press("Consultar y guardar")
    assert "Tiene casilla electrónica" in _words(person.page)
    person.look("compose-recipient-found")
    person.follow("Continuar")
    person.look("compose-case-file")
    person.type(case_number="EXP-2026-98")
    person.type_day("opened_on", "16", "2", "2026")
    person.press("Guardar")
    person.look("compose-document")
    person.type(type="CARTA", number="79-2026", subject="Respuesta a su solicitud", issued_time="11:05")
    person.type_day("issued_on", "6", "3", "2026")
    person.press("Guardar")
    person.look("compose-signers")
    person.type(office="Atención", signed_by="Ana Firmante", prepared_by="Luis Redactor")
    person.press("Guardar")
    person.look("compose-effects")
    person.press("Guardar")
    if person.path().endswith("/recursos"):
        person.look("compose-remedies")
        person.page.goto(person.page.url.replace("/recursos", "/plazo"))
    person.look("compose-term")
    person.page.get_by_label("Sí", exact=True).check()
    person.type(amount="10")
    person.press("Guardar")
    _attach(person)
    person.look("compose-files")
    person.follow("Continuar")
    person.look("compose-draft")
    person.follow("Revisar y depositar")
    _confirm(person, device)
    assert person.heading() == "Revisa antes de depositar"
    person.look("compose-check")
    person.press("Depositar")
    assert person.heading() == "Notificación depositada"
    person.look("compose-done")


def _have_passed(person: Person, files: int) -> bool:
    person.page.reload()
    return _words(person.page).count("Pasa.") == files


def test_from_an_empty_deployment_to_a_notice_that_was_opened(people: Opened) -> None:
    administrator, coordinator, officer, holder = people(False), people(False), people(True), people(False)
    _administer(administrator)
    of_coordinator = _set_up(coordinator, "carla@ejemplo.pe", f"40000071@{ENTITY}")
    _log_in(coordinator, of_coordinator)
    coordinator.look("console-home")
    coordinator.follow("Usuarios")
    coordinator.look("team-none")
    ticked = ("Redactar y depositar notificaciones", "Ver las notificaciones enviadas")
    _enrol(coordinator, of_coordinator, "40000072", "Oscar Ejemplo", "oscar@ejemplo.pe", *ticked)
    of_officer = _set_up(officer, "oscar@ejemplo.pe", f"40000072@{ENTITY}")
    _log_in(officer, of_officer)
    _register(holder)
    _compose(officer, of_officer)

    holder.put_clock_forward(2)
    holder.log_in_by_code(f"1-{HOLDER}", PASSWORD, HOLDERS)
    assert "Municipalidad de Ejemplo" in holder.mail(HOLDERS, "notificación")
    holder.page.get_by_role("link", name="Respuesta a su solicitud").first.click()
    holder.press("Abrir la notificación")
    assert "anexo-2.pdf" in _words(holder.page)

    officer.open("/entidad/enviadas")
    if officer.path() != "/entidad/enviadas":
        _log_in(officer, of_officer)
        officer.open("/entidad/enviadas")
    assert "Abierta" in _words(officer.page)
    officer.look("sent")
    officer.page.get_by_role("link", name="CARTA 79-2026").first.click()
    officer.look("sent-notice")
    officer.open("/entidad")
    officer.look("panel")

    coordinator.open("/entidad/equipo")
    if coordinator.path() != "/entidad/equipo":
        _log_in(coordinator, of_coordinator)
        coordinator.open("/entidad/equipo")
    coordinator.choose("Oscar Ejemplo", "Deshabilitar")
    _confirm(coordinator, of_coordinator)
    coordinator.look("team-deed")
    coordinator.type(reason="Dejó la entidad")
    coordinator.press("Deshabilitar")
    assert "ya no puede ingresar" in _words(coordinator.page)
    officer.page.goto(f"{officer.base}/entidad/enviadas")
    assert officer.path() == "/entidad/ingresar"


@pytest.mark.parametrize("page", ["_activity", "compose_list", "suspensions"])
def test_no_number_and_no_date_stands_on_a_phone_without_its_name(chromium: Browser, page: str) -> None:
    """The last cell of a card goes without one where it is a state or a button."""
    templates = ROOT / "chalicelib" / "renderers"
    [table] = re.findall(r"<table[^>]*>", (templates / f"templates/pages/institution/{page}.html").read_text("utf-8"))
    css = (templates / "static" / "casilla.css").read_text("utf-8")
    shown = chromium.new_page(viewport={"width": PHONE, "height": 740})
    shown.set_content(f"<style>{css}</style>{table}<tr><td data-label='Alertas'>0</td></tr></table>")
    assert shown.evaluate("getComputedStyle(document.querySelector('td'), '::before').display") != "none"
    shown.close()
