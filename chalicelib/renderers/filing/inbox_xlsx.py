"""What offices got, in one state, as an Excel workbook: the columns named here and no other.

No text is ever a formula (`xlsx_cells.py`). Imports openpyxl: import it late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

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
from chalicelib.renderers.filing.filing_words import STATES, procedure_in_words
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.filing.received import Received

__all__ = ["MEDIA_TYPE", "InboxHead", "write_inbox_xlsx"]

_TITLE = "Lo que se presentó"
_COLUMNS = {
    "Número": 16,
    "Trámite": 44,
    "Qué pide": 48,
    "Titular": 36,
    "Documento del titular": 18,
    "En nombre de": 36,
    "Oficina": 28,
    "La atiende": 28,
    "Estado": 16,
    "Llegó": 18,
    "Cuenta como presentada": 16,
    "Se puede observar hasta": 18,
    "Se puede subsanar hasta": 18,
    "Se responde hasta": 18,
    "Documentos": 12,
    "Folios": 10,
    "Notificación que la responde": 20,
}
"""With their widths in digits."""


@dataclass(frozen=True, slots=True)
class InboxHead:
    """What the file says about itself: whose it is, which office's, in which state, and when it was made."""

    institution: str
    office: str
    state: str
    made_at: datetime


def write_inbox_xlsx(rows: Sequence[Received], head: InboxHead, *, zone: ZoneInfo, to: Any) -> None:
    """Write the workbook; `to` is only written to, from front to back."""
    book = Workbook(write_only=True)
    sheet = begin_sheet(book, _TITLE, list(_COLUMNS.values()))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([heading_cell(sheet, column) for column in _COLUMNS])
    for row in rows:
        sheet.append(list(_cells(sheet, row, zone)))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(rows) + 1}"
    _about(book, head, len(rows), zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = _TITLE
    book.save(to)


def _cells(sheet: Any, row: Received, zone: ZoneInfo) -> Iterator[Any]:
    """Yield a row; of the holder's document the last signs are told alone (DAT-2)."""
    filing, clocks = row.filing, row.clocks
    holder = filing.holder
    texts = (
        filing.number,
        procedure_in_words(filing.procedure),
        filing.subject,
        holder.name,
        f"{holder.document_type.value} {mask_document(holder.document_number)}",
        "" if filing.represented is None else filing.represented.name,
        filing.office_name or "La entidad, sin oficina",
        "" if filing.taken is None else filing.taken.by.name,
        STATES[row.state],
    )
    for text in texts:
        yield _text(sheet, text)
    yield _moment(sheet, filing.filed_at, zone)
    day = text_cell(sheet, top=True)
    day.value, day.number_format = filing.dates.legal_date, "dd/mm/yyyy"
    yield day
    for until in (clocks.observable_until, clocks.correctable_until, clocks.answer_until):
        yield _moment(sheet, until, zone)
    folios = filing.folios + (0 if filing.correction is None else filing.correction.folios)
    for count in (len(filing.all_documents), folios):
        cell = text_cell(sheet, top=True)
        cell.value = count
        yield cell
    yield _text(sheet, "" if filing.answer is None else filing.answer.notice_id)


def _moment(sheet: Any, at: datetime | None, zone: ZoneInfo) -> Any:
    cell = text_cell(sheet, top=True)
    if at is not None:
        cell.value, cell.number_format = at.astimezone(zone).replace(tzinfo=None), "dd/mm/yyyy hh:mm"
    return cell


def _text(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text, top=True, wrap=True)
    cell.quotePrefix = text.startswith(FORMULA_LIKE)
    return cell


def _about(book: Any, head: InboxHead, count: int, zone: ZoneInfo) -> None:
    sheet = begin_sheet(book, "Sobre esta lista", [24, 90])
    said = [
        ("Entidad", head.institution),
        ("Oficina", head.office),
        ("Estado", head.state),
        ("Presentaciones", f"{count}"),
        ("Generado", f"{date_and_hour(head.made_at, zone)} ({zone_in_words(zone)})"),
        ("Fechas y horas", f"En {zone_in_words(zone)}"),
        ("Plazos", "Como estaban al generarse la lista; vacío donde no corre ninguno"),
    ]
    for label, value in said:
        name = text_cell(sheet, label, top=True)
        name.font = Font(name=FONT, size=11, bold=True, color=ACCENT)
        sheet.append([name, _text(sheet, value)])
