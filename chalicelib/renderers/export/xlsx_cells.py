"""Cells and sheets of workbooks, as every list has them: no text is ever a formula. Imports openpyxl: import it late.

Cells say that they hold text, whatever it begins with; what begins as a formula does is marked so that it stays text
when the cell is edited.
"""

from __future__ import annotations

import re
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
