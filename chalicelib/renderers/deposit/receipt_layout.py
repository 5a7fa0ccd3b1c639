"""How the receipt looks: from top to bottom, one function a part. Imports fpdf2: import it late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import segno
from fpdf.enums import XPos, YPos

from chalicelib.domain.notice import Notice, StoredFile
from chalicelib.renderers.deposit.receipt_rows import (
    fact_rows,
    file_title,
    norm_note,
    replacement_note,
    term_notes,
    term_rows,
)
from chalicelib.renderers.deposit.receipt_texts import legal_text
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.pdf_document import ACCENT, LINE, MARGIN, MUTED, Paper, Typeface
from chalicelib.renderers.reading.act_words import TITLE_OF_ACT, act_in_words
from chalicelib.renderers.spanish import date_and_hour, size_in_words, zone_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

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
    _legal(paper, notice, zone)
    _term(paper, notice, zone)
    _act(paper, notice)
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
    if notice.sender.office_name is not None:
        paper.paragraph(notice.sender.office_name, width=width, line=4.2)
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
    for row in fact_rows(notice, zone):
        _row(paper, row.label, row.value, strong=row.is_strong)


def _legal(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
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
    for note in (norm_note(notice), replacement_note(notice, zone)):
        if note is not None:
            paper.ln(1)
            paper.write_in()
            paper.paragraph(note)


def _term(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
    _section(paper, "Plazo", needs=56)
    top, page = paper.y, paper.page
    for row in term_rows(notice):
        _row(paper, row.label, row.value, strong=row.is_strong)
    paper.set_fill_color(*ACCENT)
    top = top if paper.page == page else paper.t_margin
    paper.rect(MARGIN - 4, top, 1, paper.y - top, style="F")
    for note in term_notes(notice, zone):
        paper.ln(1.2)
        paper.write_in(8)
        paper.paragraph(note, line=4)


def _act(paper: Paper, notice: Notice) -> None:
    """Write what was said of the act; nothing where nothing was said."""
    rows = act_in_words(notice.document)
    if rows:
        _section(paper, TITLE_OF_ACT, needs=30)
    for label, value in rows:
        _row(paper, label, value)


def _files(paper: Paper, files: Sequence[StoredFile]) -> None:
    _section(paper, f"Documentos notificados ({len(files)})", needs=30)
    for number, file in enumerate(files):
        _file(paper, file_title(number, file), file)


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
