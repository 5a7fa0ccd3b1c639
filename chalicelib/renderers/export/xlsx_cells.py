"""Cells and sheets of workbooks, as every list has them: no text is ever a formula. Imports openpyxl: import it late.

Cells say that they hold text, whatever it begins with; what begins as a formula does is marked so that it stays text
when the cell is edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from tempfile import TemporaryFile
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORMULA_LIKE = tuple("=+-@\t\r\n")
ACCENT = "0056AC"
_HAIRLINE = "D6DBE2"
FONT = "Calibri"
_A4 = 9
_LONGEST_HEADING = 95
"""Letters of whose list it is, and of its filter; Excel takes 255 of a whole heading with its commands."""
LINE_HEIGHT = 15.0
"""Points, of Calibri 11."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "dd/mm/yyyy"
    MOMENT = "dd/mm/yyyy hh:mm"
    MOMENT_TO_THE_SECOND = "dd/mm/yyyy hh:mm:ss"


class RowCells:
    """The cells of one row, styled once and filled anew for each row, since styling costs more than writing."""

    def __init__(self, sheet: Any, kinds: Sequence[Kind]) -> None:
        """Make the cells of a sheet's columns."""
        self._kinds = kinds
        self._cells = [_cell_of(sheet, kind) for kind in kinds]
        self._marked = [_cell_of(sheet, kind) for kind in kinds]
        for cell in self._marked:
            cell.quotePrefix = True

    def of(self, values: Iterable[Any]) -> list[Any]:
        """Return them with these values; instants are shown as they are on the wall, without their zone."""
        return [self._filled(place, value) for place, value in enumerate(values)]

    def _filled(self, place: int, value: Any) -> Any:
        if self._kinds[place] is Kind.TEXT:
            text = str(value or "")
            cell = self._marked[place] if text.startswith(FORMULA_LIKE) else self._cells[place]
            write_text(cell, text)
            return cell
        cell = self._cells[place]
        cell.value = on_the_wall(value) if isinstance(value, datetime) else value
        return cell


def _cell_of(sheet: Any, kind: Kind) -> Any:
    cell = text_cell(sheet, top=True, wrap=kind is Kind.TEXT)
    if kind not in {Kind.TEXT, Kind.NUMBER}:
        cell.number_format = kind.value
    return cell


def append_row(sheet: Any, number: int, cells: list[Any], lines: int) -> None:
    """Append the row below the heading with this number, as high as its lines: memory does not grow with the rows."""
    if lines > 1:  # programs other than Excel do not make room by themselves
        sheet.row_dimensions[number + 1].height = lines * LINE_HEIGHT
    sheet.append(cells)
    sheet.row_dimensions.pop(number + 1, None)


def lines_in(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Estimate the lines of the longest text; capitals are wider than the digits that widths are counted in."""
    return max(
        1 if 3 * len(text) < 2 * width else -(-11 * (3 * len(text) + sum(map(str.isupper, text))) // (30 * width))
        for text, width in zip(texts, widths, strict=True)
    )


def on_the_wall(instant: datetime) -> datetime:
    """Drop what Excel has no room for: zone and seconds' fraction."""
    return instant.replace(tzinfo=None, microsecond=0)


@contextmanager
def rows_dropped_on_failure(book: Any) -> Iterator[None]:
    """Delete the files that rows went to where what is in the block fails: only saving does so."""
    try:
        yield
    except BaseException:
        with TemporaryFile() as nowhere:
            book.save(nowhere)
        raise


def begin_table(book: Any, title: str, columns: Sequence[str], widths: Sequence[int]) -> Any:
    """Begin a sheet whose first row names its columns, and stays in sight and on every printed page."""
    sheet = begin_sheet(book, title, list(widths))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([heading_cell(sheet, column) for column in columns])
    return sheet


def end_table(sheet: Any, columns: int, count: int) -> None:
    """Have the table filter by each column."""
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{count + 1}"


def head_on_paper(sheet: Any, parts: Iterable[str], made: str) -> None:
    """Say on paper what the last sheet says, as far as a heading has room; `&` begins a command there."""
    sheet.oddHeader.left.text = " \u2013 ".join(map(_on_paper, parts))
    sheet.oddHeader.right.text = made


def _on_paper(text: str) -> str:
    signs = [sign.replace("&", "&&") for sign in ESCAPED.sub("_x005F_", UNWRITABLE.sub("", " ".join(text.split())))]
    if len("".join(signs)) <= _LONGEST_HEADING:
        return "".join(signs)
    while len("".join(signs)) >= _LONGEST_HEADING:
        signs.pop()
    return f"{''.join(signs)}…"


def about_sheet(book: Any, title: str, said: Iterable[tuple[str, str]]) -> None:
    """Add a sheet that says whose list it is, and when it was made."""
    sheet = begin_sheet(book, title, [24, 90])
    for label, value in said:
        name = text_cell(sheet, label, top=True)
        name.font = Font(name=FONT, size=11, bold=True, color=ACCENT)
        told = text_cell(sheet, value, top=True, wrap=True)
        told.quotePrefix = value.startswith(FORMULA_LIKE)
        sheet.append([name, told])


def write_text(cell: Any, text: str) -> None:
    """Fill in a text as text, whatever it looks like."""
    clean = ESCAPED.sub("_x005F_", UNWRITABLE.sub("", text))
    cell.value = clean or None
    if clean:
        cell.data_type = "s"


def text_cell(sheet: Any, text: str = "", *, top: bool = False, wrap: bool = False) -> Any:
    """Return a cell with a text, as text."""
    cell = WriteOnlyCell(sheet)
    cell.alignment = Alignment("left", vertical="top" if top else "center", wrap_text=wrap)
    cell.border = Border(bottom=Side("thin", color=_HAIRLINE))
    if text:
        write_text(cell, text)
    return cell


def heading_cell(sheet: Any, text: str) -> Any:
    """Return the cell above a column."""
    cell = text_cell(sheet, text, wrap=True)
    cell.font = Font(name=FONT, size=11, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=ACCENT)
    return cell


def begin_sheet(book: Any, title: str, widths: list[int]) -> Any:
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
