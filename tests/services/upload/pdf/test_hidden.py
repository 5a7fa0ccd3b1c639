"""What one reader finds and another does not: hidden by an odd writing, and found all the same."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written
from tests.services.upload.pdf.test_ends import added_to
from tests.services.upload.pdf.test_fuzzed import verdict_in_time


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
