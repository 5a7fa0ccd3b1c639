"""Parts that receipts are made of: a heading's code, a part with its title, a row. Imports fpdf2: import it late."""

from __future__ import annotations

import segno
from fpdf.enums import XPos, YPos

from chalicelib.renderers.pdf_document import ACCENT, LINE, MARGIN, MUTED, Paper

LABELS = 42.0
SYMBOL = 28.0
TOP = 15.0
_GAP, _LABEL_LINE = 3.0, 4.0


def symbol(paper: Paper, code: str, url: str) -> None:
    """Draw the QR code in the upper right corner, over the code it leads to."""
    rows = segno.make_qr(url, error="m", mask=2, boost_error=False).matrix
    left = paper.w - MARGIN - SYMBOL
    paper.symbol(rows, x=left, y=TOP, module=SYMBOL / len(rows))
    paper.set_xy(left, TOP + SYMBOL + 3)
    paper.write_in(7, colour=MUTED)
    paper.cell(SYMBOL, 3.6, "Código de verificación", align="C", new_x=XPos.LEFT, new_y=YPos.NEXT)
    paper.write_in(8, weight="B")
    paper.cell(SYMBOL, 4.4, code, align="C")


def section(paper: Paper, title: str, *, needs: float) -> None:
    """Begin a part with its title, on a new page unless `needs` millimetres are left."""
    paper.ln(4)
    paper.keep_together(needs)
    paper.write_in(10.5, weight="B", colour=ACCENT)
    paper.paragraph(title, line=6)
    paper.ln(0.6)
    paper.hairline()


def row(paper: Paper, label: str, value: str, *, strong: bool = False) -> None:
    """Write a label and, beside it, its value over as many lines and pages as it needs."""
    paper.write_in(8.5, colour=MUTED)
    first, *others = paper.lines_of(label, width=LABELS - _GAP) or [""]
    paper.keep_together(LINE + 2 + _LABEL_LINE * len(others))
    paper.ln(0.65)
    paper.write_in(8.5, colour=MUTED)
    top, page = paper.y, paper.page
    paper.cell(LABELS, LINE, first)
    paper.write_in(weight="B" if strong else "")
    paper.paragraph(value)
    if others and paper.page == page:
        end = paper.y
        paper.write_in(8.5, colour=MUTED)
        for number, part in enumerate(others, 1):
            paper.set_xy(paper.l_margin, top + number * _LABEL_LINE)
            paper.cell(LABELS, LINE, part)
        paper.set_xy(paper.l_margin, max(end, top + LINE + len(others) * _LABEL_LINE))
    paper.ln(0.65)
    paper.hairline()


def mark_beside(paper: Paper, top: float, page: int) -> None:
    """Draw the accent beside what was written since a height of a page."""
    paper.set_fill_color(*ACCENT)
    top = top if paper.page == page else paper.t_margin
    paper.rect(MARGIN - 4, top, 1, paper.y - top, style="F")
