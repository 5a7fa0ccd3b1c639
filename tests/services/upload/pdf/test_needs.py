"""What a page is drawn with is followed through fonts, pictures, patterns and annotations, each once."""

from __future__ import annotations

import pytest

from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written, a_stream

FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
IMAGE = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
LACKING = b"/Resources << /XObject << /Im9 44 0 R >> >>"
PICTURE = "la imagen o dibujo /Im0"
FONT = b"<< /Type /Font /Subtype /TrueType /BaseFont /X %b >>"
FONT_0 = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H %b >>"
STAMP = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] %b >>"


def a_page(resources: bytes, more: dict[int, bytes], entries: bytes = b"") -> bytes:
    """Return a document of one page, 5, whose contents are 4; objects from 6 on are given."""
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    page = PAGE.replace(b"<< >>", resources)
    written.add(5, page if b"/Contents" in entries else page[:-2] + b"/Contents 4 0 R " + entries + b" >>")
    if b"/Contents" in entries:
        written.add(5, page[:-2] + entries + b" >>")
    for number, content in more.items():
        written.add(number, content)
    return written.end_with_table()


def told(content: bytes) -> list[str]:
    found = problems(content)
    assert {code for code, _ in found} == {"pdf_damaged"}
    return [detail.split(". ")[0] for _, detail in found]


@pytest.mark.parametrize(
    ("font", "more", "missing"),
    [
        (FONT % b"/FontDescriptor 44 0 R", {}, "la descripción de la fuente /F1"),
        (FONT % b"/Encoding 44 0 R", {}, "la codificación de la fuente /F1"),
        (FONT % b"/FontDescriptor 7 0 R", {7: b"<< /FontFile 44 0 R >>"}, "el archivo de la fuente /F1"),
        (FONT % b"/FontDescriptor 7 0 R", {7: b"<< /FontFile2 44 0 R >>"}, "el archivo de la fuente /F1"),
        (FONT % b"/FontDescriptor << /FontFile3 44 0 R >>", {}, "el archivo de la fuente /F1"),
        (FONT_0 % b"/DescendantFonts [44 0 R]", {}, "una parte de la fuente /F1"),
        (FONT_0 % b"/DescendantFonts 7 0 R", {7: b"[44 0 R]"}, "una parte de la fuente /F1"),
        (
            FONT_0 % b"/DescendantFonts [7 0 R]",
            {7: FONT % b"/FontDescriptor 8 0 R", 8: b"<< /FontFile2 44 0 R >>"},
            "el archivo de la fuente /F1",
        ),
        (b"<< /Type /Font /Subtype /Type3 /CharProcs << /a 44 0 R >> >>", {}, "la letra /a"),
        (b"<< /Type /Font /Subtype /Type3 /CharProcs 7 0 R >>", {7: b"<< /a 44 0 R >>"}, "la letra /a"),
        (b"<< /Type /Font /Subtype /Type3 " + LACKING + b" >>", {}, "la imagen o dibujo /Im9"),
    ],
)
def test_parts_of_a_font_that_are_missing_are_told(font: bytes, more: dict[int, bytes], missing: str) -> None:
    content = a_page(b"<< /Font << /F1 6 0 R >> >>", {6: font, **more})
    assert told(content) == [f"Página 1: falta {missing} (objeto 44)"]


