"""A PDF/A-3U page to write on: palette, type sizes, running head and foot, metadata. Imports fpdf2: import it late."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.output import OutputProducer

from chalicelib.renderers import pdf_fonts
from chalicelib.renderers.line_wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCENT = (0, 86, 172)
INK = (28, 32, 38)
MUTED = (90, 98, 110)
HAIRLINE = (214, 219, 226)
MARGIN = 22.0
FOOT = 20.0
LINE = 5.0
_TOTAL = "\0\0"
"""Stands for the number of pages while it is unknown; no printable text contains it."""


class Typeface(Enum):
    """What the text is set in. `CORE` embeds nothing and is no PDF/A: the floor that speed is measured against."""

    EMBEDDED = "embedded"
    CORE = "core"


class Paper(FPDF):
    """An A4 document with fixed dates and identifier: the same calls give the same bytes."""

    def __init__(  # noqa: PLR0913 -- what a document is called, dated and set in
        self,
        *,
        typeface: Typeface,
        running_title: str,
        reference: str,
        created_at: datetime,
        orientation: Literal["portrait", "landscape"] = "portrait",
        side: float = MARGIN,
        top: float = MARGIN,
    ) -> None:
        """Begin without a page; `reference` goes under every page, `running_title` above all but the first."""
        super().__init__(orientation, enforce_compliance="PDF/A-3U" if typeface is Typeface.EMBEDDED else None)
        self.typeface = typeface
        self.running_title = running_title
        self.reference = reference
        if typeface is Typeface.EMBEDDED:
            self.fonts.update(pdf_fonts.embedded_fonts())
        else:
            self.core_fonts_encoding = "cp1252"
        self.set_creation_date(created_at)
        self.set_lang("es-PE")
        self.set_margins(side, top)
        self.set_auto_page_break(True, FOOT)
        self.alias_nb_pages(_TOTAL)
        self.c_margin = 0
        self.write_in()

    def write_in(self, size: float = 9.5, *, weight: Literal["", "B"] = "", colour: tuple[int, int, int] = INK) -> None:
        """Choose size in points, weight and colour of the text that follows."""
        family = pdf_fonts.FAMILY if self.typeface is Typeface.EMBEDDED else "helvetica"
        self.set_font(family, weight, size)
        self.set_text_color(*colour)

    def describe(self, *, title: str, author: str, subject: str) -> None:
        """Set what a viewer shows about the document, as XMP; fpdf2's own would carry the present time."""
        self.set_title(title)
        self.set_xmp_metadata(_xmp(title, author, subject, self.creation_date))

    def file_id(self) -> str:
        """Identify the document by its reference, for ever."""
        identifier = self.reference.encode().hex().upper()
        return f"<{identifier}><{identifier}>"

    def header(self) -> None:
        """Draw the accent along the top edge and, from the second page on, what document this is."""
        self.set_fill_color(*ACCENT)
        self.rect(0, 0, self.w, 2.4, style="F")
        if self.page_no() > 1:
            self.set_y(11)
            self.write_in(7.5, colour=MUTED)
            self.cell(0, 4, self.running_title)
            self.set_y(self.t_margin)
        self.write_in()

    def footer(self) -> None:
        """Draw the page number and the reference under a hairline."""
        self.set_y(-16)
        self.hairline()
        self.set_y(-14.5)
        self.write_in(7.5, colour=MUTED)
        self.cell(self.epw / 2, 5, f"Página {self.page_no()} de {self.str_alias_nb_pages}")
        self.cell(self.epw / 2, 5, self.reference, align="R")

    def paragraph(self, text: str, *, width: float = 0, line: float = LINE) -> None:
        """Write text from the current place, over as many lines and pages as it needs, then go to the left margin."""
        left = self.x
        for part in self.lines_of(text, width=width):
            self.set_x(left)
            self.cell(width, line, part, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def lines_of(self, text: str, *, width: float = 0) -> list[str]:
        """Break text as `paragraph` would from the current place; a width of 0 reaches to the right margin."""
        font, size = self.current_font, self.font_size_pt
        assert font is not None  # noqa: S101 -- the constructor chose one

        def measure(part: str) -> float:
            return font.get_text_width(part, size, None)[1] / self.k

        return wrap(self.normalize_text(text), width or self.w - self.r_margin - self.x, measure)

    def hairline(self) -> None:
        """Draw a thin line across the text at the current height."""
        self.set_draw_color(*HAIRLINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)

    def keep_together(self, height: float) -> None:
        """Begin a new page unless `height` millimetres are left on this one; more than half a page may be parted."""
        if self.will_page_break(min(height, self.eph / 2)):
            self.add_page()

    def symbol(self, rows: Iterable[bytearray | tuple[int, ...]], *, x: float, y: float, module: float) -> None:
        """Fill the dark modules of a two-dimensional code: one path, so that no seams show."""
        boxes = (
            f"{(x + start * module) * self.k:.3f} {(self.h - y - line * module) * self.k:.3f} "
            f"{length * module * self.k:.3f} {-module * self.k:.3f} re"
            for line, row in enumerate(rows)
            for start, length in _dark_runs(row)
        )
        self.set_fill_color(0)
        self._out("\n".join(boxes) + " f")

    def to_bytes(self) -> bytes:
        """Finish the document."""
        embedded = self.typeface is Typeface.EMBEDDED
        return bytes(self.output(output_producer_class=pdf_fonts.KeptFontsProducer if embedded else OutputProducer))


def _dark_runs(row: bytearray | tuple[int, ...]) -> list[tuple[int, int]]:
    """Find the dark stretches of a row, as start and length."""
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs


def _xmp(title: str, author: str, subject: str, created_at: datetime) -> str:
    """Write the XMP packet that PDF/A-3U asks for (ISO 19005-3, 6.6)."""
    created = created_at.astimezone(UTC).isoformat()
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate>
<pdf:Producer>Casilla</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>es-PE</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
