"""Encrypted documents: what opens without a password and lets people print and listen passes."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Encryption, ObjectStreamMode, Permissions

from chalicelib.services.upload.pdf import words
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written, a_stream
from tests.services.upload.pdf.test_acts import an_action
from tests.services.upload.pdf.test_inspect_pdf import LIBREOFFICE, a_pdf

REVISIONS = [(2, False), (3, False), (4, False), (4, True), (6, True)]


def protected(revision: int, *, aes: bool, user: str = "", **saving: Any) -> Encryption:
    allow = Permissions(modify_other=False, **saving)
    return Encryption(owner="secreto", user=user, R=revision, aes=aes, metadata=aes, allow=allow)  # type: ignore[arg-type]


@pytest.mark.parametrize(("revision", "aes"), REVISIONS)
@pytest.mark.parametrize("mode", [ObjectStreamMode.disable, ObjectStreamMode.generate])
def test_owner_password_alone_passes(revision: int, aes: bool, mode: ObjectStreamMode) -> None:
    accept(a_pdf(encryption=protected(revision, aes=aes), object_stream_mode=mode))


@pytest.mark.parametrize(("revision", "aes"), REVISIONS)
def test_what_acts_inside_is_found(revision: int, aes: bool) -> None:
    content = a_pdf(
        lambda pdf: setattr(pdf.Root, "OpenAction", an_action("/S /JavaScript /JS (app.alert\\(1\\))")),
        encryption=protected(revision, aes=aes),
        object_stream_mode=ObjectStreamMode.generate,
    )
    ((code, detail),) = problems(content)
    assert (code, "«app.alert(1)»" in detail) == ("pdf_active_content", True)


@pytest.mark.parametrize(("revision", "aes"), REVISIONS)
def test_password_to_open_is_told(revision: int, aes: bool) -> None:
    ((code, detail),) = problems(a_pdf(encryption=protected(revision, aes=aes, user="clave")))
    assert (code, detail.startswith("Hace falta una contraseña para abrir el PDF.")) == ("pdf_encrypted", True)


@pytest.mark.parametrize(
    ("denied", "told"),
    [
        ({"print_lowres": False, "print_highres": False}, "prohíbe imprimirlo"),
        ({"accessibility": False}, "prohíbe leerlo con un lector de pantalla"),
        (
            {"print_lowres": False, "print_highres": False, "accessibility": False},
            "prohíbe imprimirlo y leerlo con un lector de pantalla",
        ),
    ],
)
def test_permission_that_people_need_and_is_denied_is_named(denied: dict[str, Any], told: str) -> None:
    ((code, detail),) = problems(a_pdf(encryption=protected(3, aes=False, **denied)))
    assert (code, told in detail) == ("pdf_encrypted", True)


def encrypted_as(entries: bytes) -> bytes:
    written = Written([5])
    written.add(4, a_stream(b"q Q", b""))
    written.add(5, PAGE[:-2] + b"/Contents 4 0 R >>")
    written.add(6, entries)
    return written.end_with_table(b"/Encrypt 6 0 R /ID [<00> <00>]")


@pytest.mark.parametrize(
    ("entries", "code", "told"),
    [
        (b"<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 >>", "pdf_encrypted", "certificado"),
        (b"<< /Filter /Otro.Modo /V 1 >>", "pdf_encrypted", "Otro.Modo"),
        (b"<< /Filter /Standard /V 9 /R 9 /O (x) /U (y) /P -4 >>", "pdf_encrypted", "no todo lector abre"),
        (b"<< /V 4 >>", "pdf_damaged", "no dice cómo"),
        (b"null", "pdf_damaged", "no dice cómo"),
    ],
)
def test_encryption_that_not_everyone_opens_is_named(entries: bytes, code: str, told: str) -> None:
    found = problems(encrypted_as(entries))
    assert (found[0][0], told in found[0][1]) == (code, True)


def test_encryption_that_the_trailer_itself_says_is_read() -> None:
    written = Written([5])
    written.add(5, PAGE)
    found = problems(written.end_with_table(b"/Encrypt << /Filter /Adobe.PubSec >> /ID [<00> <00>]"))
    assert (found[0][0], "certificado" in found[0][1]) == ("pdf_encrypted", True)


@pytest.mark.parametrize(("revision", "aes"), [(4, False), (4, True), (6, True)])
def test_object_streams_are_counted_before_they_are_understood(
    revision: int, aes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MAX_WORDS", 20_000)
    content = a_pdf(
        lambda pdf: setattr(pdf.Root, "X", pikepdf.Array([pikepdf.Array([]) for _ in range(15_000)])),
        encryption=protected(revision, aes=aes),
        object_stream_mode=ObjectStreamMode.generate,
    )
    assert problems(content)[0][0] == "pdf_too_complex"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_cut_off_or_changed_it_is_damaged(kept: float) -> None:
    with pikepdf.open(io.BytesIO(LIBREOFFICE)) as pdf:
        target = io.BytesIO()
        pdf.save(target, encryption=protected(6, aes=True))
    content = target.getvalue()
    assert problems(content[: int(len(content) * kept)])[0][0] in {"pdf_damaged", "pdf_trailing_data"}
