from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import fpdf
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf

from chalicelib.services.upload.pdf import budget
from tests.services.upload.inspecting import FIXTURES, accept, refusal

REAL = sorted((FIXTURES / "pdf").glob("*.pdf"))
LIBREOFFICE = (FIXTURES / "pdf" / "libreoffice.pdf").read_bytes()
SIGNED = (FIXTURES / "pdf" / "signed-twice.pdf").read_bytes()


def a_pdf(change: Callable[[Pdf], Any] = lambda _: None, **saving: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].obj.Contents = pdf.make_stream(b"0 0 m 100 100 l S\n" * 50)
    change(pdf)
    target = io.BytesIO()
    pdf.save(target, **saving)
    return target.getvalue()


def a_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("oculto.txt", "x" * 500)
    return target.getvalue()


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_pdf_of_real_programs_passes_signed_ones_too(path: Any) -> None:
    accept(path.read_bytes())


def test_pdf_of_the_receipt_library_passes() -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.cell(text="Resolución de prueba")
    accept(bytes(pdf.output()))


@pytest.mark.parametrize("mode", list(ObjectStreamMode))
@pytest.mark.parametrize("linearize", [False, True])
def test_any_way_of_writing_a_plain_pdf_passes(mode: ObjectStreamMode, linearize: bool) -> None:
    accept(a_pdf(object_stream_mode=mode, linearize=linearize))


def test_white_space_after_the_end_passes() -> None:
    accept(a_pdf() + b"\r\n \x00\n")


@pytest.mark.parametrize(
    "action",
    [
        b"/S /JavaScript /JS (app.alert)",
        b"/S /Launch /F (calc.exe)",
        b"/S /SubmitForm /F (https://example.com)",
        b"/S /ImportData /F (a.fdf)",
        b"/S /GoToR /F (//example.com/a.pdf)",
        b"/S /URI /URI (file:///etc/passwd)",
        b"/S /URI /URI ( JavaScript:alert)",
        b"/S /Named /N /NextPage /Next [<< /S /JavaScript >>]",
    ],
)
@pytest.mark.parametrize("mode", [ObjectStreamMode.disable, ObjectStreamMode.generate])
@pytest.mark.parametrize("place", ["open", "page", "annotation", "names", "field"])
def test_action_is_found_wherever_it_hangs(action: bytes, mode: ObjectStreamMode, place: str) -> None:
    def change(pdf: Pdf) -> None:
        indirect = pdf.make_indirect(pikepdf.Object.parse(b"<< %b >>" % action))
        page = pdf.pages[0].obj
        if place == "open":
            pdf.Root.OpenAction = indirect
        elif place == "page":
            page.AA = Dictionary(O=indirect)
        elif place == "annotation":
            page.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=indirect)])
        elif place == "names":
            pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", indirect])))
        else:
            field = pdf.make_indirect(Dictionary(FT=Name.Tx, T="a", AA=Dictionary(K=indirect)))
            pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    assert refusal(a_pdf(change, object_stream_mode=mode)) == "pdf_active_content"


def test_action_with_an_escaped_name_is_found() -> None:
    plain = a_pdf(
        lambda pdf: setattr(pdf.Root, "OpenAction", Dictionary(S=Name.JavaScript, X="0123456789")),
        object_stream_mode=ObjectStreamMode.disable,
    )
    escaped = plain.replace(b"/JavaScript /X (0123456789)", b"/J#61vaScript /X (01234567)")
    assert escaped != plain
    assert refusal(escaped) == "pdf_active_content"


def test_action_added_after_signing_is_found() -> None:
    with Pdf.open(io.BytesIO(LIBREOFFICE)) as pdf:
        root = pdf.Root.objgen[0]
        entries = pdf.Root.unparse(resolved=True)
    at = len(LIBREOFFICE) + 1
    update = b"\n%d 0 obj\n%b /OpenAction << /S /JavaScript /JS (1) >> >>\nendobj\n" % (root, entries[:-2])
    trailer = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Root %d 0 R /Size 50 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    previous = int(LIBREOFFICE.rpartition(b"startxref")[2].split()[0])
    changed = LIBREOFFICE + update + trailer % (root, at, root, previous, len(LIBREOFFICE) + len(update))
    assert refusal(changed) == "pdf_active_content"


@pytest.mark.parametrize("subtype", ["/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"])
def test_multimedia_annotation_is_refused(subtype: str) -> None:
    annotation = Dictionary(Type=Name.Annot, Subtype=Name(subtype), Rect=[0, 0, 9, 9])
    assert refusal(a_pdf(lambda pdf: setattr(pdf.pages[0].obj, "Annots", Array([annotation])))) == "pdf_active_content"


