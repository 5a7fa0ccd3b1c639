"""How the filing receipt looks: from top to bottom, one function a part. Imports fpdf2: import it late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fpdf.enums import XPos, YPos

from chalicelib.domain.filing.filing import FiledDocument
from chalicelib.renderers.deposit.paper_parts import SYMBOL, TOP, mark_beside, row, section, symbol
from chalicelib.renderers.filing.cargo_rows import (
    Cargo,
    date_notes,
    date_rows,
    document_lines,
    fact_rows,
    opening,
)
from chalicelib.renderers.filing.cargo_texts import cargo_text
from chalicelib.renderers.filing.filing_json import cargo_as_json
from chalicelib.renderers.pdf_document import ACCENT, MARGIN, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import date_and_hour, zone_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def draw_cargo(
    cargo: Cargo, *, verification_url: str, portal: str, zone: ZoneInfo, typeface: Typeface = Typeface.EMBEDDED
) -> bytes:
    """Lay out the receipt of a filing whose texts were checked to be printable."""
    filing = cargo.filing
    paper = Paper(
        typeface=typeface,
        running_title=f"{cargo.title.capitalize()} N.º {filing.number}",
        reference=f"N.º {filing.number}, código de verificación {cargo.verification_code}",
        created_at=cargo.dates.received_at,
    )
    paper.describe(
        title=f"{cargo.title.capitalize()} N.º {filing.number}",
        author=filing.addressee.name,
        subject=printable(filing.procedure.title),
    )
    paper.add_page()
    symbol(paper, cargo.verification_code, verification_url)
    _heading(paper, cargo, zone)
    for one in fact_rows(cargo, portal=portal):
        row(paper, one.label, printable(one.value), strong=one.is_strong)
    _legal(paper, cargo)
    _dates(paper, cargo, zone)
    _documents(paper, cargo)
    _verification(paper, verification_url)
    _attach(paper, cargo)
    return paper.to_bytes()


def _heading(paper: Paper, cargo: Cargo, zone: ZoneInfo) -> None:
    width, to = paper.epw - SYMBOL - 12, cargo.filing.addressee
    paper.set_xy(MARGIN, TOP)
    paper.write_in(10, weight="B", colour=ACCENT)
    paper.paragraph(printable(to.name), width=width)
    paper.write_in(8, colour=MUTED)
    for line in (to.office_name, to.address, f"Teléfono: {to.phone}"):
        if line:
            paper.paragraph(printable(line), width=width, line=4.2)
    paper.ln(4.5)
    paper.write_in(16, weight="B")
    paper.paragraph(cargo.title, width=width, line=7.4)
    paper.ln(0.6)
    paper.write_in(13, weight="B", colour=ACCENT)
    paper.paragraph(f"N.º {cargo.filing.number}", width=width, line=6.4)
    paper.ln(0.6)
    paper.write_in(8.5, colour=MUTED)
    instant = f"{date_and_hour(cargo.dates.received_at, zone)} ({zone_in_words(zone)})"
    paper.paragraph(f"Recibido el {instant}", width=width)
    paper.set_y(max(paper.y, TOP + SYMBOL + 11) + 2)


def _dates(paper: Paper, cargo: Cargo, zone: ZoneInfo) -> None:
    section(paper, "Cuándo llegó y cuándo cuenta", needs=46)
    top, page = paper.y, paper.page
    for one in date_rows(cargo, zone):
        row(paper, one.label, one.value, strong=one.is_strong)
    mark_beside(paper, top, page)
    for note in date_notes(cargo, zone):
        paper.ln(1.2)
        paper.write_in(8)
        paper.paragraph(printable(note), line=4)


def _documents(paper: Paper, cargo: Cargo) -> None:
    section(paper, f"Documentos ({len(cargo.documents)})", needs=30)
    for title, told, document in document_lines(cargo.documents):
        _document(paper, title, told, document)


def _document(paper: Paper, title: str, told: str, document: FiledDocument) -> None:
    paper.write_in(9, weight="B")
    paper.keep_together(11.4 + 4.6 * len(paper.lines_of(document.filename)))
    paper.ln(1.4)
    paper.write_in(8, colour=MUTED)
    paper.cell(0, 4.4, told, align="R", new_x=XPos.LMARGIN, new_y=YPos.TOP)
    paper.paragraph(title, line=4.4)
    paper.write_in(9, weight="B")
    paper.paragraph(document.filename, line=4.6)
    paper.write_in(7.2, colour=MUTED)
    paper.paragraph(f"SHA-256  {document.sha256}", line=4.2)
    paper.ln(1.4)
    paper.hairline()


def _legal(paper: Paper, cargo: Cargo) -> None:
    texts = cargo_text(cargo.legal_text_version)
    paper.ln(4)
    paper.keep_together(24)
    paper.write_in()
    paper.paragraph(printable(opening(cargo)))
    paper.ln(1)
    paper.write_in(7.5, colour=MUTED)
    paper.paragraph(f"Base legal: {texts.citation} Texto {cargo.legal_text_version}.", line=4)


def _verification(paper: Paper, url: str) -> None:
    paper.ln(2)
    paper.keep_together(13)
    paper.write_in(8)
    paper.paragraph(
        f"Para verificar este cargo, lea el código QR o abra {url} y compare los datos. Para comprobar un documento,"
        " calcule su SHA-256 y compárelo con el de aquí. Los datos van adjuntos a este PDF (presentacion.json).",
        line=4,
    )


def _attach(paper: Paper, cargo: Cargo) -> None:
    at = cargo.dates.received_at
    paper.embed_file(
        bytes=json.dumps(cargo_as_json(cargo), ensure_ascii=False, indent=2).encode(),
        basename="presentacion.json",
        mime_type="application/json",
        associated_file_relationship="Data",
        creation_date=at,
        modification_date=at,
        desc="Los datos de esta presentación",
        compress=True,
    )
