"""What acts by itself or leads outside, and what of it is harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.test_inspect_pdf import a_pdf


def an_action(text: str) -> Any:
    return pikepdf.Object.parse(f"<< {text} >>".encode())


def linked(action: Any) -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.add_blank_page()
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
        pdf.pages[1].obj.Annots = Array([pdf.make_indirect(link)])

    return a_pdf(change)


def opening(action: Any) -> bytes:
    return a_pdf(lambda pdf: setattr(pdf.Root, "OpenAction", action))


def with_field(triggers: Any, *, name: str = "fecha", is_indirect: bool = False) -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.add_blank_page()
        held = {key: pdf.make_indirect(one) if is_indirect else one for key, one in triggers.items()}
        widget = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name), Rect=[0, 0, 9, 9], AA=Dictionary(held)
        )
        field = pdf.make_indirect(widget)
        pdf.pages[1].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return a_pdf(change)


def script(text: str) -> Any:
    return Dictionary(S=Name.JavaScript, JS=String(text))


@pytest.mark.parametrize(
    "address",
    [
        "http://www.gob.pe",
        "https://www.gob.pe/a?b=c#d",
        "HTTPS://WWW.GOB.PE",
        "mailto:mesa@entidad.example?subject=Hola",
        "tel:+5113156000",
        "  https://www.gob.pe",
    ],
)
def test_link_to_the_web_to_mail_and_to_a_telephone_passes(address: str) -> None:
    accept(linked(Dictionary(S=Name.URI, URI=String(address))))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (b"file:///etc/passwd", "file:///etc/passwd"),
        (b"\x01javascript:app.alert(1)", "\\x01javascript:"),
        (b"java\tscript:app.alert(1)", "java\\x09script:"),
        (b"https://a.example/\nx", "https://a.example/\\x0ax"),
        (b"//host/share/a.exe", "//host/share/a.exe"),
        (b"\\\\host\\share", "\\\\host\\share"),
        (b"anexo.pdf", "anexo.pdf"),
        (b"www.gob.pe", "www.gob.pe"),
        (b"http:/x", "http:/x"),
        (b"ftp://a.example", "ftp://a.example"),
        (b"data:text/html,x", "data:text/html"),
        (b"vbscript:x", "vbscript:x"),
        (b"smb://host", "smb://host"),
        (b"ms-msdt:/id", "ms-msdt:/id"),
        ("javascript:x".encode("utf-16"), "javascript"),
        (b"", "«»"),
    ],
)
def test_link_to_anything_else_is_told_with_its_page(address: bytes, told: str) -> None:
    ((code, detail),) = problems(linked(Dictionary(S=Name.URI, URI=String(address))))
    assert code == "pdf_active_content"
    assert detail.startswith("Página 2: un enlace a ")
    assert told.replace("\\\\", "\\") in detail.replace("\\\\", "\\")


def test_empty_base_of_links_is_none_and_another_is_told() -> None:
    accept(a_pdf(lambda pdf: setattr(pdf.Root, "URI", Dictionary(Base=String("")))))
    ((code, detail),) = problems(a_pdf(lambda pdf: setattr(pdf.Root, "URI", Dictionary(Base=String("file:///c/")))))
    assert (code, "«file:///c/»" in detail) == ("pdf_active_content", True)


@pytest.mark.parametrize(
    "action",
    [
        "/S /GoTo /D (capitulo1)",
        "/S /GoTo /D [0 /Fit] /Next << /S /GoTo /D (b) >>",
    ],
)
def test_at_opening_the_document_may_go_to_a_place_of_its_own(action: str) -> None:
    accept(opening(an_action(action)))
    accept(opening(Array([0, Name.Fit])))


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("/S /URI /URI (http://a.example/huella)", "http://a.example/huella"),
        ("/S /Named /N /Print", "/Print"),
        ("/S /Named /N /NextPage", "/NextPage"),
        ("/S /Hide /T (x)", "oculta partes"),
        ("/S /SetOCGState /State [/ON]", "capas"),
        ("/S /Thread /D 0", "Thread"),
        ("/S /ResetForm", "ResetForm"),
        ("/S /Rendition /OP 0", "audio"),
        ("/S /GoTo3DView", "3D"),
        ("/S /JavaScript /JS (AFNumber_Format\\(0\\))", "al abrirlo"),
        ("/S /GoTo /D (x) /Next << /S /URI /URI (https://a.example) >>", "https://a.example"),
        ("/S /GoTo /D (x) /Next [<< /S /GoTo /D (y) >> << /S /Launch /F (a.exe) >>]", "a.exe"),
    ],
)
@pytest.mark.parametrize("is_indirect", [False, True])
def test_anything_else_at_opening_is_told(action: str, told: str, is_indirect: bool) -> None:
    def change(pdf: Pdf) -> None:
        one = an_action(action)
        pdf.Root.OpenAction = pdf.make_indirect(one) if is_indirect else one

    found = problems(a_pdf(change))
    assert {code for code, _ in found} == {"pdf_active_content"}
    assert found[0][1].startswith("El documento: al abrirlo, ")
    assert told in found[0][1]


@pytest.mark.parametrize(
    ("key", "words"),
    [("O", "al abrirla"), ("C", "al cerrarla"), ("PO", "al abrir la página"), ("E", "sin que nadie lo pida")],
)
def test_what_a_page_does_by_itself_is_told_with_when(key: str, words: str) -> None:
    def change(pdf: Pdf) -> None:
        pdf.add_blank_page()
        pdf.pages[1].obj.AA = Dictionary({f"/{key}": an_action("/S /URI /URI (https://a.example)")})

    ((code, detail),) = problems(a_pdf(change))
    assert code == "pdf_active_content"
    assert detail.startswith("Página 2: ")
    assert words in detail


@pytest.mark.parametrize("name", ["NextPage", "PrevPage", "FirstPage", "LastPage", "GoBack", "GoToPage"])
def test_moving_through_the_document_on_a_click_passes(name: str) -> None:
    accept(linked(Dictionary(S=Name.Named, N=Name(f"/{name}"))))


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("/S /Named /N /Print", "/Print"),
        ("/S /Named /N /SaveAs", "/SaveAs"),
        ("/S /Hide /T (x)", "oculta"),
        ("/S /Thread /F (otro.pdf) /D 0", "otro.pdf"),
        ("/S /GoToR /F << /Type /Filespec /UF (otro.pdf) >> /D 0", "otro.pdf"),
        ("/S /GoToE /T << /R /C >>", "incrustado"),
        ("/S /Launch /Win << /F (calc.exe) >>", "calc.exe"),
        ("/S /ImportData /F (a.fdf)", "a.fdf"),
        ("/S /Inventada", "/Inventada"),
        ("/S /GoTo /D (x) /Next << /S /Inventada >>", "/Inventada"),
        ("/S /JavaScript /JS (x)", "«x»"),
    ],
)
def test_what_else_a_click_would_do_is_told_with_its_page(action: str, told: str) -> None:
    found = problems(linked(an_action(action)))
    assert {code for code, _ in found} == {"pdf_active_content"}
    assert found[0][1].startswith("Página 2: ")
    assert told in found[0][1]


FORMATS = [
    'AFDate_KeystrokeEx("dd/mm/yyyy");',
    'AFNumber_Format(2, 0, 0, 0, "S/ ", true);',
    "AFNumber_Keystroke(2,0,0,0,'\\u20ac',false)",
    "AFSpecial_Keystroke(0);\r\nAFSpecial_Format(0);",
    " AFTime_Format(0) ",
    "AFRange_Validate(true, -5, true, 10.5);",
    "AFPercent_Format(2, 0);",
]
OTHERS = [
    "app.alert(1)",
    'AFDate_FormatEx("d");app.alert(1)',
    "AFNumber_Format(x)",
    "AFNumber_Format(app.alert(1))",
    'AFSimple_Calculate("SUM", new Array("a"));',
    'AFNumber_Format("a"+this.submitForm("http://a.example"))',
    "AFNumber_Format(2)//\napp.alert(1)",
    "AFNumber_Format",
    'AFDate_FormatEx("a\\");app.alert(1);("b")',
    "",
    "xAFNumber_Format(2)",
    'AFDate_FormatEx("a\nb")',
    "AFNumber_Format(2);" * 300,
]


@pytest.mark.parametrize("text", FORMATS)
@pytest.mark.parametrize("is_indirect", [False, True])
def test_field_that_formats_what_is_typed_passes(text: str, is_indirect: bool) -> None:
    accept(with_field({"/K": script(text), "/F": script(text), "/V": script(text)}, is_indirect=is_indirect))


@pytest.mark.parametrize("text", OTHERS)
@pytest.mark.parametrize("is_indirect", [False, True])
def test_any_other_script_is_told_with_field_and_page(text: str, is_indirect: bool) -> None:
    found = problems(with_field({"/K": script(text)}, is_indirect=is_indirect))
    assert [code for code, _ in found] == ["pdf_active_content"]
    assert found[0][1].startswith("Campo «fecha» (página 2): ")
    assert "script (JavaScript)" in found[0][1] or "acción «/JavaScript»" in found[0][1]


def test_formatting_in_another_place_or_followed_by_more_is_refused() -> None:
    formatting = script("AFNumber_Format(2);")
    for trigger in ("/Fo", "/Bl", "/C", "/E"):
        assert problems(with_field({trigger: formatting}))[0][0] == "pdf_active_content"
    chained = Dictionary(S=Name.JavaScript, JS=String("AFNumber_Format(2);"), Next=an_action("/S /URI /URI (http://x)"))
    assert problems(with_field({"/K": chained}))[0][0] == "pdf_active_content"


def test_script_in_a_stream_is_read() -> None:
    def change(pdf: Pdf, text: bytes) -> None:
        field = Dictionary(
            FT=Name.Tx, T=String("a"), AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=pdf.make_stream(text)))
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))

    accept(a_pdf(lambda pdf: change(pdf, b'AFDate_FormatEx("dd/mm/yy");')))
    assert "app.alert" in problems(a_pdf(lambda pdf: change(pdf, b"app.alert(1)")))[0][1]


def test_list_of_scripts_without_any_is_none() -> None:
    def named(entry: Any) -> bytes:
        return a_pdf(lambda pdf: setattr(pdf.Root, "Names", Dictionary({"/JavaScript": entry})))

    accept(named(Dictionary(Names=Array([]))))
    plain = named(Dictionary(Names=Array(["a", script("app.alert(1)")])))
    assert problems(plain)[0][1].startswith("El documento: ")
    assert problems(named(Dictionary(Names=Array(["a", script("AFNumber_Format(2)")]))))[0][0] == "pdf_active_content"


def test_entries_that_are_null_are_none() -> None:
    accept(a_pdf(lambda pdf: setattr(pdf.Root, "Names", pikepdf.Object.parse(b"<< /JavaScript null /Dests << >> >>"))))
    accept(a_pdf(lambda pdf: setattr(pdf.Root, "AcroForm", pikepdf.Object.parse(b"<< /Fields [] /XFA null >>"))))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda pdf: setattr(pdf.Root, "X", _with(pdf, Ref=Dictionary(F=String("otro.pdf"), Page=0))), "otro.pdf"),
        (lambda pdf: setattr(pdf.Root, "X", _with(pdf, F=String("datos.bin"))), "datos.bin"),
        (
            lambda pdf: setattr(pdf.Root, "X", _with(pdf, OPI=Dictionary({"/2.0": Dictionary(F=String("foto.tif"))}))),
            "OPI",
        ),
        (lambda pdf: setattr(pdf.Root, "X", _with(pdf, Subtype=Name.PS)), "PostScript"),
        (lambda pdf: setattr(pdf.Root, "X", Dictionary(FS=Name.URL, F=String("http://a.example/x"))), "a.example/x"),
    ],
)
def test_what_lies_in_another_file_is_told(change: Callable[[Pdf], None], told: str) -> None:
    found = problems(a_pdf(change))
    assert found[0][0] == "pdf_active_content"
    assert told in found[0][1]


def _with(pdf: Pdf, **entries: Any) -> Any:
    stream = pdf.make_stream(b"q Q")
    for key, value in entries.items():
        stream[f"/{key}"] = value
    return stream


def test_attributes_of_tagged_structure_are_no_actions() -> None:
    tagged = Dictionary(Type=Name.StructElem, S=Name.P, A=Dictionary(O=Name.Layout, S=Name.Inventada))
    accept(a_pdf(lambda pdf: setattr(pdf.Root, "X", tagged)))


def test_all_that_is_wrong_is_told_at_once_and_each_thing_once() -> None:
    def change(pdf: Pdf) -> None:
        for _ in range(3):
            pdf.add_blank_page()
        for number, page in enumerate(pdf.pages):
            link = Dictionary(
                Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=an_action(f"/S /URI /URI (x{number})")
            )
            page.obj.Annots = Array([pdf.make_indirect(link), link])
        pdf.Root.OpenAction = pdf.make_indirect(script("app.alert(1)"))
        pdf.attachments["a.txt"] = b"hola"

    for mode in ObjectStreamMode:
        found = problems(a_pdf(change, object_stream_mode=mode))
        assert sorted(code for code, _ in found) == ["pdf_active_content"] * 5 + ["pdf_embedded_file"]
        assert [detail[:8] for _, detail in found if detail.startswith("Página")] == [
            f"Página {n}" for n in range(1, 5)
        ]
        assert "al abrirlo, un script (JavaScript), «app.alert(1)»" in " ".join(detail for _, detail in found)


def test_very_many_wrong_things_are_told_as_a_number() -> None:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Annots = Array(
            [Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=an_action(f"/S /URI /URI (x{n})")) for n in range(90)]
        )

    found = problems(a_pdf(change))
    assert len(found) == 20
    assert found[-1][1].endswith("Hay 70 problemas más como estos.")


def test_nobody_is_told_to_print_or_to_save_a_document_that_may_be_signed() -> None:
    for content in (
        opening(script("x")),
        a_pdf()[:-300],
        a_pdf() + b"MZ",
        b"x" + a_pdf(),
        a_pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
        a_pdf(lambda pdf: pdf.attachments.__setitem__("a.txt", b"x")),
    ):
        for _, detail in problems(content):
            assert "fírmelo de nuevo" in detail
            assert not [word for word in ("mprima", "mprímalo", "uarde", "uárdelo") if word in detail]
