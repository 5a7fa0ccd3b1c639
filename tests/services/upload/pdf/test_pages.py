"""The page tree is whole, and all that a page needs is in the file."""

from __future__ import annotations

import zlib

import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf

from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import CATALOG, PAGE, Written, a_stream
from tests.services.upload.pdf.test_inspect_pdf import a_pdf

EMPTY = PAGE.replace(b"/Resources << >>", b"/Resources %b")


def a_page(entries: bytes = b"", resources: bytes = b"<< >>") -> Written:
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    written.add(5, (EMPTY % resources)[:-2] + entries + b" >>")
    return written


def packed(page: bytes, **more: bytes) -> bytes:
    """Return a document whose page, and more, are in object streams."""
    written = Written([11])
    written.add_packed(11, page)
    for number, content in more.items():
        written.add_packed(int(number[1:]), content)
    return written.end()


@pytest.mark.parametrize(
    ("entries", "resources", "missing"),
    [
        (b"/Contents 44 0 R", b"<< >>", "su contenido (objeto 44)"),
        (b"/Contents [4 0 R 44 0 R]", b"<< >>", "su contenido (objeto 44)"),
        (b"/Contents 4 0 R", b"44 0 R", "fuentes e imágenes (objeto 44)"),
        (b"/Contents 4 0 R", b"<< /Font 44 0 R >>", "fuentes e imágenes (objeto 44)"),
        (b"/Contents 4 0 R", b"<< /Font << /F1 44 0 R >> >>", "la fuente /F1 (objeto 44)"),
        (b"/Contents 4 0 R", b"<< /XObject << /Im0 44 0 R >> >>", "la imagen o dibujo /Im0 (objeto 44)"),
        (b"/Contents 4 0 R", b"<< /ExtGState << /G 44 0 R >> >>", "el recurso /G (objeto 44)"),
        (b"/Contents 4 0 R", b"<< /Font << /F1 4 7 R >> >>", "la fuente /F1 (objeto 4)"),
    ],
)
def test_what_a_page_needs_and_the_file_lacks_is_told(entries: bytes, resources: bytes, missing: str) -> None:
    for content in (
        a_page(entries, resources).end_with_table(),
        packed((EMPTY % resources)[:-2] + entries + b" >>"),
    ):
        found = [detail for code, detail in problems(content) if code == "pdf_damaged"]
        assert any(missing in detail and detail.startswith("Página 1: falta ") for detail in found), found


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ({6: b"<< /Font << /F1 44 0 R >> >>"}, "la fuente /F1"),
        ({6: b"<< /Font 7 0 R >>", 7: b"<< /F1 44 0 R >>"}, "la fuente /F1"),
        (
            {
                6: b"<< /XObject << /Fm 7 0 R >> >>",
                7: a_stream(b"q Q", b"/Subtype /Form /Resources << /Font << /F9 44 0 R >> >>"),
            },
            "la fuente /F9",
        ),
    ],
)
def test_resources_are_followed_through_objects_and_drawings(more: dict[int, bytes], missing: str) -> None:
    written = a_page(b"/Contents 4 0 R", b"6 0 R")
    for number, content in more.items():
        written.add(number, content)
    ((code, detail),) = problems(written.end_with_table())
    assert (code, missing in detail) == ("pdf_damaged", True)


def test_resources_that_a_branch_gives_are_looked_at() -> None:
    written = Written([5])
    written.add(2, b"<< /Type /Pages /Kids [5 0 R] /Count 1 /Resources << /Font << /F1 44 0 R >> >> >>")
    written.add(5, PAGE.replace(b"/Resources << >>", b""))
    written.add(2, b"<< /Type /Pages /Kids [5 0 R] /Count 1 /Resources 6 0 R >>")
    written.add(6, b"<< /Font << /F1 44 0 R >> >>")
    ((code, detail),) = problems(written.end_with_table())
    assert (code, "/F1" in detail) == ("pdf_damaged", True)


@pytest.mark.parametrize(
    "entries",
    [
        b"/Annots [44 0 R]",
        b"/StructParents 0 /B [44 0 R]",
        b"/Metadata 44 0 R",
        b"/Thumb 44 0 R",
        b"/Next (4 0 R 44 0 R)",
    ],
)
def test_what_a_page_can_be_shown_without_may_be_missing(entries: bytes) -> None:
    accept(a_page(b"/Contents 4 0 R " + entries).end_with_table())


def test_page_without_contents_is_an_empty_page() -> None:
    accept(a_page().end_with_table())
    accept(a_page(b"/Contents []").end_with_table())
    accept(a_page(b"/Contents null").end_with_table())


@pytest.mark.parametrize("contents", [b"5 0 R", b"7", b"[4 0 R 7]", b"[4 0 R << >>]", b"(q Q)"])
def test_contents_that_draw_nothing_are_told(contents: bytes) -> None:
    found = problems(a_page(b"/Contents " + contents).end_with_table())
    assert (found[0][0], found[0][1].startswith("Página 1: su contenido")) == ("pdf_damaged", True)


