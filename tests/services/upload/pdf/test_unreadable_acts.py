"""Actions and scripts that some readers carry out, though they are not as the standard writes them."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.test_acts import an_action, linked, opening, with_field
from tests.services.upload.pdf.test_inspect_pdf import a_pdf

UNREADABLE = "una acción que no se puede leer"


@pytest.mark.parametrize("kind", ["(Launch) /F (a.exe)", "(SubmitForm) /F (http://a)", "[/GoToR]", "1"])
def test_action_whose_kind_is_no_name_is_refused(kind: str) -> None:
    action = an_action(f"/S {kind}")
    chain = Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=Array([action]))
    for content, where in (
        (linked(action), "Página 2: "),
        (linked(chain), "Página 2: "),
        (opening(action), "El documento: al abrirlo, "),
        (with_field({"/U": action}), "Campo «fecha» (página 2): "),
        (with_field({"/K": action}), "Campo «fecha» (página 2): al escribir, "),
    ):
        assert [(code, detail.startswith(where + UNREADABLE)) for code, detail in problems(content)] == [
            ("pdf_active_content", True)
        ]


def _as_stream(pdf: Pdf, action: Any) -> Any:
    stream = pdf.make_stream(b"")
    for key, value in action.items():
        stream[key] = value
    return stream


@pytest.mark.parametrize("key", ["/OpenAction", "/AA"])
def test_action_that_is_a_stream_is_refused(key: str) -> None:
    held = an_action("/S /GoTo /D [0 /Fit] /WC << /S /GoTo /D [0 /Fit] >>")
    found = problems(a_pdf(lambda pdf: pdf.Root.__setitem__(key, _as_stream(pdf, held))))
    assert [(code, UNREADABLE in detail) for code, detail in found] == [("pdf_active_content", True)]


def test_font_or_drawing_that_is_named_like_triggers_acts_not() -> None:
    def change(pdf: Pdf) -> None:
        drawing = pdf.make_stream(b"q Q", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        details = pdf.make_indirect(Dictionary(Type=Name.FontDescriptor, FontName=Name.Helvetica, Flags=32))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, FontDescriptor=details)
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(AA=drawing), Font=Dictionary(AA=font))

    accept(a_pdf(change))


def test_link_or_trigger_that_is_a_stream_is_refused() -> None:
    def change(pdf: Pdf) -> None:
        action = _as_stream(pdf, an_action("/S /URI /URI (https://www.gob.pe)"))
        triggers = Dictionary(U=action)
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action, AA=triggers)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])

    assert UNREADABLE in problems(a_pdf(change))[0][1]


def test_what_is_no_action_may_be_anything() -> None:
    def change(pdf: Pdf) -> None:
        attributes = Array([pdf.make_stream(b"", O=Name.Layout), 0, Dictionary(O=Name.List, S=String("a"))])
        pdf.Root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.P, A=attributes), Next=Dictionary(S=1))

    accept(a_pdf(change))


@pytest.mark.parametrize(
    ("filters", "told"), [("/ASCII85Decode /FlateDecode", "«app.alert(1)»"), ("/Foo", "no se puede")]
)
def test_script_that_is_packed_in_a_rare_way_is_told_as_a_script(filters: str, told: str) -> None:
    data = base64.a85encode(zlib.compress(b"app.alert(1)")) + b"~>"

    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(b"")
        stream.write(data, filter=[Name(one) for one in filters.split()])
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=stream)

    found = [detail for code, detail in problems(a_pdf(change)) if code == "pdf_active_content"]
    assert len(found) == 1
    assert found[0].startswith("El documento: al abrirlo, un script (JavaScript)")
    assert told in found[0]
