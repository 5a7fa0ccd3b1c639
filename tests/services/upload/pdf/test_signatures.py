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