def test_page_that_is_nothing_is_told() -> None:
    for nothing in (b"null", b"7"):
        written = a_page(b"/Contents 4 0 R")
        written.add(6, nothing)
        written.add(2, b"<< /Type /Pages /Kids [5 0 R 6 0 R] /Count 2 >>")
        found = problems(written.end_with_table())
        assert (found[0][0], "falta una página" in found[0][1]) == ("pdf_damaged", True)


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (b"<< /Type /Pages /Kids [5 0 R 44 0 R] /Count 2 >>", "falta una página"),
        (b"<< /Type /Pages /Kids [5 0 R null] /Count 2 >>", "falta una página"),
        (b"<< /Type /Pages /Kids [5 0 R] /Count 7 >>", "dice que tiene 7 páginas y tiene 1"),
        (b"<< /Type /Pages /Kids [5 0 R] /Count true >>", "dice que tiene no se sabe cuántas"),
        (b"<< /Type /Pages /Kids [5 0 R] /Count (x) >>", "árbol de páginas"),
        (b"<< /Type /Pages /Kids [2 0 R 5 0 R] /Count 2 >>", "árbol de páginas"),
        (b"<< /Type /Pages /Kids [] /Count 0 >>", "árbol de páginas"),
        (b"<< /Type /Pages /Kids 5 0 R /Count 1 >>", "árbol de páginas"),
    ],
)
def test_page_tree_that_is_not_whole_is_told(tree: bytes, told: str) -> None:
    written = a_page(b"/Contents 4 0 R")
    written.add(2, tree)
    found = problems(written.end_with_table())
    assert found[0][0] == "pdf_damaged"
    assert told in found[0][1]


def test_document_without_a_page_tree_is_told() -> None:
    written = a_page()
    written.add(1, CATALOG.replace(b"/Pages 2 0 R", b""))
    assert problems(written.end_with_table())[0][0] == "pdf_damaged"


def test_damage_is_told_with_its_page_and_its_object() -> None:
    def change(pdf: Pdf) -> None:
        for _ in range(4):
            pdf.add_blank_page()
        pdf.pages[3].obj.Contents = pdf.make_stream(b"q Q " * 90)
        image = pdf.make_stream(b"x" * 900, Type=Name.XObject, Subtype=Name.Image)
        pdf.pages[2].obj.Resources = Dictionary(XObject=Dictionary(Im0=image))

    whole = a_pdf(change, object_stream_mode=ObjectStreamMode.disable)
    text, picture = zlib.compress(b"q Q " * 90), zlib.compress(b"x" * 900)
    assert text in whole
    assert picture in whole
    damaged = whole.replace(text, b"\xff" * len(text)).replace(picture, picture[:2] + b"\xff" * (len(picture) - 2))
    told = " ".join(detail for code, detail in problems(damaged) if code == "pdf_damaged")
    assert "Página 4: su contenido está dañado (objeto " in told
    assert "Página 3: una imagen está dañada (objeto " in told


def test_tree_of_many_branches_passes() -> None:
    def change(pdf: Pdf) -> None:
        for _ in range(60):
            pdf.add_blank_page()
        leaves = [page.obj for page in pdf.pages]
        branches = [
            pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(leaves[n : n + 6]), Count=6))
            for n in range(0, 60, 6)
        ]
        last = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(leaves[60:]), Count=len(leaves) - 60))
        for branch in (*branches, last):
            for leaf in branch.Kids:
                leaf.Parent = branch
        root = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([*branches, last]), Count=len(leaves)))
        for branch in (*branches, last):
            branch.Parent = root
        pdf.Root.Pages = root

    accept(a_pdf(change))


def branches(first: bytes, second: bytes, page: bytes = PAGE, more: bytes = b"") -> bytes:
    """Return a document of two branches, 6 and 7, with the page 5 in the first and the page 8 in the second."""
    written = Written([5])
    written.add(2, b"<< /Type /Pages /Kids [6 0 R 7 0 R] /Count 2 %b >>" % more)
    written.add(6, b"<< /Type /Pages /Parent 2 0 R /Kids [5 0 R] %b >>" % first)
    written.add(7, b"<< /Type /Pages /Parent 2 0 R /Kids [8 0 R] %b >>" % second)
    written.add(5, page)
    written.add(8, PAGE.replace(b"/Parent 2 0 R", b"/Parent 7 0 R"))
    return written.end_with_table()


@pytest.mark.parametrize("count", [b"/Count 0", b"/Count 2", b"/Count true", b"/Count (1)", b"/Count 1.5"])
def test_branch_that_says_another_number_of_pages_is_told(count: bytes) -> None:
    page = PAGE.replace(b"/Parent 2 0 R", b"/Parent 6 0 R")
    accept(branches(b"/Count 1", b"/Count 1", page))
    ((code, detail),) = problems(branches(b"/Count 1", count, page))
    assert (code, "una rama dice que tiene" in detail) == ("pdf_damaged", True)


@pytest.mark.parametrize(
    "parent", [b"/Parent 7 0 R", b"/Parent 2 0 R", b"/Parent 8 0 R", b"/Parent 1 0 R", b"/Parent /X"]
)
def test_page_that_names_another_branch_is_told(parent: bytes) -> None:
    ((code, detail),) = problems(branches(b"/Count 1", b"/Count 1", PAGE.replace(b"/Parent 2 0 R", parent)))
    assert (code, detail.startswith("Página 1: "), "/Parent" in detail) == ("pdf_damaged", True, True)


@pytest.mark.parametrize("handed", [b"/Rotate 90", b"/CropBox [0 0 5 5]"])
def test_page_that_names_no_branch_passes_only_if_nothing_is_handed_down(handed: bytes) -> None:
    page = PAGE.replace(b"/Parent 2 0 R", b"")
    accept(branches(b"/Count 1", b"/Count 1", page))
    accept(branches(b"/Count 1", b"/Count 1", page.replace(b"/MediaBox", handed + b" /MediaBox"), handed))
    for content in (
        branches(b"/Count 1 " + handed, b"/Count 1", page),
        branches(b"/Count 1", b"/Count 1", page, handed),
        branches(b"/Count 1", b"/Count 1", page.replace(b"/Resources << >>", b""), b"/Resources << >>"),
    ):
        assert "/Parent" in problems(content)[0][1]
