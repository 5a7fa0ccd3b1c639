"""A person files on a Saturday evening, with a photo, a spreadsheet and a PDF of 40 MB, with and without scripts."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from openpyxl import Workbook
from PIL import Image

from infra.local.demo_data import PASSWORD
from infra.local.demo_procedures import LICENCE
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
USERNAME, EMAIL = "1-40000002", "maria.02@ejemplo.pe"
LIMA = ZoneInfo("America/Lima")
FORTY_MB = 40 * 1024 * 1024
SATURDAY = 5
EVENING = time(20, 30)
WAIT_S = 120


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Have a run of its own, since its clock is put to a Saturday."""
    with a_run(tmp_path, free_port(), free_port()) as running:
        running.put_forward(minutes_to_saturday(running.now()))
        yield running


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return what is filed: a letter, a photo, a spreadsheet and a PDF of 40 MB."""
    made = {name: tmp_path / name for name in ("solicitud.pdf", "local.jpg", "mercaderías.xlsx", "planos.pdf")}
    made["solicitud.pdf"].write_bytes(PDF)
    Image.frombytes("RGB", (320, 240), noise(320 * 240 * 3)).save(made["local.jpg"], quality=80)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mercadería", "Cantidad"])
    sheet.append(["Arroz", 20])
    book.save(made["mercaderías.xlsx"])
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        side = 3740
        picture = pikepdf.Stream(pdf, noise(side * side * 3))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width = picture.Height = side
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        page = pdf.pages[0]
        page.add_resource(picture, pikepdf.Name.XObject)
        pdf.save(made["planos.pdf"], compress_streams=False)
    assert made["planos.pdf"].stat().st_size > FORTY_MB
    return made


def noise(count: int) -> bytes:
    """Return bytes that nothing compresses."""
    return hashlib.shake_256(b"ruido").digest(count)


def minutes_to_saturday(now: datetime) -> int:
    """Return how far it is to the next Saturday's evening in Lima."""
    local = now.astimezone(LIMA)
    day = local.date() + timedelta(days=(SATURDAY - local.weekday()) % 7)
    at = datetime.combine(day, EVENING, LIMA)
    return int(((at if at > local else at + timedelta(days=7)) - local).total_seconds() // 60)


def send(person: Person, file: Path, button: str) -> None:
    """Send a file of a few MB, and wait until the page has it."""
    before = person.page.get_by_role("button", name="Quitar").count()
    person.page.locator("#file").set_input_files(file)
    person.press(button)
    person.page.get_by_role("button", name="Quitar").nth(before).wait_for()
    person.page.wait_for_load_state("load")


def arrived(person: Person, count: int) -> bool:
    person.page.reload()
    return person.page.locator("main").inner_text().count("Listo") == count


def next_monday(person: Person) -> str:
    """Return the first words of the first business day after this Saturday: no holiday is declared in it."""
    text = person.page.locator("main").inner_text()
    [day] = re.findall(r"cuenta como presentado el (\w+ \d+ de \w+ de \d+), el siguiente día hábil", text)
    return str(day)


def begin(person: Person) -> None:
    """Find the procedure as a stranger, log in, and press its button."""
    person.open("/tramites/municipalidad-demo")
    person.follow(LICENCE.title)
    person.look("filing-entry-stranger")
    assert "/ingresar?volver=" in str(
        person.page.get_by_role("link", name="Presentar", exact=True).get_attribute("href")
    )
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.follow("Mis trámites")
    person.look("filing-none")
    person.follow("Presentar un documento")
    person.follow("Municipalidad Provincial")
    person.follow(LICENCE.title)
    person.look("filing-entry")
    person.press("Presentar")


def say_what(person: Person) -> None:
    """Say what is asked, and tick a requirement."""
    assert person.heading() == "Qué pides"
    person.look("filing-subject")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    person.look("filing-subject-wrong")
    person.type(subject="Solicito licencia de funcionamiento para mi bodega")
    person.page.locator("[name=tick]").first.check()
    person.press("Continuar")


def send_document(person: Person, files: dict[str, Path]) -> None:
    """Send the letter."""
    assert person.heading() == "Tu documento"
    person.look("filing-document-none")
    person.press("Enviar")
    person.look("filing-document-wrong")
    send(person, files["solicitud.pdf"], "Enviar")
    wait_until(lambda: arrived(person, 1), WAIT_S)
    person.look("filing-document")
    person.follow("Continuar")


def send_annexes(person: Person, files: dict[str, Path]) -> None:
    """Send three, the largest by way of the store."""
    person.look("filing-annexes-none")
    send(person, files["local.jpg"], "Agregar")
    send(person, files["mercaderías.xlsx"], "Agregar")
    person.press("Enviar un archivo más grande")
    person.look("filing-send")
    person.page.locator("#file").set_input_files(files["planos.pdf"])
    person.press("Enviar")
    person.page.wait_for_url(re.compile(r"/anexos\?hecho=enviado$"), timeout=WAIT_S * 1000)
    person.look("filing-annexes-waiting")
    wait_until(lambda: arrived(person, 3), WAIT_S)
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
    text = person.page.locator("main").inner_text()
    assert "Hoy no es día hábil" in text
    counts_on = next_monday(person)
    assert "planos.pdf" in text
    person.open("/presentar")
    person.look("filing-drafts")
    person.page.go_back()
    person.press("Presentar")
    return counts_on


def keep_receipt(person: Person, counts_on: str) -> None:
    """See both dates, and take the receipt away."""
    assert person.heading() == "Documento presentado"
    person.look("filing-filed")
    text = person.page.locator("main").inner_text()
    assert re.search(r"Llegó\s+sábado \d+ de \w+ de \d+ a las 20:\d\d:\d\d", text)
    assert counts_on in text.partition("Cuenta como presentado")[2][:80]
    number = re.findall(r"\d{4}-\d{6}", text)[0]
    receipt = person.page.get_by_role("link", name="Descargar cargo")
    with person.page.expect_download() as downloaded:
        receipt.click()
    assert downloaded.value.suggested_filename == f"cargo-{number}.pdf"


def find_again(person: Person, files: dict[str, Path]) -> None:
    """Find it in the list, and take away the very bytes."""
    person.follow("Mis trámites")
    person.look("filing-list")
    person.type(q="bodega")
    person.press("Buscar")
    person.look("filing-found")
    person.type(q="divorcio")
    person.press("Buscar")
    person.look("filing-found-none")
    person.open("/mis-tramites")
    person.follow(LICENCE.title)
    person.look("filing-detail")
    with person.page.expect_download() as downloaded:
        person.page.get_by_role("link", name="planos.pdf").click()
    assert Path(downloaded.value.path()).read_bytes() == files["planos.pdf"].read_bytes()


def test_a_person_files_on_a_saturday_evening(person: Person, files: dict[str, Path]) -> None:
    begin(person)
    say_what(person)
    send_document(person, files)
    send_annexes(person, files)
    say_for_whom(person)
    keep_receipt(person, check_and_file(person))
    find_again(person, files)
