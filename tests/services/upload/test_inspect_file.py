from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.upload import PDF
from chalicelib.services.upload.inspect_file import inspect_file
from tests.services.upload.inspecting import FIXTURES, a_declaration, accept, refusal

PDF_PATH = FIXTURES / "pdf" / "libreoffice.pdf"
TEXT = "text/plain"


def test_file_on_disk_is_inspected_like_one_in_memory() -> None:
    inspect_file(PDF_PATH, a_declaration(PDF_PATH.read_bytes()), role=FileRole.MAIN)


def test_text_is_no_main_document() -> None:
    with pytest.raises(InvalidInput) as refused:
        inspect_file(b"hola", a_declaration(b"hola", TEXT), role=FileRole.MAIN, field="files.0")
    assert (refused.value.code, refused.value.field) == ("media_type_not_allowed", "files.0.media_type")


@pytest.mark.parametrize(
    ("declared", "code"), [({"size": 5}, "file_size_mismatch"), ({"sha256": "0" * 64}, "file_hash_mismatch")]
)
@pytest.mark.parametrize("on_disk", [True, False])
def test_other_bytes_than_declared_are_refused(
    declared: dict[str, str | int], code: str, on_disk: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"hola")
    with pytest.raises(InvalidInput) as refused:
        inspect_file(path if on_disk else b"hola", a_declaration(b"hola", TEXT, **declared), role=FileRole.ANNEX)
    assert refused.value.code == code


def test_refusal_names_the_file_in_the_input() -> None:
    with pytest.raises(InvalidInput) as refused:
        inspect_file(b"hola", a_declaration(b"hola", PDF), role=FileRole.MAIN, field="main")
    assert (refused.value.code, refused.value.field) == ("file_type_mismatch", "main")


@pytest.mark.parametrize("content", ["Año 2026\r\n\tuno; dos\f", "\ufeffcon marca\n", "ñ" * 1_500_000, "\U0001f4c4"])
@pytest.mark.parametrize("media_type", [TEXT, "text/csv"])
def test_utf8_text_passes(content: str, media_type: str) -> None:
    accept(content.encode(), media_type)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Año".encode("latin-1"), "text_not_utf8"),
        ("Año".encode("utf-16"), "text_not_utf8"),
        ("Añ".encode()[:-1], "text_not_utf8"),
        (b"MZ\x00\x01", "text_control_characters"),
        (b"\x1b[2J", "text_control_characters"),
        ("a\u202etxt".encode(), "text_control_characters"),
        ("a\u0085".encode(), "text_control_characters"),
    ],
)
def test_text_that_hides_something_is_refused(content: bytes, code: str) -> None:
    assert refusal(content, TEXT) == code


def test_heavy_libraries_stay_unloaded_until_a_file_needs_them() -> None:
    module = "chalicelib.services.upload.inspect_file"
    script = f"import sys, {module}; sys.exit(bool({{'pikepdf', 'PIL', 'lxml'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603