@pytest.mark.parametrize(
    ("resources", "more", "missing"),
    [
        (
            b"/XObject << /Im0 6 0 R >>",
            {6: a_stream(b"x", IMAGE + b"/ColorSpace 44 0 R")},
            f"el espacio de color de {PICTURE}",
        ),
        (
            b"/XObject << /Im0 6 0 R >>",
            {6: a_stream(b"x", IMAGE + b"/ColorSpace [/Indexed [/ICCBased 44 0 R] 1 <00>]")},
            f"el espacio de color de {PICTURE}",
        ),
        (
            b"/XObject << /Im0 6 0 R >>",
            {6: a_stream(b"x", IMAGE + b"/ColorSpace 7 0 R"), 7: b"[/ICCBased 44 0 R]"},
            f"el espacio de color de {PICTURE}",
        ),
        (b"/XObject << /Im0 6 0 R >>", {6: a_stream(b"x", IMAGE + b"/SMask 44 0 R")}, f"la máscara de {PICTURE}"),
        (b"/XObject << /Im0 6 0 R >>", {6: a_stream(b"x", IMAGE + b"/Mask 44 0 R")}, f"la máscara de {PICTURE}"),
        (
            b"/XObject << /Im0 6 0 R >>",
            {6: a_stream(b"x", IMAGE + b"/SMask 7 0 R"), 7: a_stream(b"x", IMAGE + b"/ColorSpace 44 0 R")},
            f"el espacio de color de {PICTURE}",
        ),
        (
            b"/XObject << /Im0 6 0 R >>",
            {6: a_stream(b"q", FORM + b"/Resources 44 0 R")},
            f"la lista de fuentes e imágenes de {PICTURE}",
        ),
        (b"/ColorSpace << /C 6 0 R >>", {6: b"[/ICCBased 44 0 R]"}, "el recurso /C"),
        (b"/Pattern << /P 6 0 R >>", {6: a_stream(b"q", b"/PatternType 1 " + LACKING)}, "la imagen o dibujo /Im9"),
        (b"/Pattern << /P 6 0 R >>", {6: b"<< /PatternType 2 /Shading 44 0 R >>"}, "el sombreado del recurso /P"),
        (b"/Shading << /S 6 0 R >>", {6: b"<< /ShadingType 2 /Function 44 0 R >>"}, "la función del recurso /S"),
        (
            b"/ExtGState << /G 6 0 R >>",
            {6: b"<< /SMask << /S /Alpha /G 7 0 R >> >>", 7: a_stream(b"q", FORM + LACKING)},
            "la imagen o dibujo /Im9",
        ),
    ],
)
def test_parts_of_what_is_drawn_that_are_missing_are_told(
    resources: bytes, more: dict[int, bytes], missing: str
) -> None:
    assert told(a_page(b"<< %b >>" % resources, more)) == [f"Página 1: falta {missing} (objeto 44)"]


@pytest.mark.parametrize(
    ("annotation", "more", "missing"),
    [
        (STAMP % b"/AP 44 0 R", {}, "el aspecto de una anotación"),
        (STAMP % b"/AP << /N 44 0 R >>", {}, "el aspecto de una anotación"),
        (STAMP % b"/AP 7 0 R", {7: b"<< /N 44 0 R >>"}, "el aspecto de una anotación"),
        (STAMP % b"/AS /On /AP << /N << /On 44 0 R >> >>", {}, "el aspecto de una anotación /On"),
        (STAMP % b"/AP << /N 7 0 R >>", {7: b"<< /On 44 0 R >>"}, "el aspecto de una anotación /On"),
        (STAMP % b"/AP << /N 7 0 R >>", {7: a_stream(b"q", FORM + LACKING)}, "la imagen o dibujo /Im9"),
    ],
)
def test_how_an_annotation_looks_is_told_if_it_is_missing(
    annotation: bytes, more: dict[int, bytes], missing: str
) -> None:
    for listed, rest in ((b"[6 0 R]", {}), (b"9 0 R", {9: b"[6 0 R]"}), (b"[%b]" % annotation, {})):
        content = a_page(b"<< >>", {6: annotation, **more, **rest}, b"/Annots " + listed)
        assert told(content) == [f"Página 1: falta {missing} (objeto 44)"]


def test_contents_that_an_array_of_its_own_lists_are_told() -> None:
    content = a_page(b"<< >>", {6: b"[4 0 R 44 0 R]"}, b"/Contents 6 0 R")
    assert told(content) == ["Página 1: falta su contenido (objeto 44)"]


@pytest.mark.parametrize(
    "annotation",
    [
        STAMP % b"/P 44 0 R /Popup 44 0 R",
        STAMP % b"/AP << /D 44 0 R /R 44 0 R >>",
        STAMP % b"/AP << /N 0 0 R >>",
        STAMP % b"/AP << /N << /On 0 0 R >> >>",
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest 44 0 R >>",
    ],
)
def test_what_an_annotation_is_shown_without_may_be_missing(annotation: bytes) -> None:
    accept(a_page(b"<< >>", {6: annotation}, b"/Annots [6 0 R 44 0 R]"))


