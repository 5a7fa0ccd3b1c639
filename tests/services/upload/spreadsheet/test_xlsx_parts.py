from __future__ import annotations

import re

import pytest

from chalicelib.domain.upload.upload import XLSX
from tests.services.upload.inspecting import accept
from tests.services.upload.spreadsheet.made import (
    OFFICE,
    PACKAGE,
    SHEET,
    problems,
    relations,
    the_problem,
    with_formula,
    workbook,
)

MACROS, EMBEDDED, LINKS = "spreadsheet_macros", "spreadsheet_embedded_file", "spreadsheet_external_links"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_workbook_itself_passes() -> None:
    assert problems(workbook()) == []


@pytest.mark.parametrize(
    ("name", "content_type", "code"),
    [
        ("payload.exe", "application/octet-stream", EMBEDDED),
        ("xl/vba.bin", "application/vnd.ms-office.vbaProject", MACROS),
        ("xl/a.bin", "application/vnd.ms-excel.macrosheet+xml", MACROS),
        ("xl/a.bin", "application/vnd.ms-office.activeX+xml", MACROS),
        ("xl/a.bin", "application/vnd.openxmlformats-officedocument.oleObject", EMBEDDED),
        ("xl/a.bin", "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml", LINKS),
        ("xl/a.bin", "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml", LINKS),
        ("xl/a.bin", "application/vnd.openxmlformats-officedocument.spreadsheetml.volatileDependencies+xml", LINKS),
        ("xl/a.bin", "application/vnd.ms-office.webextension+xml", MACROS),
        ("xl/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", EMBEDDED),
    ],
)
def test_part_of_a_kind_that_is_not_listed_is_refused_by_its_name(name: str, content_type: str, code: str) -> None:
    found, detail = the_problem(workbook(add={name: b"<a/>"}, types={name.rpartition(".")[2]: content_type}))
    assert found == code
    assert name in detail


def test_part_without_a_content_type_is_refused() -> None:
    code, detail = the_problem(workbook(add={"payload.exe": b"MZ"}))
    assert (code, "(payload.exe)" in detail) == (EMBEDDED, True)


@pytest.mark.parametrize(
    "start", [b"MZ\x90", b"PK\x03\x04", b"%PDF-1.7", b"\x7fELF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_program_or_archive_as_settings_of_a_printer_is_refused(start: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    parts: dict[str, str | bytes] = {
        SHEET_RELATIONS: relations(("r1", "printerSettings", "../printerSettings/p1.bin", "")),
        "xl/printerSettings/p1.bin": start + bytes(99),
    }
    assert the_problem(workbook(add=parts, types={"bin": kind}))[0] == EMBEDDED
    parts["xl/printerSettings/p1.bin"] = b"H\x00P\x00" + bytes(99)
    assert problems(workbook(add=parts, types={"bin": kind})) == []


def test_picture_is_what_its_first_bytes_say() -> None:
    parts: dict[str, str | bytes] = {"xl/media/image1.png": PNG}
    assert problems(workbook(add=parts, types={"png": "image/png"})) == []
    code, detail = the_problem(workbook(add={"xl/media/image1.png": b"MZ not a picture"}, types={"png": "image/png"}))
    assert (code, "xl/media/image1.png" in detail) == (EMBEDDED, True)


@pytest.mark.parametrize(
    "drawn",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"><a l:href="file:///x"/></svg>',
    ],
)
def test_svg_picture_that_acts_is_refused(drawn: str) -> None:
    assert problems(workbook(add={"xl/media/a.svg": drawn}, types={"svg": "image/svg+xml"}))
    plain = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
    assert problems(workbook(add={"xl/media/a.svg": plain}, types={"svg": "image/svg+xml"})) == []


@pytest.mark.parametrize(
    ("word", "target"),
    [
        ("image", "https://example.com/pixel.png"),
        ("oleObject", "file:///c:/a.doc"),
        ("attachedTemplate", "https://example.com/a.xltx"),
        ("externalLinkPath", "otro.xlsx"),
        ("frame", "https://example.com/"),
        ("xlPathMissing", "C:\\a.xlsx"),
    ],
)
def test_relation_to_something_outside_is_refused_with_its_target(word: str, target: str) -> None:
    code, detail = the_problem(workbook(add={SHEET_RELATIONS: relations(("r1", word, target, "External"))}))
    assert (code, target in detail, "Pagos" in detail) == (LINKS, True, True)


