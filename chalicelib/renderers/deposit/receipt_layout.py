"""How the receipt looks: from top to bottom, one function a part. Imports fpdf2: import it late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fpdf.enums import XPos, YPos

from chalicelib.domain.notice import Notice, StoredFile
from chalicelib.renderers.deposit.paper_parts import SYMBOL, TOP, mark_beside, row, section, symbol
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
from chalicelib.renderers.pdf_document import ACCENT, MARGIN, MUTED, Paper, Typeface
from chalicelib.renderers.reading.act_words import TITLE_OF_ACT, act_in_words
from chalicelib.renderers.spanish import date_and_hour, size_in_words, zone_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

TITLE = "CONSTANCIA DE NOTIFICACIÓN ELECTRÓNICA"


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
    symbol(paper, notice.verification_code, verification_url)
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


def _heading(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
    width = paper.epw - SYMBOL - 12
    paper.set_xy(MARGIN, TOP)
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
    paper.set_y(max(paper.y, TOP + SYMBOL + 11) + 2)


def _facts(paper: Paper, notice: Notice, zone: ZoneInfo) -> None:
    for one in fact_rows(notice, zone):
        row(paper, one.label, one.value, strong=one.is_strong)


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
    section(paper, "Plazo", needs=56)
    top, page = paper.y, paper.page
    for one in term_rows(notice):
        row(paper, one.label, one.value, strong=one.is_strong)
    mark_beside(paper, top, page)
    for note in term_notes(notice, zone):
        paper.ln(1.2)
        paper.write_in(8)
        paper.paragraph(note, line=4)


def _act(paper: Paper, notice: Notice) -> None:
    """Write what was said of the act; nothing where nothing was said."""
    rows = act_in_words(notice.document)
    if rows:
        section(paper, TITLE_OF_ACT, needs=30)
    for label, value in rows:
        row(paper, label, value)


def _files(paper: Paper, files: Sequence[StoredFile]) -> None:
    section(paper, f"Documentos notificados ({len(files)})", needs=30)
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
