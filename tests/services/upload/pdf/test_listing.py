"""What one reader might find must be what the file lists: whatever makes readers show two documents is refused."""

from __future__ import annotations

import re
import zlib

import pytest
from pikepdf import ObjectStreamMode

from tests.services.upload.inspecting import FIXTURES, accept, problems
from tests.services.upload.pdf.bombs import CATALOG, PAGE, Written, a_stream
from tests.services.upload.pdf.test_inspect_pdf import LIBREOFFICE, SIGNED, a_pdf

EVIL = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"


def a_document() -> Written:
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    written.add(5, PAGE[:-2] + b"/Contents 4 0 R >>")
    return written


def hidden(written: Written, number: int, content: bytes) -> int:
    """Write an object that no section lists; return where it is."""
    start = len(written.file)
    written.file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    return start


def told(content: bytes) -> str:
    ((code, detail),) = problems(content)
    assert code == "pdf_damaged"
    return detail


@pytest.mark.parametrize("content", [EVIL, CATALOG, b"[5 0 R]", a_stream(b"0 0 m 9 9 l S", b"")])
def test_other_version_of_an_object_that_no_table_names_is_refused(content: bytes) -> None:
    written = a_document()
    hidden(written, 1, content)
    assert "un objeto 1 que ninguna tabla nombra" in told(written.end_with_table())


@pytest.mark.parametrize("padding", [1100, 70_000])
def test_it_is_refused_whatever_follows_the_end(padding: int) -> None:
    written = a_document()
    hidden(written, 1, EVIL)
    assert "ninguna tabla nombra" in told(written.end_with_table() + bytes(padding))


@pytest.mark.parametrize(
    "content", [EVIL, b"<< /S /JavaScript /JS (x) >>", b"<< /Type /Page >>", b"<< /EF << /F 4 0 R >> >>"]
)
def test_object_of_no_number_that_could_act_is_refused(content: bytes) -> None:
    written = a_document()
    hidden(written, 77, content)
    assert "un objeto 77" in told(written.end_with_table())


def test_object_that_nothing_names_and_that_shows_nothing_passes() -> None:
    written = a_document()
    hidden(written, 77, b"<< /Producer (x) >>")
    hidden(written, 4, b"<< /D [5 0 R /XYZ 0 0 null] >>")
    hidden(written, 5, b"<< /Type /Group /S /Transparency /CS /DeviceRGB >>")
    hidden(written, 78, a_stream(b"1 0 obj << /Type /Catalog >> endobj", b""))
    accept(written.end_with_table())


def test_what_looks_like_an_object_within_data_is_none() -> None:
    written = a_document()
    written.add(4, a_stream(b"q Q % 1 0 obj\n5 0 obj << /Type /Catalog >>", b""))
    accept(written.end_with_table())


def table_of(written: Written, rows: bytes, ranges: bytes = b"0 6") -> bytes:
    start = len(written.file)
    table = b"xref\n" + ranges + b"\n" + rows
    trailer = b"trailer\n<< /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(written.file) + table + trailer


def a_row(place: int, kind: bytes = b"n", generation: int = 0) -> bytes:
    return b"%010d %05d %b \n" % (place, generation, kind)


def rows(written: Written) -> list[bytes]:
    return [
        a_row(0, b"f", 65535),
        *(a_row(written.places.get(n, 0), b"n" if n in written.places else b"f") for n in range(1, 6)),
    ]


def test_number_that_a_table_lists_twice_is_refused() -> None:
    written = a_document()
    first = hidden(written, 1, EVIL)
    plain = rows(written)
    accept(table_of(a_document(), b"".join(rows(a_document()))))
    content = table_of(written, b"".join(plain) + b"1 1\n" + a_row(first))
    assert "nombra dos veces" in told(content)


def test_number_that_a_stream_lists_twice_is_refused() -> None:
    written = a_document()
    evil = hidden(written, 1, EVIL)
    start = len(written.file)
    places = [evil, *(written.places[n] for n in (1, 2, 4, 5)), start]
    data = b"".join(b"\x01" + place.to_bytes(4, "big") + b"\x00" for place in places)
    rest = b"/Type /XRef /Size 7 /Index [1 1 1 2 4 3] /W [1 4 1] /Root 1 0 R /Filter /FlateDecode"
    written.file += b"6 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (a_stream(zlib.compress(data), rest), start)
    assert "nombra dos veces" in told(bytes(written.file))


def test_table_that_begins_at_the_wrong_number_is_refused() -> None:
    written = a_document()
    content = table_of(written, b"".join(rows(written)), b"1 6")
    assert problems(content)[0][0] == "pdf_damaged"


@pytest.mark.parametrize("generation", [65535, 70_000])
def test_object_of_a_generation_that_readers_differ_on_is_refused(generation: int) -> None:
    written = a_document()
    written.add(3, EVIL)
    listed = rows(written)
    listed[3] = a_row(written.places[3], b"n", generation)
    assert problems(table_of(written, b"".join(listed)))[0][0] == "pdf_damaged"


