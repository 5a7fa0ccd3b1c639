"""What was filed on a Saturday is observed on Monday, corrected, and answered by a notice; with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.browser.test_walk_filing import EMAIL, LIMA, USERNAME, minutes_to_saturday
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
OFFICER = next(one for one in STAFF if one.number == "40000061")
PROCEDURE = "Solicitud de acceso a la información pública"
SUBJECT = "Copia de las actas del concejo de enero"
OBSERVED = "Falta la firma en la solicitud.\nDi si quieres las actas en papel o en un archivo."
HOME = "/entidad/presentados"
WAIT_S = 60


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Have a run of its own, since its clock is put to a Saturday."""
    with a_run(tmp_path, free_port(), free_port()) as running:
        running.put_forward(minutes_to_saturday(running.now()))
        yield running


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "solicitud.pdf"
    path.write_bytes(PDF)
    return path


def to_monday(person: Person) -> None:
    """Put the clock to ten in the morning of Monday."""
    local = person.run.now().astimezone(LIMA)
    day = local.date() + timedelta(days=(7 - local.weekday()) % 7 or 7)
    person.put_clock_forward(int((datetime.combine(day, time(10), LIMA) - local).total_seconds() // 60) + 1)


def text(person: Person) -> str:
    return person.page.locator("main").inner_text()


def send(person: Person, file: Path, button: str) -> None:
    """Send a file, and wait until it passed."""
    before = person.page.get_by_role("button", name="Quitar").count()
    person.page.locator("#file").set_input_files(file)
    person.press(button)
    person.page.get_by_role("button", name="Quitar").nth(before).wait_for()

    def has_passed() -> bool:
        person.page.reload()
        return "Listo" in text(person)

    wait_until(has_passed, WAIT_S)


def file_it(person: Person, letter: Path) -> str:
    """File on Saturday evening; return the number."""
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.open("/tramites/entidad-demo")
    person.follow(PROCEDURE)
    person.press("Presentar")
    person.type(subject=SUBJECT)
    person.press("Continuar")
    send(person, letter, "Enviar")
    person.follow("Continuar")
    person.follow("Continuar")
    person.page.get_by_label("Por el titular de esta casilla").check()
    person.press("Continuar")
    person.press("Presentar")
    assert person.heading() == "Documento presentado"
    return str(re.findall(r"\d{4}-\d{6}", text(person))[0])


def enter(person: Person) -> None:
    person.put_clock_forward(1)  # a code counts once
    person.open("/entidad/ingresar")
    person.type(username=OFFICER.username, password=PASSWORD, code=OFFICER.code_at(person.run.now()))
    person.press("Iniciar sesión")


def observe(person: Person, number: str) -> None:
    """See it in the inbox, take it, and observe it, first with nothing said."""
    enter(person)
    person.follow("Presentados")
    person.look("inbox")
    assert "Puedes observarla hasta las 23:59" in text(person)
    person.page.get_by_label("Estado").select_option("Respondida")
    person.press("Ver")
    assert "No hay presentaciones en estado «Respondida»" in text(person)
    person.look("inbox-empty")
    person.open(HOME)
    person.follow(number)
    person.look("inbox-filing")
    assert "Responde hasta las 23:59" in text(person)
    with person.page.expect_download() as downloaded:
        person.page.get_by_role("link", name="solicitud.pdf").click()
    assert Path(downloaded.value.path()).read_bytes() == PDF
    person.follow("Tomar")
    person.look("inbox-take")
    person.press("Tomar la presentación")
    assert person.begins_with_outcome()
    for name, page in (("Pasar a otra persona", "hand-over"), ("Derivar a otra oficina", "derive")):
        person.follow(name)
        person.look(f"inbox-{page}")
        person.follow("Volver a la presentación")
    person.follow("Observar")
    person.look("inbox-observe")
    person.press("Observar la presentación")
    assert person.page.title().startswith("Error: ")
    person.look("inbox-observe-wrong")
    person.type(observation=OBSERVED)
    person.press("Observar la presentación")
    assert person.begins_with_outcome()
    person.look("inbox-observed")


def correct(person: Person, letter: Path) -> None:
    """Read what was observed, as it was written, and send the letter again."""
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.open("/mis-tramites")
    person.follow(PROCEDURE)
    assert all(line in text(person) for line in OBSERVED.splitlines())
    person.follow("Subsanar")
    person.press("Empezar")
    send(person, letter, "Enviar")
    person.follow("Continuar")
    person.follow("Continuar")
    person.press("Enviar la subsanación")
    person.page.wait_for_url(re.compile("/subsanada$"))
    person.look("inbox-corrected-holder")


def answer(person: Person, number: str, letter: Path) -> None:
    """Go on with what was corrected, and answer it by a notice that begins with what the filing says."""
    person.put_clock_forward(30)  # the session of the morning ended
    enter(person)
    person.open(f"{HOME}?estado=corrected")
    person.follow(number)
    person.look("inbox-corrected")
    with person.page.expect_download() as downloaded:
        person.page.get_by_role("link", name="Cargo de la corrección").click()
    assert downloaded.value.suggested_filename == f"cargo-{number}-correccion.pdf"
    person.follow("Seguir con la corrección")
    person.press("Tomar la presentación")
    person.follow("Responder")
    person.look("inbox-answer")
    person.press("Redactar la respuesta")
    assert person.page.locator("[name=document_number]").input_value() == "40000002"
    person.type(reason="Responder lo que presentó")
    person.press("Consultar y guardar")
    person.follow("Continuar")
    person.type(type="CARTA", number="000101-2026", subject="Las actas que pediste", issued_time="11:05")
    person.type_day("issued_on", "6", "3", "2026")
    person.press("Guardar")
    person.type(office="Atención a la Ciudadanía", signed_by="Persona Firmante", prepared_by="Persona Redactora")
    person.press("Guardar")
    person.press("Guardar")
    person.page.get_by_label("No", exact=True).check()
    person.press("Guardar")
    person.page.get_by_label("El documento que se notifica").check()
    person.page.locator("#file").set_input_files(letter)
    person.press("Adjuntar")
    person.page.get_by_role("button", name="Quitar").wait_for()

    def has_passed() -> bool:
        person.page.reload()
        return ". Pasa." in text(person)

    wait_until(has_passed, WAIT_S)
    person.follow("Continuar")
    person.look("inbox-answer-draft")
    person.follow("Revisar y depositar")
    assert f"La presentación {number}, que queda respondida al depositar" in text(person)
    person.press("Depositar")
    assert f"La presentación {number} quedó respondida" in text(person)
    person.look("inbox-answered-done")
    person.follow("Ver la presentación")
    person.look("inbox-answered")


def read_answer(person: Person) -> None:
    """Be led from the filing to its answer, and back."""
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.open("/mis-tramites")
    person.follow(PROCEDURE)
    person.follow("Ver la respuesta en tu casilla")
    assert "Responde a lo que presentaste" in text(person)
    person.look("inbox-answer-envelope")
    person.press("Abrir la notificación")
    person.look("inbox-answer-notice")
    person.follow("Ver la presentación")
    assert "Respondida" in text(person)


def test_what_was_filed_is_observed_corrected_and_answered(person: Person, letter: Path) -> None:
    number = file_it(person, letter)
    to_monday(person)
    observe(person, number)
    correct(person, letter)
    answer(person, number, letter)
    read_answer(person)
