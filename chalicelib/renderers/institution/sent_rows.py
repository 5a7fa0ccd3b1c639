"""What the console shows of sent notices: rows of lists, and how one stands. Templates only lay it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.sent_entry import Listed
from chalicelib.domain.deposit.sent_search import OWN_OFFICE, SentSearch
from chalicelib.domain.deposit.sent_state import SentState
from chalicelib.domain.deposit.unreached import Unreached, advice_on
from chalicelib.domain.masking import mask_document
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import Extent, Step, Timeline
from chalicelib.domain.sender.office import Office
from chalicelib.domain.typed import MONTHS
from chalicelib.renderers.deposit.receipt_rows import fact_rows, norm_note, term_notes, term_rows
from chalicelib.renderers.reading.notice_page import History, ShownFile, ShownSteps, files_of, history_of
from chalicelib.renderers.reading.replacement_words import references_of
from chalicelib.renderers.spanish import day_and_hour, day_in_words

SENT_HOME = "/entidad/enviadas"
_MARKS = {
    SentState.DEPOSITED: "pending",
    SentState.ALERTED: "pending",
    SentState.ALERT_FAILED: "disabled",
    SentState.OPENED: "active",
    SentState.DOWNLOADED: "active",
    SentState.SUSPENDED: "disabled",
}
"""How a state is drawn; the words say it too."""

_MORE = "Esta notificación tiene más descargas, más antiguas, que no se muestran aquí."


@dataclass(frozen=True, slots=True)
class SentRow:
    """A notice in a list, its cells written out. Of the recipient's document the last signs are told alone (DAT-2)."""

    address: str
    document: str
    subject: str
    recipient: str
    recipient_document: str
    sent: str
    sent_at: str
    office: str
    state: str
    mark: str


@dataclass(frozen=True, slots=True)
class UnreachedRow:
    """A notice of the work list, and what to do about it."""

    row: SentRow
    failed_since: str
    advice: str


def sent_address(notice: Listed) -> str:
    """Return the page of a sent notice."""
    return f"{SENT_HOME}/{notice.notice_id}"


def sent_row(notice: Listed, state: SentState, zone: ZoneInfo) -> SentRow:
    """Return a notice as the list shows it."""
    holder, document = notice.holder, notice.document
    return SentRow(
        address=sent_address(notice),
        document=f"{document.type} {document.number}",
        subject=document.subject,
        recipient=holder.name,
        recipient_document=f"{holder.document_type.value} {mask_document(holder.document_number)}",
        sent=day_and_hour(notice.deposited_at.astimezone(zone)),
        sent_at=notice.deposited_at.isoformat(),
        office=notice.sender.office_name or "",
        state=state.label,
        mark=_MARKS[state],
    )


def unreached_row(one: Unreached, zone: ZoneInfo) -> UnreachedRow:
    """Return a notice as the work list shows it."""
    since = one.alerts.failed_since or one.delivered.notice.deposited_at
    return UnreachedRow(
        sent_row(one.delivered.notice, SentState.ALERT_FAILED, zone),
        day_and_hour(since.astimezone(zone)),
        advice_on(one.delivered, one.alerts) or "",
    )


def month_in_words(month: str) -> str:
    """Write `2026-03` as `marzo de 2026`."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} de {year}"


def filter_in_words(search: SentSearch) -> str:
    """Say which notices a search is about: `Marzo de 2026; estado abierta; destinatario *** 002`."""
    told = (
        ("estado", search.state and search.state.label.lower()),
        ("destinatario", search.document and mask_document(search.document)),
        ("tipo de documento", search.kind and f"«{search.kind}»"),
        ("número de documento", search.number and f"«{search.number}»"),
        ("oficina", search.office_id),
    )
    month = month_in_words(search.month)
    first = f"{search.day} de {month}" if search.day else month.capitalize()
    return "; ".join([first, *(f"{label} {value}" for label, value in told if value)])


def months_offered(today: date, chosen: str, count: int = 24) -> list[tuple[str, str]]:
    """Return the last months, newest first, and the chosen one if it is none of them, each with its words."""
    newest = today.year * 12 + today.month - 1
    months = [f"{number // 12}-{number % 12 + 1:02}" for number in range(newest, newest - count, -1)]
    return [(month, month_in_words(month).capitalize()) for month in [*months, *({chosen} - set(months))]]


def references(delivered: DeliveredNotice) -> list[tuple[str, str, str]]:
    """Return what replaces the notice, then what it replaces: words, number, its page."""
    return [(one.words, one.number, f"{SENT_HOME}/{one.number}") for one in references_of(delivered)]


def offices_offered(offices: Sequence[Office]) -> list[tuple[str, str]]:
    """Return what can be chosen of whose notices to see; nothing where the institution has no offices."""
    named = [(one.office_id, f"{one.name} (cerrada)" if one.is_closed else one.name) for one in offices]
    return [("", "Todas"), (OWN_OFFICE, "La entidad, sin oficina"), *named] if named else []


def sent_files(notice: Notice) -> tuple[ShownFile, ...]:
    """Return what was deposited, the main document first."""
    base = f"{sent_address(notice)}/documentos"
    named = zip(files_of(notice), notice.file_names, strict=True)
    return tuple(replace(file, address=f"{base}/{name}") for file, name in named)


def sent_history(notice: Notice, timeline: Timeline) -> History:
    """Return what happened, in order, as its sender is told: not who of the mailbox did it."""
    history = history_of(notice, timeline.for_sender())
    note = _MORE if timeline.extent is Extent.NEWEST else history.note
    return replace(history, parts=tuple(_for_sender(part) for part in history.parts), note=note)


def _for_sender(part: ShownSteps) -> ShownSteps:
    steps = (
        replace(step, title="Depositada en la casilla") if step.kind is Step.DEPOSITED else step for step in part.steps
    )
    return replace(part, steps=tuple(steps), note="Hay más, anteriores a estos." if part.note else "")


def facts_of(notice: Notice, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Say what was deposited, for whom and when, as the receipt does."""
    return [(row.label, row.value) for row in fact_rows(notice, zone)]


def dates_issued(notice: Notice, zone: ZoneInfo) -> tuple[list[tuple[str, str]], list[str]]:
    """Say regime, dates and norm as the receipt states them: rows and notes."""
    norm = norm_note(notice)
    notes = [*([] if norm is None else [norm]), *term_notes(notice, zone)]
    return [(row.label, row.value) for row in term_rows(notice)], notes


def dates_now(delivered: DeliveredNotice, today: date) -> list[tuple[str, str]]:
    """Say which dates are in force on a local day: of what opening decides, those that it fixed or will."""
    deadline = delivered.deadline_on(today)
    rows = []
    if deadline.effective_on is not None:
        verb = "Surtió efectos" if deadline.effective_on <= today else "Surte efectos"
        rows.append((verb, day_in_words(deadline.effective_on)))
    else:
        rows.append(("Surte efectos", f"al abrirse; a más tardar, el {day_in_words(deadline.starts_by)}"))
    if delivered.issued.term is not None and deadline.ends_by is not None:
        ends = deadline.term_ends_on
        latest = f"a más tardar, el {day_in_words(deadline.ends_by)}"
        rows.append(("El plazo vence", latest if ends is None else day_in_words(ends)))
    return rows
