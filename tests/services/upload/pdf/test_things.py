"""What the parser gives is told apart, and read, without ever failing."""

from __future__ import annotations

import pytest
from pikepdf import Name, String

from chalicelib.services.upload.pdf.things import text_of
from tests.services.upload.inspecting import accept
from tests.services.upload.pdf.bombs import CATALOG, PAGE, Written


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b"Firma", "Firma"),
        (b"\xef\xbb\xbfFirma\xff1", "Firma\ufffd1"),
        (b"\xef\xbb\xbf", ""),
        (b"\xef\xbb\xbf\xc3", "\ufffd"),
        (b"\xfe\xff\x00F", "F"),
        ("\u00d1and\u00fa".encode("utf-16"), "\u00d1and\u00fa"),
    ],
)
def test_a_string_is_read_with_marks_where_it_is_no_text(said: bytes, read: str) -> None:
    assert text_of(String(said)) == read


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe"])
@pytest.mark.parametrize(
    "rest", [b"\xd8", b"\xd8\x00", b"\xdc\x00\x41", b"\xff\xff\xff", b"\xed\xa0\x80", bytes(range(256))]
)
def test_no_bytes_make_reading_fail(mark: bytes, rest: bytes) -> None:
    assert isinstance(text_of(String(mark + rest)), str)


def test_a_name_loses_its_slash_and_all_else_is_empty() -> None:
    assert (text_of(Name("/Sig1")), text_of(7), text_of(None)) == ("Sig1", "", "")


def test_signature_field_whose_name_is_no_text_is_told() -> None:
    written = Written([3])
    written.add(1, CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] /SigFlags 3 >> >>")
    written.add(3, PAGE[:-2] + b"/Annots [5 0 R] >>")
    written.add(5, b"<< /Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /T (\xef\xbb\xbfUno\xff) /V 6 0 R >>")
    written.add(
        6,
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 9 9 9] /Contents <00> >>",
    )
    ((field, _),) = [(one.field, one.is_timestamp) for one in accept(written.end_with_table()).signatures]
    assert field == "Uno\ufffd"
