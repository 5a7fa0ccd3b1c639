"""What a notice's page says of what a file holds: facts in plain words."""

from __future__ import annotations

import pytest

from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature
from chalicelib.renderers.reading.file_words import what_it_holds
from chalicelib.renderers.reading.notice_page import signature_note
from tests.builders import a_file, a_notice, an_annex


def signed(*covers: bool, seals: tuple[bool, ...] = (), more: int = 0) -> FileFacts:
    signatures = [FileSignature(f"Firma{number}", one) for number, one in enumerate(covers)]
    signatures += [FileSignature(f"Sello{number}", one, is_timestamp=True) for number, one in enumerate(seals)]
    return FileFacts(tuple(signatures), more_signatures=more)


def carrying(*names: str, more: int = 0) -> FileFacts:
    attached = tuple(FileAttachment(name, "text/xml", "Data", 12_000) for name in names)
    return FileFacts(attachments=attached, more_attachments=more)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (signed(True), "Lleva 1 firma electrónica. Cubre todo el archivo."),
        (
            signed(False),
            "Lleva 1 firma electrónica. No cubre todo el archivo: una parte se añadió después o quedó fuera.",
        ),
        (signed(False, True), "Lleva 2 firmas electrónicas. La última firma cubre todo el archivo."),
        (
            signed(False, False),
            (
                "Lleva 2 firmas electrónicas. Ninguna cubre todo el archivo: una parte se añadió después de la última o"
                " quedó fuera."
            ),
        ),
        (
            signed(False, seals=(True,)),
            "Lleva 1 firma electrónica y 1 sello de tiempo. El sello de tiempo cubre todo el archivo.",
        ),
        (
            signed(True, seals=(False,)),
            "Lleva 1 firma electrónica y 1 sello de tiempo. La firma cubre todo el archivo.",
        ),
        (
            signed(seals=(False, False)),
            (
                "Lleva 2 sellos de tiempo. Ninguno cubre todo el archivo: una parte se añadió después del último o"
                " quedó fuera."
            ),
        ),
        (
            signed(False, True, seals=(False, False), more=30),
            "Lleva 32 firmas electrónicas y 2 sellos de tiempo. La última firma cubre todo el archivo.",
        ),
        (
            carrying("factura.xml"),
            "Dentro lleva el archivo «factura.xml» (XML, 12\N{NO-BREAK SPACE}KB), entre los archivos adjuntos del PDF.",
        ),
        (
            carrying("a.xml", "b.csv", more=7),
            (
                "Dentro lleva 9 archivos adjuntos: «a.xml» (XML, 12\N{NO-BREAK SPACE}KB), «b.csv» (CSV,"
                " 12\N{NO-BREAK SPACE}KB) y 7 más."
            ),
        ),
        (carrying(more=3), "Dentro lleva 3 archivos adjuntos."),
    ],
)
def test_what_a_file_holds_is_said_in_plain_words(facts: FileFacts, said: str) -> None:
    assert what_it_holds(facts) == (said,)


@pytest.mark.parametrize("facts", [None, FileFacts()])
def test_of_a_file_that_holds_nothing_nothing_is_said(facts: FileFacts | None) -> None:
    assert what_it_holds(facts) == ()


def test_signatures_come_before_attachments() -> None:
    both = FileFacts(signed(True).signatures, carrying("factura.xml").attachments)

    assert [sentence.split()[0] for sentence in what_it_holds(both)] == ["Lleva", "Dentro"]


def test_who_signed_is_said_to_be_unchecked_once_where_any_file_is_signed() -> None:
    note = signature_note(a_notice(files=(a_file(), an_annex(facts=signed(True)))))

    assert "no comprueba de quién son" in note
    assert "abre el archivo descargado en un lector de PDF que verifique firmas" in note
    assert signature_note(a_notice(files=(a_file(facts=FileFacts()), an_annex()))) == ""
