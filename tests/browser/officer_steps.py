"""What an officer does about a filing, from the inbox to its answer, each page looked at; walks put them together."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from tests.browser.filing_steps import LIMA, WAIT_S, downloaded, instants_of, text
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import wait_until

OFFICER = next(one for one in STAFF if one.number == "40000061")
OBSERVED = "Falta la firma en la solicitud.\nDi también en qué área trabajaste."
HOME = "/entidad/presentados"


def to_monday(person: Person) -> None:
    """Put the clock to ten in the morning of Monday."""
    local = person.run.now().astimezone(LIMA)
    day = local.date() + timedelta(days=(7 - local.weekday()) % 7 or 7)
    person.put_clock_forward(int((datetime.combine(day, time(10), LIMA) - local).total_seconds() // 60) + 1)


def enter(person: Person) -> None:
    person.put_clock_forward(1)  # a code counts once
    person.open("/entidad/ingresar")
    person.type(username=OFFICER.username, password=PASSWORD, code=OFFICER.code_at(person.run.now()))
    person.press("Iniciar sesión")


def listed_in_state(person: Person, state: str, number: str) -> bool:
    """Tell whether a filing is in the inbox of a state, chosen by its word."""
    person.open(HOME)
    person.page.get_by_label("Estado").select_option(label=state)
    person.press("Ver")
    return number in text(person)


def observe(person: Person, number: str, name: str) -> None:
    """See it in the inbox, take it, and observe it, first with nothing said; `name` is one of its documents."""
    enter(person)
    person.follow("Presentados")
    person.look("inbox")
    assert "Puedes observarla hasta las 23:59" in text(person)
    assert not listed_in_state(person, "Atendida", number)
    assert "No hay presentaciones en estado «Atendida»" in text(person)
    person.look("inbox-empty")
    person.open(HOME)
    person.follow(number)
    person.look("inbox-filing")
    assert "Responde hasta las 23:59" in text(person)
    assert downloaded(person, name).read_bytes() == PDF
    person.follow("Tomar")
    person.look("inbox-take")
    person.press("Tomar la presentación")
    assert person.begins_with_outcome()
    for link, page in (("Pasar a otra persona", "hand-over"), ("Derivar a otra oficina", "derive")):
        person.follow(link)
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


def observe_simply(person: Person, number: str) -> None:
    """Observe another one, with no page looked at."""
    person.open(HOME)
    person.follow(number)
    person.follow("Observar")
    person.type(observation=OBSERVED)
    person.press("Observar la presentación")
    assert person.begins_with_outcome()


def answer(person: Person, number: str, letter: Path) -> None:
    """Go on with what was corrected, and answer it by a notice that begins with what the filing says."""
    person.put_clock_forward(30)  # the session of the morning ended
    enter(person)
    assert listed_in_state(person, "En evaluación", number)
    assert "Llegó la subsanación." in text(person)
    person.look("inbox-in-evaluation")
    person.follow(number)
    person.look("inbox-corrected")
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name="Cargo de la subsanación").click()
    assert waiting.value.suggested_filename == f"cargo-{number}-subsanacion.pdf"
    person.follow("Seguir con la subsanación")
    person.press("Tomar la presentación")
    person.follow("Responder")
    person.look("inbox-answer")
    person.press("Redactar la respuesta")
    assert person.page.locator("[name=document_number]").input_value() == "40000002"
    write_notice(person, letter)
    person.look("inbox-answer-draft")
    person.follow("Revisar y depositar")
    assert f"La presentación {number}, que queda atendida al depositar" in text(person)
    person.press("Depositar")
    assert f"La presentación {number} quedó atendida" in text(person)
    person.look("inbox-answered-done")
    person.follow("Ver la presentación")
    person.look("inbox-answered")


def write_notice(person: Person, letter: Path) -> None:
    """Write what the answer's notice needs, part by part, and send its document."""
    person.type(reason="Responder lo que presentó")
    person.press("Consultar y guardar")
    person.follow("Continuar")
    person.type(type="CARTA", number="000101-2026", subject="Tus años de servicio", issued_time="11:05")
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


def instants(person: Person, number: str) -> list[str]:
    """Return when each thing happened that the filing's page tells, in order."""
    person.open(f"{HOME}?estado=answered")
    person.follow(number)
    person.page.locator("ol.steps").wait_for()
    return instants_of(person)


def inbox_as_excel(person: Person) -> dict[str, Any]:
    """Return the row of what was answered in the institution's Excel."""
    person.open(f"{HOME}?estado=answered")
    book = load_workbook(BytesIO(downloaded(person, "Descargar en Excel").read_bytes()))
    heading, row = book["Lo que se presentó"].iter_rows(values_only=True)
    return dict(zip(heading, row, strict=True))
