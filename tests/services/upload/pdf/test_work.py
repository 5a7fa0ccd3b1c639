"""What a small PDF may cost: processor time, and objects that are made of its words."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf import budget, sections, words
from chalicelib.services.upload.pdf.inspect_pdf import inspect_pdf
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, refusal
from tests.services.upload.pdf.bombs import PAGE, Written, a_stream

INLINE = 4 * 1024 * 1024


def quick_refusal(bomb: bytes, seconds: float = 5) -> str:
    assert len(bomb) <= INLINE + 2000
    with cpu_within(seconds):
        return refusal(bomb)


def linked(count: int, entries: int, *, by_reference: bool) -> bytes:
    written = Written()
    for number in range(count):
        previous = b"/Prev %d" % written.sections[-1] if number else b""
        if by_reference and number:
            previous = b"/Prev %d 0 R" % (9 + number)
        written.add_section(2000 + number, entries, previous)
    last = b"/Prev %d" % written.sections[-1]
    if by_reference:
        for number, place in enumerate(written.sections):
            written.add(10 + number, b"%d" % place)
        last = b"/Prev %d 0 R" % (9 + count)
    return written.end(last)


def with_arrays(count: int, inside: bytes) -> bytes:
    written = Written()
    for number in range(count):
        written.add_packed(11 + 2 * number, b"[" + inside + b"]")
    return written.end()


def test_sections_that_are_linked_by_reference_are_not_followed() -> None:
    assert quick_refusal(linked(200, 8_000_000, by_reference=True)) == "pdf_damaged"


def test_sections_are_bounded_by_what_they_unpack_to() -> None:
    assert quick_refusal(linked(150, 7_900_000, by_reference=False)) == "pdf_too_complex"


def test_a_document_that_was_added_to_often_passes() -> None:
    written = Written()
    previous = b""
    for _ in range(200):
        start = len(written.file)
        written.file += written.end_with_table(previous)[start:]
        previous = b"/Prev %d" % start
    accept(written.end_with_table(previous))


def test_a_section_beside_the_trailer_is_counted_each_time() -> None:
    written = Written()
    written.add_section(9, 1_000_000, b"")
    beside = b"/XRefStm %d" % written.sections[0]
    previous = b""
    for _ in range(60):
        start = len(written.file)
        written.file += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 9 %b %b >>\n" % (
            beside,
            previous,
        )
        previous = b"/Prev %d" % start
    assert quick_refusal(written.end_with_table(beside + previous)) == "pdf_too_complex"


def test_a_table_with_a_section_beside_it_passes() -> None:
    written = Written()
    written.add_section(4, 4, b"")
    written.places[4] = written.sections[0]
    accept(written.end_with_table(b"/XRefStm %d" % written.sections[0]))


@pytest.mark.parametrize(
    "again",
    [
        b"/Prev 20 /Prev 30",
        b"/Root 1 0 R /Root 2 0 R",
        b"/#50rev 20 /Prev 30",
        b"/Prev (9)",
        b"/Prev -1",
        b"/Prev 9 0 R",
    ],
)
def test_a_link_that_could_be_read_otherwise_is_refused(again: bytes) -> None:
    content = Written().end_with_table(again)
    with pytest.raises(InvalidInput, match="pdf_damaged"):
        sections.follow_sections(io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    "more",
    [
        b"",
        b"/ID [<00ff> (a\\)(b))] % /Prev 7\n /Info null",
        b"/X << /Prev 4 0 R /Y [/Prev 1 0 R] >>",
        b"/Prev null",
        b"/Prev 0",
    ],
)
def test_a_trailer_is_read_as_it_is_meant(more: bytes) -> None:
    accept(Written().end_with_table(more))


def test_a_size_without_end_is_refused() -> None:
    section = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 99999999 >>\nstartxref\n0\n%%EOF\n"
    content = b"\n" * 9 + section.replace(b"\n0\n%", b"\n9\n%")
    with pytest.raises(InvalidInput, match="pdf_too_complex"):
        sections.follow_sections(io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    ("count", "inside"), [(5, b"<<>>" * 995_000), (5, b"<</S/x>>" * 499_000), (5, b"[]" * 600_000)]
)
def test_containers_count_though_they_are_empty(count: int, inside: bytes) -> None:
    assert quick_refusal(with_arrays(count, inside), 2) == "pdf_too_complex"


@pytest.mark.parametrize("inside", [b"<<>>" * 300_000, b"[]" * 300_000, b"<</S/x>>" * 170_000])
def test_entries_are_counted_where_words_are_few_enough(inside: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_ENTRIES", 300_000)
    assert quick_refusal(with_arrays(1, inside), 2) == "pdf_too_complex"


def test_words_beyond_the_bound_are_not_unpacked_by_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_WORDS", 1_500_000)
    pages = [11, 13, 15, 17]
    written = Written(pages)
    for number in pages:
        written.add_packed(number, PAGE[:-2] + b"/X [[" + b"/" * 900_000 + b"][" + b"/" * 900_000 + b"]] >>")
    bomb = written.end()
    data = {written.file.index(b"stream\n", written.places[number - 1]) + 7 for number in pages}

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if size and 1000 < size < 9000 and self.tell() in data:
                read.append(self.tell())
            return super().read(size)

    read: list[int] = []
    with pytest.raises(InvalidInput, match="pdf_too_complex"):
        inspect_pdf(Watched(bomb))
    assert len(read) == 1


@pytest.mark.parametrize(
    "entries",
    [
        b"/Filter [/FlateDecode /FlateDecode]",
        b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 20 >>",
        b"/Filter /FlateDecode /DecodeParms 2 0 R",
        b"/Filter /LZWDecode",
        b"/Filter 2 0 R",
    ],
)
def test_object_streams_are_not_packed_in_ways_that_hide_words(entries: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_WORDS", 20_000)
    written = Written([11])
    written.add_packed(11, PAGE[:-2] + b"/X (" + b"x" * 40_000 + b") >>", entries)
    assert refusal(written.end()) == "pdf_too_complex"


@pytest.mark.parametrize(
    "entries", [b"/Filter [ /FlateDecode ]", b"/Filter/Fl", b"", b"/Filter /FlateDecode /DecodeParms null"]
)
def test_object_streams_packed_in_other_words_pass(entries: bytes) -> None:
    written = Written([11])
    written.add_packed(11, PAGE, entries)
    accept(written.end())


def test_lists_of_page_contents_are_bounded() -> None:
    pages = range(11, 31, 2)
    for references in (990_000, 100_000):
        written = Written(pages)
        written.add(4, a_stream(b"q", b""))
        for number in pages:
            written.add_packed(number, PAGE[:-2] + b"/Contents [" + b"4 0 R " * references + b"] >>")
        assert quick_refusal(written.end(), 4) == "pdf_too_complex"


@pytest.mark.parametrize("inside", [b"/", b"[]", b"<<>>", b"1 ", b"<</S/x>>"])
def test_one_object_as_large_as_the_file_is_not_understood_whole(inside: bytes) -> None:
    written = Written()
    part = b"[" + inside * (400_000 // len(inside)) + b"]"
    written.add(4, b"[" + part * (4_000_000 // len(part)) + b"]")
    assert quick_refusal(written.end_with_table(), 3) == "pdf_too_complex"


def test_objects_that_share_one_text_count_each_time() -> None:
    written = Written()
    start = len(written.file)
    heads = [b"%d 0 obj %%" % number for number in range(4, 1004)]
    places = dict(written.places)
    at = start
    for number, head in enumerate(heads, 4):
        places[number] = at
        at += len(head)
    written.file += b"".join(heads) + b"\n[" + b"/x" * 20_000 + b"]\nendobj\n"
    assert quick_refusal(written.end_with_table(places=places), 3) == "pdf_too_complex"


def test_a_large_file_may_say_more() -> None:
    assert words.most(500_000, 2_000_000, INLINE, 9) == 500_000
    assert 500_000 < words.most(500_000, 2_000_000, 2 * INLINE, 9) < 2_000_000
    assert words.most(500_000, 2_000_000, 100 * INLINE, 9) == 2_000_000
    assert words.most(500_000, 2_000_000, 1000, 9) == 2009


@pytest.mark.parametrize("inside", [b"<</EF<<>>/AA<</O<<>>>>>>", b"<</EF<<>>>>", b"<</AA<<>>>>", b"<<>>"])
def test_a_small_file_costs_little_however_much_it_stands_for(inside: bytes) -> None:
    written = Written()
    for number in (11, 13):
        written.add_packed(number, b"[" + inside * 60_000 + b"]")
    bomb = written.end()
    assert len(bomb) < 20_000
    assert quick_refusal(bomb, 0.7) == "pdf_too_complex"


def drawn(data: bytes, entries: bytes) -> bytes:
    written = Written([5])
    written.add(4, a_stream(data, entries))
    written.add(5, PAGE[:-2] + b"/Contents 4 0 R >>")
    return written.end_with_table()


FILTERS = [b"/FlateDecode", b"/Fl", b"[/FlateDecode]", b"[ /Fl ]", b"[/FlateDecode /FlateDecode]"]


@pytest.mark.parametrize("given", FILTERS)
def test_contents_are_bounded_however_their_packing_is_named(given: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_UNPACKED", 4 * 1024 * 1024)
    times = given.count(b"/Fl")
    packed, whole = packed_zeros(6 * 1024 * 1024, times), packed_zeros(9_000, times)
    assert refusal(drawn(packed, b"/Filter " + given)) == "pdf_too_complex"
    accept(drawn(whole, b"/Filter " + given))


@pytest.mark.parametrize("given", FILTERS)
@pytest.mark.parametrize("change", [lambda data: data[:-6], lambda data: data[:9] + b"\xff" * 9 + data[18:]])
def test_contents_that_are_cut_off_or_changed_are_damaged(given: bytes, change: Callable[[bytes], bytes]) -> None:
    data = packed_zeros(9_000, given.count(b"/Fl"))
    assert refusal(drawn(change(data), b"/Filter " + given)) == "pdf_damaged"


def test_page_without_any_data_passes() -> None:
    accept(drawn(b"", b"/Filter /FlateDecode"))


def packed_zeros(size: int, times: int) -> bytes:
    data = bytes(size)
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data
