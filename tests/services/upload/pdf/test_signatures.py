"""Signatures are told as facts, and change no verdict."""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Pdf

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileSignature
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.signing import signed
from tests.services.upload.pdf.test_acts import an_action, linked, opening, script, with_field
from tests.services.upload.pdf.test_attachments import carrying
from tests.services.upload.pdf.test_inspect_pdf import LIBREOFFICE, SIGNED, a_pdf
from tests.services.upload.pdf.test_oddities import MADE


def test_signatures_of_real_programs_are_told_in_the_order_they_were_made() -> None:
    facts = accept(SIGNED)
    assert [one.covers_whole_file for one in facts.signatures] == [False, True]
    assert all(one.field for one in facts.signatures)


def test_one_signature_covers_the_whole_file_until_something_is_added() -> None:
    once = signed(LIBREOFFICE, field="Firma del director")
    assert accept(once).signatures == (FileSignature("Firma del director", covers_whole_file=True),)
    twice = signed(once, field="Sello", kind="/DocTimeStamp")
    assert accept(twice).signatures == (
        FileSignature("Firma del director", covers_whole_file=False),
        FileSignature("Sello", covers_whole_file=True, is_timestamp=True),
    )
    assert [one.covers_whole_file for one in accept(once + b"\n").signatures] == [False]


@pytest.mark.parametrize("covers", ["not the end", "not the start", "a gap that is too wide"])
def test_signature_that_leaves_bytes_out_is_told_so(covers: str) -> None:
    (signature,) = accept(signed(LIBREOFFICE, covers=covers)).signatures
    assert not signature.covers_whole_file


def test_document_without_signatures_has_none() -> None:
    assert accept(LIBREOFFICE).signatures == ()
    assert accept(a_pdf(lambda pdf: setattr(pdf.Root, "X", pikepdf.Dictionary(ByteRange=[0, 1], A=1)))).signatures == ()


@pytest.mark.parametrize("given", [b"[(a) 1]", b"null", b"[0 -1 2 3]", b"[0 1 2]", b"[0 99999999999 2 3]", b"5"])
def test_range_that_means_nothing_covers_nothing(given: bytes) -> None:
    value = pikepdf.Object.parse(b"<< /Type /Sig /ByteRange %b /Contents <00> >>" % given)
    found = accept(a_pdf(lambda pdf: setattr(pdf.Root, "X", value))).signatures
    assert not [one for one in found if one.covers_whole_file]


VERDICTS: dict[str, Callable[[], bytes]] = {
    **MADE,
    "plain": a_pdf,
    "link": lambda: linked(an_action("/S /URI /URI (https://www.gob.pe)")),
    "file link": lambda: linked(an_action("/S /URI /URI (file:///a)")),
    "script": lambda: opening(script("app.alert(1)")),
    "formatting": lambda: with_field({"/K": script("AFNumber_Format(2);")}),
    "script of a field": lambda: with_field({"/K": script("app.alert(1)")}),
    "declared": carrying,
    "undeclared": lambda: carrying(is_declared=False),
    "executable": lambda: carrying(b"MZ", name="a.exe"),
    "unpaged": lambda: a_pdf(_drop_contents),
}


def _drop_contents(pdf: Pdf) -> None:
    del pdf.pages[0].obj.Contents


@pytest.mark.parametrize("name", VERDICTS)
def test_a_signature_turns_no_verdict(name: str) -> None:
    content = VERDICTS[name]()
    try:
        before: object = accept(content).attachments
    except InvalidInput:
        before = problems(content)
    after = signed(content)
    if isinstance(before, tuple):
        facts = accept(after)
        assert facts.attachments == before
        assert [one.field for one in facts.signatures] == ["Firma1"]
    else:
        assert problems(after) == before


def _value(pdf: Pdf, *more: bytes) -> pikepdf.Object:
    entries = b" ".join(more) or b"/ByteRange [0 1 2 3]"
    return pdf.make_indirect(pikepdf.Object.parse(b"<< /Type /Sig /Contents <00> %b >>" % entries))


