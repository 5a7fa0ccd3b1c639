"""What a receipt says row by row, in its own words: for the paper, and for the page that verifies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.deadline import Deadline, Regime
from chalicelib.domain.notice import FileRole, Notice, StoredFile
from chalicelib.renderers.deposit.receipt_texts import legal_text
from chalicelib.renderers.spanish import date_and_hour, day_in_words, zone_in_words
from chalicelib.renderers.term_words import term_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what stands beside it."""

    label: str
    value: str
    is_strong: bool = False


def fact_rows(notice: Notice, zone: ZoneInfo) -> list[Row]:
    """Say what was deposited, for whom, by whom and when; instants on the country's clock."""
    document = notice.document
    hour = zone_in_words(zone)
    identity = f"{notice.holder.document_type.value} {notice.holder.document_number}"
    rows = [
        Row("Expediente", f"{notice.case_file.number}, del {notice.case_file.opened_on:%d/%m/%Y}"),
        Row("Administrado", notice.holder.name, is_strong=True),
        Row("Documento Identidad", f"{identity} (casilla electrónica {notice.mailbox_id})"),
        Row("Documento", f"{document.type} {document.number}", is_strong=True),
        Row("Asunto", document.subject),
        Row("Fecha de emisión", f"{date_and_hour(document.issued_at, zone)} ({hour})"),
        Row("Fecha y Hora", f"{date_and_hour(notice.deposited_at, zone)} ({hour})", is_strong=True),
        Row("Dependencia", document.office),
        Row("Firmado por", document.signed_by),
        Row("Elaborado por", document.prepared_by),
    ]
    if notice.alerted:
        rows.append(Row("Avisos del depósito a", "; ".join(alert.masked for alert in notice.alerted)))
    return rows


def term_rows(notice: Notice) -> list[Row]:
    """Say the regime and the legal dates as they stood at the deposit; nothing that happened after it."""
    regime = legal_text(notice.legal_text_version, notice.regime).regime_name
    term = term_in_words(notice.term) if notice.term else "Esta notificación no fija un plazo"
    rows = [Row("Régimen", f"{regime}; calendario {notice.deadline.calendar_version}")]
    if notice.regime is Regime.ACKNOWLEDGEMENT and notice.deadline.effective_on is None:
        return rows + _dates_before_opening(notice.deadline, term)
    return rows + _fixed_dates(notice.deadline, term)


def file_title(number: int, file: StoredFile) -> str:
    """Call a file by its place in the deposit; `number` counts from the document itself, which is 0."""
    return "Documento principal" if file.role is FileRole.MAIN else f"Anexo {number}"


def _fixed_dates(deadline: Deadline, term: str) -> list[Row]:
    rows = [Row("Plazo", term)]
    if deadline.effective_on:
        rows.insert(0, Row("Surte efectos", day_in_words(deadline.effective_on)))
    if deadline.term_starts_on:
        rows.append(Row("Inicia", day_in_words(deadline.term_starts_on)))
    if deadline.term_ends_on:
        rows.append(Row("Vence", day_in_words(deadline.term_ends_on), is_strong=True))
    return rows


def _dates_before_opening(deadline: Deadline, term: str) -> list[Row]:
    latest_start = day_in_words(deadline.starts_by)
    rows = [
        Row("Surte efectos", "Cuando abra la notificación por primera vez (acuse de recibo)"),
        Row("Plazo", term),
        Row("Inicia", f"El día hábil siguiente a la primera apertura; a más tardar, el {latest_start}"),
    ]
    if deadline.ends_by:
        latest_end = day_in_words(deadline.ends_by)
        rows.append(Row("Vence", f"Depende de la primera apertura; a más tardar, el {latest_end}", is_strong=True))
    return rows
