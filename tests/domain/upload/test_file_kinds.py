"""Kinds of files that people use: each that is refused is recognised however it comes, and told how to send it."""

from __future__ import annotations

import io
import zipfile

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_kind import Kind, RefusedKind
from chalicelib.domain.upload.file_kind_words import accepted_names
from chalicelib.domain.upload.file_kinds import ACCEPTED, CSV, JPEG, ODS, PDF, PNG, REFUSED, TXT, XLSX
from chalicelib.domain.upload.recognition import HEAD_SIZE, TAIL_SIZE, kind_of_bytes, other_kind
from chalicelib.domain.upload.upload import DeclaredFile, check_declared


def a_package(*names: str, mimetype: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        if mimetype:
            package.writestr("mimetype", mimetype)
        for name in ("docProps/app.xml", *names):
            package.writestr(name, "x" * 90_000)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SAMPLES: dict[str, bytes] = {
    "docx": a_package("word/document.xml"),
    "pptx": a_package("ppt/presentation.xml"),
    "xlsb": a_package("xl/workbook.bin"),
    "odt": a_package("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "odp": a_package("content.xml", mimetype="application/vnd.oasis.opendocument.presentation"),
    "doc": OLE + "WordDocument".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"),
    "ppt": OLE + "PowerPoint Document".encode("utf-16-le"),
    "msg": OLE + "__nameid_version1.0".encode("utf-16-le"),
    "rtf": b"{\\rtf1\\ansi hola}",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "heic": b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00",
    "gif": b"GIF89a",
    "webp": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "bmp": b"BM\x36\x10\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00",
    "svg": b'<?xml version="1.0"?>\n<!-- hecho a mano -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "dwg": b"AC1032\x00\x00",
    "zip": a_package("foto.jpg"),
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "p7m": b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "html": b"\xef\xbb\xbf\n<!DOCTYPE HTML><p>hola",
    "xml": b'<?xml version="1.0"?><factura/>',
    "json": b'{"a": 1}',
    "exe": b"MZ\x90\x00\x03",
}
GENERIC = "application/octet-stream"


def of(extension: str) -> RefusedKind:
    (kind,) = (kind for kind in REFUSED if extension in kind.extensions)
    return kind


def seen(content: bytes) -> Kind | None:
    return kind_of_bytes(content[:HEAD_SIZE], content[-TAIL_SIZE:])


def told(media_type: str, filename: str, role: FileRole = FileRole.ANNEX) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refused:
        check_declared(DeclaredFile(filename, media_type, "a" * 64, 1), role)
    return refused.value.code, refused.value.detail


@pytest.mark.parametrize("extension", SAMPLES)
def test_a_file_is_recognised_by_its_bytes(extension: str) -> None:
    assert seen(SAMPLES[extension]) == of(extension)


@pytest.mark.parametrize("extension", SAMPLES)
@pytest.mark.parametrize("media_type", [PDF, PNG, JPEG])
def test_it_is_so_whatever_it_was_declared_as(extension: str, media_type: str) -> None:
    content = SAMPLES[extension]
    assert other_kind(media_type, content[:HEAD_SIZE], content[-TAIL_SIZE:]) == of(extension)


def test_a_text_is_one_whatever_it_begins_with() -> None:
    assert {each for each in SAMPLES if other_kind(TXT, SAMPLES[each]) is None} == {"gif", "svg", "html", "xml", "json"}
    for text in (b"#!/bin/sh\necho hola\n", b"AC10;3", b"ID3 de la base", b"BZh", b"12345678WAVE"):
        assert other_kind(TXT, text) is None
    assert other_kind(CSV, b"a;b\n1;2\n") is None


@pytest.mark.parametrize("extension", ["xls", "xlsb", "zip"])
def test_what_the_check_of_a_spreadsheet_tells_better_is_left_to_it(extension: str) -> None:
    content = SAMPLES[extension]
    assert other_kind(XLSX, content[:HEAD_SIZE], content[-TAIL_SIZE:]) is None
    assert other_kind(ODS, OLE) is None
    assert other_kind(XLSX, SAMPLES["docx"][:HEAD_SIZE], SAMPLES["docx"][-TAIL_SIZE:]) == of("docx")


def test_a_pdf_with_something_before_its_start_is_left_to_its_check() -> None:
    assert other_kind(PDF, b"MZ\x90\x00" + b"%PDF-1.7\n") is None
    assert other_kind(PNG, b"%PDF-1.7\n") == ACCEPTED[0]


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.name)
def test_a_kind_that_is_refused_is_told_how_to_send_it_by_media_type_and_by_name(kind: RefusedKind) -> None:
    assert kind.advice.endswith(".")
    for media_type in kind.media_types:
        for written in (media_type, media_type.upper(), f"{media_type}; charset=utf-8"):
            code, detail = told(written, "a.bin")
            assert (code, kind.name in detail, kind.advice in detail) == ("media_type_not_allowed", True, True)
    for extension in kind.extensions:
        assert told(GENERIC, f"a.{extension.upper()}") == told(GENERIC, f"b.{extension}")
        assert kind.advice in told(GENERIC, f"a.{extension}")[1]
        code, detail = told(PDF, f"a.{extension}")
        assert (code, kind.advice in detail) == ("file_extension_mismatch", True)


def test_a_main_document_is_told_what_it_must_be() -> None:
    assert (
        told(PNG, "a.png", FileRole.MAIN)[1]
        == "El documento principal debe ser un PDF. Envíe una imagen PNG como anexo."
    )
    assert "El documento principal debe ser un PDF." in told(of("docx").media_types[0], "a.docx", FileRole.MAIN)[1]
    assert accepted_names(FileRole.MAIN) == "un PDF"
    assert accepted_names(FileRole.ANNEX).endswith(", una imagen PNG o una imagen JPEG (JPG)")


def test_what_nobody_knows_is_told_what_an_annex_can_be() -> None:
    assert (
        told(GENERIC, "a.bin")[1]
        == f"Este tipo de archivo no se admite. Un anexo puede ser {accepted_names(FileRole.ANNEX)}."
    )


def test_no_kind_stands_twice() -> None:
    kinds: tuple[Kind, ...] = (*ACCEPTED, *REFUSED)
    extensions = [each for kind in kinds for each in kind.extensions]
    types = [kind.media_type for kind in ACCEPTED] + [each for kind in REFUSED for each in kind.media_types]
    assert len(set(extensions)) == len(extensions)
    assert len(set(types)) == len(types)
    assert types == [each.lower() for each in types]
    assert {each for kind in REFUSED for each in kind.extensions} >= SAMPLES.keys()


def test_what_is_packed_inside_says_nothing_of_a_package() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/embeddings/tabla.xlsx", a_package("xl/workbook.xml"))
        package.writestr("word/document.xml", "x")
    assert seen(target.getvalue()) == of("docx")


def test_an_odt_that_was_packed_again_is_no_archive_to_unpack() -> None:
    kind = seen(a_package("META-INF/manifest.xml", "content.xml"))
    assert kind
    assert kind.name == "un documento de LibreOffice (ODT, ODP, ODG)"


@pytest.mark.parametrize("harmful", ["imprim", "guárdelo de nuevo", "abra"])
def test_no_advice_would_take_the_signature_off_a_document(harmful: str) -> None:
    assert not [kind.name for kind in REFUSED if harmful in kind.advice.lower()]
