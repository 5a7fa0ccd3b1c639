"""An officer writes a notice with two annexes in a real browser and deposits it, with and without scripts."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

OFFICER = next(one for one in STAFF if one.number == "40000061")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {name: tmp_path / f"{name}.pdf" for name in ("carta-000079-2026", "anexo 1", "anexo 2")}
    for path in made.values():
        path.write_bytes(PDF)
    return made


def log_in(person: Person) -> None:
    person.put_clock_forward(1)  # a code counts once
    person.open("/entidad/ingresar")
    person.type(username=OFFICER.username, password=PASSWORD, code=OFFICER.code_at(person.run.now()))
    person.press("Iniciar sesión")


def attach(person: Person, file: Path, role: str) -> None:
    person.page.get_by_label(role).check()
    person.page.locator("#file").set_input_files(file)
    before = person.page.get_by_role("button", name="Quitar").count()
    person.press("Adjuntar")
    person.page.get_by_role("button", name="Quitar").nth(before).wait_for()
    person.page.wait_for_load_state("load")


def test_an_officer_writes_and_deposits_a_notice(person: Person, files: dict[str, Path]) -> None:
    log_in(person)
    person.follow("Redactar")
    person.look("compose-list")
    person.press("Empezar una notificación")
    person.page.get_by_label("La entidad misma").check()
    person.look("compose-office")
    person.press("Guardar")
    person.type(document_number="40000002", reason="Notificar la carta del expediente")
    person.press("Consultar y guardar")
    person.page.get_by_text("Tiene casilla electrónica y recibe notificaciones").wait_for()
    person.look("compose-recipient")
    person.follow("Continuar")
    person.type(case_number="")
    person.press("Guardar")
    assert person.page.title().startswith("Error: ")
    person.look("compose-case-file-wrong")
    person.type(case_number="EXP-2026-000098")
    person.type_day("opened_on", "16", "2", "2026")
    person.press("Guardar")
    person.type(type="CARTA", number=f"79-{time.time_ns()}", subject="Respuesta a su solicitud", issued_time="11:05")
    person.type_day("issued_on", "6", "3", "2026")
    person.look("compose-document")
    person.press("Guardar")
    person.type(office="Atención a la Ciudadanía", signed_by="Persona Firmante", prepared_by="Persona Redactora")
    person.press("Guardar")
    person.page.get_by_label("No la agota").check()
    person.look("compose-effects")
    person.press("Guardar")
    person.page.get_by_label("Sí", exact=True).check()
    person.type(amount="10")
    person.look("compose-term")
    person.press("Guardar")
    attach(person, files["carta-000079-2026"], "El documento que se notifica")
    attach(person, files["anexo 1"], "Un anexo")
    person.look("compose-files")
    send_large(person, files["anexo 2"])
    wait_until(lambda: passed(person) == len(files), 30)
    person.follow("Continuar")
    person.look("compose-draft")
    person.follow("Revisar y depositar")
    person.look("compose-check")
    person.press("Depositar")
    assert person.heading() == "Notificación depositada"
    person.look("compose-done")
    person.follow("Tus borradores")


def send_large(person: Person, file: Path) -> None:
    person.follow("Enviar un archivo más grande")
    person.page.get_by_label("Un anexo").check()
    person.press("Continuar")
    person.look("compose-send")
    person.page.locator("#file").set_input_files(file)
    person.press("Enviar")
    person.page.wait_for_url(re.compile(r"/archivos\?hecho=enviado$"))


def passed(person: Person) -> int:
    person.page.reload()
    return person.page.get_by_text(". Pasa.").count()


def test_asking_who_has_a_mailbox(person: Person) -> None:
    log_in(person)
    person.follow("Consultar")
    person.look("consultation")
    person.type(document_number="40000002", reason="Notificar una carta")
    person.press("Consultar")
    assert person.heading() == "Tiene casilla"
    person.look("consultation-answer")
