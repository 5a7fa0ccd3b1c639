"""A history as Excel and PDF: all that was filed with its hashes, all that was received, and never a formula."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest

from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.domain.filing.filing import Answer, Correction, Filer, Filing, Observation
from chalicelib.renderers.export.table_paper import GAP, SIDE
from chalicelib.renderers.filing import history_pdf
from chalicelib.renderers.filing.history_pdf import render_history_pdf
from chalicelib.renderers.filing.history_xlsx import write_history_xlsx
from chalicelib.renderers.filing.listed_filings import (
    DOCUMENT_COLUMNS,
    FILING_COLUMNS,
    HistoryHead,
    ListedFiling,
    listed_filing,
)
from tests.deposit_world import NOW
from tests.filing_world import DATES, OFFICER, a_document, a_filing
from tests.renderers.export.listing_rows import LIMA, MADE_AT, a_row
from tests.renderers.export.test_listing_pdf import needs_poppler, text_of, words
from tests.renderers.export.test_listing_xlsx import Sink

HEAD = HistoryHead("1-40000002", "QUISPE DEMO MARÍA ÑUSTA", MADE_AT)
ROOT = Path(__file__).parents[3]


def listed(**overrides: Any) -> ListedFiling:
    return listed_filing(a_filing(**overrides), LIMA, now=NOW + timedelta(days=1))


def corrected(**overrides: Any) -> Filing:
    at = NOW + timedelta(hours=2)
    return a_filing(
        observation=Observation("Falta la firma", OFFICER, at, at + timedelta(days=2)),
        correction=Correction(
            "2345-6789-WXYZ",
            "WXYZ-2345-6789",
            Filer("u1", "Usuaria Ejemplo 1"),
            (a_document(filename="firmada.pdf", sha256="c" * 64, folios=4),),
            DATES,
            receipt_sha256="f" * 64,
        ),
        **overrides,
    )


def book_of(filings: Sequence[ListedFiling], notices: Sequence[ListedNotice] = (), head: HistoryHead = HEAD) -> Any:
    sink = Sink()
    assert write_history_xlsx(filings, notices, head, zone=LIMA, to=sink) == (len(filings), len(notices))
    return openpyxl.load_workbook(io.BytesIO(sink.content))


def pages(filings: Sequence[ListedFiling], notices: Sequence[ListedNotice] = ()) -> list[str]:
    return text_of(render_history_pdf(filings, notices, HEAD, zone=LIMA))


def test_the_sheets_have_what_was_filed_its_documents_and_what_was_received() -> None:
    book = book_of([listed()], [a_row()])

    assert book.sheetnames == ["Presentaciones", "Documentos presentados", "Notificaciones", "Sobre este historial"]
    heading, row = book["Presentaciones"].iter_rows(values_only=True)
    assert heading == FILING_COLUMNS
    assert row == (
        "2026-000001",
        "Entidad de Demostración",
        "Oficina Desconcentrada Norte",
        "2.07. Licencia de funcionamiento para establecimientos de riesgo bajo",
        "Solicito la licencia de funcionamiento de mi bodega",
        datetime(2026, 3, 9, 15, 15, 30),  # noqa: DTZ001 - Excel knows no zones
        datetime(2026, 3, 9),  # noqa: DTZ001
        "Presentada",
        None,
        2,
        1,
        "ABCD-2345-6789",
    )
    heading, *rows = book["Documentos presentados"].iter_rows(values_only=True)
    assert heading == DOCUMENT_COLUMNS
    sha256 = a_document().sha256
    assert [row[2:4] + row[5:] for row in rows] == [
        ("Documento principal", "solicitud.pdf", 1, a_document().size, sha256),
        ("Anexo 1", "anexo.txt", None, a_document().size, sha256),
        ("Cargo de presentación", "cargo.pdf", None, None, "e" * 64),
    ]
    assert book["Notificaciones"]["F2"].value == "000079-2026"
    about = dict(book["Sobre este historial"].iter_rows(values_only=True))
    assert about["Titular"] == "QUISPE DEMO MARÍA ÑUSTA"
    assert about["Generado"].startswith("09/03/2026 15:15:30")


def test_a_correction_and_an_answer_are_told_under_the_same_number() -> None:
    filing = corrected(answer=Answer("TFWR-37HA-M9FP", OFFICER, NOW + timedelta(hours=4)))
    book = book_of([listed_filing(filing, LIMA, now=NOW + timedelta(days=1))])

    row = next(book["Presentaciones"].iter_rows(min_row=2, values_only=True))
    assert (row[7], row[8], row[10]) == ("Atendida", datetime(2026, 3, 9, 19, 15, 30), 5)  # noqa: DTZ001
    told = [row[2:4] + row[7:] for row in book["Documentos presentados"].iter_rows(min_row=4, values_only=True)]
    assert told == [
        ("Subsanación: Documento principal", "firmada.pdf", "c" * 64),
        ("Cargo de presentación", "cargo.pdf", "e" * 64),
        ("Cargo de la subsanación", "cargo.pdf", "f" * 64),
    ]


def test_what_lapsed_is_told_as_not_filed_by_the_clock_of_the_file() -> None:
    at = NOW + timedelta(hours=1)
    filing = a_filing(observation=Observation("Falta", OFFICER, at, at + timedelta(days=2)))
    states = [listed_filing(filing, LIMA, now=NOW + timedelta(days=days)).state for days in (1, 3)]
    assert states == ["Observada", "No presentada"]


@pytest.mark.parametrize("begins", list("=+-@\t\r"))
def test_no_text_is_a_formula(begins: str) -> None:
    text = f'{begins}HYPERLINK("http://x")'
    documents = (a_document(filename=f"{text}.pdf"),)
    book = book_of(
        [listed(subject=text, office_name=text, documents=documents)],
        [a_row(subject=text)],
        HistoryHead("1-40000002", text, MADE_AT),
    )

    found = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and "HYPERLINK" in cell.value:
                    found += 1
                    assert cell.quotePrefix or cell.value[0] == "H", cell.coordinate
    assert found == 5


def test_a_failure_on_the_way_is_raised_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def failing() -> Any:
        yield a_row()
        raise LookupError

    with pytest.raises(LookupError):
        write_history_xlsx([listed()], failing(), HEAD, zone=LIMA, to=Sink())
    assert list(tmp_path.iterdir()) == []


@needs_poppler
def test_the_pdf_says_the_same_with_every_hash_in_one_piece() -> None:
    now = NOW + timedelta(hours=3)
    [page] = pages([listed_filing(corrected(), LIMA, now=now)], [a_row()])

    said = words(page)
    for told in (
        "Historial documentario de la casilla electrónica 1-40000002",
        "Titular QUISPE DEMO MARÍA ÑUSTA",
        "Presentaciones 1",
        "Notificaciones 1",
        "09/03/2026 15:15:30. Todas las fechas y horas son hora de Lima",
        "Lo que presentaste",
        "2026-000001",
        "En evaluación",
        "Subsanación",
        f"SHA-256 {'c' * 64}",
        f"SHA-256 {'e' * 64}",
        f"SHA-256 {'f' * 64}",
        f"SHA-256 {a_document().sha256}",
        "Lo que recibiste",
        "000079-2026",
    ):
        assert told in said, told
    assert said.index("Lo que presentaste") < said.index("Lo que recibiste")


@needs_poppler
def test_nothing_filed_and_nothing_received_is_said() -> None:
    [page] = pages([])
    assert "No hay presentaciones." in page
    assert "No hay notificaciones." in page


@needs_poppler
def test_a_filing_and_its_documents_are_not_parted_where_a_page_holds_them() -> None:
    filings = [listed(number=f"2026-{number:06d}") for number in range(30, 0, -1)]
    many = pages(filings, [a_row()] * 30)
    for filing in filings:
        [page] = [page for page in many if filing.number in page]
        rest = page[page.index(filing.number) :]
        assert words(rest).count("Cargo de presentación") >= 1
    assert re.findall(r"2026-\d{6}", "".join(many).partition("Lo que recibiste")[0]) == [one.number for one in filings]
    for number, page in enumerate(many, 1):
        assert f"Página {number} de {len(many)}" in words(page)
        assert "Estado" in page, "each page has a heading"


@needs_poppler
def test_a_filing_that_no_page_holds_is_parted() -> None:
    filing = listed(subject="Solicito " * 50, documents=tuple(a_document(filename=f"{n}.pdf") for n in range(120)))
    many = pages([filing])
    assert len(many) > 2
    assert all(f" {number}.pdf" in "".join(many) for number in range(120))


def test_the_columns_fill_the_paper_and_the_file_is_the_same_each_time() -> None:
    for widths in (history_pdf._TABLE.widths, history_pdf._BENEATH):  # noqa: SLF001
        assert sum(widths) == pytest.approx(297 - 2 * SIDE + GAP)
    made = [render_history_pdf([listed()], [a_row()], HEAD, zone=LIMA) for _ in range(2)]
    assert made[0] == made[1]
    with pikepdf.open(io.BytesIO(made[0])) as pdf:
        assert pdf.open_metadata().pdfa_status == "3U"


_LONG = """
import resource, sys
from datetime import timedelta
from chalicelib.renderers.filing.history_xlsx import write_history_xlsx
from tests.renderers.filing.test_history_files import HEAD, LIMA, listed
from tests.renderers.export.test_listing_xlsx import a_row

class Nowhere:
    def write(self, data): return len(data)
    def flush(self): pass

count = int(sys.argv[1])
filings = (listed(number=f"2026-{number:06d}") for number in range(count))
write_history_xlsx(filings, (a_row() for _ in range(count)), HEAD, zone=LIMA, to=Nowhere())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_history() -> None:
    def peak(count: int) -> int:
        call = [sys.executable, "-c", _LONG, str(count)]
        return int(subprocess.run(call, check=True, capture_output=True, cwd=ROOT).stdout)  # noqa: S603 - itself

    few, many = peak(20), peak(4000)
    assert many - few < 12 * 1024, (few, many)