def test_relation_of_a_type_that_is_not_listed_is_refused() -> None:
    kind = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
    customized = f'<Relationship Id="u1" Type="{kind}" Target="a.xml"/>'
    found = workbook(
        {"_rels/.rels": ("</Relationships>", f"{customized}</Relationships>")},
        {"a.xml": "<customUI onLoad='a'/>"},
    )
    assert MACROS in {code for code, _ in problems(found)}


def with_hyperlink(target: str, mode: str = "External") -> bytes:
    link = f'<hyperlinks><hyperlink ref="C7" xmlns:r="{OFFICE}" r:id="r1"/></hyperlinks>'
    return workbook(
        {SHEET: ("</sheetData>", f"</sheetData>{link}")},
        {SHEET_RELATIONS: relations(("r1", "hyperlink", target, mode))},
    )


@pytest.mark.parametrize(
    "target",
    [
        "file:///c:/a.xlsx",
        "file://server/share/a.xlsx",
        "..\\otro.xlsx",
        "otro.xlsx",
        "javascript:alert(1)",
        "ms-excel:ofe|u|https://example.com/a.xlsm",
        "ftp://example.com/a",
        "\\\\server\\share\\a",
        "http&#10;://example.com",
        "https://example.com/&#9;a",
    ],
)
def test_hyperlink_that_is_not_of_the_web_is_refused_with_its_cell(target: str) -> None:
    code, detail = the_problem(with_hyperlink(target))
    assert code == LINKS
    assert "hoja «Pagos», celda C7" in detail


@pytest.mark.parametrize(
    "target", ["https://www.gob.pe/a?b=c", "HTTP://gob.pe", "mailto:mesa@gob.pe", "tel:+5116158000", "#Pagos!A1"]
)
def test_hyperlink_to_the_web_or_inside_passes(target: str) -> None:
    assert problems(with_hyperlink(target)) == []


@pytest.mark.parametrize("kind", ["location", "unknown-type"])
def test_hyperlink_that_hides_its_address_is_refused(kind: str) -> None:
    if kind == "location":
        link = '<hyperlinks><hyperlink ref="A1" location="file:///c:/a.xlsx"/></hyperlinks>'
        found = workbook({SHEET: ("</sheetData>", f"</sheetData>{link}")})
    else:
        foreign = relations(("r1", "hyperlink", "https://example.com", "External")).replace(OFFICE, "urn:other")
        found = workbook(add={SHEET_RELATIONS: foreign})
    assert the_problem(found)[0] == LINKS


def test_location_inside_passes() -> None:
    for place in ("A1", "Pagos!A1:B2", "'Hoja 2'!A1", "#Pagos!A1", "nombre_definido", "Pagos!A:A"):
        link = f'<hyperlinks><hyperlink ref="A1" location="{place}"/></hyperlinks>'
        assert problems(workbook({SHEET: ("</sheetData>", f"</sheetData>{link}")})) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_formula_is_found_in_any_encoding_and_under_any_prefix(encoding: str) -> None:
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="D4"><x:f>WEBSERVICE("https://a")</x:f></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    code, detail = the_problem(workbook(add={SHEET: sheet.encode(encoding)}))
    assert (code, "celda D4" in detail, "WEBSERVICE" in detail) == (LINKS, True, True)


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "iso-8859-1", "utf-32"])
def test_encoding_that_no_program_writes_is_refused(encoding: str) -> None:
    sheet = f'<?xml version="1.0" encoding="{encoding}"?><worksheet/>'.encode(encoding)
    assert the_problem(workbook(add={SHEET: sheet}))[0] == "spreadsheet_damaged"


