"""Annexes that are none: forged, made to keep their reader at work, empty, one byte too large. None is filed."""

from __future__ import annotations

import struct

import pytest

from chalicelib.domain.upload.upload import MAX_FILE_SIZE, MAX_INLINE_SIZE
from tests.filer_world import FilerAtWork
from tests.handlers.web.filing.test_filing_pages import arrive, refused, told
from tests.services.upload.spreadsheet.made import plain_ods, plain_workbook, with_formula
from tests.services.upload.test_image_stowaways import a_program, a_zip
from tests.services.upload.test_inspect_image import a_huge_png, an_image
from tests.services.upload.test_other_kinds import a_word_document
from tests.services.upload.test_zip_budget import NOISE, a_workbook

PART = "<R>" + "<a/>" * 100_000 + "</R>"
BOMB = a_workbook({**{f"{number}.rels": PART for number in range(40)}, "xl/media/photo.bin": NOISE})
HUGE_JPEG = an_image("JPEG").replace(struct.pack(">HH", 60, 90), struct.pack(">HH", 65_000, 65_000), 1)

FORGED = {
    "programa.pdf": a_program(),
    "programa.jpg": a_program(),
    "programa.png": a_program(),
    "programa.xlsx": a_program(),
    "programa.ods": a_program(),
    "programa.txt": a_program(),
    "programa.csv": a_program(),
    "foto.png": an_image("JPEG"),
    "foto.jpg": an_image("PNG"),
    "hoja.ods": plain_workbook(),
    "hoja.xlsx": plain_ods(),
    "carta.pdf": a_word_document(),
    "archivo.xlsx": a_zip(),
    "con-otro.png": an_image("PNG") + a_zip(),
    "con-otro.jpg": an_image("JPEG") + a_zip(),
    "ordenes.xlsx": with_formula('WEBSERVICE("https://example.com/")'),
    "ordenes.csv": b"nombre\n\"=cmd|' /C calc'!A0\"\n",
    "oculto.txt": "pagar\u202e001".encode(),
    "latino.txt": "año".encode("latin-1"),
}
BOMBS = {"hoja.xlsx": BOMB, "grande.png": a_huge_png(60_000, 60_000), "grande.jpg": HUGE_JPEG}


@pytest.fixture
def writing(filer: FilerAtWork) -> FilerAtWork:
    """A draft that lacks nothing, with an annex that passed."""
    filer.write()
    filer.attach("anexos", "relacion.txt", b"uno\n")
    filer.check_arrived()
    return filer


def must_be_replaced(filer: FilerAtWork, filename: str, content: bytes) -> str:
    """Send what no check lets pass, see that nothing can be filed with it, replace it, file; what was told of it."""
    filer.attach("anexos", filename, content)
    arrive(filer)
    page = told(filer.page(f"{filer.at}/anexos"))
    assert "No pasa" in page, page
    check = filer.page(filer.at)
    assert f"«{filename}» no pasó la revisión. Quítalo y envía otro." in told(check)
    assert f'action="{filer.at}/presentar"' not in check
    sent = {"csrf": filer.browser.csrf(), "version": str(filer.draft().version)}
    assert filer.browser.post(f"{filer.at}/presentar", None, **sent).status_code == 422
    assert filer.draft().is_open
    [own, bad] = filer.draft().annexes
    assert (own.filename, bad.filename) == ("relacion.txt", filename)
    filer.fill("quitar", at=f"{filer.at}/anexos", upload_id=bad.upload_id, part="annex")
    assert filer.present().endswith("/presentado")
    return page


@pytest.mark.parametrize("filename", FORGED)
def test_what_is_not_what_its_name_says_is_told_and_filed_by_nobody(writing: FilerAtWork, filename: str) -> None:
    must_be_replaced(writing, filename, FORGED[filename])


@pytest.mark.parametrize("filename", BOMBS)
def test_what_would_keep_its_reader_at_work_is_told_and_filed_by_nobody(writing: FilerAtWork, filename: str) -> None:
    must_be_replaced(writing, filename, BOMBS[filename])


@pytest.mark.parametrize("filename", ["vacio.pdf", "vacio.txt", "vacio.png", "vacio.xlsx"])
def test_an_empty_file_is_told_and_filed_by_nobody(writing: FilerAtWork, filename: str) -> None:
    assert "vacío" in must_be_replaced(writing, filename, b"")


@pytest.mark.parametrize("filename", ["carta.docx", "programa.exe", "imagen.svg", "todo.zip"])
def test_a_kind_that_nobody_takes_is_told_with_what_is_taken(writing: FilerAtWork, filename: str) -> None:
    assert "PDF" in must_be_replaced(writing, filename, a_word_document())


def test_a_name_without_its_kind_is_refused_at_once(writing: FilerAtWork) -> None:
    assert "PDF" in refused(writing, "anexos", "sin-nombre", a_word_document())
    assert [one.filename for one in writing.draft().annexes] == ["relacion.txt"]


def test_one_byte_more_than_a_form_takes_is_led_to_the_way_of_large_files(writing: FilerAtWork) -> None:
    led = writing.attach("anexos", "justo.txt", b"x" * MAX_INLINE_SIZE).headers["Location"]
    assert "hecho=adjuntado" in str(led)
    led = writing.attach("anexos", "mas.txt", b"x" * (MAX_INLINE_SIZE + 1)).headers["Location"]
    assert "archivo grande" in told(writing.page(str(led), 413))


def test_the_store_takes_no_byte_more_than_a_file_may_have(writing: FilerAtWork) -> None:
    led = writing.fill("grande", at=f"{writing.at}/anexos", part="annex")
    assert led.startswith(f"{writing.at}/enviar?archivo=")
    assert str(MAX_FILE_SIZE // 1024**2) in told(writing.page(led))
