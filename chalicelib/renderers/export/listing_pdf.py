"""A list of notices as a PDF: landscape A4, the heading on every page, every text whole (BOX-5).

Imports fpdf2: import it late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.renderers.pdf_document import ACCENT, INK, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

MEDIA_TYPE = "application/pdf"
_SIDE, _TOP = 12.0, 17.0
_GAP = 3.0
_WIDTHS = (10.0, 52.0, 33.0, 32.0, 57.0, 18.0, 18.0, 38.0, 15.0 + _GAP)
"""Of the columns, gaps included; the last gap lies in the margin."""
_TYPE = COLUMNS.index("Tipo de documento")
"""A document's number stands under its type, in one column, so that it has the room to stay in one piece."""
_DEADLINE = COLUMNS.index("Plazo") - 1
_SIZE, _LINE, _PADDING = 7.5, 3.7, 1.5


def render_listing_pdf(rows: Sequence[ListedNotice], head: ListingHead, *, zone: ZoneInfo) -> bytes:
    """Make the list as PDF/A-3U; `head` says above it whose it is, which filter it has and when it was made."""
    paper = _ListPaper(head, zone)
    paper.add_page()
    _title(paper, head, len(rows), zone)
    paper.heading()
    if not rows:
        paper.ln(3)
        paper.write_in(9, colour=MUTED)
        paper.paragraph("Ninguna notificación cumple este filtro.")
    for row in rows:
        paper.row(row)
    return paper.to_bytes()


class _ListPaper(Paper):
    """Paper that repeats the table's heading and parts no row that a page can hold."""

    def __init__(self, head: ListingHead, zone: ZoneInfo) -> None:
        title = f"Notificaciones de la casilla electrónica {head.mailbox_id}"
        made = f"Generado el {date_and_hour(head.made_at, zone)}"
        super().__init__(
            typeface=Typeface.EMBEDDED,
            running_title=title,
            reference=f"Casilla {head.mailbox_id}. {made} ({zone_in_words(zone)})",
            created_at=head.made_at,
            orientation="landscape",
            side=_SIDE,
            top=_TOP,
        )
        self.alias_nb_pages("\0" * 4)
        self.describe(title=title, author="Casilla electrónica", subject=printable(head.search.in_words))
        self._broken = cache(self._break)

    def header(self) -> None:
        """Draw the running head, and on later pages the table's heading."""
        super().header()
        if self.page_no() > 1:
            self.heading()

    def heading(self) -> None:
        """Write the columns' names over a line in the accent."""
        self.write_in(7, weight="B", colour=ACCENT)
        self._cells(self._lines(COLUMNS, self._break), at_bottom=True)
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.write_in(_SIZE)

    def row(self, row: ListedNotice) -> None:
        """Write one notice over as many lines as its longest text needs, then a hairline."""
        texts = (str(row.year), row.subject, row.office, row.sender, row.document_type, row.document_number)
        cells = self._lines(texts, self._broken)
        instants = (row.issued_at, row.sent_at)
        cells += [[f"{instant:%d/%m/%Y}", f"{instant:%H:%M}"] if instant else ["\u2013"] for instant in instants]
        cells += [self._break(row.deadline, _WIDTHS[_DEADLINE] - _GAP), [row.state]]
        if self.will_page_break(_height(cells)):
            self.add_page()
        fitting = int((self.page_break_trigger - self.y - 2 * _PADDING) / _LINE)
        for first in range(0, max(map(len, cells)), fitting):
            if first:
                self.add_page()
            self._cells([lines[first : first + fitting] for lines in cells])
        self.hairline()

    def _lines(self, texts: Sequence[str], broken: Callable[[str, float], list[str]]) -> list[list[str]]:
        """Break each text for its column."""
        columns = [[text] for text in texts]
        columns[_TYPE : _TYPE + 2] = [[*columns[_TYPE], *columns[_TYPE + 1]]]
        return [
            [line for text in column for line in broken(text, width - _GAP)]
            for column, width in zip(columns, _WIDTHS, strict=False)
        ]

    def _cells(self, cells: Sequence[Sequence[str]], *, at_bottom: bool = False) -> None:
        left, top, height = self.l_margin, self.y, _height(cells)
        for width, lines in zip(_WIDTHS, cells, strict=True):
            first = height - _PADDING - len(lines) * _LINE if at_bottom else _PADDING
            for number, line in enumerate(lines):
                self.set_xy(left, top + first + number * _LINE)
                self.cell(0, _LINE, line)
            left += width
        self.set_xy(self.l_margin, top + height)

    def _break(self, text: str, width: float) -> list[str]:
        return self.lines_of(printable(text), width=width)


def _title(paper: Paper, head: ListingHead, count: int, zone: ZoneInfo) -> None:
    paper.set_y(11)
    paper.write_in(14, weight="B")
    paper.paragraph(paper.running_title, line=7)
    paper.ln(1)
    for label, value in (
        ("Titular", printable(head.holder)),
        ("Filtro", printable(head.search.in_words)),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)}. Todas las fechas y horas son {zone_in_words(zone)}."),
    ):
        paper.write_in(8, colour=MUTED)
        paper.cell(26, 4.6, label)
        paper.write_in(8, colour=INK)
        paper.paragraph(value, line=4.6)
    paper.ln(3)


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(1, *map(len, cells)) * _LINE + 2 * _PADDING
