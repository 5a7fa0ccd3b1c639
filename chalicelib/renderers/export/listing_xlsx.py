"""A list of notices as an Excel workbook, written row by row: memory does not grow with the list (BOX-5).

The first sheet is the table and nothing else, so that it filters, sorts and is read by programs from its first row on.
Whose it is, with which filter and from when, is told on a second sheet and at the head of each printed page.

No text is ever a formula: cells say that they hold text, whatever it begins with, and what begins as a formula does is
marked so that it stays text when the cell is edited. Imports openpyxl: import it late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.renderers.export.xlsx_cells import (
    ACCENT,
    ESCAPED,
    FONT,
    FORMULA_LIKE,
    MEDIA_TYPE,
    UNWRITABLE,
    begin_sheet,
    heading_cell,
    text_cell,
    write_text,
)
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "write_listing_xlsx"]

_STATE = len(COLUMNS) - 1
_COLUMNS = (*COLUMNS[:_STATE], "Vence el", *COLUMNS[_STATE:])
"""The list's, and the end of the term once more as a date, since words don't sort."""
_WIDTHS = (8, 52, 40, 34, 20, 44, 18, 18, 34, 13, 12)
"""Of the columns, in digits."""
_TEXT_WIDTHS = (*_WIDTHS[1:6], _WIDTHS[8])
_LINE_HEIGHT = 15.0
"""Points, of Calibri 11."""
_LONGEST_HEADING = 95
"""Letters of whose list it is, and of its filter; Excel takes 255 of a whole heading with its commands."""


def write_listing_xlsx(rows: Iterable[ListedNotice], head: ListingHead, *, zone: ZoneInfo, to: Any) -> int:
    """Write the workbook and return how many rows it has: the list with its filters, and a sheet about it.

    `to` is only written to, from front to back.
    """
    book = Workbook(write_only=True)
    sheet = begin_sheet(book, "Notificaciones", list(_WIDTHS))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([heading_cell(sheet, column) for column in _COLUMNS])
    _paper_head(sheet, head, zone)
    count = _append(sheet, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{count + 1}"
    _about(book, head, count, zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = f"Notificaciones de la casilla {head.mailbox_id}"
    book.properties.subject = UNWRITABLE.sub("", head.search.in_words)
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
        self._year = text_cell(sheet, top=True)
        self._texts = [text_cell(sheet, top=True, wrap=True) for _ in _TEXT_WIDTHS]
        self._marked = [text_cell(sheet, top=True, wrap=True) for _ in _TEXT_WIDTHS]
        for cell in self._marked:
            cell.quotePrefix = True
        self._state = text_cell(sheet, top=True)
        self._instants = [text_cell(sheet, top=True) for _ in range(2)]
        for cell in self._instants:
            cell.number_format = "dd/mm/yyyy hh:mm"
        self._due = text_cell(sheet, top=True)
        self._due.number_format = "dd/mm/yyyy"

    def of(self, row: ListedNotice) -> list[Any]:
        self._year.value, self._due.value = row.year, row.due_on
        *texts, deadline = map(self._text, range(len(_TEXT_WIDTHS)), _texts(row))
        write_text(self._state, row.state)
        for cell, instant in zip(self._instants, (row.issued_at, row.sent_at), strict=True):
            cell.value = instant and _on_the_wall(instant)
        return [self._year, *texts, *self._instants, deadline, self._due, self._state]

    def _text(self, place: int, text: str) -> Any:
        cell = self._marked[place] if text.startswith(FORMULA_LIKE) else self._texts[place]
        write_text(cell, text)
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


def _paper_head(sheet: Any, head: ListingHead, zone: ZoneInfo) -> None:
    """Say on paper what the second sheet says, as far as a heading has room; `&` begins a command there."""
    made = f"Generado {date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"
    parts = (f"Casilla {head.mailbox_id}, {head.holder}", f"Filtro: {head.search.in_words}")
    sheet.oddHeader.left.text = " \u2013 ".join(map(_on_paper, parts))
    sheet.oddHeader.right.text = made


def _on_paper(text: str) -> str:
    signs = [sign.replace("&", "&&") for sign in ESCAPED.sub("_x005F_", UNWRITABLE.sub("", " ".join(text.split())))]
    if len("".join(signs)) <= _LONGEST_HEADING:
        return "".join(signs)
    while len("".join(signs)) >= _LONGEST_HEADING:
        signs.pop()
    return f"{''.join(signs)}…"


def _about(book: Any, head: ListingHead, count: int, zone: ZoneInfo) -> None:
    sheet = begin_sheet(book, "Sobre esta lista", [24, 90])
    said = [
        ("Titular", head.holder),
        ("Casilla electrónica", head.mailbox_id),
        ("Filtro", head.search.in_words),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
    ]
    for label, value in said:
        name = text_cell(sheet, label, top=True)
        name.font = Font(name=FONT, size=11, bold=True, color=ACCENT)
        told = text_cell(sheet, value, top=True, wrap=True)
        told.quotePrefix = value.startswith(FORMULA_LIKE)
        sheet.append([name, told])
