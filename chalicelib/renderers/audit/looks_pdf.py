"""A numbered list of looks as a PDF: what it is, how it is verified, and its first thousand rows.

Imports fpdf2: import it late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from fpdf.enums import XPos, YPos

from chalicelib.domain.audit.audit import PRINTED_LOOKS, Audit, LookerKind
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import DocumentType
from chalicelib.renderers.audit.audit_rows import COLUMNS, row_of
from chalicelib.renderers.audit.look_words import days_in_words
from chalicelib.renderers.pdf_document import ACCENT, INK, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, number_in_groups, zone_in_words

TITLE = "Relación de consultas de datos"
_SIDE, _TOP = 12.0, 17.0
_GAP = 3.0
_WIDTHS = (20.0, 17.0, 46.0, 36.0, 78.0, 46.0, 30.0 + _GAP)
"""Of the columns, gaps included; the last gap lies in the margin."""
_SIZE, _LINE, _PADDING = 7.5, 3.7, 1.5
_SYMBOL, _LABELS = 26.0, 34.0


@dataclass(frozen=True, slots=True)
class PrintedAudit:
    """What the paper says about itself."""

    audit: Audit
    made_at: datetime
    code: str
    count: int
    csv_sha256: str
    verification_url: str


def render_looks_pdf(
    looks: Sequence[Event], told: PrintedAudit, *, prefixes: Mapping[DocumentType, str], zone: ZoneInfo
) -> bytes:
    """Make it as PDF/A-3U; of more looks than `looks` it says that the CSV has them all."""
    paper = _LooksPaper(told, zone)
    paper.add_page()
    _symbol(paper, told)
    _head(paper, told, zone)
    if looks:
        paper.heading()
    else:
        paper.write_in(9, colour=MUTED)
        paper.paragraph("En esos días no hay ninguna consulta.")
    for look in looks:
        paper.row(row_of(look, prefixes, zone).cells)
    if told.count > len(looks):
        paper.ln(3)
        paper.write_in(8.5, weight="B")
        many = number_in_groups(PRINTED_LOOKS)
        paper.paragraph(
            f"Aquí están las primeras {many}. Las {number_in_groups(told.count)} están en el CSV de esta relación, cuyo"
            " SHA-256 está en la primera página."
        )
    return paper.to_bytes()


class _LooksPaper(Paper):
    """Paper that repeats the table's heading and parts no row that a page can hold."""

    def __init__(self, told: PrintedAudit, zone: ZoneInfo) -> None:
        audit = told.audit
        title = f"{TITLE} N.º {audit.reference}"
        super().__init__(
            typeface=Typeface.EMBEDDED,
            running_title=printable(f"{title}, {audit.institution_name}"),
            reference=f"N.º {audit.reference}, código de verificación {told.code}",
            created_at=told.made_at.astimezone(zone),
            orientation="landscape",
            side=_SIDE,
            top=_TOP,
        )
        self._has_table = False
        self.describe(title=title, author=printable(audit.institution_name), subject=days_in_words(audit.span))

    def header(self) -> None:
        """Draw the running head, and on later pages the table's heading."""
        super().header()
        if self._has_table:
            self.heading()

    def heading(self) -> None:
        """Write the columns' names over a line in the accent."""
        self._has_table = True
        self.write_in(7, weight="B", colour=ACCENT)
        self._cells([[column] for column in COLUMNS])
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.write_in(_SIZE)

    def row(self, texts: Sequence[str]) -> None:
        """Write one look over as many lines as its longest text needs, then a hairline."""
        self.write_in(_SIZE)
        cells = [self.lines_of(printable(text), width=w - _GAP) for text, w in zip(texts, _WIDTHS, strict=True)]
        if self.will_page_break(_height(cells)):
            self.add_page()
        self._cells(cells)
        self.hairline()

    def _cells(self, cells: Sequence[Sequence[str]]) -> None:
        left, top = self.l_margin, self.y
        for width, lines in zip(_WIDTHS, cells, strict=True):
            for number, line in enumerate(lines):
                self.set_xy(left, top + _PADDING + number * _LINE)
                self.cell(0, _LINE, line)
            left += width
        self.set_xy(self.l_margin, top + _height(cells))


def _symbol(paper: Paper, told: PrintedAudit) -> None:
    """Draw the QR code in the upper right corner, over the code it leads to."""
    rows = segno.make_qr(told.verification_url, error="m", mask=2, boost_error=False).matrix
    left = paper.w - _SIDE - _SYMBOL
    paper.symbol(rows, x=left, y=11, module=_SYMBOL / len(rows))
    paper.set_xy(left - 4, 11 + _SYMBOL + 2)
    paper.write_in(7, colour=MUTED)
    paper.cell(_SYMBOL + 8, 3.6, "Código de verificación", align="C", new_x=XPos.LEFT, new_y=YPos.NEXT)
    paper.write_in(8, weight="B")
    paper.cell(_SYMBOL + 8, 4.4, told.code, align="C")


def _head(paper: Paper, told: PrintedAudit, zone: ZoneInfo) -> None:
    audit, width = told.audit, paper.epw - _SYMBOL - 14
    paper.set_xy(_SIDE, 11)
    paper.write_in(10, weight="B", colour=ACCENT)
    paper.paragraph(printable(audit.institution_name), width=width)
    paper.ln(1.5)
    paper.write_in(15, weight="B")
    paper.paragraph(f"{TITLE} N.º {audit.reference}", width=width, line=7)
    paper.ln(1.5)
    who = "Persona" if audit.looker.kind is LookerKind.MEMBER else "Clave de firma"
    for label, value in (
        ("Consultas de", f"{who}: {audit.looker.name}"),
        ("Días", f"{days_in_words(audit.span)}, completos, {zone_in_words(zone)}"),
        ("Consultas", number_in_groups(told.count)),
        ("Pedida por", f"{audit.asked_by_name}, el {date_and_hour(audit.asked_at, zone)}"),
        ("Motivo", audit.reason),
        ("Hecha", date_and_hour(told.made_at, zone)),
        ("SHA-256 del CSV", told.csv_sha256),
        ("Se verifica en", told.verification_url),
    ):
        paper.write_in(8, colour=MUTED)
        paper.cell(_LABELS, 4.6, label)
        paper.write_in(8, colour=INK)
        paper.paragraph(printable(value), width=width - _LABELS, line=4.6)
    paper.set_y(max(paper.y, 11 + _SYMBOL + 12) + 2)
    paper.write_in(8, colour=MUTED)
    paper.paragraph(
        "Cada fila es un hecho del registro de consultas, que nadie puede cambiar ni borrar. Contiene datos personales:"
        " úsala solo para lo que se pidió.",
        line=4.2,
    )
    paper.ln(2)


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(1, *map(len, cells)) * _LINE + 2 * _PADDING
