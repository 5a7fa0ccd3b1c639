"""What a person does from a procedure to its answer, step by step, each page looked at; walks put them together."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from infra.local.demo_data import PASSWORD
from tests.browser.person import Person
from tests.local_run import wait_until

USERNAME, EMAIL = "1-40000002", "maria.02@ejemplo.pe"
PROCEDURE = "Reconocimiento de años de servicio"
"""It has requirements to tick; the institution has an officer who attends."""
SUBJECT = "Solicito reconocer mis años de servicio de 1990 a 2005"
OWN = "/mis-tramites"
LIMA = ZoneInfo("America/Lima")
SATURDAY, EVENING = 5, time(20, 30)
WAIT_S = 120


def text(person: Person) -> str:
    return person.page.locator("main").inner_text()


def told(person: Person, words: str) -> bool:
    """Load the page again, and tell whether it says that."""
    person.page.reload()
    return words in text(person)


def minutes_to_saturday(now: datetime) -> int:
    """Return how far it is to the next Saturday's evening in Lima."""
    local = now.astimezone(LIMA)
    day = local.date() + timedelta(days=(SATURDAY - local.weekday()) % 7)
    at = datetime.combine(day, EVENING, LIMA)
    return int(((at if at > local else at + timedelta(days=7)) - local).total_seconds() // 60)


def log_in(person: Person) -> None:
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)


def send(person: Person, file: Path, button: str) -> None:
    """Send a file of a few MB, and wait until the page has it."""
    before = person.page.get_by_role("button", name="Quitar").count()
    person.page.locator("#file").set_input_files(file)
    person.press(button)
    person.page.get_by_role("button", name="Quitar").nth(before).wait_for()
    person.page.wait_for_load_state("load")


def have_passed(person: Person, count: int) -> None:
    """Wait until so many files passed their check."""

    def is_so() -> bool:
        person.page.reload()
        return text(person).count("Listo") == count

    wait_until(is_so, WAIT_S)


def downloaded(person: Person, name: str) -> Path:
    """Follow a link that gives a file."""
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name=name).first.click()
    return Path(waiting.value.path())


def fetched(person: Person) -> bytes:
    """Fetch what the page's link leads to, once it is ready."""
    wait_until(lambda: told(person, "Descargar"), WAIT_S)
    return downloaded(person, "Descargar").read_bytes()


def exported(person: Person, button: str) -> bytes:
    """Ask for a file that is made meanwhile, and fetch it."""
    with person.page.expect_navigation():
        person.press(button)
    return fetched(person)


def begin(person: Person) -> None:
    """Find the procedure as a stranger, log in, and press its button."""
    person.open("/tramites/entidad-demo")
    person.follow(PROCEDURE)
    person.look("filing-entry-stranger")
    assert "/ingresar?volver=" in str(
        person.page.get_by_role("link", name="Presentar", exact=True).get_attribute("href")
    )
    log_in(person)
    person.follow("Mis trámites")
    person.look("filing-none")
    person.follow("Presentar un documento")
    person.page.locator("main").get_by_role("link", name="Entidad de Demostración").click()
    person.follow(PROCEDURE)
    person.look("filing-entry")
    person.press("Presentar")


def say_what(person: Person) -> None:
    """Say what is asked, and tick a requirement."""
    assert person.heading() == "Qué pides"
    person.look("filing-subject")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    person.look("filing-subject-wrong")
    person.type(subject=SUBJECT)
    person.page.locator("[name=tick]").first.check()
    person.press("Continuar")


def send_document(person: Person, files: dict[str, Path]) -> None:
    """Send the letter."""
    assert person.heading() == "Tu documento"
    person.look("filing-document-none")
    person.press("Enviar")
    person.look("filing-document-wrong")
    send(person, files["solicitud.pdf"], "Enviar")
    have_passed(person, 1)
    person.look("filing-document")
    person.follow("Continuar")


def send_annexes(person: Person, files: dict[str, Path]) -> None:
    """Send three, the largest by way of the store."""
    person.look("filing-annexes-none")
    send(person, files["carné.jpg"], "Agregar")
    send(person, files["boletas.xlsx"], "Agregar")
    person.press("Enviar un archivo más grande")
    person.look("filing-send")
    person.page.locator("#file").set_input_files(files["contratos.pdf"])
    person.press("Enviar")
    person.page.wait_for_url(re.compile(r"/anexos\?hecho=enviado$"), timeout=WAIT_S * 1000)
    person.look("filing-annexes-waiting")
    have_passed(person, 3)
    person.look("filing-annexes")
    person.follow("Continuar")


def say_for_whom(person: Person) -> None:
    """Say that it is for somebody else, and then that it is not."""
    person.look("filing-represented")
    person.page.get_by_label("En nombre de otra persona o empresa", exact=True).check()
    person.press("Continuar")
    person.look("filing-represented-wrong")
    person.type(document_number="40000010", name="Rosa Demo Huamán")
    person.press("Continuar")
    person.look("filing-represented-proof")
    person.page.get_by_label("Por el titular de esta casilla").check()
    person.press("Guardar")