@pytest.mark.parametrize("number", [100_000, 4_000_000])
def test_object_of_a_number_that_some_readers_leave_out_is_refused(number: int) -> None:
    written = a_document()
    place = hidden(written, number, EVIL)
    content = table_of(written, b"".join(rows(written)) + b"%d 1\n" % number + a_row(place))
    assert "anotado de un modo" in told(content.replace(b"/Size 6", b"/Size %d" % (number + 1)))


def test_object_beyond_the_end_is_refused() -> None:
    written = a_document()
    for place in (len(written.file) + 9000, 2**62):
        listed = rows(written)
        listed[3] = b"%020d 00000 n \n" % place
        assert problems(table_of(written, b"".join(listed)))[0][0] == "pdf_damaged"


@pytest.mark.parametrize("previous", [99_999, 10**17])
def test_section_beyond_the_end_is_refused(previous: int) -> None:
    content = a_document().end_with_table(b"/Prev %d" % previous)
    assert "termina antes" in told(content)


def test_older_version_that_lies_behind_the_newest_is_refused() -> None:
    written = a_document()
    newest = written.places[5]
    start = hidden(written, 5, PAGE[:-2] + b"/Rotate 90 >>")
    older = len(written.file)
    written.file += b"xref\n5 1\n%btrailer\n<< /Root 1 0 R /Size 6 >>\n" % a_row(start)
    written.places[5] = newest
    assert "versión anterior después de la última" in told(written.end_with_table(b"/Prev %d" % older))


def test_word_that_only_ends_like_startxref_is_none() -> None:
    content = a_document().end_with_table()
    assert problems(content.replace(b"\nstartxref", b"xstartxref"))[0][0] == "pdf_damaged"


def test_linearized_document_whose_ends_lead_to_two_documents_is_refused() -> None:
    whole = a_pdf(linearize=True)
    accept(whole)
    written = a_document()
    first = b"%PDF-1.7\n"
    body = bytes(written.end_with_table())[len(first) :]
    head = b"9 0 obj\n<< /Linearized 1 /L LLLLLLLLLL /H [0 0] /O 5 /E 0 /N 1 /T 0 >>\nendobj\n"
    moved = re.sub(rb"(\d{10}) 00000 n", lambda one: b"%010d 00000 n" % (int(one[1]) + len(head)), body)
    moved = re.sub(rb"startxref\n(\d+)", lambda one: b"startxref\n%d" % (int(one[1]) + len(head)), moved)
    moved = moved.replace(b"trailer", b"9 1\n%010d 00000 n \ntrailer" % len(first)).replace(b"/Size 6", b"/Size 10")
    size = len(first) + len(head) + len(moved)
    content = first + head.replace(b"L" * 10, b"%010d" % size) + moved
    assert "empieza por una tabla" in problems(content)[0][1]
    accept(first + head.replace(b"L" * 10, b"%010d" % (size + 1)) + moved)


@pytest.mark.parametrize("content", [LIBREOFFICE, SIGNED, *((FIXTURES / "pdf").glob("*.pdf"))])
def test_documents_of_real_programs_list_all_they_have(content: object) -> None:
    accept(content if isinstance(content, bytes) else content.read_bytes())  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", list(ObjectStreamMode))
@pytest.mark.parametrize("linearize", [False, True])
def test_documents_written_in_any_way_list_all_they_have(mode: ObjectStreamMode, linearize: bool) -> None:
    accept(a_pdf(lambda pdf: pdf.add_blank_page(), object_stream_mode=mode, linearize=linearize))


@pytest.mark.parametrize("generation", [65535, 65534])
def test_generation_that_a_stream_gives_is_looked_at_as_in_a_table(generation: int) -> None:
    written = a_document()
    written.add(3, b"<< /Anything 1 >>")
    written.file = bytearray(bytes(written.file).replace(b"3 0 obj", b"3 %d obj" % generation))
    start = len(written.file)
    places = {**{n: (p, 0) for n, p in written.places.items() if n < 3}, 3: (written.places[3], generation)}
    places |= {4: (written.places[4], 0), 5: (written.places[5], 0)}
    shift = len(str(generation)) - 1
    places[6] = (start, 0)
    rows_ = b"".join(
        b"\x01" + (place + (shift if place > written.places[3] and n != 6 else 0)).to_bytes(4) + one.to_bytes(2)
        for n, (place, one) in sorted(places.items())
    )
    rest = b"/Type /XRef /Size 7 /Index [1 6] /W [1 4 2] /Root 1 0 R /Filter /FlateDecode"
    written.file += b"6 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (a_stream(zlib.compress(rows_), rest), start)
    if generation == 65535:
        assert "una generación que no existe" in told(bytes(written.file))
    else:
        accept(bytes(written.file))
