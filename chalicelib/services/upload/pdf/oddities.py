"""What the parser remarks on and every reader shows all the same: named here, accepted, and never told as damage.

The verdict comes from the inspection's own facts. A remark is no more than a hint where to look: an object that one is
about is read again by the grammar, and refused if it cannot be read whole. A new remark of the parser refuses nothing;
`tests/services/upload/pdf/test_oddities.py` has a file for each row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.refusal import Findings, damaged, shown_name
from chalicelib.services.upload.pdf.syntax import CUT, LEADING
from chalicelib.services.upload.pdf.things import Number, is_indirect

if TYPE_CHECKING:
    from pikepdf import Pdf

_ABOUT = re.compile(r"\(object (\d{1,10}) (\d{1,10})")
_MOST_LOOKED_AT = 1000
_MOST_NAMES = 10
_DECISIVE = frozenset(
    {
        "/A",
        "/AA",
        "/AF",
        "/AP",
        "/AcroForm",
        "/Annots",
        "/Base",
        "/Bl",
        "/ByteRange",
        "/C",
        "/CharProcs",
        "/ColorSpace",
        "/Contents",
        "/D",
        "/DOS",
        "/DP",
        "/DS",
        "/DecodeParms",
        "/DescendantFonts",
        "/Dest",
        "/Dests",
        "/E",
        "/EF",
        "/EmbeddedFiles",
        "/Encoding",
        "/Encrypt",
        "/F",
        "/FS",
        "/FT",
        "/Fields",
        "/Filter",
        "/First",
        "/Fo",
        "/Font",
        "/FontFile",
        "/FontFile2",
        "/FontFile3",
        "/JS",
        "/JavaScript",
        "/K",
        "/Kids",
        "/Mac",
        "/N",
        "/Names",
        "/Next",
        "/O",
        "/OC",
        "/OCProperties",
        "/OpenAction",
        "/P",
        "/PA",
        "/PC",
        "/PI",
        "/PO",
        "/PV",
        "/Pages",
        "/Parent",
        "/Pattern",
        "/Ref",
        "/Resources",
        "/Root",
        "/S",
        "/Shading",
        "/Subtype",
        "/Type",
        "/U",
        "/UF",
        "/URI",
        "/Unix",
        "/V",
        "/WC",
        "/WP",
        "/WS",
        "/X",
        "/XFA",
        "/XObject",
    }
)
"""Readers differ on which of two holds: these decide what is shown, or what is done."""
_UNSEEN = frozenset({"/ToUnicode", "/Metadata", "/PieceInfo", "/StructTreeRoot"})
"""These lead to other objects and change nothing that is shown; TeX writes the first twice."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """`told` says in plain Spanish what is odd, `writers` which programs are known to write it so."""

    name: str
    told: str
    writers: str = ""


TOLERATED = (
    Oddity("offset_zero", "un objeto sin uso anotado en la posición 0", "macOS, Google Docs, Word"),
    Oddity("xref_stream_unlisted", "la tabla de objetos comprimida que no se cuenta a sí misma", "Acrobat, InDesign"),
    Oddity("size_wrong", "una cantidad de objetos (/Size) distinta de la real", "PDFKit"),
    Oddity("no_resources", "una página sin lista de fuentes e imágenes (/Resources)", "macOS, Acrobat"),
    Oddity("no_media_box", "una página sin medidas (/MediaBox): los lectores usan carta o A4", "Inkscape"),
    Oddity("blank_before_xref", "espacios o saltos de línea antes de la tabla de objetos", "PDFKit, Chrome"),
    Oddity("no_type", "un catálogo, una rama o una página sin /Type"),
    Oddity("padding_after_end", "bytes nulos o espacios después del final", "descargas y almacenes de archivos"),
    Oddity("no_endobj", "un objeto sin su palabra final (endobj)"),
    Oddity("hash_in_name", "un nombre con un signo # suelto"),
    Oddity("page_listed_twice", "una misma página puesta dos veces"),
    Oddity("checksum_cut_off", "datos comprimidos completos sin su suma de control o sin su marca final", "Acrobat"),
    Oddity("duplicate_key", "un dato repetido que no decide qué se muestra ni qué se hace"),
)


def judge_remarks(pdf: Pdf, raw: RawObjects, findings: Findings) -> dict[Number, str]:
    """Look again at the objects that the parser remarked on; return which in use cannot be read whole, and why."""
    found = (_ABOUT.search(str(one)) for one in pdf.get_warnings())
    numbers = sorted({number for one in found if one and raw.is_listed(number := (int(one[1]), int(one[2])))})
    if len(numbers) > _MOST_LOOKED_AT:
        findings.add(damaged(f"El PDF está dañado: {len(numbers)} de sus objetos tienen errores"))
    broken: dict[Number, str] = dict.fromkeys(raw.lost(), _why(b"", is_whole=False))
    for number in numbers[:_MOST_LOOKED_AT]:
        repeated = raw.read_whole(number)
        is_lost = pdf.get_object(number) is None and raw.text(number).strip() != b"null"
        if repeated is None or is_lost:
            broken[number] = _why(raw.text(number), is_whole=repeated is not None)
        else:
            _judge_names(number[0], repeated, findings)
    return {number: broken[number] for number in sorted(broken)}


def tell_broken(broken: Mapping[Number, str], pdf: Pdf, findings: Findings, places: Places) -> None:
    """Tell of objects that cannot be read where they are, if that is known."""
    for number, why in broken.items():
        place = places.of(thing) if is_indirect(thing := pdf.get_object(number)) else ""
        begins = "El" if place in {"", f"Objeto {number[0]}"} else f"{place}: el"
        findings.add(damaged(f"{begins} objeto {number[0]} no se puede leer: {why}"))


def _why(text: bytes, *, is_whole: bool) -> str:
    """Return why an object cannot be read that is written so, up to its data."""
    if not text.strip():
        return "no está donde el archivo dice"
    if is_whole and text.rstrip(b"\r\n").endswith(b"stream"):
        return "su longitud (/Length) falta o no es la que dice"
    return "lo escrito en él está dañado"


def _judge_names(number: int, repeated: set[str], findings: Findings) -> None:
    """Tell which names of an object readers differ on."""
    cut = _listed(name.removesuffix(CUT) for name in repeated if name.endswith(CUT) and name[:-1] in _DECISIVE)
    if cut:
        what = (
            f"El objeto {number} escribe el nombre {cut} con un carácter nulo, que los lectores leen de modo distinto"
        )
        findings.add(damaged(what))
    decided = {name.removesuffix(LEADING) for name in repeated if name in _DECISIVE or name.endswith(LEADING)}
    twice = _listed(decided - _UNSEEN)
    if twice:
        what = f"El objeto {number} da dos valores distintos a {twice}, y los lectores eligen uno u otro"
        findings.add(damaged(what))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(shown_name, sorted(names)[:_MOST_NAMES]))


def judge_references(raw: RawObjects, odd: set[int], findings: Findings) -> None:
    """Tell which references readers understand differently, knowing which object streams may have such."""
    for number, _ in raw.lacking(odd):
        what = f"El objeto {number} se refiere a otro con una generación distinta de la que el archivo tiene"
        findings.add(damaged(f"{what}: unos lectores lo muestran y otros no"))
