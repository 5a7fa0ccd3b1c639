"""PDFs that are made to keep their reader at work, counted in streams, bytes and entries."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf import budget, unpacking
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, refusal


def a_pdf(change: Callable[[Pdf], Any] = lambda _: None, **saving: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    change(pdf)
    target = io.BytesIO()
    pdf.save(target, **saving)
    return target.getvalue()


def written_by_hand(*objects: bytes, previous: Iterable[bytes] = ()) -> bytes:
    """Return a file of these objects, numbered from 1, and of sections that come before the one that lists them."""
    file = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    before = b""
    for section in previous:
        start = len(file)
        file += section % before
        before = b"/Prev %d" % start
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Root 1 0 R /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, before, start)
    return bytes(file)


CATALOG = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"


def test_a_stream_is_unpacked_once_however_often_it_is_referred_to(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 100_000
    monkeypatch.setattr(budget, "MAX_UNPACKED", size + 10_000)

    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Contents = Array([pdf.make_stream(b"q Q " * (size // 4))] * 20_000)

    bomb = a_pdf(change)
    assert len(bomb) < 150_000
    accept(bomb)
    monkeypatch.setattr(budget, "MAX_UNPACKED", size - 1)
    assert refusal(bomb) == "pdf_too_complex"


def test_pages_that_share_one_list_of_streams_go_through_it_once() -> None:
    def change(pdf: Pdf) -> None:
        shared = pdf.make_indirect(Array([pdf.make_stream(b"q Q")] * 20_000))
        for _ in range(400):
            pdf.add_blank_page()
        for page in pdf.pages:
            page.obj.Contents = shared

    bomb = a_pdf(change)
    with cpu_within(1):
        accept(bomb)


def test_streams_that_lie_within_each_other_are_refused() -> None:
    inner = zlib.compress(bytes(20_000), 0)
    count = 40
    objects = [*CATALOG, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> /Contents [%b] >>"]
    file = bytearray(b"%PDF-1.7\n")
    places = []
    references = b" ".join(b"%d 0 R" % number for number in range(4, 4 + count))
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content % references if b"%b" in content else content)
    head = b"%d 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n"
    tail = b"\nendstream\nendobj\n"
    body = inner
    for number in range(3 + count, 3, -1):  # each stream is a stored block that holds the whole of the one before
        opening = head % (number, len(body))
        whole = opening + body + tail
        body = b"\x78\x01\x01" + len(whole).to_bytes(2, "little") + (len(whole) ^ 0xFFFF).to_bytes(2, "little") + whole
        body += zlib.adler32(whole).to_bytes(4, "big")
    at, offsets = len(file), []
    for depth in range(count):
        found = whole.find(b"%d 0 obj\n" % (4 + depth))
        offsets.append(at + found)
    file += whole
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (4 + count)
    file += b"".join(b"%010d 00000 n \n" % place for place in [*places, *offsets])
    file += b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (4 + count, start)
    assert refusal(bytes(file)) == "pdf_too_complex"


def test_sections_are_counted_before_any_is_unpacked() -> None:
    packed = zlib.compress(bytes(3_000_000), 9)
    section = (
        b"9 0 obj\n<< /Type /XRef /W [1 1 1] /Size 1000100 /Index [100 1000000] /Root 1 0 R /Filter /FlateDecode"
        b" /Length "
        + str(len(packed)).encode()
        + b" %b >>\nstream\n"
        + packed.replace(b"%", b"%%")
        + b"\nendstream\nendobj\n"
    )
    bomb = written_by_hand(*CATALOG, PAGE, previous=[section] * 400)
    with cpu_within(1):
        assert refusal(bomb) == "pdf_too_complex"


@pytest.mark.parametrize("name", [b"/Prev", b"/#50rev", b"/P#72e#76", b"/Prev%x\n", b"/Prev\x00"])
def test_a_section_is_counted_however_its_name_is_written(name: bytes) -> None:
    with pytest.raises(InvalidInput, match="pdf_too_complex"):
        budget.check_sections(io.BytesIO((name + b" 123456 /Root 1 0 R ") * 300))


@pytest.mark.parametrize("space", [0, 1, 7, 100_000])
def test_a_section_at_a_seam_counts_once(space: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_SECTIONS", 10)
    piece = 256 * 1024
    for sections in (10, 11):
        parts = [(b"/Prev 1 ".rjust(piece + 1) if space else b"/Prev 1 ".rjust(100)) for _ in range(sections)]
        file = io.BytesIO(b"x" * space + b"".join(parts))
        if sections == 10:
            budget.check_sections(file)
        else:
            with pytest.raises(InvalidInput):
                budget.check_sections(file)


def test_an_outline_of_thousands_is_no_section() -> None:
    outline = b"".join(b"<< /Title (a) /Prev %d 0 R /Next %d 0 R >>\n" % (n, n + 2) for n in range(5_000))
    budget.check_sections(io.BytesIO(outline))

    def change(pdf: Pdf) -> None:
        with pdf.open_outline() as shown:
            shown.root.extend(pikepdf.OutlineItem(f"Folio {number}", 0) for number in range(1_000))

    accept(a_pdf(change))
    accept(a_pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.disable))


def test_branches_that_are_all_one_page_are_not_made_pages() -> None:
    tree = b"<< /Type /Pages /Kids [" + b"3 0 R " * 200_000 + b"] /Count 200000 >>"
    with cpu_within(4):
        assert refusal(written_by_hand(CATALOG[0], tree, PAGE)) == "pdf_damaged"


def test_what_is_written_by_hand_is_sound() -> None:
    accept(written_by_hand(*CATALOG, PAGE))


def test_a_page_tree_that_bites_its_tail_ends() -> None:
    tree = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"
    assert refusal(written_by_hand(CATALOG[0], tree, PAGE)) == "pdf_damaged"


@pytest.mark.parametrize("tree", [b"null", b"[]", b"<< /Kids 7 >>", b"<< /Kids [null 7 (a) [] << >>] >>"])
def test_a_page_tree_that_is_none_is_damaged(tree: bytes) -> None:
    assert refusal(written_by_hand(CATALOG[0], tree, PAGE)) == "pdf_damaged"


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
def test_entries_are_counted_wherever_they_stand(mode: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_ENTRIES", 2000)
    for inside in (
        Array([1] * 2000),
        Array([Dictionary(A=1, B=2)] * 700),
        Dictionary({f"/A{n}": n for n in range(2000)}),
    ):
        wide = a_pdf(lambda pdf, inside=inside: setattr(pdf.Root, "X", inside), object_stream_mode=mode)  # type: ignore[misc]
        assert refusal(wide) == "pdf_too_complex"
    accept(a_pdf(lambda pdf: setattr(pdf.Root, "X", Array([1] * 1500)), object_stream_mode=mode))


def test_object_streams_have_a_bound_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_UNPACKED_OBJECTS", 30_000)
    mode = pikepdf.ObjectStreamMode.generate
    many = a_pdf(lambda pdf: setattr(pdf.Root, "X", Array([1] * 20_000)), object_stream_mode=mode)
    assert refusal(many) == "pdf_too_complex"
    accept(a_pdf(lambda pdf: setattr(pdf.pages[0].obj, "Contents", pdf.make_stream(b"q Q " * 20_000))))


def test_what_unpacks_in_many_pieces_is_not_copied_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "PIECE", 1024)
    stored = zlib.compress(bytes(24_000_000), 0)

    def change(pdf: Pdf) -> None:
        stream = Stream(pdf, b"")
        stream.write(stored, filter=Name.FlateDecode)
        pdf.pages[0].obj.Contents = stream

    content = a_pdf(change, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    before = time.process_time()
    zlib.decompress(stored)
    plain = time.process_time() - before
    before = time.process_time()
    accept(content)
    assert time.process_time() - before < max(50 * plain, 2)