def _with_field(name: bytes, *more: bytes, is_listed: bool) -> bytes:
    def change(pdf: Pdf) -> None:
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String(name), V=_value(pdf, *more))
        field.Type, field.Subtype, field.Rect = pikepdf.Name.Annot, pikepdf.Name.Widget, pikepdf.Array([0, 0, 0, 0])
        held = pikepdf.Array([pdf.make_indirect(field)])
        if is_listed:
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=held)
        else:
            pdf.pages[0].obj.Annots = held

    return a_pdf(change)


def test_dictionary_that_no_field_holds_is_no_signature() -> None:
    assert accept(a_pdf(lambda pdf: setattr(pdf.Root, "X", _value(pdf)))).signatures == ()
    hidden = a_pdf(lambda pdf: setattr(pdf.Root, "X", pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=_value(pdf))))
    assert accept(hidden).signatures == ()


@pytest.mark.filterwarnings("ignore:This document has 1 form widget")
def test_field_that_only_a_page_has_is_named() -> None:
    told = (FileSignature("Firma", covers_whole_file=False),)
    assert accept(_with_field(b"Firma", is_listed=False)).signatures == told


def test_signature_that_does_not_say_what_it_covers_covers_nothing() -> None:
    content = _with_field(b"Antigua", b"/SubFilter /adbe.x509.rsa_sha1", is_listed=True)
    assert accept(content).signatures == (FileSignature("Antigua", covers_whole_file=False),)


@pytest.mark.parametrize("is_listed", [True, False])
def test_field_that_has_its_kind_and_name_from_above_is_named_in_full(*, is_listed: bool) -> None:
    def change(pdf: Pdf) -> None:
        above = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("Sede")))
        field = pdf.make_indirect(pikepdf.Dictionary(T=pikepdf.String("Lima"), V=_value(pdf), Parent=above))
        above.Kids = pikepdf.Array([field])
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
        if is_listed:
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([above]))

    assert [one.field for one in accept(a_pdf(change)).signatures] == ["Sede.Lima"]


@pytest.mark.parametrize("held", [b"<434c45414e>", b"<0000>", b"< 00 >"])
def test_range_around_other_bytes_than_the_signature_does_not_cover(held: bytes) -> None:
    content = signed(LIBREOFFICE)
    start = content.rindex(b"/Contents <") + len("/Contents ")
    stop = content.index(b">", start) + 1
    assert accept(content).signatures[0].covers_whole_file
    moved = content[:start] + held.ljust(stop - start) + content[stop:]
    at = moved.rindex(b"/ByteRange [") + len("/ByteRange [")
    for gap in ((start, start + len(held)), (start - 12, start + len(held))):
        written = b"0 %d %d %d" % (gap[0], gap[1], len(moved) - gap[1])
        alone = gap[0] == start
        altered = moved[:at] + written.ljust(40) + moved[at + 40 :]
        assert accept(altered).signatures[0].covers_whole_file is alone


def test_open_text_of_a_page_is_no_signature() -> None:
    content = signed(LIBREOFFICE)
    text = b"/Contents <434c45414e>"
    start = content.rindex(b"%%EOF")
    altered = content[:start] + b"%" + text + b"\n" + content[start:]
    at = altered.rindex(b"/ByteRange [") + len("/ByteRange [")
    gap = start + 1 + len("/Contents "), start + 1 + len(text)
    written = b"0 %d %d %d" % (*gap, len(altered) - gap[1])
    altered = altered[:at] + written.ljust(40) + altered[at + 40 :]
    assert [one.covers_whole_file for one in accept(altered).signatures] == [False]


@pytest.mark.parametrize(
    "name", ["\u202efdp".encode("utf-16"), b"\xfe\xff\xd8\x00", b"\xef\xbb\xbf\xff", b"a\nb", b"A" * 9000]
)
def test_name_of_a_field_is_told_short_and_on_one_line(name: bytes) -> None:
    (signature,) = accept(_with_field(name, is_listed=True)).signatures
    assert len(signature.field) <= 200
    assert signature.field.isprintable()