def test_macro_project_declared_in_utf_16_is_refused() -> None:
    types = (
        f'<?xml version="1.0" encoding="utf-16"?><Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
        '<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    found = problems(workbook(add={"[Content_Types].xml": types.encode("utf-16"), "xl/a.bin": b"x"}))
    assert MACROS in {code for code, _ in found}


@pytest.mark.parametrize(
    "text",
    [
        '<definedName name="datos">[1]Hoja1!$A$1</definedName>',
        "<definedName name='datos'>cmd|'/c calc'!A0</definedName>",
        '<definedName name="datos" xlm="1">A1</definedName>',
        '<definedName name="_xlnm.Auto_Open">A1</definedName>',
    ],
)
def test_name_that_reaches_out_is_refused_by_its_name(text: str) -> None:
    code, detail = the_problem(
        workbook({"xl/workbook.xml": ("<calcPr", f"<definedNames>{text}</definedNames><calcPr")})
    )
    assert code in {MACROS, LINKS}
    assert re.search("nombre «(datos|_xlnm.Auto_Open)»", detail)


@pytest.mark.parametrize(
    "rule",
    [
        '<dataValidation sqref="E5"><formula1>[1]Hoja1!$A$1</formula1></dataValidation>',
        '<conditionalFormatting sqref="E5"><cfRule><formula>WEBSERVICE("a")</formula></cfRule></conditionalFormatting>',
        '<extLst><ext><x14:f xmlns:x14="urn:x">DDE("a","b","c")</x14:f></ext></extLst>',
        "<extLst><ext><xm:f xmlns:xm='urn:x'>cmd|'/c calc'!A0</xm:f></ext></extLst>",
    ],
)
def test_formula_of_a_rule_is_a_formula(rule: str) -> None:
    assert the_problem(workbook({SHEET: ("</sheetData>", f"</sheetData>{rule}")}))[0] in {MACROS, LINKS}


def a_drawing(inside: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    root = f'<xdr:wsDr xmlns:xdr="urn:xdr" xmlns:a="urn:a" xmlns:c="urn:c" xmlns:r="{OFFICE}">{inside}</xdr:wsDr>'
    return workbook(
        {
            "[Content_Types].xml": (
                "<Override",
                f'<Override PartName="/xl/drawings/d.xml" ContentType="{kind}"/><Override',
            )
        },
        {
            "xl/drawings/d.xml": root,
            "xl/drawings/_rels/d.xml.rels": relations(("r1", "hyperlink", "file:///c:/a.exe", "External")),
            SHEET_RELATIONS: relations(("r1", "drawing", "../drawings/d.xml", "")),
        },
    )


def test_link_of_a_shape_is_told_with_shape_and_sheet() -> None:
    shape = '<a:cNvPr name="Botón 1"><a:hlinkClick r:id="r1"/></a:cNvPr>'
    code, detail = the_problem(a_drawing(shape))
    assert code == LINKS
    assert "«Botón 1»" in detail
    assert "hoja «Pagos»" in detail


def test_macro_of_a_shape_and_formula_of_a_chart_are_seen() -> None:
    found = problems(a_drawing('<xdr:sp macro="otro.xlsm!abrir"/><c:f>[2]Hoja1!$A$1:$A$9</c:f>'))
    assert [code for code, _ in found] == [MACROS, LINKS, LINKS]


def test_button_whose_macro_was_taken_out_with_the_others_passes() -> None:
    (link,) = problems(a_drawing('<xdr:sp macro="[0]!Boton1_Clic"/>'))
    assert "file:///c:/a.exe" in link[1]


def test_all_that_is_wrong_is_told_at_once_gravest_first() -> None:
    found = workbook(
        {SHEET: ("SUM(A1)", "[1]Hoja1!A1")},
        {
            "payload.exe": b"MZ",
            "xl/vbaProject.bin": b"x",
            SHEET_RELATIONS: relations(("r1", "image", "https://example.com/a.png", "External")),
        },
        {"bin": "application/vnd.ms-office.vbaProject"},
    )
    codes = [code for code, _ in problems(found)]
    assert codes == [MACROS, EMBEDDED, LINKS, LINKS]


def test_of_more_than_twenty_problems_the_rest_is_counted() -> None:
    found = problems(workbook(add={f"archivo{number}.exe": b"MZ" for number in range(25)}))
    assert len(found) == 20
    assert "Hay 6 problemas más" in found[-1][1]
    exact = problems(workbook(add={f"archivo{number}.exe": b"MZ" for number in range(20)}))
    assert len(exact) == 20
    assert "problemas más" not in exact[-1][1]


def test_cells_with_the_same_problem_are_told_together() -> None:
    cells = "".join(f'<c r="A{row}"><f>RTD("a",,"b")</f></c>' for row in range(10, 20))
    code, detail = the_problem(workbook({SHEET: ("</sheetData>", f'<row r="9">{cells}</row></sheetData>')}))
    assert code == LINKS
    assert "celdas A10, A11, A12 y 7 más" in detail


def test_type_that_is_told_twice_is_refused() -> None:
    twice = f'<Override PartName="/{SHEET}" ContentType="application/vnd.ms-office.vbaProject"/><Override'
    assert the_problem(workbook({"[Content_Types].xml": ("<Override", twice)}))[0] == "spreadsheet_damaged"


def test_sheet_that_is_missing_is_damage() -> None:
    found = workbook({"xl/_rels/workbook.xml.rels": ("worksheets/sheet1.xml", "worksheets/sheet9.xml")})
    assert "spreadsheet_damaged" in {code for code, _ in problems(found)}


@pytest.mark.parametrize("part", ["xl/theme/theme1.xml", "xl/styles.xml", SHEET, "docProps/core.xml"])
def test_entity_in_any_part_is_refused(part: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    code, detail = the_problem(workbook(add={part: bomb}))
    assert (code, part in detail) == ("spreadsheet_damaged", True)


def test_texts_that_look_like_formulas_pass() -> None:
    accept(with_formula('"WEBSERVICE(" & A1 & "cmd|\'/c calc\'!A0" & "[1]Hoja!A1"'), XLSX)


def test_signed_workbook_passes() -> None:
    kinds = "application/vnd.openxmlformats-package.digital-signature-"
    row = f'<Relationship Id="s1" Type="{PACKAGE}/relationships/digital-signature/'
    types = (
        f'<Default Extension="sigs" ContentType="{kinds}origin"/>'
        f'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="{kinds}xmlsignature+xml"/><Override'
    )
    signed = workbook(
        {
            "_rels/.rels": ("</Relationships>", f'{row}origin" Target="_xmlsignatures/origin.sigs"/></Relationships>'),
            "[Content_Types].xml": ("<Override", types),
        },
        {
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/sig1.xml": "<Signature/>",
            "_xmlsignatures/_rels/origin.sigs.rels": f'<a>{row}signature" Target="sig1.xml"/></a>',
        },
    )
    assert problems(signed) == []


@pytest.mark.parametrize("ending", ["rels", "RELS"])
def test_sheet_named_as_relations_is_read_as_a_sheet(ending: str) -> None:
    """Programs go by types and relations; a name says nothing."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    name = f"xl/worksheets/_rels/a.{ending}"
    sheet = '<worksheet><sheetData><row><c r="A1"><f>WEBSERVICE("a")</f></c></row></sheetData></worksheet>'
    found = workbook(
        {
            "[Content_Types].xml": ("<Override", f'<Override PartName="/{name}" ContentType="{kind}"/><Override'),
            "xl/_rels/workbook.xml.rels": ("/xl/worksheets/sheet1.xml", f"/{name}"),
        },
        {name: sheet},
    )
    code, detail = the_problem(found)
    assert (code, "hoja «Pagos», celda A1" in detail) == (LINKS, True)


def test_part_that_is_led_to_as_something_else_is_refused() -> None:
    leads = relations(("r1", "worksheet", "../theme/theme1.xml", ""))
    assert the_problem(workbook(add={SHEET_RELATIONS: leads}))[0] == EMBEDDED
    leads = relations(("r1", "drawing", "_rels/sheet1.xml.rels", ""))
    assert the_problem(workbook(add={SHEET_RELATIONS: leads}))[0] == EMBEDDED


def test_sheet_whose_type_says_nothing_is_read_as_a_sheet() -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    found = workbook({SHEET: ("SUM(A1)", "RTD(1)"), "[Content_Types].xml": (kind, "text/xml")})
    code, detail = the_problem(found)
    assert (code, "celda B2" in detail) == (LINKS, True)


@pytest.mark.parametrize("target", ["https://example.com/a.png", "file:///c:/a.png", "//server/a.png"])
def test_address_is_outside_whatever_the_relation_says(target: str) -> None:
    code, detail = the_problem(workbook(add={SHEET_RELATIONS: relations(("r1", "image", target, ""))}))
    assert (code, target in detail) == (LINKS, True)


def test_xml_that_nothing_leads_to_passes_where_programs_leave_it() -> None:
    assert problems(workbook(add={"xl/forgotten.xml": "<styleSheet/>"})) == []
    code, detail = the_problem(workbook(add={"payload.xml": "<a/>"}))
    assert (code, "payload.xml" in detail) == (EMBEDDED, True)
    assert the_problem(workbook(add={"xl/forgotten.xml": "<a><f>WEBSERVICE(1)</f></a>"}))[0] == LINKS


def test_line_break_that_excel_leaves_open_in_a_legacy_drawing_is_no_damage() -> None:
    kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
    parts = {SHEET_RELATIONS: relations(("r1", "vmlDrawing", "../drawings/v.vml", ""))}
    for inside, wanted in (
        ("Hola<br>adiós<br>", []),
        ("Hola<br></br><br/>", []),
        ("x" * 262_140 + "<br><br>", []),
        ("<br><b>", ["spreadsheet_damaged"]),
        ("<br><script/>", [MACROS]),
    ):
        drawing = f"<xml>{inside}</xml>"
        found = problems(workbook(add={**parts, "xl/drawings/v.vml": drawing}, types={"vml": kind}))
        assert [code for code, _ in found] == wanted
    assert problems(workbook({SHEET: ("<sheetData", "<br><sheetData")}))[0][0] == "spreadsheet_damaged"
