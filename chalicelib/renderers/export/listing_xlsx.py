"""A list of notices as an Excel workbook, written row by row: memory does not grow with the list (BOX-5).

The first sheet is the table and nothing else, so that it filters, sorts and is read by programs from its first row on.
Whose it is, with which filter and from when, is told on a second sheet and at the head of each printed page.

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
_STATE = len(COLUMNS) - 1
_COLUMNS = (*COLUMNS[:_STATE], "Vence el", *COLUMNS[_STATE:])
"""The list's, and the end of the term once more as a date, since words don't sort."""
_WIDTHS = (8, 52, 40, 34, 20, 44, 18, 18, 34, 13, 12)
"""Of the columns, in digits."""
_TEXT_WIDTHS = (*_WIDTHS[1:6], _WIDTHS[8])
_LINE_HEIGHT = 15.0
"""Points, of Calibri 11."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = tuple("=+-@\t\r\n")
_ACCENT = "0056AC"
_HAIRLINE = "D6DBE2"
_FONT = "Calibri"
_A4 = 9
_LONGEST_HEADING = 95
"""Letters of whose list it is, and of its filter; Excel takes 255 of a whole heading with its commands."""


def write_listing_xlsx(rows: Iterable[ListedNotice], head: ListingHead, *, zone: ZoneInfo, to: Any) -> int:
    """Write the workbook and return how many rows it has: the list with its filters, and a sheet about it.

    `to` is only written to, from front to back.
    """
    book = Workbook(write_only=True)
    sheet = _sheet(book, "Notificaciones", list(_WIDTHS))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([_heading(sheet, column) for column in _COLUMNS])
    _paper_head(sheet, head, zone)
    count = _append(sheet, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{count + 1}"
    _about(book, head, count, zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = f"Notificaciones de la casilla {head.mailbox_id}"
    book.properties.subject = _UNWRITABLE.sub("", head.search.in_words)
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
        self._texts = [_cell(sheet, top=True, wrap=True) for _ in _TEXT_WIDTHS]
        self._marked = [_cell(sheet, top=True, wrap=True) for _ in _TEXT_WIDTHS]
        for cell in self._marked:
            cell.quotePrefix = True
        self._state = _cell(sheet, top=True)
        self._instants = [_cell(sheet, top=True) for _ in range(2)]
        for cell in self._instants:
            cell.number_format = "dd/mm/yyyy hh:mm"
        self._due = _cell(sheet, top=True)
        self._due.number_format = "dd/mm/yyyy"

    def of(self, row: ListedNotice) -> list[Any]:
        self._year.value, self._due.value = row.year, row.due_on
        *texts, deadline = map(self._text, range(len(_TEXT_WIDTHS)), _texts(row))
        _write(self._state, row.state)
        for cell, instant in zip(self._instants, (row.issued_at, row.sent_at), strict=True):
            cell.value = _on_the_wall(instant)
        return [self._year, *texts, *self._instants, deadline, self._due, self._state]

    def _text(self, place: int, text: str) -> Any:
        cell = self._marked[place] if text.startswith(_FORMULA_LIKE) else self._texts[place]
        _write(cell, text)
        return cell


def _texts(row: ListedNotice) -> tuple[str, ...]:
    return row.subject, row.office, row.sender, row.document_type, row.document_number, row.deadline


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
    sheet.page_margins = PageMargins(left=0.45, right=0.45, top=0.9, bottom=0.7, header=0.4, footer=0.4)
    sheet.oddFooter.center.text = "Página &P de &N"
    return sheet


def _paper_head(sheet: Any, head: ListingHead, zone: ZoneInfo) -> None:
    """Say on paper what the second sheet says, as far as a heading has room; `&` begins a command there."""
    made = f"Generado {date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"
    parts = (f"Casilla {head.mailbox_id}, {head.holder}", f"Filtro: {head.search.in_words}")
    sheet.oddHeader.left.text = " \u2013 ".join(map(_on_paper, parts))
    sheet.oddHeader.right.text = made


def _on_paper(text: str) -> str:
    signs = [sign.replace("&", "&&") for sign in _ESCAPED.sub("_x005F_", _UNWRITABLE.sub("", " ".join(text.split())))]
    if len("".join(signs)) <= _LONGEST_HEADING:
        return "".join(signs)
    while len("".join(signs)) >= _LONGEST_HEADING:
        signs.pop()
    return f"{''.join(signs)}…"


def _about(book: Any, head: ListingHead, count: int, zone: ZoneInfo) -> None:
    sheet = _sheet(book, "Sobre esta lista", [24, 90])
    said = [
        ("Titular", head.holder),
        ("Casilla electrónica", head.mailbox_id),
        ("Filtro", head.search.in_words),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
    ]
    for label, value in said:
        name = _cell(sheet, label, top=True)
        name.font = Font(name=_FONT, size=11, bold=True, color=_ACCENT)
        told = _cell(sheet, value, top=True, wrap=True)
        told.quotePrefix = value.startswith(_FORMULA_LIKE)
        sheet.append([name, told])
