from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.upload import (
    EXTENSIONS,
    MAX_FILE_SIZE,
    PDF,
    ArrivedUpload,
    DeclaredFile,
    check_declared,
    checked_key,
    staging_key,
)


def a_declared(**overrides: str | int) -> DeclaredFile:
    facts: dict[str, str | int] = {"filename": "a.pdf", "media_type": PDF, "sha256": "a" * 64, "size": 1}
    return DeclaredFile(**(facts | overrides))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, MAX_FILE_SIZE])
@pytest.mark.parametrize("role", list(FileRole))
def test_pdf_up_to_100_mb_passes_in_either_role(role: FileRole, size: int) -> None:
    check_declared(a_declared(size=size, filename="A.PDF"), role)


@pytest.mark.parametrize("media_type", list(EXTENSIONS))
def test_annex_passes_with_every_extension_of_its_type(media_type: str) -> None:
    for extension in EXTENSIONS[media_type]:
        check_declared(a_declared(media_type=media_type, filename=f"a.{extension}"), FileRole.ANNEX)


@pytest.mark.parametrize(
    ("overrides", "code", "field"),
    [
        ({"size": 0}, "file_empty", "size"),
        ({"size": -1}, "file_empty", "size"),
        ({"sha256": "A" * 64}, "sha256_invalid", "sha256"),
        ({"sha256": "a" * 63}, "sha256_invalid", "sha256"),
        ({"sha256": "a" * 64 + "\n"}, "sha256_invalid", "sha256"),
        ({"media_type": "application/pdf; a=b"}, "media_type_not_allowed", "media_type"),
        ({"media_type": "image/svg+xml", "filename": "a.svg"}, "media_type_not_allowed", "media_type"),
        ({"media_type": "application/vnd.ms-excel", "filename": "a.xls"}, "media_type_not_allowed", "media_type"),
        ({"filename": "a.pdf.exe"}, "file_extension_mismatch", "filename"),
        ({"filename": "a/b.pdf"}, "filename_invalid", "filename"),
    ],
)
def test_declaration_that_cannot_be_right_is_refused(overrides: dict[str, str | int], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_declared(a_declared(**overrides), FileRole.ANNEX, field="files.3")
    assert (refused.value.code, refused.value.field) == (code, f"files.3.{field}")


def test_more_than_100_mb_is_too_large() -> None:
    with pytest.raises(TooLarge, match="file_too_large"):
        check_declared(a_declared(size=MAX_FILE_SIZE + 1), FileRole.MAIN)


def test_main_document_is_a_pdf() -> None:
    with pytest.raises(InvalidInput, match="media_type_not_allowed"):
        check_declared(a_declared(media_type="image/png", filename="a.png"), FileRole.MAIN)


def test_checked_file_is_filed_under_the_day_it_arrived() -> None:
    arrived = ArrivedUpload(staging_key("i1", "u1"), "i1", a_declared(), "e", datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    assert checked_key(arrived) == "files/2026/03/01/i1/u1"
