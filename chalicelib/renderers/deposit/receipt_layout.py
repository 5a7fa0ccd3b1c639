"""How the receipt looks: from top to bottom, one function a part. Imports fpdf2: import it late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import segno
from fpdf.enums import XPos, YPos

from chalicelib.domain.deadline import Deadline, Regime, Term, TermUnit
from chalicelib.domain.notice import FileRole, Notice, StoredFile
from chalicelib.renderers.deposit.receipt_texts import legal_text
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.pdf_document import ACCENT, LINE, MARGIN, MUTED, Paper, Typeface
from chalicelib.renderers.spanish import (
    date_and_hour,
    day_in_words,
    size_in_words,
    zone_in_words,
)
from chalicelib.renderers.term_words import term_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from chalicelib.domain.calendar import OfficeHours

TITLE = "CONSTANCIA DE NOTIFICACIÓN ELECTRÓNICA"
_LABELS = 42.0
_SYMBOL = 28.0


def draw_receipt(
    notice: Notice, *, verification_url: str, zone: ZoneInfo, typeface: Typeface = Typeface.EMBEDDED
) -> bytes:
    """Lay out the receipt of a notice whose texts were checked to be printable."""
    paper = Paper(
        typeface=typeface,
        running_title=TITLE.capitalize(),
        reference=f"N.º {notice.notice_id}, código de verificación {notice.verification_code}",
        created_at=notice.deposited_at,
    )
    _describe(paper, notice)
    paper.add_page()
    _symbol(paper, notice, verification_url)
    _heading(paper, notice, zone)
    _facts(paper, notice, zone)
    _legal(paper, notice)
    _term(paper, notice)
    _files(paper, notice.files)
    _verification(paper, verification_url)
    _attach(paper, notice)
    return paper.to_bytes()


def _describe(paper: Paper, notice: Notice) -> None:
    paper.describe(
        title=f"{TITLE.capitalize()} {notice.notice_id}",
        author=notice.sender.name,
        subject=f"Depósito de {notice.document.type} {notice.document.number}",
    )


def _symbol(paper: Paper, notice: Notice, url: str) -> None:
    """Draw the QR code in the upper right corner, over the code it leads to."""
    rows = segno.make_qr(url, error="m", mask=2, boost_error=False).matrix
    left = paper.w - MARGIN - _SYMBOL
    paper.symbol(rows, x=left, y=15, module=_SYMBOL / len(rows))
    paper.set_xy(left, 15 + _SYMBOL + 3)
    paper.write_in(7, colour=MUTED)
    paper.cell(_SYMBOL, 3.6, "Código de verificación", align="C", new_x=XPos.LEFT, new_y=YPos.NEXT)
    paper.write_in(8, weight="B")
    paper.cell(_SYMBOL, 4.4, notice.verification_code, align="C")


def _heading(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
    width = paper.epw - _SYMBOL - 12
    paper.set_xy(MARGIN, 15)
    paper.write_in(10, weight="B", colour=ACCENT)
    paper.paragraph(notice.sender.name, width=width)
    paper.write_in(8, colour=MUTED)
    paper.paragraph(notice.sender.address, width=width, line=4.2)
    paper.paragraph(f"Teléfono: {notice.sender.phone}", width=width, line=4.2)
    paper.ln(4.5)
    paper.write_in(16, weight="B")
    paper.paragraph(TITLE, width=width, line=7.4)
    paper.ln(0.6)
    paper.write_in(8.5, colour=MUTED)
    instant = f"{date_and_hour(notice.deposited_at, zone)} ({zone_in_words(zone)})"
    paper.paragraph(f"N.º {notice.notice_id}, {instant}", width=width)
    paper.set_y(max(paper.y, 15 + _SYMBOL + 11) + 2)


def _facts(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
    document = notice.document
    hour = zone_in_words(zone)
    _row(paper, "Expediente", f"{notice.case_file.number}, del {notice.case_file.opened_on:%d/%m/%Y}")
    _row(paper, "Administrado", notice.holder.name, strong=True)
    identity = f"{notice.holder.document_type.value} {notice.holder.document_number}"
    _row(paper, "Documento Identidad", f"{identity} (casilla electrónica {notice.mailbox_id})")
    _row(paper, "Documento", f"{document.type} {document.number}", strong=True)
    _row(paper, "Asunto", document.subject)
    _row(paper, "Fecha de emisión", f"{date_and_hour(document.issued_at, zone)} ({hour})")
    _row(paper, "Fecha y Hora", f"{date_and_hour(notice.deposited_at, zone)} ({hour})", strong=True)
    _row(paper, "Dependencia", document.office)
    _row(paper, "Firmado por", document.signed_by)
    _row(paper, "Elaborado por", document.prepared_by)
    if notice.alerted:
        _row(paper, "Avisos del depósito a", "; ".join(alert.masked for alert in notice.alerted))


def _legal(paper: Paper, notice: Notice) -> None:
    texts = legal_text(notice.legal_text_version, notice.regime)
    paper.ln(4)
    paper.keep_together(30)
    paper.write_in()
    paper.paragraph(texts.greeting)
    paper.ln(1.5)
    paper.paragraph(texts.opening.format(institution=notice.sender.name))
    paper.ln(1.5)
    paper.paragraph(texts.text)
    if texts.applied is not None:
        paper.ln(1.5)
        paper.paragraph(texts.applied)
    paper.ln(1)
    paper.write_in(7.5, colour=MUTED)
    paper.paragraph(f"Base legal: {texts.citation} Texto {notice.legal_text_version}.", line=4)
    applied = texts.no_norm if notice.regime is Regime.ACKNOWLEDGEMENT else None
    if notice.norm is not None and texts.norm is not None:
        applied = texts.norm.format(citation=notice.norm)
    if applied:
        paper.ln(1)
        paper.write_in()
        paper.paragraph(applied)


def _term(paper: Paper, notice: Notice) -> None:
    regime = legal_text(notice.legal_text_version, notice.regime).regime_name
    _section(paper, "Plazo", needs=56)
    top, page = paper.y, paper.page
    _row(paper, "Régimen", f"{regime}; calendario {notice.deadline.calendar_version}")
    for label, value in _term_rows(notice):
        _row(paper, label, value, strong=label == "Vence")
    paper.set_fill_color(*ACCENT)
    top = top if paper.page == page else paper.t_margin
    paper.rect(MARGIN - 4, top, 1, paper.y - top, style="F")
    for note in _term_notes(notice):
        paper.ln(1.2)
        paper.write_in(8)
        paper.paragraph(note, line=4)


def _term_rows(notice: Notice) -> list[tuple[str, str]]:
    deadline, term = notice.deadline, notice.term
    rows = [] if notice.hours is None else [("Horario de atención", _hours(notice.hours))]
    is_open = notice.regime is Regime.ACKNOWLEDGEMENT and deadline.effective_on is None
    if is_open:
        rows.append(("Surte efectos", "Cuando abra la notificación por primera vez (acuse de recibo)"))
    elif deadline.effective_on:
        rows.append(("Surte efectos", day_in_words(deadline.effective_on)))
    rows.append(("Plazo", term_in_words(term) if term else "Esta notificación no fija un plazo"))
    if notice.distance is not None:
        added = term_in_words(Term(notice.distance.days, TermUnit.BUSINESS_DAYS))
        rows.append(("Más, por distancia", f"{added}, desde {notice.distance.place}"))
    return [*rows, *(_dates_before_opening(deadline, term) if is_open else _fixed_dates(deadline))]


def _hours(hours: OfficeHours) -> str:
    return f"De {hours.opens_at:%H:%M} a {hours.closes_at:%H:%M}, en días hábiles"


def _fixed_dates(deadline: Deadline) -> Iterator[tuple[str, str]]:
    if deadline.term_starts_on:
        yield "Inicia", day_in_words(deadline.term_starts_on)
    if deadline.term_ends_on:
        yield "Vence", day_in_words(deadline.term_ends_on)


def _dates_before_opening(deadline: Deadline, term: Term | None) -> Iterator[tuple[str, str]]:
    latest = day_in_words(deadline.starts_by)
    is_in_months = term is not None and term.unit is TermUnit.MONTHS
    start = "Con la primera apertura" if is_in_months else "El día hábil siguiente a la primera apertura"
    yield "Inicia", f"{start}; a más tardar, el {latest}"
    if deadline.ends_by:
        yield "Vence", f"Depende de la primera apertura; a más tardar, el {day_in_words(deadline.ends_by)}"


def _term_notes(notice: Notice) -> Iterator[str]:
    """Say what the text's version has to say of how this term is counted."""
    texts, term, deadline = legal_text(notice.legal_text_version, notice.regime), notice.term, notice.deadline
    if term is not None and term.unit is TermUnit.CALENDAR_DAYS and texts.calendar_days:
        yield texts.calendar_days
    if term is not None and term.unit is TermUnit.MONTHS and texts.months:
        yield texts.months
    if notice.distance is not None and texts.distance:
        added = term_in_words(Term(notice.distance.days, TermUnit.BUSINESS_DAYS))
        yield texts.distance.format(days=added, place=notice.distance.place, norm=notice.distance.norm)
    if deadline.unconfirmed_year is not None and texts.unconfirmed_year:
        yield texts.unconfirmed_year.format(year=deadline.confirmed_until)


