"""A list of notices as an Excel workbook, written row by row: memory does not grow with the list (BOX-5).

The first sheet is the table and nothing else, so that it filters, sorts and is read by programs from its first row on.
Whose it is, with which filter and from when, is told on a second sheet and at the head of each printed page.

No text is ever a formula: cells say that they hold text, whatever it begins with, and what begins as a formula does is
marked so that it stays text when the cell is edited. Imports openpyxl: import it late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.renderers.export.xlsx_cells import (
    MEDIA_TYPE,
    UNWRITABLE,
    Kind,
    RowCells,
    about_sheet,
    append_row,
    begin_table,
    end_table,
    head_on_paper,
    lines_in,
    rows_dropped_on_failure,
)
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "notices_sheet", "write_listing_xlsx"]

_STATE = len(COLUMNS) - 1
_COLUMNS = (*COLUMNS[:_STATE], "Vence el", *COLUMNS[_STATE:])
"""The list's, and the end of the term once more as a date, since words don't sort."""
_KINDS = (Kind.NUMBER, *[Kind.TEXT] * 5, Kind.MOMENT, Kind.MOMENT, Kind.TEXT, Kind.DAY, Kind.TEXT)
_WIDTHS = (8, 52, 40, 34, 20, 44, 18, 18, 34, 13, 12)
"""Of the columns, in digits."""
_TEXT_WIDTHS = (*_WIDTHS[1:6], _WIDTHS[8])


def write_listing_xlsx(rows: Iterable[ListedNotice], head: ListingHead, *, zone: ZoneInfo, to: Any) -> int:
    """Write the workbook and return how many rows it has: the list with its filters, and a sheet about it.

    `to` is only written to, from front to back.
    """
    book = Workbook(write_only=True)
    with rows_dropped_on_failure(book):
        made = f"Generado {date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"
        parts = (f"Casilla {head.mailbox_id}, {head.holder}", f"Filtro: {head.search.in_words}")
        count = notices_sheet(book, rows, parts, made)
    _about(book, head, count, zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = f"Notificaciones de la casilla {head.mailbox_id}"
    book.properties.subject = UNWRITABLE.sub("", head.search.in_words)
    book.save(to)
    return count


def notices_sheet(book: Any, rows: Iterable[ListedNotice], parts: Iterable[str], made: str) -> int:
    """Add a sheet of notices and return how many there are; `parts` and `made` stand above each printed page."""
    sheet = begin_table(book, "Notificaciones", _COLUMNS, _WIDTHS)
    head_on_paper(sheet, parts, made)
    cells, count = RowCells(sheet, _KINDS), 0
    for count, row in enumerate(rows, 1):
        append_row(sheet, count, cells.of(_values(row)), lines_in(_texts(row), _TEXT_WIDTHS))
    end_table(sheet, len(_COLUMNS), count)
    return count


def _values(row: ListedNotice) -> tuple[Any, ...]:
    *texts, deadline = _texts(row)
    return row.year, *texts, row.issued_at, row.sent_at, deadline, row.due_on, row.state


def _texts(row: ListedNotice) -> tuple[str, ...]:
    return row.subject, row.office, row.sender, row.document_type, row.document_number, row.deadline


def _about(book: Any, head: ListingHead, count: int, zone: ZoneInfo) -> None:
    said = [
        ("Titular", head.holder),
        ("Casilla electrónica", head.mailbox_id),
        ("Filtro", head.search.in_words),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
    ]
    about_sheet(book, "Sobre esta lista", said)
