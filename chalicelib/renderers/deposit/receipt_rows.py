"""What a receipt says row by row, in its own words: for the paper, and for the page that verifies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.deadline import Deadline, Distance, Regime, Term, TermUnit
from chalicelib.domain.notice import FileRole, Notice, StoredFile
from chalicelib.renderers.deposit.receipt_texts import legal_text
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, day_in_words, zone_in_words
from chalicelib.renderers.term_words import term_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        Row("Administrado", printable(notice.holder.name), is_strong=True),
        Row("Documento Identidad", f"{identity} (casilla electrónica {notice.mailbox_id})"),
        Row("Documento", f"{document.type} {document.number}", is_strong=True),
        Row("Asunto", document.subject),
        Row("Fecha de emisión", f"{date_and_hour(document.issued_at, zone)} ({hour})"),
        Row("Fecha y Hora", f"{date_and_hour(notice.deposited_at, zone)} ({hour})", is_strong=True),
        Row("Dependencia", document.office),
        Row("Firmado por", document.signed_by),
        Row("Elaborado por", document.prepared_by),
    ]
    if notice.replaces is not None:
        rows.append(Row("Reemplaza a", f"Notificación N.º {notice.replaces.notice_id}"))
    if notice.alerted:
        rows.append(Row("Avisos del depósito a", "; ".join(alert.masked for alert in notice.alerted)))
    return rows


def term_rows(notice: Notice) -> list[Row]:
    """Say the regime and the legal dates as they stood at the deposit; nothing that happened after it."""
    regime = legal_text(notice.legal_text_version, notice.regime).regime_name
    return [Row("Régimen", f"{regime}; calendario {notice.deadline.calendar_version}"), *_term(notice)]


def norm_note(notice: Notice) -> str | None:
    """Cite the institution's norm, or say that none was cited; None in texts that never said it."""
    texts = legal_text(notice.legal_text_version, notice.regime)
    if notice.norm is not None and texts.norm is not None:
        return texts.norm.format(citation=notice.norm)
    return texts.no_norm if notice.regime is Regime.ACKNOWLEDGEMENT else None


def replacement_note(notice: Notice, zone: ZoneInfo) -> str | None:
    """Say which notice this one replaces; None where it replaces none."""
    words = legal_text(notice.legal_text_version, notice.regime).replaces
    if notice.replaces is None or words is None:
        return None
    day = day_in_words(notice.replaces.deposited_at.astimezone(zone).date())
    return words.format(notice=notice.replaces.notice_id, day=day)


def term_notes(notice: Notice, zone: ZoneInfo) -> Iterator[str]:
    """Say what the text's version has to say of how the dates of this notice are counted."""
    texts, term, deadline = legal_text(notice.legal_text_version, notice.regime), notice.term, notice.deadline
    counts_on = notice.counts_on
    if counts_on is not None and counts_on != notice.deposited_at.astimezone(zone).date() and texts.after_hours:
        yield texts.after_hours.format(day=day_in_words(counts_on))
    if term is not None and term.unit is TermUnit.CALENDAR_DAYS and texts.calendar_days:
        yield texts.calendar_days
    if term is not None and term.unit is TermUnit.MONTHS and texts.months:
        yield texts.months
    if notice.distance is not None and notice.distance.days and texts.distance:
        yield texts.distance.format(
            days=_added(notice.distance), place=notice.distance.place, norm=notice.distance.norm
        )
    if term is not None and deadline.unconfirmed_year is not None and texts.unconfirmed_year:
        yield texts.unconfirmed_year.format(year=deadline.confirmed_until)


def file_title(number: int, file: StoredFile) -> str:
    """Call a file by its place in the deposit; `number` counts from the document itself, which is 0."""
    return "Documento principal" if file.role is FileRole.MAIN else f"Anexo {number}"


def _term(notice: Notice) -> Iterator[Row]:
    deadline, term = notice.deadline, notice.term
    is_of_first_text = legal_text(notice.legal_text_version, notice.regime).months is None
    is_open = notice.regime is Regime.ACKNOWLEDGEMENT and deadline.effective_on is None
    if notice.hours is not None:
        hours = f"De {notice.hours.opens_at:%H:%M} a {notice.hours.closes_at:%H:%M}, en días hábiles"
        yield Row("Horario de atención", hours)
    if is_open:
        yield Row("Surte efectos", "Cuando abra la notificación por primera vez (acuse de recibo)")
    elif deadline.effective_on:
        yield Row("Surte efectos", day_in_words(deadline.effective_on))
    yield Row("Plazo", term_in_words(term) if term else "Esta notificación no fija un plazo")
    if notice.distance is not None and notice.distance.days:
        yield Row("Más, por distancia", f"{_added(notice.distance)}, desde {notice.distance.place}")
    if term is None and not is_of_first_text:
        return
    is_in_months = term is not None and term.unit is TermUnit.MONTHS and not is_of_first_text
    yield from _dates_before_opening(deadline, is_in_months=is_in_months) if is_open else _fixed_dates(deadline)


def _added(distance: Distance) -> str:
    return term_in_words(Term(distance.days, TermUnit.BUSINESS_DAYS))


def _fixed_dates(deadline: Deadline) -> Iterator[Row]:
    if deadline.term_starts_on:
        yield Row("Inicia", day_in_words(deadline.term_starts_on))
    if deadline.term_ends_on:
        yield Row("Vence", day_in_words(deadline.term_ends_on), is_strong=True)


def _dates_before_opening(deadline: Deadline, *, is_in_months: bool) -> Iterator[Row]:
    start = "Con la primera apertura" if is_in_months else "El día hábil siguiente a la primera apertura"
    yield Row("Inicia", f"{start}; a más tardar, el {day_in_words(deadline.starts_by)}")
    if deadline.ends_by:
        latest = day_in_words(deadline.ends_by)
        yield Row("Vence", f"Depende de la primera apertura; a más tardar, el {latest}", is_strong=True)
