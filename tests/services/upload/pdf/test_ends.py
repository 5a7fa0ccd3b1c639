"""One document from the first byte to the last, and nothing between its parts."""

from __future__ import annotations

import pytest

from tests.services.upload.inspecting import FIXTURES, accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written, a_stream

SIGNED = (FIXTURES / "pdf" / "signed-twice.pdf").read_bytes()


def added_to(between: bytes, *, before_end: bytes = b"") -> bytes:
    """Return a document that was added to, with more bytes after its first end."""
    written = Written([5])
    written.add(4, a_stream(b"q (%%EOF) Tj Q endobj", b""))
    written.add(5, PAGE[:-2] + b"/Contents 4 0 R >>")
    first = written.end_with_table()
    previous = int(first.rpartition(b"startxref")[2].split()[0])
    written.file = bytearray(first + between)
    written.add(5, PAGE[:-2] + b"/Contents 4 0 R /Rotate 90 >>")
    written.file += before_end
    return written.end_with_table(b"/Prev %d" % previous)


@pytest.mark.parametrize(
    "between", [b"", b"\n", b"\r\n\r\n", bytes(2000), b"%comentario de un programa\n", b"\n%%EOF\n", b"    "]
)
def test_document_that_was_added_to_passes(between: bytes) -> None:
    accept(added_to(between))


@pytest.mark.parametrize(
    "foreign",
    [
        b"MZ" + b"\x90" * 500 + b"\n",
        b"<html><script>x</script></html>\n",
        b"PK\x03\x04" + b"x" * 100 + b"\n",
        b"%" + b"A" * 2000 + b"\n",
        b"9 0 obj\n<< >>\nendobj\nMZ" + b"\x90" * 100 + b"\n",
        b"\n#!/bin/sh\nrm x\n",
    ],
)
def test_foreign_bytes_between_two_ends_are_told_with_their_number(foreign: bytes) -> None:
    ((code, detail),) = problems(added_to(foreign))
    assert code == "pdf_trailing_data"
    assert "bytes ajenos entre dos finales" in detail


def test_foreign_bytes_after_an_object_of_a_later_part_are_told() -> None:
    ((code, _),) = problems(added_to(b"", before_end=b"MZ" + b"\x90" * 100 + b"\n"))
    assert code == "pdf_trailing_data"


def test_bytes_that_storage_adds_after_the_end_pass_and_others_are_counted() -> None:
    accept(SIGNED + bytes(100_000))
    accept(SIGNED + b" \r\n\t\x00" * 30_000)
    ((code, detail),) = problems(SIGNED + bytes(90_000) + b"x" * 7)
    assert (code, "7 bytes después de su final" in detail) == ("pdf_trailing_data", True)


def test_bytes_before_the_start_are_counted() -> None:
    ((code, detail),) = problems(b"\xef\xbb\xbf" + SIGNED)
    assert (code, "3 bytes antes del inicio" in detail) == ("pdf_not_at_start", True)


@pytest.mark.parametrize("kept", range(5, 100, 5))
def test_document_that_is_cut_off_is_told_so(kept: int) -> None:
    found = problems(SIGNED[: len(SIGNED) * kept // 100])
    assert found[0][0] in {"pdf_damaged", "pdf_trailing_data"}


def test_document_that_is_cut_off_in_what_was_added_last_is_told_so() -> None:
    first = SIGNED.index(b"%%EOF") + 6
    ((code, detail),) = problems(SIGNED[: first + 3000])
    assert (code, "falta el final" in detail) == ("pdf_damaged", True)
