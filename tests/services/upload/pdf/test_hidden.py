"""What one reader finds and another does not: hidden by an odd writing, and found all the same."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import pytest
from pikepdf import ObjectStreamMode

from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written, a_stream
from tests.services.upload.pdf.test_ends import added_to
from tests.services.upload.pdf.test_fuzzed import verdict_in_time
from tests.services.upload.pdf.test_inspect_pdf import a_pdf
from tests.services.upload.pdf.test_protection import protected


def an_archive() -> tuple[bytes, int]:
    """Return an archive and where its central directory begins."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("evil.exe", b"MZ")
    content = target.getvalue()
    return content, content.index(b"PK\x01\x02")


def large_end(directory: int, size: int) -> bytes:
    """Return the end of an archive of the large kind: its record, the locator, and the record that points to them."""
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, directory)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, directory + size, 1)
    return record + locator + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 1, 2**32 - 1, 0)


def with_an_archive(*, is_large: bool, gap: bytes = b"") -> bytes:
    archive, directory = an_archive()
    size = archive.index(b"PK\x05\x06") - directory
    written = Written()
    start = len(written.file) + len(b"9 0 obj\n<<  /Length 999 >>\nstream\n")
    kept = archive[: directory + size] + gap
    end = (
        large_end(start + directory, size)
        if is_large
        else struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, size, start + directory, 0)
    )
    data = kept + end
    written.add(9, b"<<  /Length %d >>\nstream\n%b\nendstream" % (len(data), data))
    return written.end_with_table()


@pytest.mark.parametrize(("is_large", "gap"), [(False, b""), (True, b""), (False, b"x" * 40)])
def test_archive_that_an_unzip_program_finds_is_told(is_large: bool, gap: bytes) -> None:
    ((code, detail),) = problems(with_an_archive(is_large=is_large, gap=gap))
    assert (code, "ZIP" in detail) == ("pdf_trailing_data", True)