def check_and_file(person: Person) -> str:
    """Look at all of it, and file it; return the day that the page said it would count as."""
    assert person.heading() == "Revisa antes de presentar"
    person.look("filing-check")
    said = text(person)
    assert "Hoy no es día hábil" in said
    [counts_on] = re.findall(r"cuenta como presentado el (\w+ \d+ de \w+ de \d+), el siguiente día hábil", said)
    assert "contratos.pdf" in said
    person.open("/presentar")
    person.look("filing-drafts")
    person.page.go_back()
    person.press("Presentar")
    return str(counts_on)


def keep_receipt(person: Person, counts_on: str) -> str:
    """See both dates, and take the receipt away; return the number."""
    assert person.heading() == "Documento presentado"
    person.look("filing-filed")
    said = text(person)
    assert re.search(r"Llegó\s+sábado \d+ de \w+ de \d+ a las 20:\d\d:\d\d", said)
    assert counts_on in said.partition("Cuenta como presentado")[2][:80]
    number = str(re.findall(r"\d{4}-\d{6}", said)[0])
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name="Descargar cargo").click()
    assert waiting.value.suggested_filename == f"cargo-{number}.pdf"
    return number


def find_again(person: Person, files: dict[str, Path]) -> None:
    """Find it in the list, and take away the very bytes."""
    person.follow("Mis trámites")
    person.look("filing-list")
    person.type(q="reconocer")
    person.press("Buscar")
    person.look("filing-found")
    person.type(q="divorcio")
    person.press("Buscar")
    person.look("filing-found-none")
    open_own(person)
    person.look("filing-detail")
    assert downloaded(person, "contratos.pdf").read_bytes() == files["contratos.pdf"].read_bytes()


def file_simply(person: Person, letter: Path, subject: str) -> str:
    """File a letter alone, with no page looked at; return the number."""
    log_in(person)
    person.open("/tramites/entidad-demo")
    person.follow(PROCEDURE)
    person.press("Presentar")
    person.type(subject=subject)
    person.press("Continuar")
    send(person, letter, "Enviar")
    have_passed(person, 1)
    person.follow("Continuar")
    person.follow("Continuar")
    person.page.get_by_label("Por el titular de esta casilla").check()
    person.press("Continuar")
    person.press("Presentar")
    assert person.heading() == "Documento presentado"
    return str(re.findall(r"\d{4}-\d{6}", text(person))[0])


def open_own(person: Person) -> None:
    """Open the newest of the procedure's filings."""
    person.open(OWN)
    person.follow(PROCEDURE)
    person.page.locator("ol.steps").wait_for()


def found_in_state(person: Person, state: str, number: str) -> bool:
    """Tell whether a filing is among one's own of a state, chosen by its word."""
    person.open(OWN)
    person.page.get_by_label("Estado").select_option(label=state)
    person.press("Buscar")
    return number in text(person)


def correct(person: Person, letter: Path, observed: str) -> None:
    """Read what was observed, as it was written, and send the letter again."""
    log_in(person)
    open_own(person)
    assert "Observada: subsana hasta las 23:59 del" in text(person)
    assert all(line in text(person) for line in observed.splitlines())
    person.look("filing-observed")
    person.follow("Subsanar")
    person.look("filing-correcting")
    person.press("Empezar")
    send(person, letter, "Enviar")
    have_passed(person, 1)
    person.follow("Continuar")
    person.follow("Continuar")
    person.look("filing-correction-check")
    person.press("Enviar la subsanación")
    person.page.wait_for_url(re.compile("/subsanada$"))
    person.look("filing-corrected")


def read_answer(person: Person) -> None:
    """Be led from the filing to its answer, and back."""
    log_in(person)
    open_own(person)
    person.follow("Ver la respuesta en tu casilla")
    assert "Responde a lo que presentaste" in text(person)
    person.look("filing-answer-envelope")
    person.press("Abrir la notificación")
    person.look("filing-answer-notice")
    person.follow("Ver la presentación")
    assert "Atendida" in text(person)
    person.look("filing-answered")


def instants_of(person: Person) -> list[str]:
    """Return when each thing happened that the page of a filing tells."""
    steps = person.page.locator("ol.steps time")
    return [str(one.get_attribute("datetime")) for one in steps.all()]


def own_history(person: Person) -> dict[str, Any]:
    """Return the newest filing's row in the person's own Excel, with the names of its documents."""
    person.open(OWN)
    book = load_workbook(BytesIO(exported(person, "Descargar el historial en Excel")))
    heading, row, *_ = book["Presentaciones"].iter_rows(values_only=True)
    documents = book["Documentos presentados"].iter_rows(min_row=2, values_only=True)
    return {**dict(zip(heading, row, strict=True)), "files": [one[3] for one in documents if one[0] == row[0]]}
