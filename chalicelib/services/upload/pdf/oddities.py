"""What the parser remarks on and every reader shows all the same: named here, accepted, and never told as damage.

The verdict comes from the inspection's own facts. A remark is no more than a hint where to look: an object that one is
about is read again by the grammar, and refused if it cannot be read whole. A new remark of the parser refuses nothing;
`tests/services/upload/pdf/test_oddities.py` has a file for each row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.refusal import Findings, damaged

if TYPE_CHECKING:
    from pikepdf import Pdf

_ABOUT = re.compile(r"\(object (\d{1,10}) (\d{1,10})")
_MOST_LOOKED_AT = 1000
_DECISIVE = frozenset(
    {
        "/A",
        "/AA",
        "/AF",
        "/AP",
        "/AcroForm",
        "/Annots",
        "/Base",
        "/Contents",
        "/D",
        "/DecodeParms",
        "/EF",
        "/EmbeddedFiles",
        "/Encrypt",
        "/F",
        "/FS",
        "/Fields",
        "/Filter",
        "/First",
        "/JS",
        "/JavaScript",
        "/Kids",
        "/N",
        "/Names",
        "/Next",
        "/OpenAction",
        "/P",
        "/PA",
        "/Pages",
        "/Parent",
        "/Ref",
        "/Resources",
        "/Root",
        "/S",
        "/Subtype",
        "/Type",
        "/UF",
        "/URI",
        "/V",
        "/XFA",
    }
)
"""Readers differ on which of two holds: these decide what is shown, or what is done."""


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


def judge_remarks(pdf: Pdf, raw: RawObjects, findings: Findings) -> None:
    """Look again at the objects that the parser remarked on, and tell which cannot be read whole."""
    found = (_ABOUT.search(str(one)) for one in pdf.get_warnings())
    numbers = sorted({number for one in found if one and raw.is_listed(number := (int(one[1]), int(one[2])))})
    if len(numbers) > _MOST_LOOKED_AT:
        findings.add(damaged(f"El PDF está dañado: {len(numbers)} de sus objetos tienen errores"))
    broken = set(raw.lost())
    for number in numbers[:_MOST_LOOKED_AT]:
        repeated = raw.read_whole(number)
        is_lost = pdf.get_object(number) is None and raw.text(number).strip() != b"null"
        if repeated is None or is_lost:
            broken.add(number)
        elif decisive := sorted(repeated & _DECISIVE):
            what = f"El objeto {number[0]} da dos valores distintos a {', '.join(decisive)}, y los lectores eligen"
            findings.add(damaged(f"{what} uno u otro"))
    for number in sorted(broken):
        findings.add(damaged(f"El objeto {number[0]} está dañado o no está donde el archivo dice"))


def judge_references(raw: RawObjects, odd: set[int], findings: Findings) -> None:
    """Tell which references readers understand differently, knowing which object streams may have such."""
    for number, _ in raw.lacking(odd):
        what = f"El objeto {number} se refiere a otro con una generación distinta de la que el archivo tiene"
        findings.add(damaged(f"{what}: unos lectores lo muestran y otros no"))
