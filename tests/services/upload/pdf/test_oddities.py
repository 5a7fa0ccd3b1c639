"""A made file for each oddity that is tolerated: accepted with it, whatever the parser remarks."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from chalicelib.services.upload.pdf.oddities import TOLERATED
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import CATALOG, PAGE, Written, a_stream

DRAWN = PAGE[:-2] + b"/Contents 4 0 R >>"


def a_document(page: bytes = DRAWN, catalog: bytes = CATALOG) -> Written:
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    written.add(5, page)
    if catalog is not CATALOG:
        written.add(1, catalog)
    return written


def offset_zero() -> bytes:
    written = a_document()
    return written.end_with_table(places=written.places | {6: 0})


def xref_stream_unlisted() -> bytes:
    written = a_document()
    number, start = 6, len(written.file)
    rows = b"".join(b"\x01" + written.places.get(one, 0).to_bytes(4, "big") + b"\x00" for one in range(1, number))
    rest = b"/Type /XRef /Size 7 /Index [1 5] /W [1 4 1] /Root 1 0 R /Filter /FlateDecode"
    rows = rows.replace(b"\x01\x00\x00\x00\x00\x00", bytes(6))
    written.file += b"6 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (a_stream(zlib.compress(rows), rest), start)
    return bytes(written.file)


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        whole = a_document().end_with_table()
        assert old in whole
        return whole.replace(old, new)

    return make


def no_endobj() -> bytes:
    written = a_document()
    written.file = bytearray(bytes(written.file).replace(b"\nendobj\n5 0", b"\n       5 0"))
    return written.end_with_table()


def page_listed_twice() -> bytes:
    written = a_document()
    written.add(2, b"<< /Type /Pages /Kids [5 0 R 5 0 R] /Count 2 >>")
    return written.end_with_table()


def checksum_cut_off() -> bytes:
    written = a_document()
    written.add(4, a_stream(zlib.compress(b"q Q " * 50)[:-3]))
    flushing = zlib.compressobj()
    data = flushing.compress(b"q Q " * 50) + flushing.flush(zlib.Z_SYNC_FLUSH)
    written.add(6, a_stream(data))
    written.add(5, PAGE[:-2] + b"/Contents [4 0 R 6 0 R] >>")
    return written.end_with_table()


MADE: dict[str, Callable[[], bytes]] = {
    "offset_zero": offset_zero,
    "xref_stream_unlisted": xref_stream_unlisted,
    "size_wrong": replaced(b"/Size 6", b"/Size 5"),
    "no_resources": lambda: a_document(DRAWN.replace(b"/Resources << >>", b"")).end_with_table(),
    "no_media_box": lambda: a_document(DRAWN.replace(b"/MediaBox [0 0 9 9]", b"")).end_with_table(),
    "blank_before_xref": replaced(b"\nxref\n", b"\n\nxref\n"),
    "no_type": lambda: a_document(
        DRAWN.replace(b"/Type /Page ", b""), CATALOG.replace(b"/Type /Catalog ", b"")
    ).end_with_table(),
    "padding_after_end": lambda: a_document().end_with_table() + b"\r\n" + bytes(20_480),
    "no_endobj": no_endobj,
    "hash_in_name": lambda: a_document(DRAWN[:-2] + b"/A#1 1 /B# 2 >>").end_with_table(),
    "page_listed_twice": page_listed_twice,
    "duplicate_key": lambda: a_document(DRAWN[:-2] + b"/Rotate 0 /Rotate 90 >>").end_with_table(),
    "checksum_cut_off": checksum_cut_off,
}


def test_every_row_has_a_file() -> None:
    assert sorted(MADE) == sorted(oddity.name for oddity in TOLERATED)


@pytest.mark.parametrize("name", MADE)
def test_file_with_the_oddity_is_accepted(name: str) -> None:
    accept(MADE[name]())


REMARKED = sorted(set(MADE) - {"padding_after_end", "checksum_cut_off"})


@pytest.mark.parametrize("name", REMARKED)
def test_the_parser_remarks_on_it_so_that_a_verdict_of_its_own_would_refuse_it(name: str) -> None:
    with pikepdf.open(io.BytesIO(MADE[name]()), attempt_recovery=False, inherit_page_attributes=False) as pdf:
        assert [*pdf.objects, *pdf.pages]
        assert pdf.get_warnings()


def test_twenty_thousand_oddities_are_no_other_than_one() -> None:
    written = a_document()
    accept(written.end_with_table(places=written.places | dict.fromkeys(range(6, 3000), 0)))


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (DRAWN[:-2] + b"/X [1 2 >>", "página"),
        (DRAWN[:-2] + b"/X @1@ >>", "objeto 5"),
        (DRAWN[:-2] + b"/X <0x> >>", "objeto 5"),
        (DRAWN[:-2] + b"/X } >>", "objeto 5"),
        (DRAWN[:-2] + b"/X", "página"),
        (b"", "página"),
    ],
)
def test_object_that_a_page_is_and_nobody_can_read_whole_is_told(page: bytes, told: str) -> None:
    found = problems(a_document(page).end_with_table())
    assert found[0][0] == "pdf_damaged"
    assert told in found[0][1].lower()


@pytest.mark.parametrize("key", [b"/Contents", b"/Annots", b"/AA"])
def test_two_values_for_what_decides_are_told(key: bytes) -> None:
    twice = DRAWN[:-2] + key + b" 7 0 R " + key + b" 4 0 R >>"
    found = problems(a_document(twice).end_with_table())
    assert [code for code, _ in found if code != "pdf_active_content"] == ["pdf_damaged"]
    assert key.decode() in found[-1][1]


def test_action_that_one_reader_sees_and_another_does_not_is_refused() -> None:
    link = b"<< /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (a.exe) >> /A << /S /URI /URI (http://a) >> >>"
    for is_packed in (False, True):
        written = Written([5])
        written.add(4, a_stream(b"q Q", b""))
        written.add(5, DRAWN[:-2] + b"/Annots [7 0 R] >>")
        if is_packed:
            written.add_packed(7, link)
        else:
            written.add(7, link)
        assert problems(written.end() if is_packed else written.end_with_table())[0][0] == "pdf_damaged"


@pytest.mark.parametrize("annotations", [b"[7 0 R]", b"7%c\n0 R", b"7 %" + b"c" * 5000 + b"\r0 R", b"[]"])
def test_object_that_is_not_where_the_file_says_is_told_however_it_is_referred_to(annotations: bytes) -> None:
    written = a_document(DRAWN[:-2] + b"/Annots %b >>" % annotations)
    written.add(7, b"<< /Type /Annot /Subtype /Link /A << /S /Launch /F (a.exe) >> >>")
    found = problems(written.end_with_table(places=written.places | {7: written.places[7] + 3}))
    assert found[0][0] == "pdf_damaged"
    assert "objeto 7" in found[0][1]


def test_very_many_broken_objects_hide_none() -> None:
    written = a_document()
    for number in range(6, 1300):
        written.add(number, b"<< /A 1 /A 2 >>" if number < 1200 else b"<< /X 1 /X 2 >>")
    found = problems(written.end_with_table())
    assert found[0][0] == "pdf_damaged"
    assert "objetos tienen errores" in " ".join(detail for _, detail in found)


TWICE = {
    "/WC": b"/AA << /WC << /S /JavaScript /JS (a) >> /WC << /S /GoTo /D [3 0 R /Fit] >> >>",
    "/DP": b"/AA << /DP 5 0 R /DP 4 0 R >>",
    "/XObject": b"/Resources << /XObject << /X 5 0 R >> /XObject << /X 4 0 R >> >>",
    "/X1": b"/Resources << /XObject << /X1 5 0 R /X1 4 0 R >> >>",
}


@pytest.mark.parametrize("name", TWICE)
def test_trigger_or_drawing_that_is_given_twice_is_refused(name: str) -> None:
    told = [detail for _, detail in problems(a_document(DRAWN[:-2] + TWICE[name] + b">>").end_with_table())]
    assert [one for one in told if "da dos valores distintos a " in one and f"{name}, y los lectores" in one]


def test_name_that_some_readers_cut_at_a_nul_is_refused_if_it_decides() -> None:
    acting = DRAWN[:-2] + b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S#00 /Launch /F#00 (a.exe) >> >>] >>"
    ((code, detail),) = problems(a_document(acting).end_with_table())
    assert (code, "El objeto 5 escribe el nombre /F, /S con un carácter nulo" in detail) == ("pdf_damaged", True)
    accept(a_document(DRAWN[:-2] + b"/B#00C 1 >>").end_with_table())


def test_two_places_of_what_is_not_shown_pass() -> None:
    font = b"<< /Type /Font /ToUnicode 4 0 R /ToUnicode 5 0 R >>"
    written = a_document(PAGE.replace(b"/Resources << >>", b"/Resources << /Font << /F1 7 0 R >> >>"))
    written.add(7, font)
    accept(written.end_with_table())
    written.add(7, font.replace(b"/ToUnicode", b"/FontDescriptor"))
    assert "/FontDescriptor" in problems(written.end_with_table())[0][1]
