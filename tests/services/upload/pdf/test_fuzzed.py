"""Files that chance found: one large thing that many refer to, which must not be gone through once for each of them."""

from __future__ import annotations

import io
import tracemalloc
import zlib

import pikepdf
import pytest

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import FileFacts
from chalicelib.services.upload.pdf.cipher import decryption_of
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, problems, refusal
from tests.services.upload.pdf.bombs import CATALOG, PAGE, Written, a_stream

SECONDS = 4
LETTERS = b"(" + b"http://a" * 150_000 + b")"
REFERENCES = b"[" + b"9 0 R " * 60_000 + b"]"
FIELDS = b"/AcroForm << /Fields [ %b ] >> "


def verdict_in_time(content: bytes, seconds: float = SECONDS) -> str:
    with cpu_within(seconds):
        try:
            accept(content)
        except CasillaError as refused:
            verdict = refused.code
        else:
            verdict = "accepted"
    return verdict


def a_crowd(entry: bytes, shared: bytes, *, count: int = 4000, catalog: bytes = b"") -> bytes:
    """Return a file with so many dictionaries of one entry, which refers to object 4; the first is object 10."""
    written = Written()
    if catalog:
        written.add(1, CATALOG[:-2] + catalog + b">>")
    written.add(4, shared)
    written.add(9, b"<< /S /GoTo >>")
    for number in range(10, 10 + count):
        written.add(number, b"<< " + entry + b" >>")
    return written.end_with_table()


DEFLATED = a_stream(zlib.compress(b"a" * 2_500_000, 9))


@pytest.mark.deep
@pytest.mark.parametrize(
    ("entry", "shared"),
    [
        (b"/S /URI /URI 4 0 R", LETTERS),
        (b"/S /JavaScript /JS 4 0 R", LETTERS),
        (b"/S /JavaScript /JS 4 0 R", DEFLATED),
        (b"/S /Launch /F 4 0 R", LETTERS),
        (b"/S /Launch /F << /UF 4 0 R >>", LETTERS),
        (b"/A 4 0 R", REFERENCES),
        (b"/Next 4 0 R", REFERENCES),
        (b"/AA 4 0 R", b"<<" + b"".join(b"/a%d 9 0 R " % number for number in range(10_000)) + b">>"),
        (b"/AA << /F << /S /JavaScript /JS 4 0 R >> >>", LETTERS),
        (b"/OpenAction << /S /GoTo /Next 4 0 R >>", REFERENCES),
        (b"/AF 4 0 R", REFERENCES),
        (b"/EF 4 0 R", b"<<" + b"".join(b"/a%d 9 0 R " % number for number in range(10_000)) + b">>"),
        (b"/EF << /F 9 0 R >> /UF 4 0 R", LETTERS),
        (b"/ByteRange 4 0 R /Contents (a)", b"[" + b"0 " * 300_000 + b"]"),
        (b"/Names << /JavaScript << /Names 4 0 R >> >>", REFERENCES),
    ],
)
def test_what_many_refer_to_is_not_gone_through_for_each(entry: bytes, shared: bytes) -> None:
    verdict_in_time(a_crowd(entry, shared))


@pytest.mark.deep
@pytest.mark.parametrize("key", [b"/Filter", b"/DecodeParms"])
def test_lists_of_packings_are_not_gone_through_for_each_stream(key: bytes) -> None:
    written = Written()
    written.add(4, b"[" + (b"/Fl " if key == b"/Filter" else b"<<>> ") * 100_000 + b"]")
    packed = b"" if key == b"/Filter" else b"/Filter /FlateDecode "
    for number in range(10, 4010):
        written.add(number, a_stream(zlib.compress(b"a"), packed + key + b" 4 0 R"))
    verdict_in_time(written.end_with_table())


@pytest.mark.deep
def test_annotations_that_pages_share_are_not_gone_through_for_each() -> None:
    written = Written(range(10, 1510))
    shared = range(2000, 8000)
    written.add(4, b"[" + b" ".join(b"%d 0 R" % number for number in shared) + b"]")
    for number in shared:
        written.add(number, b"<< /Subtype /Link /A << /S /Launch /F (a) >> >>")
    for number in range(10, 1510):
        written.add(number, PAGE[:-2] + b"/Annots 4 0 R >>")
    verdict_in_time(written.end_with_table())


@pytest.mark.deep
def test_fields_below_fields_are_not_gone_through_for_each() -> None:
    field = b"/T (a) /Kids 4 0 R /S /Launch /F (a)"
    listed = FIELDS % b" ".join(b"%d 0 R" % number for number in range(10, 2010))
    file = a_crowd(field, b"[" + b"9 0 R " * 60_000 + b"]", count=2000, catalog=listed)
    assert verdict_in_time(file) == "pdf_active_content"


@pytest.mark.deep
def test_names_of_fields_do_not_grow_with_what_is_above_them() -> None:
    written = Written()
    kids = range(10, 3010)
    written.add(1, CATALOG[:-2] + FIELDS % b"4 0 R" + b">>")
    kids_of = b" ".join(b"%d 0 R" % number for number in kids)
    written.add(4, b"<< /T (" + b"b" * 300_000 + b") /Kids [" + kids_of + b"] >>")
    for number in kids:
        written.add(number, b"<< /T (a) /S /Launch /F (a) >>")
    assert verdict_in_time(written.end_with_table()) == "pdf_active_content"