def test_dynamic_form_is_refused() -> None:
    def change(pdf: Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))

    assert refusal(a_pdf(change)) == "pdf_active_content"


def test_stream_whose_data_lie_in_another_file_is_refused() -> None:
    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(b"x")
        stream.F = pikepdf.String("/etc/passwd")
        pdf.Root.X = stream

    assert refusal(a_pdf(change)) == "pdf_active_content"


def test_attachment_is_refused() -> None:
    def change(pdf: Pdf) -> None:
        pdf.attachments["a.txt"] = b"hola"

    assert refusal(a_pdf(change)) == "pdf_embedded_file"


def test_pdf_a_3_with_attachment_is_refused_and_told_to_send_it_as_annex() -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.embed_file(bytes=b"<factura/>", basename="factura.xml", modification_date=None)
    assert refusal(bytes(pdf.output())) == "pdf_embedded_file"


def test_unreferenced_embedded_file_is_refused() -> None:
    def change(pdf: Pdf) -> None:
        pdf.Root.PieceInfo = Dictionary(X=pdf.make_stream(b"MZ", Type=Name.EmbeddedFile))

    assert refusal(a_pdf(change)) == "pdf_embedded_file"


def test_data_before_the_start_is_refused() -> None:
    assert refusal(b"\n" + a_pdf()) == "pdf_not_at_start"


@pytest.mark.parametrize("content", [b"MZ" + bytes(2000), b"<html>", a_zip(), b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "file_type_mismatch"


def test_data_after_the_end_are_refused() -> None:
    assert refusal(a_pdf() + b"MZ payload") == "pdf_trailing_data"
    assert refusal(SIGNED + a_zip()) == "pdf_trailing_data"


def test_archive_behind_the_document_is_found_under_a_second_end_mark() -> None:
    pdf = a_pdf()
    last = pdf.rpartition(b"startxref")[2]
    assert refusal(pdf + a_zip() + b"\nstartxref" + last) == "pdf_trailing_data"


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("source", [LIBREOFFICE, SIGNED], ids=["plain", "signed"])
def test_truncated_pdf_is_refused(source: bytes, kept: float) -> None:
    assert refusal(source[: int(len(source) * kept)]) in {"pdf_damaged", "pdf_trailing_data"}


def test_wrong_cross_reference_is_refused_not_repaired() -> None:
    pdf = a_pdf(object_stream_mode=ObjectStreamMode.disable)
    before, mark, after = pdf.rpartition(b"startxref\n")
    assert refusal(before + mark + b"7" + after) == "pdf_damaged"
    assert refusal(pdf.replace(b"0000000015 00000 n", b"0000000019 00000 n")) == "pdf_damaged"


def test_one_wrong_bit_in_a_page_is_refused() -> None:
    start = LIBREOFFICE.index(b"stream\n") + 7
    damaged = bytearray(LIBREOFFICE)
    damaged[start + 20] ^= 0x10
    assert refusal(bytes(damaged)) == "pdf_damaged"


def test_document_without_pages_is_refused() -> None:
    assert refusal(a_pdf(lambda pdf: pdf.pages.__delitem__(0))) == "pdf_damaged"


def test_page_that_unpacks_to_gigabytes_is_refused_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_UNPACKED", 4 * 1024 * 1024)
    bomb = a_pdf(lambda pdf: setattr(pdf.pages[0].obj, "Contents", pdf.make_stream(b" " * 8 * 1024 * 1024)))
    assert len(bomb) < 20_000
    assert refusal(bomb) == "pdf_too_complex"


def test_object_stream_that_unpacks_to_gigabytes_is_refused() -> None:
    pdf = a_pdf(object_stream_mode=ObjectStreamMode.generate)
    start = pdf.index(b"stream\n", pdf.index(b"/ObjStm")) + 7
    packed = pdf[start : pdf.index(b"\nendstream", start)]
    bomb = zlib.compress(zlib.decompress(packed) + b" " * 64 * 1024 * 1024, 9)
    before = pdf[:start].replace(b"/Length %d" % len(packed), b"/Length %d" % len(bomb))
    assert refusal(before + bomb + pdf[start + len(packed) :]) in {"pdf_damaged", "pdf_too_complex"}


def test_document_with_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_OBJECTS", 50)

    def change(pdf: Pdf) -> None:
        pdf.Root.X = Array([pdf.make_indirect(Dictionary(A=n)) for n in range(100)])

    assert refusal(a_pdf(change)) == "pdf_too_complex"