@pytest.mark.parametrize("piece", [b"%" + b"A" * 500 + b"\n", b"%abcdef\n", b"MZabc\n%%EOF\n"])
def test_many_short_pieces_between_two_ends_are_as_foreign_as_a_long_one(piece: bytes) -> None:
    accept(added_to(piece * 4))
    ((code, detail),) = problems(added_to(piece * (6000 // len(piece) * 2)))
    assert (code, "bytes ajenos entre dos finales" in detail) == ("pdf_trailing_data", True)


@pytest.mark.deep
@pytest.mark.parametrize("filler", [b"0 " * 700_000, b"1 0 R " * 250_000])
@pytest.mark.parametrize("is_page", [False, True])
def test_objects_that_all_run_to_one_distant_end_are_not_read_again_for_each(filler: bytes, is_page: bool) -> None:
    numbers = range(10, 60)
    written = Written(numbers if is_page else [3])
    for number in numbers:
        written.places[number] = len(written.file)
        written.file += b"%d 0 obj\n%b\n" % (number, PAGE if is_page else b"<< /Q 1 >>")
    written.file += b"%" + filler + b"\n7 0 obj\n1\nendobj\n" if is_page else b"7 0 obj [" + filler + b"]\nendobj\n"
    verdict_in_time(written.end_with_table())


ACTION = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def with_packed(header: bytes, texts: bytes, table: dict[int, tuple[int, int]]) -> bytes:
    """Return a document with an object stream of this header, whose objects are listed by number: stream, position."""
    written = Written()
    data = header + texts
    entries = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(header.split()) // 2, len(header))
    written.add(20, a_stream(zlib.compress(data), entries))
    start = len(written.file)
    written.places[21] = start
    rows = b""
    for number in range(22):
        if number in table:
            rows += b"\x02%b%b" % (table[number][0].to_bytes(4, "big"), bytes([table[number][1]]))
        else:
            place = written.places.get(number)
            rows += b"\x01%b\x00" % place.to_bytes(4, "big") if place else bytes(6)
    rest = b"/Type /XRef /Size 22 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode"
    section = a_stream(zlib.compress(rows), rest)
    return bytes(written.file) + b"21 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (section, start)


@pytest.mark.parametrize(
    ("header", "table"),
    [
        (b"7 0 7 4 ", {7: (20, 0)}),
        (b"7 0 7 4 ", {7: (20, 1)}),
        (b"7 0 8 4 ", {7: (20, 1), 8: (20, 0)}),
        (b"7 0 8 4 ", {7: (20, 0), 8: (20, 5)}),
        (b"7 0 x 4 ", {7: (20, 0)}),
    ],
)
def test_object_stream_that_says_other_than_the_table_is_told(header: bytes, table: dict[int, tuple[int, int]]) -> None:
    accept(with_packed(b"7 0 8 4 ", b"<<>>[ ]", {7: (20, 0), 8: (20, 1)}))
    ((code, detail),) = problems(with_packed(header, b"<<>>[ ]", table))
    assert (code, "objeto 20" in detail) == ("pdf_damaged", True)


REFERENCES = [b"9 1 R", b"9  1\nR", b"9 1%0 \rR", b"9 %" + b"c" * 600 + b"\n1 R", b"(endobj) /Y 9 1 R", b"[ 9 01 R]"]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("is_packed", [False, True])
def test_reference_that_only_some_readers_follow_is_told(reference: bytes, is_packed: bool) -> None:
    for is_right in (True, False):
        written = Written()
        written.add(9, b"<< /S /GoTo >>")
        content = b"<< /Next %b >>" % (reference if not is_right else b"9 0 R /T (9 1 R)")
        if is_packed:
            written.add_packed(11, content)
        else:
            written.add(11, content)
        whole = written.end() if is_packed else written.end_with_table()
        if is_right:
            accept(whole)
        else:
            ((code, detail),) = problems(whole)
            assert (code, "objeto 11" in detail.lower()) == ("pdf_damaged", True)


def test_object_of_a_generation_that_a_reference_does_not_name_is_told() -> None:
    written = Written()
    written.add(8, b"<< /Next 9 0 R >>")
    written.add(9, b"<< >>")
    content = written.end_with_table().replace(b"9 0 obj", b"9 1 obj")
    row = b"%010d 0000%%d n" % written.places[9]
    changed = content.replace(row % 0, row % 1)
    ((code, detail),) = problems(changed)
    assert (code, "objeto 8" in detail.lower()) == ("pdf_damaged", True)
    accept(changed.replace(b"/Next 9 0 R", b"/Next 9 1 R"))


@pytest.mark.parametrize("generation", [65_535, 65_536, 99_999])
def test_object_that_the_parser_passes_over_for_its_generation_is_told(generation: int) -> None:
    written = Written()
    written.add(9, ACTION)
    written.file = bytearray(bytes(written.file).replace(b"9 0 obj", b"9 %d obj" % generation))
    row = b"%010d " % written.places[9]
    content = written.end_with_table().replace(row + b"00000", row + b"%05d" % generation)
    ((code, detail),) = problems(content)
    assert (code, "generación" in detail) == ("pdf_damaged", True)


@pytest.mark.parametrize("mode", [ObjectStreamMode.disable, ObjectStreamMode.generate])
def test_encryption_that_a_later_decoy_replaces_in_part_is_told(mode: ObjectStreamMode) -> None:
    denied = a_pdf(encryption=protected(6, aes=True, accessibility=False), object_stream_mode=mode)
    allowed = a_pdf(encryption=protected(6, aes=True), object_stream_mode=mode)
    head = re.search(rb"/Encrypt (\d+) 0 R", denied)
    other = re.search(rb"/Encrypt (\d+) 0 R", allowed)
    assert head
    assert other
    start = allowed.rindex(b"\n%b 0 obj" % other[1])
    decoy = allowed[start : allowed.index(b"endobj", start) + 7].replace(other[1], head[1], 1)
    place = denied.rindex(b"startxref")
    ((code, _),) = problems(denied[:place] + decoy + denied[place:])
    assert code == "pdf_damaged"
