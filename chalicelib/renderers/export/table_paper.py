"""Tables on landscape A4: the heading on every page, every text whole, no row parted that a page can hold.

Imports fpdf2: import it late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from chalicelib.renderers.pdf_document import ACCENT, INK, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable

MEDIA_TYPE = "application/pdf"
SIDE, TOP = 12.0, 17.0
GAP = 3.0
_SIZE, _LINE, _PADDING, _BETWEEN = 7.5, 3.7, 1.5, 0.4

Cell = Sequence[str]
"""The lines of one cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns: the names of each, one below the other, and their widths in millimetres.

    Gaps are included; the last gap lies in the margin.
    """

    names: Sequence[Sequence[str]]
    widths: Sequence[float]


class TablePaper(Paper):
    """Paper for tables, one after the other."""

    def __init__(self, *, title: str, reference: str, subject: str, made_at: datetime) -> None:
        """Begin without a page and without a table."""
        super().__init__(
            typeface=Typeface.EMBEDDED,
            running_title=title,
            reference=reference,
            created_at=made_at,
            orientation="landscape",
            side=SIDE,
            top=TOP,
        )
        self.alias_nb_pages("\0" * 4)
        self.describe(title=title, author="Casilla electrónica", subject=printable(subject))
        self.columns: Table | None = None
        self._broken = cache(self._break)

    def header(self) -> None:
        """Draw the running head, and on later pages the table's heading."""
        super().header()
        if self.page_no() > 1 and self.columns is not None:
            self._heading(self.columns)

    def begin_table(self, table: Table) -> None:
        """Write a table's heading, on this page if a row has room below it."""
        self.columns = None
        if self.will_page_break(8 * _LINE):
            self.add_page()
        self.columns = table
        self._heading(table)

    def end_table(self) -> None:
        """Have later pages begin without its heading."""
        self.columns = None

    def lines(self, column: int, *texts: str) -> list[str]:
        """Break texts for a column, one below the other."""
        return _stacked(texts, self._columns.widths[column] - GAP, self._broken)

    def row(self, cells: Sequence[Cell], *, is_last: bool = True) -> None:
        """Write one row over as many lines as its longest cell needs; then a hairline, if the row ends there."""
        if self.will_page_break(_height(cells)):
            self.add_page()
        fitting = int((self.page_break_trigger - self.y - 2 * _PADDING) / _LINE)
        for first in range(0, max(map(len, cells)), fitting):
            if first:
                self.add_page()
            self._cells([lines[first : first + fitting] for lines in cells], self._columns.widths)
        if is_last:
            self.hairline()

    def keep_rows(self, cells: Sequence[Cell], beneath: Sequence[Sequence[Cell]]) -> None:
        """Begin a new page unless a row and all that stands beneath it have room; what no page can hold is parted."""
        height = _height(cells) + sum(max(1, *map(len, below)) * _LINE + _BETWEEN for below in beneath) + _PADDING
        if height < self.page_break_trigger - self.t_margin - 8 * _LINE and self.will_page_break(height):
            self.add_page()

    def beneath(self, cells: Sequence[Cell], widths: Sequence[float], *, is_last: bool) -> None:
        """Write what belongs to the row above, in columns of its own."""
        self.write_in(_SIZE - 0.5, colour=MUTED)
        height = max(1, *map(len, cells)) * _LINE
        if self.will_page_break(height + _PADDING):
            self.add_page()
            self.write_in(_SIZE - 0.5, colour=MUTED)
        left, top = self.l_margin, self.y
        for width, lines in zip(widths, cells, strict=True):
            for number, line in enumerate(lines):
                self.set_xy(left, top + number * _LINE)
                self.cell(0, _LINE, line)
            left += width
        self.set_xy(self.l_margin, top + height + (_PADDING if is_last else _BETWEEN))
        self.write_in(_SIZE)
        if is_last:
            self.hairline()

    def break_small(self, text: str, width: float) -> list[str]:
        """Break a text for a column of what stands beneath a row."""
        self.write_in(_SIZE - 0.5, colour=MUTED)
        lines = self.lines_of(printable(text), width=width - GAP)
        self.write_in(_SIZE)
        return lines

    def title_block(self, title: str, said: Iterable[tuple[str, str]]) -> None:
        """Write what the document is, and below it names and values."""
        self.set_y(11)
        self.write_in(14, weight="B")
        self.paragraph(title, line=7)
        self.ln(1)
        for label, value in said:
            self.write_in(8, colour=MUTED)
            self.cell(26, 4.6, label)
            self.write_in(8, colour=INK)
            self.paragraph(value, line=4.6)
        self.ln(3)

    def none_found(self, text: str) -> None:
        """Say that a table has no rows."""
        self.ln(3)
        self.write_in(9, colour=MUTED)
        self.paragraph(text)
        self.write_in(_SIZE)

    @property
    def _columns(self) -> Table:
        if self.columns is None:
            raise ValueError(self.running_title)
        return self.columns

    def _heading(self, table: Table) -> None:
        """Write the columns' names over a line in the accent."""
        self.write_in(7, weight="B", colour=ACCENT)
        cells = [
            _stacked(names, width - GAP, self._break) for names, width in zip(table.names, table.widths, strict=True)
        ]
        self._cells(cells, table.widths, at_bottom=True)
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.write_in(_SIZE)

    def _cells(self, cells: Sequence[Cell], widths: Sequence[float], *, at_bottom: bool = False) -> None:
        left, top, height = self.l_margin, self.y, _height(cells)
        for width, lines in zip(widths, cells, strict=True):
            first = height - _PADDING - len(lines) * _LINE if at_bottom else _PADDING
            for number, line in enumerate(lines):
                self.set_xy(left, top + first + number * _LINE)
                self.cell(0, _LINE, line)
            left += width
        self.set_xy(self.l_margin, top + height)

    def _break(self, text: str, width: float) -> list[str]:
        return self.lines_of(printable(text), width=width)


def _stacked(texts: Iterable[str], width: float, broken: Callable[[str, float], list[str]]) -> list[str]:
    return [line for text in texts for line in broken(text, width)]


def _height(cells: Sequence[Cell]) -> float:
    return max(1, *map(len, cells)) * _LINE + 2 * _PADDING
