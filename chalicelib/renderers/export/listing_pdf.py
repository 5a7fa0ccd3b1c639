"""A list of notices as a PDF: landscape A4, the heading on every page, every text whole (BOX-5).

Imports fpdf2: import it late.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.renderers.export.table_paper import GAP, MEDIA_TYPE, Table, TablePaper
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "notices_table", "render_listing_pdf"]

_WIDTHS = (10.0, 52.0, 33.0, 32.0, 57.0, 18.0, 18.0, 38.0, 15.0 + GAP)
_TYPE = COLUMNS.index("Tipo de documento")
"""A document's number stands under its type, in one column, so that it has the room to stay in one piece."""
_DEADLINE = COLUMNS.index("Plazo") - 1
_NAMES = [[name] for name in COLUMNS]
_NAMES[_TYPE : _TYPE + 2] = [[*COLUMNS[_TYPE : _TYPE + 2]]]
_TABLE = Table(_NAMES, _WIDTHS)


def render_listing_pdf(rows: Sequence[ListedNotice], head: ListingHead, *, zone: ZoneInfo) -> bytes:
    """Make the list as PDF/A-3U; `head` says above it whose it is, which filter it has and when it was made."""
    title = f"Notificaciones de la casilla electrónica {head.mailbox_id}"
    made = date_and_hour(head.made_at, zone)
    paper = TablePaper(
        title=title,
        reference=f"Casilla {head.mailbox_id}. Generado el {made} ({zone_in_words(zone)})",
        subject=head.search.in_words,
        made_at=head.made_at,
    )
    paper.add_page()
    paper.title_block(
        title,
        (
            ("Titular", printable(head.holder)),
            ("Filtro", printable(head.search.in_words)),
            ("Notificaciones", f"{len(rows)}"),
            ("Generado", f"{made}. Todas las fechas y horas son {zone_in_words(zone)}."),
        ),
    )
    notices_table(paper, rows, none="Ninguna notificación cumple este filtro.")
    return paper.to_bytes()


def notices_table(paper: TablePaper, rows: Sequence[ListedNotice], *, none: str) -> None:
    """Write a table of notices; `none` is said where there are none."""
    paper.begin_table(_TABLE)
    for row in rows:
        paper.row(_cells(paper, row))
    if not rows:
        paper.none_found(none)
    paper.end_table()


def _cells(paper: TablePaper, row: ListedNotice) -> list[list[str]]:
    texts = ((str(row.year),), (row.subject,), (row.office,), (row.sender,), (row.document_type, row.document_number))
    cells = [paper.lines(column, *stacked) for column, stacked in enumerate(texts)]
    instants = (row.issued_at, row.sent_at)
    cells += [[f"{instant:%d/%m/%Y}", f"{instant:%H:%M}"] if instant else ["\u2013"] for instant in instants]
    return [*cells, paper.lines(_DEADLINE, row.deadline), [row.state]]
