from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.domain.reading.search import Condition, Operator, Search, SearchField
from chalicelib.renderers.export import listing_pdf
from chalicelib.renderers.export.listing_pdf import render_listing_pdf
from chalicelib.renderers.export.table_paper import GAP, SIDE
from tests.renderers.export.listing_rows import LIMA, a_head, a_row

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler")


def pages(*rows: ListedNotice, **head: Any) -> list[str]:
    return text_of(render_listing_pdf(rows, a_head(**head), zone=LIMA))


def text_of(content: bytes) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [shutil.which("pdftotext") or "", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode().split("\f")[:-1]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", page)


@needs_poppler
def test_every_page_has_the_heading_and_its_number() -> None:
    many = pages(*(a_row(document_number=f"{n:06d}-2026") for n in range(60)))
    assert len(many) > 3
    for number, page in enumerate(many, 1):
        assert f"Página {number} de {len(many)}" in words(page)
        assert all(label in words(page) for label in ("Asunto", "Dependencia", "Emisor", "Año", "Plazo", "Estado"))
    assert [n for n in range(60) if f"{n:06d}-2026" in "".join(many)] == list(range(60))


@needs_poppler
def test_the_first_page_says_whose_list_it_is_with_which_filter_and_when() -> None:
    [page] = pages(a_row())
    assert "Notificaciones de la casilla electrónica 1-40000002" in words(page)
    assert "Titular Rosa Ejemplo Ficticia" in words(page)
    assert "Filtro Pendientes por leer; Asunto contiene «información»; Fecha de envío desde 01/01/2026" in words(page)
    assert "Notificaciones 1 " in words(page)
    assert "Generado 09/03/2026 15:15:30" in words(page)
    assert "hora de Lima" in page
    assert all(
        shown in page for shown in ("Pendiente", "CARTA", "000079-2026", "06/03/2026", "09/03/2026", "11:05", "15:15")
    )


@needs_poppler
def test_each_row_tells_its_term_whole(tmp_path: Path) -> None:
    told = "El plazo empieza después de que la abras, a más tardar el miércoles 18 de marzo de 2026"
    content = render_listing_pdf([a_row(deadline=told)], a_head(), zone=LIMA)
    (tmp_path / "lista.pdf").write_bytes(content)
    cell = ["-x", "640", "-y", "0", "-W", "120", "-H", "595"]
    done = subprocess.run(  # noqa: S603
        [shutil.which("pdftotext") or "", *cell, str(tmp_path / "lista.pdf"), "-"], capture_output=True, check=True
    )
    assert f"Plazo {told}" in words(done.stdout.decode())


@needs_poppler
@pytest.mark.parametrize(
    "number", ["000145-2026-OGTI", "000009-2025-OGTI-DGA/SUBDIRECCION", "N° 00118-2026-MPVD-GM/SGL-ABC"]
)
def test_a_documents_number_is_in_one_piece_under_its_type(number: str) -> None:
    [page] = pages(a_row(document_type="RESOLUCIÓN DE GERENCIA", document_number=number))
    lines = page.splitlines()
    [at] = [place for place, line in enumerate(lines) if number in line]
    assert "RESOLUCIÓN DE GERENCIA" in lines[at - 1]


@needs_poppler
def test_a_long_text_is_printed_whole() -> None:
    subject = " ".join(f"palabra{n}" for n in range(150))
    text = words(" ".join(pages(a_row(subject=subject, document_number="X" * 90), a_row())))
    assert all(f"palabra{n}" in text for n in range(150))
    assert text.count("X") >= 90


@needs_poppler
def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    subject = " ".join(f"palabra{n}" for n in range(400))
    many = pages(a_row(), a_row(subject=subject), a_row(subject="Última"))
    text = words(" ".join(many))
    assert [n for n in range(400) if f"palabra{n} " not in text + " "] == []
    assert "Última" in many[-1]
    assert len(many) <= 5


@needs_poppler
def test_an_empty_list_says_so() -> None:
    assert "Ninguna notificación cumple este filtro." in pages()[0]
    [page] = pages(search=Search())
    assert "Filtro Todas las notificaciones" in words(page)


@needs_poppler
def test_what_the_font_lacks_shows_as_a_box() -> None:
    wanted = (Condition(SearchField.SUBJECT, Operator.CONTAINS, "🙂 multa 漢"),)
    [page] = pages(a_row(subject="línea\nrota\x00"), search=Search(wanted))
    assert "«□ multa □»" in page
    assert "línea rota□" in page


def test_it_is_a_landscape_archival_pdf_with_title() -> None:
    with pikepdf.open(io.BytesIO(render_listing_pdf([a_row()], a_head(), zone=LIMA))) as document:
        box = [round(float(edge)) for edge in document.pages[0].mediabox]
        assert box == [0, 0, 842, 595]
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
            assert metadata["dc:title"] == "Notificaciones de la casilla electrónica 1-40000002"
        assert document.Root.Lang == "es-PE"


def test_the_same_list_gives_the_same_bytes() -> None:
    assert render_listing_pdf([a_row()], a_head(), zone=LIMA) == render_listing_pdf([a_row()], a_head(), zone=LIMA)


def test_the_widths_fill_the_paper() -> None:
    assert sum(listing_pdf._WIDTHS) == pytest.approx(297 - 2 * SIDE + GAP)  # noqa: SLF001
