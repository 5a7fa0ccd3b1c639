"""A list of notices as an Excel workbook, written row by row: memory does not grow with the list (BOX-5).

No text is ever a formula: cells say that they hold text, whatever it begins with, and what begins as a formula does is
marked so that it stays text when the cell is edited. Imports openpyxl: import it late.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins

from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (8, 52, 40, 34, 20, 28, 18, 18, 12)
"""Of the columns, in digits."""
_TEXT_WIDTHS = _WIDTHS[1:6]
_LINE_HEIGHT = 15.0
"""Points, of Calibri 11."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = tuple("=+-@\t\r\n")
_ACCENT = "0056AC"
_HAIRLINE = "D6DBE2"
_FONT = "Calibri"
_A4 = 9


def write_listing_xlsx(rows: Iterable[ListedNotice], head: ListingHead, *, zone: ZoneInfo, to: Any) -> int:
    """Write the workbook and return how many rows it has: the list with its filters, and a sheet about it.

    `to` is only written to, from front to back.
    """
    book = Workbook(write_only=True)
    sheet = _sheet(book, "Notificaciones", list(_WIDTHS))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    count = _append(sheet, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{count + 1}"
    _about(book, head, count, zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = f"Notificaciones de la casilla {head.mailbox_id}"
    book.save(to)
    return count


def _append(sheet: Any, rows: Iterable[ListedNotice]) -> int:
    """Append the rows by one set of cells: each is written before the next is filled in."""
    cells = _Cells(sheet)
    count = 0
    try:
        for count, row in enumerate(rows, 1):
            lines = _lines(row)
            if lines > 1:  # programs other than Excel do not make room by themselves
                sheet.row_dimensions[count + 1].height = lines * _LINE_HEIGHT
            sheet.append(cells.of(row))
            sheet.row_dimensions.pop(count + 1, None)  # memory must not grow with the list
    except BaseException:
        with TemporaryFile() as nowhere:  # only saving deletes the files that the rows went to
            sheet.parent.save(nowhere)
        raise
    return count


class _Cells:
    """The cells of one row, styled once and filled anew for each row, since styling costs more than writing."""

    def __init__(self, sheet: Any) -> None:
        self._year = _cell(sheet, top=True)
        self._texts = [_cell(sheet, top=True, wrap=True) for _ in range(5)]
        self._marked = [_cell(sheet, top=True, wrap=True) for _ in range(5)]
        for cell in self._marked:
            cell.quotePrefix = True
        self._state = _cell(sheet, top=True)
        self._instants = [_cell(sheet, top=True) for _ in range(2)]
        for cell in self._instants:
            cell.number_format = "dd/mm/yyyy hh:mm"

    def of(self, row: ListedNotice) -> list[Any]:
        self._year.value = row.year
        cells = [self._year, *map(self._text, range(5), _texts(row)), *self._instants, self._state]
        _write(self._state, row.state)
        for cell, instant in zip(self._instants, (row.issued_at, row.sent_at), strict=True):
            cell.value = _on_the_wall(instant)
        return cells

    def _text(self, place: int, text: str) -> Any:
        cell = self._marked[place] if text.startswith(_FORMULA_LIKE) else self._texts[place]
        _write(cell, text)
        return cell


def _texts(row: ListedNotice) -> tuple[str, ...]:
    return row.subject, row.office, row.sender, row.document_type, row.document_number


def _lines(row: ListedNotice) -> int:
    """Estimate the lines of the longest text; capitals are wider than the digits that widths are counted in."""
    return max(
        1 if 3 * len(text) < 2 * width else -(-11 * (3 * len(text) + sum(map(str.isupper, text))) // (30 * width))
        for text, width in zip(_texts(row), _TEXT_WIDTHS, strict=True)
    )


def _on_the_wall(instant: datetime) -> datetime:
    """Drop what Excel has no room for: zone and seconds' fraction."""
    return instant.replace(tzinfo=None, microsecond=0)


def _write(cell: Any, text: str) -> None:
    """Fill in a text as text, whatever it looks like."""
    clean = _ESCAPED.sub("_x005F_", _UNWRITABLE.sub("", text))
    cell.value = clean or None
    if clean:
        cell.data_type = "s"


def _cell(sheet: Any, text: str = "", *, top: bool = False, wrap: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.alignment = Alignment("left", vertical="top" if top else "center", wrap_text=wrap)
    cell.border = Border(bottom=Side("thin", color=_HAIRLINE))
    if text:
        _write(cell, text)
    return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text, wrap=True)
    cell.font = Font(name=_FONT, size=11, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=_ACCENT)
    return cell


def _sheet(book: Any, title: str, widths: list[int]) -> Any:
    """Begin a sheet that prints on A4 across, as wide as the paper, with page numbers."""
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.45, right=0.45, top=0.5, bottom=0.7)
    sheet.oddFooter.center.text = "Página &P de &N"
    return sheet


def _about(book: Any, head: ListingHead, count: int, zone: ZoneInfo) -> None:
    sheet = _sheet(book, "Sobre esta lista", [24, 90])
    said = [
        ("Casilla electrónica", head.mailbox_id),
        ("Filtro", head.search.in_words),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
    ]
    for label, value in said:
        name = _cell(sheet, label, top=True)
        name.font = Font(name=_FONT, size=11, bold=True, color=_ACCENT)
        sheet.append([name, _cell(sheet, value, top=True, wrap=True)])
