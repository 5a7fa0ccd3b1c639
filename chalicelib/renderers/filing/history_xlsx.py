"""A mailbox's whole history as an Excel workbook: what was filed, its documents, what was received (FIL-4).

Three sheets that filter and sort, written row by row, and one about them. No text is ever a formula. Imports openpyxl:
import it late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.renderers.export.listing_xlsx import notices_sheet
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
from chalicelib.renderers.filing.listed_filings import DOCUMENT_COLUMNS, FILING_COLUMNS, HistoryHead, ListedFiling
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "write_history_xlsx"]

_FILING_KINDS = (
    *[Kind.TEXT] * 5,
    Kind.MOMENT_TO_THE_SECOND,
    Kind.DAY,
    Kind.TEXT,
    Kind.MOMENT,
    Kind.NUMBER,
    Kind.NUMBER,
    Kind.TEXT,
)
_FILING_WIDTHS = (14, 34, 34, 46, 50, 20, 13, 16, 18, 13, 9, 22)
_DOCUMENT_KINDS = (*[Kind.TEXT] * 5, Kind.NUMBER, Kind.NUMBER, Kind.TEXT)
_DOCUMENT_WIDTHS = (14, 34, 30, 44, 30, 9, 12, 68)


def write_history_xlsx(
    filings: Iterable[ListedFiling], notices: Iterable[ListedNotice], head: HistoryHead, *, zone: ZoneInfo, to: Any
) -> tuple[int, int]:
    """Write the workbook and return how many filings and notices it has; `to` is only written to."""
    book = Workbook(write_only=True)
    made = f"Generado {date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"
    parts = (f"Casilla {head.mailbox_id}, {head.holder}",)
    with rows_dropped_on_failure(book):
        filed = _filings(book, filings, parts, made)
        received = notices_sheet(book, notices, parts, made)
    about_sheet(book, "Sobre este historial", _said(head, filed, received, zone))
    book.properties.creator = "Casilla electrónica"
    book.properties.title = UNWRITABLE.sub("", f"Historial documentario de la casilla {head.mailbox_id}")
    book.save(to)
    return filed, received


def _filings(book: Any, filings: Iterable[ListedFiling], parts: tuple[str, ...], made: str) -> int:
    """Write both sheets at once: a filing is read once, and its documents are not kept."""
    filed = begin_table(book, "Presentaciones", FILING_COLUMNS, _FILING_WIDTHS)
    sent = begin_table(book, "Documentos presentados", DOCUMENT_COLUMNS, _DOCUMENT_WIDTHS)
    for sheet in (filed, sent):
        head_on_paper(sheet, parts, made)
    rows, files = RowCells(filed, _FILING_KINDS), RowCells(sent, _DOCUMENT_KINDS)
    count, documents = 0, 0
    for count, filing in enumerate(filings, 1):
        values = _values(filing)
        append_row(filed, count, rows.of(values), _lines(values, _FILING_KINDS, _FILING_WIDTHS))
        for document in filing.documents:
            documents += 1
            told = (
                filing.number,
                filing.institution,
                document.title,
                document.filename,
                document.kind,
                document.folios,
                document.size,
                document.sha256,
            )
            append_row(sent, documents, files.of(told), _lines(told, _DOCUMENT_KINDS, _DOCUMENT_WIDTHS))
    end_table(filed, len(FILING_COLUMNS), count)
    end_table(sent, len(DOCUMENT_COLUMNS), documents)
    return count


def _values(filing: ListedFiling) -> tuple[Any, ...]:
    return (
        filing.number,
        filing.institution,
        filing.office,
        filing.procedure,
        filing.subject,
        filing.filed_at,
        filing.legal_date,
        filing.state,
        filing.answered_at,
        sum(1 for document in filing.documents if document.size is not None),
        filing.folios,
        filing.verification_code,
    )


def _lines(values: Iterable[Any], kinds: Iterable[Kind], widths: Iterable[int]) -> int:
    texts = [(value, width) for value, kind, width in zip(values, kinds, widths, strict=True) if kind is Kind.TEXT]
    return lines_in((text for text, _ in texts), (width for _, width in texts))


def _said(head: HistoryHead, filed: int, received: int, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    return (
        ("Titular", head.holder),
        ("Casilla electrónica", head.mailbox_id),
        ("Presentaciones", f"{filed}"),
        ("Notificaciones", f"{received}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
        ("Orden", "Lo último primero"),
        (
            "SHA-256",
            "La huella de cada archivo. Si el archivo que guardaste tiene la misma huella, es el que se presentó.",
        ),
    )
