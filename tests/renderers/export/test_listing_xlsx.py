from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.domain.reading.search import Condition, Operator, Search, SearchField
from chalicelib.renderers.export.listing_xlsx import write_listing_xlsx
from tests.renderers.export.listing_rows import LIMA, a_head, a_row


class Sink:
    """What only takes bytes, as an upload does."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, data: bytes) -> int:
        self.content += data
        return len(data)

    def flush(self) -> None:
        pass


def written(*rows: ListedNotice, **head: Any) -> bytes:
    sink = Sink()
    assert write_listing_xlsx(rows, a_head(**head), zone=LIMA, to=sink) == len(rows)
    return sink.content


def opened(*rows: ListedNotice, **head: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(*rows, **head)))


def test_the_first_sheet_has_the_columns_of_the_list_and_typed_values() -> None:
    sheet = opened(a_row()).worksheets[0]
    heading, row = sheet.iter_rows(values_only=True)
    assert heading == (
        "Año",
        "Asunto",
        "Dependencia",
        "Emisor",
        "Tipo de documento",
        "Núm. documento de emisión",
        "Fecha de emisión",
        "Fecha de envío",
        "Plazo",
        "Vence el",
        "Estado",
    )
    assert row == (
        2026,
        "Respuesta a su solicitud de información",
        "Oficina de Atención a la Ciudadanía",
        "Entidad de Demostración",
        "CARTA",
        "000079-2026",
        datetime(2026, 3, 6, 11, 5),  # noqa: DTZ001 - Excel knows no zones
        datetime(2026, 3, 9, 15, 15, 30),  # noqa: DTZ001
        "Vence el lunes 23 de marzo de 2026 \u2013 te quedan 10 días hábiles",
        datetime(2026, 3, 23),  # noqa: DTZ001
        "Pendiente",
    )
    assert [cell.data_type for cell in sheet[2]] == ["n", "s", "s", "s", "s", "s", "d", "d", "s", "d", "s"]
    assert sheet["J2"].number_format == "dd/mm/yyyy"
    assert {sheet["G2"].number_format, sheet["H2"].number_format} == {"dd/mm/yyyy hh:mm"}


def test_the_heading_stays_and_filters() -> None:
    book = opened(a_row(), a_row())
    sheet = book.worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:K3", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_an_empty_list_has_its_heading() -> None:
    sheet = opened().worksheets[0]
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:K1")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example")', "#N/A"])
def test_no_text_is_a_formula(sign: str) -> None:
    texts = {"subject": sign, "office": f"{sign}1", "sender": f"{sign}A1", "document_number": f"{sign}1+1"}
    content = written(a_row(**texts))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [sheet.cell(2, column).data_type for column in (2, 3, 4, 6)] == ["s"] * 4
    assert [sheet.cell(2, column).value for column in (2, 3, 4, 6)] == list(texts.values())
    assert all(sheet.cell(2, column).quotePrefix for column in (2, 3, 4, 6) if not sign.startswith("#"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) or b"<f " in parts.read(name) for name in parts.namelist())


def test_a_marked_text_leaves_no_mark_on_the_next_row() -> None:
    sheet = opened(a_row(subject="=1"), a_row(subject="Carta"), a_row(subject="=2")).worksheets[0]
    assert [sheet.cell(row, 2).quotePrefix for row in (2, 3, 4)] == [True, False, True]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == ["=1", "Carta", "=2"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x0bc\x1fd\x7fe\x9ff", "abcdef"),
        ("a\ud800b\ufffec", "abc"),
        ("dos\nlíneas", "dos\nlíneas"),
        ("\x00", None),
        ("", None),
        ("<b>&amp;\"'", "<b>&amp;\"'"),
        ("  ñ́ 漢字 🙂 ", "  ñ́ 漢字 🙂 "),
    ],
)
def test_what_xml_cannot_hold_is_left_out_and_all_else_kept(text: str, shown: str | None) -> None:
    assert opened(a_row(subject=text)).worksheets[0]["B2"].value == shown


def test_text_that_looks_like_an_escape_is_escaped() -> None:
    content = written(a_row(subject="_x000D_ y _x0041_ y _xyz_"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>_x005F_x000D_ y _x005F_x0041_ y _xyz_</t>" in xml


def test_rows_are_as_high_as_their_longest_text() -> None:
    short = a_row(deadline="Sin plazo", due_on=None)
    sheet = opened(short, a_row(subject="PALABRA " * 40), short, a_row()).worksheets[0]
    assert sheet.row_dimensions[3].height >= 6 * 15
    assert sheet.row_dimensions[4].height is None
    assert sheet.row_dimensions[5].height >= 2 * 15


def test_a_documents_number_has_room_on_one_line() -> None:
    row = a_row(document_number="000009-2025-OGTI-DGA/SUBDIRECCION", deadline="Sin plazo", due_on=None)
    sheet = opened(row).worksheets[0]
    assert sheet.row_dimensions[2].height is None


def test_the_second_sheet_says_whose_list_it_is_with_which_filter_and_when() -> None:
    about = dict(opened(a_row(), a_row()).worksheets[1].iter_rows(values_only=True))
    assert about == {
        "Titular": "Rosa Ejemplo Ficticia",
        "Casilla electrónica": "1-40000002",
        "Filtro": "Pendientes por leer; Asunto contiene «información»; Fecha de envío desde 01/01/2026",
        "Notificaciones": "2",
        "Generado": "09/03/2026 15:15:30 (hora de Lima)",
        "Fechas y horas": "En hora de Lima",
    }
    assert (
        dict(opened(search=Search()).worksheets[1].iter_rows(values_only=True))["Filtro"] == "Todas las notificaciones"
    )


def test_a_notice_without_a_fixed_end_has_an_empty_date_and_leaves_the_next_its_own() -> None:
    sheet = opened(a_row(), a_row(deadline="Sin plazo", due_on=None), a_row()).worksheets[0]
    assert [sheet.cell(row, 10).value is None for row in (2, 3, 4)] == [False, True, False]
    assert sheet.cell(3, 9).value == "Sin plazo"


def test_paper_says_whose_list_it_is_with_which_filter_and_when() -> None:
    head = opened(a_row()).worksheets[0].oddHeader
    whose, _, chosen = head.left.text.partition(" \u2013 ")
    assert whose == "Casilla 1-40000002, Rosa Ejemplo Ficticia"
    assert chosen == "Filtro: Pendientes por leer; Asunto contiene «información»; Fecha de envío desde 01/01/2026"
    assert head.right.text == "Generado 09/03/2026 15:15:30 (hora de Lima)"
    assert (
        "Pan && Vino S.A. \u2013 Filtro" in opened(a_row(), holder="Pan & Vino S.A.").worksheets[0].oddHeader.left.text
    )


@pytest.mark.parametrize("sign", ["Ñ", "&"])
def test_what_is_said_on_paper_has_room_there(sign: str) -> None:
    wanted = Search((Condition(SearchField.SUBJECT, Operator.CONTAINS, sign * 200),))
    head = opened(a_row(), holder=sign * 200, search=wanted).worksheets[0].oddHeader
    assert len(f"&L{head.left.text}&R{head.right.text}") <= 255
    assert [line[-1] for line in head.left.text.split(" \u2013 ")] == ["…", "…"]
    assert head.left.text.count("&") % 2 == 0


@pytest.mark.parametrize("name", ["=1+1", "@ombre", "+51"])
def test_a_holders_name_is_no_formula(name: str) -> None:
    about = opened(a_row(), holder=name).worksheets[1]
    assert (about["B1"].value, about["B1"].data_type, about["B1"].quotePrefix) == (name, "s", True)


def test_rows_that_fail_leave_no_file_behind() -> None:
    def failing() -> Iterator[ListedNotice]:
        yield a_row()
        raise LookupError

    before = _left()
    with pytest.raises(LookupError):
        write_listing_xlsx(failing(), a_head(), zone=LIMA, to=Sink())
    assert _left() == before


def _left() -> set[str]:
    return {file.name for file in Path(tempfile.gettempdir()).iterdir() if re.match(r"openpyxl\.", file.name)}
