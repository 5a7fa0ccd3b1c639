"""A mailbox's whole history as a PDF: what was filed, with the hash of each document, then what was received (FIL-4).

Imports fpdf2: import it late.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.renderers.export.listing_pdf import notices_table
from chalicelib.renderers.export.table_paper import GAP, MEDIA_TYPE, Table, TablePaper
from chalicelib.renderers.filing.filing_words import folios_in_words
from chalicelib.renderers.filing.listed_filings import HistoryHead, ListedDocument, ListedFiling
from chalicelib.renderers.pdf_document import INK
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "render_history_pdf"]

_NAMES = (
    ("Número",),
    ("Entidad", "Oficina"),
    ("Trámite",),
    ("Asunto",),
    ("Presentado el",),
    ("Cuenta desde",),
    ("Estado",),
)
_TABLE = Table(_NAMES, (24.0, 50.0, 66.0, 62.0, 24.0, 24.0, 23.0 + GAP))
_BENEATH = (24.0, 50.0, 66.0, 133.0 + GAP)
"""What a document is, its name and its hash, below the filing's institution, procedure and subject."""


def render_history_pdf(
    filings: Sequence[ListedFiling], notices: Sequence[ListedNotice], head: HistoryHead, *, zone: ZoneInfo
) -> bytes:
    """Make the history as PDF/A-3U; `head` says above it whose it is and when it was made."""
    title = f"Historial documentario de la casilla electrónica {head.mailbox_id}"
    made = date_and_hour(head.made_at, zone)
    paper = TablePaper(
        title=title,
        reference=f"Casilla {head.mailbox_id}. Generado el {made} ({zone_in_words(zone)})",
        subject="Lo presentado y lo recibido",
        made_at=head.made_at,
    )
    paper.add_page()
    paper.title_block(
        title,
        (
            ("Titular", printable(head.holder)),
            ("Presentaciones", f"{len(filings)}"),
            ("Notificaciones", f"{len(notices)}"),
            ("Generado", f"{made}. Todas las fechas y horas son {zone_in_words(zone)}. Lo último va primero."),
        ),
    )
    _section(paper, "Lo que presentaste")
    paper.begin_table(_TABLE)
    for filing in filings:
        _filing(paper, filing)
    if not filings:
        paper.none_found("No hay presentaciones.")
    paper.end_table()
    paper.ln(8)
    _section(paper, "Lo que recibiste")
    notices_table(paper, notices, none="No hay notificaciones.")
    return paper.to_bytes()


def _section(paper: TablePaper, name: str) -> None:
    paper.keep_together(30)
    paper.write_in(11, weight="B", colour=INK)
    paper.paragraph(name, line=6)


def _filing(paper: TablePaper, filing: ListedFiling) -> None:
    instant, day = filing.filed_at, filing.legal_date
    office = (filing.office,) if filing.office else ()
    cells = [
        paper.lines(0, filing.number),
        paper.lines(1, filing.institution, *office),
        paper.lines(2, filing.procedure),
        paper.lines(3, filing.subject),
        [f"{instant:%d/%m/%Y}", f"{instant:%H:%M:%S}"],
        [f"{day:%d/%m/%Y}"],
        paper.lines(6, filing.state),
    ]
    beneath = [_document(paper, document) for document in filing.documents]
    paper.keep_rows(cells, beneath)
    paper.row(cells, is_last=False)
    for number, document in enumerate(beneath, 1):
        paper.beneath(document, _BENEATH, is_last=number == len(beneath))


def _document(paper: TablePaper, document: ListedDocument) -> list[list[str]]:
    folios = "" if document.folios is None else f", {folios_in_words(document.folios)}"
    return [
        [],
        paper.break_small(f"{document.title}{folios}", _BENEATH[1]),
        paper.break_small(document.filename, _BENEATH[2]),
        paper.break_small(f"SHA-256 {document.sha256}", _BENEATH[3]),
    ]