@pytest.mark.deep
def test_objects_that_nothing_refers_to_are_looked_for_once() -> None:
    written = Written()
    for number in range(10, 1010):
        written.add(number, b"<< /A (a) /A (b) /B zz >>")
    written.add(2000, b"(" + b"a" * 1_500_000 + b")")
    verdict_in_time(written.end_with_table())


@pytest.mark.deep
def test_bytes_before_the_first_end_are_not_searched_once_for_each_gap() -> None:
    written = Written()
    written.file += b"% " + b"\n" + b"xxxxxxxx startxref 1 " * 150_000
    once = written.end_with_table()
    verdict_in_time(once + b"\n%%EOF\n")


@pytest.mark.deep
def test_a_file_that_many_name_is_read_for_one() -> None:
    entry = b"/Type /Filespec /F (a.xml) /AFRelationship /Data /EF << /F 4 0 R >>"
    listed = b"/AF [" + b" ".join(b"%d 0 R" % number for number in range(10, 2010)) + b"]"
    data = b"<a>" + b"<b/>" * 200_000 + b"</a>"
    file = a_crowd(entry, a_stream(data, b""), count=2000, catalog=listed)
    assert verdict_in_time(file) == "pdf_embedded_file"


def signatures(count: int) -> bytes:
    signature = b"/Type /Sig /ByteRange [0 20 900000 9] /Contents <00>"
    return a_crowd(signature, b"<" + b"0" * 1_000_000 + b">", count=count)


def test_signatures_are_few() -> None:
    assert verdict_in_time(signatures(2000)) == "pdf_too_complex"
    assert verdict_in_time(signatures(50)) == "accepted"


def test_a_name_of_a_field_is_told_short() -> None:
    named = a_crowd(
        b"/FT /Sig /T (" + b"a" * 9000 + b") /V << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>",
        b"null",
        count=1,
        catalog=FIELDS % b"10 0 R",
    )
    facts: FileFacts = accept(named)
    assert [len(one.field) <= 300 for one in facts.signatures] == [True]


def test_script_that_is_packed_to_grow_is_not_unpacked_whole() -> None:
    written = Written()
    written.add(4, a_stream(lzw_of_zeros(3_000_000), b"/Filter /LZWDecode"))
    written.add(10, b"<< /S /JavaScript /JS 4 0 R >>")
    tracemalloc.start()
    verdict = verdict_in_time(written.end_with_table())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert verdict != "accepted"
    assert peak < 200 * 1024 * 1024


def lzw_of_zeros(size: int) -> bytes:
    """Return LZW data of the longest runs: the table is built once, then its last code stands again and again."""
    codes = [256, 0, *range(258, 4093)]
    widths, width, known = [], 9, 258
    for code in codes:
        widths.append(width)
        known += code != 256
        width = min(12, max(9, known.bit_length()))
    bits = "".join(f"{code:0{wide}b}" for code, wide in zip(codes, widths, strict=True))
    bits += f"{4092:012b}" * (size * 8 // 12)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


@pytest.mark.parametrize("name", [b"/#00", b"/#1b", b"/a#0ab"])
def test_a_name_in_a_message_is_shown_as_it_can_be(name: bytes) -> None:
    written = Written([5])
    written.add(5, PAGE.replace(b"/Resources << >>", b"/Resources << /Font << " + name + b" 99 0 R >> >>"))
    assert all(detail.isprintable() for _, detail in problems(written.end_with_table()))
    assert refusal(written.end_with_table()) == "pdf_damaged"


@pytest.mark.parametrize(("number", "generation"), [(5, 99_999), (2**24, 0), (9_999_999_999, 65_536)])
@pytest.mark.parametrize("revision", [2, 3, 4])
def test_numbers_beyond_what_a_key_is_made_of_are_cut_as_readers_do(
    number: int, generation: int, revision: int
) -> None:
    target = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    protection = pikepdf.Encryption(owner="o", user="", R=revision, aes=revision > 3, metadata=revision > 3)  # type: ignore[arg-type]
    pdf.save(target, encryption=protection)
    with pikepdf.open(target) as locked:
        decrypt = decryption_of(locked)
        assert decrypt(b"a" * 48, number, generation) == decrypt(b"a" * 48, number % 2**24, generation % 2**16)
        assert decrypt(b"a" * 48, number, generation) != b"a" * 48


@pytest.mark.parametrize("key", [b"/Type", b"/Subtype", b"/S", b"/FT", b"/FS"])
def test_a_name_that_many_share_is_not_read_for_each(key: bytes) -> None:
    name = b"/" + b"a" * 1_500_000
    assert verdict_in_time(a_crowd(key + b" 4 0 R /EF << >>", name, count=8000), 1) == "pdf_too_complex"


def test_a_way_of_packing_that_many_share_is_not_read_for_each() -> None:
    written = Written()
    written.add(4, b"/" + b"a" * 1_500_000)
    for number in range(10, 4010):
        written.add(number, a_stream(b"", b"/Subtype 4 0 R /Filter 4 0 R"))
    assert verdict_in_time(written.end_with_table(), 1) == "pdf_too_complex"