def test_what_a_font_or_a_picture_is_shown_without_may_be_missing() -> None:
    more = {6: FONT % b"/ToUnicode 44 0 R /Note (44 0 R)", 7: a_stream(b"x", IMAGE + b"/Metadata 44 0 R /OC 44 0 R")}
    accept(a_page(b"<< /Font << /F1 6 0 R >> /XObject << /Im0 7 0 R >> >>", more))


LENGTH = "su longitud (/Length) falta o no es la que dice"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"<< /Length 1 >>\nstream\nq Q q Q q Q\nendstream", LENGTH),
        (b"<< /Length 900 >>\nstream\nq Q\nendstream", LENGTH),
        (b"<< /Length 44 0 R >>\nstream\nq Q\nendstream", LENGTH),
        (b"<< >>\nstream\nq Q\nendstream", LENGTH),
        (b"<< /Length 3 /A [ >>\nstream\nq Q\nendstream", "lo escrito en él está dañado"),
    ],
)
def test_what_is_there_and_cannot_be_read_is_told_with_its_page_and_why(broken: bytes, why: str) -> None:
    for resources, entries, what in (
        (b"<< >>", b"/Contents 6 0 R", "su contenido"),
        (b"<< >>", b"/Contents [4 0 R 6 0 R]", "su contenido"),
        (b"<< /XObject << /Im0 6 0 R >> >>", b"", "la imagen o dibujo /Im0"),
    ):
        found = told(a_page(resources, {6: broken}, entries))
        assert f"Página 1: no se puede leer {what} (objeto 6): {why}" in found, found


def test_what_is_not_where_the_file_says_is_told_with_its_page() -> None:
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    written.add(5, PAGE.replace(b"<< >>", b"<< /Font << /F1 6 0 R >> >>")[:-2] + b"/Contents 4 0 R >>")
    written.add(6, FONT % b"")
    found = told(written.end_with_table(places=written.places | {6: written.places[6] + 3}))
    assert any("Página 1: " in one and "la fuente /F1 (objeto 6)" in one for one in found), found


def test_what_no_page_needs_is_told_by_its_number() -> None:
    written = Written([3])
    written.add(1, b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R >>")
    written.add(6, b"<< /Length 900 >>\nstream\n<x/>\nendstream")
    assert told(written.end_with_table()) == [f"El objeto 6 no se puede leer: {LENGTH}"]


def test_drawings_that_name_each_other_are_gone_through_once() -> None:
    more = {
        number: a_stream(b"q", FORM + b"/Resources << /XObject << /A %d 0 R /B 6 0 R /C 100 0 R >> >>" % (number + 1))
        for number in range(6, 100)
    }
    accept(a_page(b"<< /XObject << /Fm 6 0 R >> >>", more | {100: a_stream(b"q", FORM)}))
    more[100] = a_stream(b"q", FORM + LACKING.replace(b"44", b"444"))
    assert told(a_page(b"<< /XObject << /Fm 6 0 R >> >>", more)) == [
        "Página 1: falta la imagen o dibujo /Im9 (objeto 444)"
    ]


def test_what_a_branch_hands_down_is_gone_through_once() -> None:
    fonts = b" ".join(b"/F%d 6 0 R" % number for number in range(2000))
    pages, deepest = range(200, 2200), 60
    written = Written([100])
    written.add(2, b"<< /Type /Pages /Kids [100 0 R] /Count 2000 /Resources << /Font << %b >> >> >>" % fonts)
    for number in range(100, 100 + deepest):
        kids = b"%d 0 R" % (number + 1) if number < 99 + deepest else b" ".join(b"%d 0 R" % page for page in pages)
        parent = number - 1 if number > 100 else 2
        written.add(number, b"<< /Type /Pages /Parent %d 0 R /Kids [%b] /Count 2000 >>" % (parent, kids))
    for page in pages:
        written.add(page, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (99 + deepest))
    written.add(6, FONT % b"")
    with cpu_within(2):
        accept(written.end_with_table())