def _files(paper: Paper, files: Sequence[StoredFile]) -> None:
    _section(paper, f"Documentos notificados ({len(files)})", needs=30)
    for number, file in enumerate(files):
        role = "Documento principal" if file.role is FileRole.MAIN else f"Anexo {number}"
        _file(paper, role, file)


def _file(paper: Paper, role: str, file: StoredFile) -> None:
    paper.write_in(9, weight="B")
    paper.keep_together(11.4 + 4.6 * len(paper.lines_of(file.filename)))
    paper.ln(1.4)
    paper.write_in(8, colour=MUTED)
    paper.cell(0, 4.4, f"{file.media_type}, {size_in_words(file.size)}", align="R", new_x=XPos.LMARGIN, new_y=YPos.TOP)
    paper.paragraph(role, line=4.4)
    paper.write_in(9, weight="B")
    paper.paragraph(file.filename, line=4.6)
    paper.write_in(7.2, colour=MUTED)
    paper.paragraph(f"SHA-256  {file.sha256}", line=4.2)
    paper.ln(1.4)
    paper.hairline()


def _verification(paper: Paper, url: str) -> None:
    paper.ln(2)
    paper.keep_together(13)
    paper.write_in(8)
    paper.paragraph(
        f"Para verificar esta constancia, lea el código QR o abra {url} y compare los datos. Para comprobar un"
        " documento, calcule su SHA-256 y compárelo con el de aquí. Los datos van adjuntos a este PDF (deposito.json).",
        line=4,
    )


def _attach(paper: Paper, notice: Notice) -> None:
    paper.embed_file(
        bytes=json.dumps(notice_as_json(notice), ensure_ascii=False, indent=2).encode(),
        basename="deposito.json",
        mime_type="application/json",
        associated_file_relationship="Data",
        creation_date=notice.deposited_at,
        modification_date=notice.deposited_at,
        desc="Los datos de este depósito",
        compress=True,
    )


def _section(paper: Paper, title: str, *, needs: float) -> None:
    """Begin a part with its title, on a new page unless `needs` millimetres are left."""
    paper.ln(4)
    paper.keep_together(needs)
    paper.write_in(10.5, weight="B", colour=ACCENT)
    paper.paragraph(title, line=6)
    paper.ln(0.6)
    paper.hairline()


def _row(paper: Paper, label: str, value: str, *, strong: bool = False) -> None:
    """Write a label and, beside it, its value over as many lines and pages as it needs."""
    paper.keep_together(LINE + 2)
    paper.ln(0.65)
    paper.write_in(8.5, colour=MUTED)
    paper.cell(_LABELS, LINE, label)
    paper.write_in(weight="B" if strong else "")
    paper.paragraph(value)
    paper.ln(0.65)
    paper.hairline()
