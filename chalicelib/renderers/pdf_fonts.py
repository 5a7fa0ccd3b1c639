"""The receipt's fonts as fpdf2 sees them: read once per process, then the same objects in every document.

fpdf2 parses a font and makes a subset of it for each document. These fonts are subsets already, so each is embedded
as it is: a character's code in the page is its glyph's number, and all that PDF says about the font is constant.
Nothing here changes after construction, so that threads can share it. Imports fpdf2 and fontTools: import it late.
"""

from __future__ import annotations

import zlib
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont
from fpdf.output import CIDSystemInfo, OutputProducer, PDFFont
from fpdf.syntax import Name, PDFArray, PDFContentStream

FAMILY = "dejavu"
FONTS = Path(__file__).parent / "fonts"


class GlyphNumbers(SubsetMap):
    """Stands for fpdf2's per-document subset, and needs none of its cache: a character keeps its glyph's number."""

    def pick(self, unicode: int) -> int:  # type: ignore[override]
        """Give the glyph's number; a character without one is a bug, since texts are checked before."""
        return int(self.font.glyph_ids[unicode])


class EmbeddedFont(TTFFont):
    """A pre-subset font with the parts of its PDF objects that never change, compressed once."""

    def __init__(self, path: Path, style: str, index: int) -> None:
        """Read a font file; `index` is its number in every document."""
        super().__init__(FPDF(), path, FAMILY + style, style)
        self.close()
        self.i = index
        self.color_font = None
        self.subset = GlyphNumbers(self)
        self._width_of = {chr(point): self.cw[point] for point in self.glyph_ids}
        self.base_name = f"CASILL+{self.name}"
        data = path.read_bytes()
        self.program_length = len(data)
        self.program = zlib.compress(data, 9)
        self.to_unicode = zlib.compress(_to_unicode(self.glyph_ids).encode("ascii"), 9)
        self.widths = _widths({glyph: round(self.cw[point]) for point, glyph in self.glyph_ids.items()})

    def get_text_width(self, text: str, font_size_pt: float, _shaping: Any) -> tuple[int, float]:
        """Give the number of characters and their width in points, without recording anything in the font."""
        return len(text), sum(map(self._width_of.__getitem__, text)) * font_size_pt * 0.001


@cache
def embedded_fonts() -> dict[str, EmbeddedFont]:
    """Read regular and bold; kept for the life of the process."""
    fonts = (EmbeddedFont(FONTS / "DejaVuSans.ttf", "", 1), EmbeddedFont(FONTS / "DejaVuSans-Bold.ttf", "B", 2))
    return {font.fontkey: font for font in fonts}


class KeptFontsProducer(OutputProducer):
    """Writes `EmbeddedFont`s as they are, without parsing or subsetting."""

    def _add_fonts(self, *_resources: Any) -> dict[int, Any]:
        return {font.i: self._add_embedded(font) for font in self.fpdf.fonts.values() if isinstance(font, EmbeddedFont)}

    def _add_embedded(self, font: EmbeddedFont) -> PDFFont:
        composite = PDFFont(subtype="Type0", base_font=font.base_name, encoding="Identity-H")
        descendant = PDFFont("CIDFontType2", font.base_name, d_w=font.desc.missing_width, w=font.widths)
        descriptor = copy(font.desc)
        descriptor.font_name = Name(font.base_name)
        descriptor.font_file2 = _DeflatedFont(font.program, font.program_length)  # type: ignore[attr-defined]
        composite.descendant_fonts = PDFArray([descendant])
        composite.to_unicode = _Deflated(font.to_unicode)
        descendant.c_i_d_system_info = CIDSystemInfo()
        descendant.font_descriptor = descriptor
        descendant.c_i_d_to_g_i_d_map = Name("Identity")  # type: ignore[assignment]
        parts = (composite, descendant, composite.to_unicode, descendant.c_i_d_system_info, descriptor)
        for part in (*parts, descriptor.font_file2):  # type: ignore[attr-defined]
            self._add_pdf_obj(part, "fonts")
        return composite


class _Deflated(PDFContentStream):
    """A stream whose content is compressed already."""

    def __init__(self, deflated: bytes) -> None:
        super().__init__(deflated)
        self.filter = Name("FlateDecode")


class _DeflatedFont(_Deflated):
    def __init__(self, deflated: bytes, length: int) -> None:
        super().__init__(deflated)
        self.length1 = length


def _widths(width_of: dict[int, int]) -> str:
    """Write a CIDFont's /W array (ISO 32000, 9.7.4.3): from glyph 0 on, gaps as 0."""
    widths = (str(width_of.get(glyph, 0)) for glyph in range(max(width_of) + 1))
    return f"[0 [{' '.join(widths)}]]"


def _to_unicode(glyph_ids: dict[int, int]) -> str:
    """Write the ToUnicode CMap (ISO 32000, 9.10.3), at most 100 mappings a block.

    No two characters may share a glyph, or copied text would change; a test holds it.
    """
    entries = [f"<{glyph:04X}> <{point:04X}>\n" for point, glyph in sorted(glyph_ids.items())]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    mappings = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{mappings}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
