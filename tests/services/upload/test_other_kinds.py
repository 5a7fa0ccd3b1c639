"""A file of another kind than it was declared as is told what it is, and how to send it."""

from __future__ import annotations

import io
import zipfile

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileRole
from chalicelib.services.upload.inspect_file import inspect_file
from tests.services.upload.inspecting import a_declaration

PDF, PNG, TXT = "application/pdf", "image/png", "text/plain"


def a_word_document() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(20):
            package.writestr(f"a/{number}.bin", "x" * 9000)
        package.writestr("word/document.xml", "<w/>")
    return target.getvalue()


def told(content: bytes, media_type: str, role: FileRole = FileRole.ANNEX) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refused:
        inspect_file(content, a_declaration(content, media_type), role=role, field="annexes[1]")
    assert refused.value.field == "annexes[1]"
    return refused.value.code, refused.value.detail


@pytest.mark.parametrize("media_type", [PDF, PNG, TXT])
def test_a_word_document_is_named_and_told_to_become_a_pdf(media_type: str) -> None:
    code, detail = told(a_word_document(), media_type)
    assert code == "file_type_mismatch"
    assert "un documento de Word (DOCX)" in detail
    assert "Expórtelo a PDF" in detail


def test_a_picture_of_another_format_is_told_how_to_declare_it() -> None:
    code, detail = told(b"\xff\xd8\xff\xe0", PNG)
    assert code == "file_type_mismatch"
    assert detail.endswith("Declárelo como image/jpeg, con un nombre que termine en .jpg o .jpeg.")


def test_a_picture_as_main_document_is_an_annex() -> None:
    assert told(b"\xff\xd8\xff\xe0", PDF, FileRole.MAIN)[1].endswith("; envíe este archivo como anexo.")


def test_a_pdf_is_no_text_though_it_can_be_read_as_one() -> None:
    code, detail = told(b"%PDF-1.4\n%%EOF\n", TXT)
    assert code == "file_type_mismatch"
    assert "Declárelo como application/pdf" in detail
