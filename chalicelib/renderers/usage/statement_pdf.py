"""A month's statement as a PDF: what was used, what it costs, on which days. Imports fpdf2: import it late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.usage.statement import Statement
from chalicelib.domain.usage.tariff import Measure
from chalicelib.renderers.pdf_document import ACCENT, INK, LINE, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, date_in_words, zone_in_words
from chalicelib.renderers.usage.usage_words import (
    COUNTED,
    ROUNDING,
    WITHOUT_AMOUNTS,
    day_rows,
    line_rows,
    month_in_words,
    sum_rows,
)

_LABEL, _ROW = 38.0, 7.0
_PROVISIONAL = "PROVISIONAL: el mes no está cerrado y estas cifras pueden cambiar."


def render_statement_pdf(statement: Statement, sha256: str, made_at: datetime, *, zone: ZoneInfo) -> bytes:
    """Make it as PDF/A-3U: of a closed month, made at its closing, always the same bytes."""
    title = f"Estado de consumo de {month_in_words(statement.month)}"
    name = printable(statement.institution_name)
    paper = Paper(
        typeface=Typeface.EMBEDDED,
        running_title=f"{title}, {name}",
        reference=statement.number if statement.is_closed else f"Provisional, {date_and_hour(made_at, zone)}",
        created_at=made_at,
    )
    paper.describe(title=f"{title}, {name}", author="Casilla electrónica", subject=title)
    paper.add_page()
    _head(paper, statement, title, f"{date_and_hour(made_at, zone)} ({zone_in_words(zone)})")
    _amounts(paper, statement)
    _notes(paper, statement, sha256)
    _days(paper, statement)
    return paper.to_bytes()


def _head(paper: Paper, statement: Statement, title: str, when: str) -> None:
    paper.set_y(20)
    paper.write_in(17, weight="B")
    paper.paragraph(title, line=9)
    paper.ln(2)
    if not statement.is_closed:
        paper.write_in(10, weight="B", colour=ACCENT)
        paper.paragraph(_PROVISIONAL)
        paper.ln(2)
    facts = [
        ("Entidad", printable(statement.institution_name)),
        ("Identificador", statement.institution_id),
        *([("Número", statement.number)] if statement.is_closed else []),
        ("Cerrado" if statement.is_closed else "Generado", when),
        *([("Se paga hasta el", date_in_words(statement.due_on))] if statement.due_on else []),
    ]
    for label, value in facts:
        paper.write_in(9, colour=MUTED)
        paper.cell(_LABEL, LINE + 0.6, label)
        paper.write_in(9.5, colour=INK)
        paper.paragraph(value, line=LINE + 0.6)
    paper.ln(5)


def _amounts(paper: Paper, statement: Statement) -> None:
    is_priced = statement.bill is not None
    widths = (0.37, 0.18, 0.2, 0.25) if is_priced else (0.6, 0.4)
    heading = ("Concepto", "Cantidad", "Precio", "Importe") if is_priced else ("Concepto", "Cantidad")
    _row(paper, heading, widths, is_heading=True)
    for line in line_rows(statement):
        cells = (line.label, line.quantity, line.price, line.amount)
        _row(paper, cells if is_priced else cells[:2], widths)
    for label, amount in sum_rows(statement):
        _row(paper, ("", "", label, amount), widths, is_strong=label == "Total")
    paper.ln(4)


def _notes(paper: Paper, statement: Statement, sha256: str) -> None:
    paper.write_in(8.5, colour=MUTED)
    for note in (COUNTED, WITHOUT_AMOUNTS if statement.bill is None else ROUNDING):
        paper.paragraph(note, line=4.4)
        paper.ln(1)
    if sha256:
        paper.paragraph(f"SHA-256 de los datos de este estado: {sha256}", line=4.4)
    paper.ln(5)


def _days(paper: Paper, statement: Statement) -> None:
    widths = (0.28, 0.24, 0.24, 0.24)
    heading = ("Día", *(measure.label for measure in Measure))
    paper.keep_together(4 * _ROW)
    paper.write_in(12, weight="B")
    paper.paragraph("Por día", line=8)
    if not statement.days:
        paper.write_in(9.5, colour=MUTED)
        paper.paragraph("Ningún consumo en este mes.")
        return
    _row(paper, heading, widths, is_heading=True)
    for day, _, counts in day_rows(statement):
        if paper.will_page_break(_ROW):
            paper.add_page()
            _row(paper, heading, widths, is_heading=True)
        _row(paper, (day, *counts), widths)


def _row(
    paper: Paper,
    cells: Sequence[str],
    widths: Sequence[float],
    *,
    is_heading: bool = False,
    is_strong: bool = False,
) -> None:
    """Write a row: the first cell at the left, the others, which are numbers, at the right."""
    paper.set_x(paper.l_margin)
    if is_heading:
        paper.write_in(8.5, weight="B", colour=ACCENT)
    else:
        paper.write_in(9.5, weight="B" if is_strong else "")
    for place, (text, width) in enumerate(zip(cells, widths, strict=True)):
        paper.cell(width * paper.epw, _ROW, text, align="R" if place else "L")
    paper.ln(_ROW)
    paper.hairline()
