from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.upload.filename import check_filename, extension


@pytest.mark.parametrize("filename", ["a.pdf", "Resolución N° 15-2026 (final).pdf", "ñandú 文.PDF", "x" * 196 + ".pdf"])
def test_plain_name_passes(filename: str) -> None:
    check_filename(filename)


@pytest.mark.parametrize(
    "filename",
    [
        "",
        "x" * 197 + ".pdf",
        "a/b.pdf",
        "..\\b.pdf",
        "../b.pdf",
        ".oculto.pdf",
        "a\n.pdf",
        "a\x00.pdf",
        "a\u202efdp.exe",
        "a\u2066.pdf",
        "a\u200b.pdf",
        "a\ud800.pdf",
        "a\u2028.pdf",
        " a.pdf",
        "a.pdf ",
        "sin extension",
        "punto.",
    ],
)
def test_name_that_misleads_or_escapes_is_refused(filename: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_filename(filename, field="files.0.filename")
    assert (refused.value.code, refused.value.field) == ("filename_invalid", "files.0.filename")


def test_extension_is_what_follows_the_last_dot_in_lower_case() -> None:
    assert [extension(name) for name in ("a.tar.GZ", "a", "a.")] == ["gz", "", ""]
