"""A person joins photos of a telephone into one PDF, undoes it, files it, and takes their history home."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from infra.local.demo_procedures import LICENCE
from tests.browser.filing_steps import WAIT_S, exported, fetched, log_in, send, told
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import wait_until
from tests.photos import a_picture, packed

pytestmark = [pytest.mark.ministack, pytest.mark.browser]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return a letter and three photos, held in three ways."""
    letter = tmp_path / "solicitud.pdf"
    letter.write_bytes(PDF)
    photos = []
    for number, orientation in enumerate((1, 6, 3), 1):
        photos.append(tmp_path / f"IMG_20260309_15{number}0.jpg")
        photos[-1].write_bytes(packed(a_picture((800, 600)), orientation=orientation))
    return [letter, *photos]


def test_photos_become_one_annex_and_the_history_goes_home(person: Person, files: list[Path]) -> None:
    person.put_clock_forward(61)
    log_in(person)
    person.open("/tramites/municipalidad-demo")
    person.follow(LICENCE.title)
    person.press("Presentar")
    person.type(subject="Solicito licencia de funcionamiento para mi bodega")
    person.press("Continuar")
    send(person, files[0], "Enviar")
    person.follow("Continuar")
    for photo in files[1:]:
        send(person, photo, "Agregar")
    wait_until(lambda: told(person, "Juntarlas") and person.page.get_by_text("Listo").count() == 3, WAIT_S)
    person.look("photos-annexes")

    person.follow("Juntarlas en un solo PDF")
    assert person.heading() == "Juntar fotos en un PDF"
    person.look("photos-choose")
    person.page.get_by_label(files[1].name).select_option("2")
    person.press("Juntar")
    assert person.page.title().startswith("Error: ")
    person.look("photos-choose-wrong")
    person.page.get_by_label(files[2].name).select_option("1")
    person.type(name="Recibo de luz")
    person.press("Juntar")
    person.look("photos-joining")
    wait_until(lambda: told(person, "Listo, 3 hojas"), WAIT_S)
    person.look("photos-joined")
    person.press("Deshacer Recibo de luz.pdf")
    person.look("photos-undone")
    person.type(name="Recibo de luz")
    person.press("Juntar")
    wait_until(lambda: told(person, "Listo, 3 hojas"), WAIT_S)
    person.follow("Continuar con los anexos")
    person.look("photos-annexes-joined")
    person.follow("Continuar")
    person.press("Continuar")
    person.press("Presentar")

    person.open("/mis-tramites")
    person.look("photos-history")
    book = openpyxl.load_workbook(io.BytesIO(exported(person, "Descargar el historial en Excel")))
    names = [row[3] for row in book["Documentos presentados"].iter_rows(min_row=2, values_only=True)]
    assert names[:3] == ["solicitud.pdf", "Recibo de luz.pdf", "cargo.pdf"]
    person.open("/mis-tramites")
    person.press("Descargar el historial en PDF")
    person.look("photos-history-preparing")
    with pikepdf.open(io.BytesIO(fetched(person))) as pdf:
        assert len(pdf.pages) >= 1
