"""What an institution sent in a month as an Excel workbook: the columns named here and no other.

No text is ever a formula (`xlsx_cells.py`). Imports openpyxl: import it late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from chalicelib.domain.deposit.sent_entry import SentEntry
from chalicelib.domain.deposit.sent_search import SentSearch
from chalicelib.domain.deposit.sent_state import SentState
from chalicelib.domain.masking import mask_document
from chalicelib.renderers.export.xlsx_cells import (
    ACCENT,
    FONT,
    FORMULA_LIKE,
    MEDIA_TYPE,
    begin_sheet,
    heading_cell,
    text_cell,
)
from chalicelib.renderers.institution.sent_rows import filter_in_words
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

__all__ = ["MEDIA_TYPE", "SentHead", "write_sent_xlsx"]

_COLUMNS = {
    "Número de notificación": 18,
    "Tipo de documento": 20,
    "Número de documento": 34,
    "Asunto": 52,
    "Expediente": 24,
    "Destinatario": 40,
    "Documento del destinatario": 20,
    "Dependencia": 40,
    "Oficina": 28,
    "Fecha de envío": 18,
    "Estado": 16,
}
"""With their widths in digits."""


@dataclass(frozen=True, slots=True)
class SentHead:
    """What the file says about itself: whose notices, which of them, and when it was made."""

    institution: str
    search: SentSearch
    made_at: datetime


def write_sent_xlsx(rows: Sequence[tuple[SentEntry, SentState]], head: SentHead, *, zone: ZoneInfo, to: Any) -> None:
    """Write the workbook; `to` is only written to, from front to back."""
    book = Workbook(write_only=True)
    sheet = begin_sheet(book, "Notificaciones enviadas", list(_COLUMNS.values()))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([heading_cell(sheet, column) for column in _COLUMNS])
    for notice, state in rows:
        sheet.append(list(_cells(sheet, notice, state, zone)))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(rows) + 1}"
    _about(book, head, len(rows), zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = "Notificaciones enviadas"
    book.save(to)


def _cells(sheet: Any, notice: SentEntry, state: SentState, zone: ZoneInfo) -> Iterator[Any]:
    """Yield a row; of the recipient's document the last signs are told alone (DAT-2)."""
    document, holder = notice.document, notice.holder
    recipient = f"{holder.document_type.value} {mask_document(holder.document_number)}"
    before = (notice.notice_id, document.type, document.number, document.subject, notice.case_file.number, holder.name)
    for text in (*before, recipient, document.office, notice.sender.office_name or ""):
        yield _text(sheet, text)
    sent = text_cell(sheet, top=True)
    sent.value, sent.number_format = notice.deposited_at.astimezone(zone).replace(tzinfo=None), "dd/mm/yyyy hh:mm"
    yield sent
    yield _text(sheet, state.label)


def _text(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text, top=True, wrap=True)
    cell.quotePrefix = text.startswith(FORMULA_LIKE)
    return cell


def _about(book: Any, head: SentHead, count: int, zone: ZoneInfo) -> None:
    sheet = begin_sheet(book, "Sobre esta lista", [24, 90])
    said = [
        ("Entidad", head.institution),
        ("Filtro", filter_in_words(head.search)),
        ("Notificaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
        ("Estados", "Como estaban al generarse la lista"),
    ]
    for label, value in said:
        name = text_cell(sheet, label, top=True)
        name.font = Font(name=FONT, size=11, bold=True, color=ACCENT)
        sheet.append([name, _text(sheet, value)])
