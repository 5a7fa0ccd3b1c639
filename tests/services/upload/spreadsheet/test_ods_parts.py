from __future__ import annotations

import pytest

from chalicelib.domain.upload.upload import ODS
from tests.services.upload.spreadsheet.made import changed, ods, plain_ods, problems, the_problem

MACROS, EMBEDDED, LINKS = "spreadsheet_macros", "spreadsheet_embedded_file", "spreadsheet_external_links"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
CHART = "application/vnd.oasis.opendocument.chart"
NAMES = 'xmlns:office="urn:o" xmlns:chart="urn:c" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="urn:m"'


def a_listener(prefix: str = "script") -> str:
    listener = f'<{prefix}:event-listener xmlns:{prefix}="urn:s" {prefix}:event-name="dom:load"/>'
    return f"<office:event-listeners>{listener}</office:event-listeners>"


def with_object(content: str, media_type: str = CHART) -> bytes:
    entry = f'<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="{media_type}"/>'
    shape = '<draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/>'
    return changed(
        plain_ods(),
        {
            "META-INF/manifest.xml": ("</manifest:manifest>", f"{entry}</manifest:manifest>"),
            "content.xml": ("<table:table-row", f"<table:shapes>{shape}</table:shapes><table:table-row"),
        },
        {"Object 1/content.xml": content, "ObjectReplacements/Object 1": PNG},
    )


def a_chart(inside: str = "") -> str:
    body = f'<office:chart><chart:chart xlink:href="..">{inside}</chart:chart></office:chart>'
    return f"<office:document-content {NAMES}><office:body>{body}</office:body></office:document-content>"


def test_chart_of_libreoffice_passes() -> None:
    assert problems(with_object(a_chart()), ODS) == []


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (a_chart(), "application/vnd.oasis.opendocument.text"),
        ("<math:math xmlns:math='urn:m'/>", "application/vnd.oasis.opendocument.formula"),
        (a_chart().replace("office:chart", "office:text"), CHART),
        (a_chart("<math:math/>"), CHART),
    ],
)
def test_other_object_is_refused(content: str, media_type: str) -> None:
    assert {code for code, _ in problems(with_object(content, media_type), ODS)} == {EMBEDDED}


def test_chart_with_data_from_another_file_is_refused() -> None:
    series = "<chart:series chart:values-cell-range-address=\"'file:///c:/a.ods'#$Hoja1.A1:.A9\"/>"
    code, detail = the_problem(with_object(a_chart(series)), ODS)
    assert (code, "Object 1/content.xml" in detail) == (LINKS, True)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("payload.exe", EMBEDDED),
        ("Object 1", EMBEDDED),
        ("Scripts/python/a.py", MACROS),
        ("Dialogs/Standard/a.xml", MACROS),
        ("META-INF/macrosignatures.xml", MACROS),
        ("Versions/Version1", EMBEDDED),
        ("Configurations2/payload.exe", EMBEDDED),
        ("Pictures/payload.exe", EMBEDDED),
        ("Pictures/a.png", EMBEDDED),
        ("Fonts/a.ttf", EMBEDDED),
    ],
)
def test_part_in_a_place_that_is_not_listed_is_refused_by_its_name(name: str, code: str) -> None:
    found, detail = the_problem(ods(add={name: b"MZ\x90"}), ODS)
    assert found == code
    assert name in detail


def test_picture_passes() -> None:
    picture = '<draw:image xlink:href="Pictures/a.png"/>'
    assert problems(ods(f"<table:shapes>{picture}</table:shapes>", add={"Pictures/a.png": PNG}), ODS) == []


@pytest.mark.parametrize("part", ["content", "styles"])
def test_listener_of_an_event_is_found_in_any_part(part: str) -> None:
    listener = a_listener()
    found = ods(listener) if part == "content" else ods(styles=listener)
    assert the_problem(found, ODS)[0] == MACROS
    assert the_problem(ods(a_listener("otro")), ODS)[0] == MACROS


@pytest.mark.parametrize("part", ["content.xml", "styles.xml"])
def test_listener_is_found_in_utf_16(part: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="utf-16"?><office:document-content {NAMES} xmlns:s="urn:s"><s:event-listener/>'
        "<office:body><office:spreadsheet/></office:body></office:document-content>"
    )
    assert the_problem(ods(add={part: text.encode("utf-16")}), ODS)[0] == MACROS


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("office:script", MACROS),
        ("draw:object-ole", EMBEDDED),
        ("draw:applet", EMBEDDED),
        ("draw:plugin", EMBEDDED),
        ("draw:floating-frame", EMBEDDED),
        ("office:binary-data", EMBEDDED),
        ("office:document", EMBEDDED),
        ("table:cell-range-source", LINKS),
        ("table:dde-link", LINKS),
        ("table:database-source-sql", LINKS),
        ("table:source-service", LINKS),
        ("text:dde-connection-decl", LINKS),
        ("text:execute-macro", MACROS),
    ],
)
def test_tag_that_acts_embeds_or_brings_data_is_refused(tag: str, code: str) -> None:
    assert the_problem(ods(f"<{tag}/>"), ODS)[0] == code


@pytest.mark.parametrize(
    "tag", ["draw:image", "style:background-image", "draw:fill-image", "form:form", "draw:object", "svg:font-face-uri"]
)
@pytest.mark.parametrize(
    "target", ["https://example.com/a.png", "file:///c:/a.png", "../a.png", "Pictures/missing.png", "//server/a.png"]
)
def test_what_is_shown_lies_inside(tag: str, target: str) -> None:
    code, detail = the_problem(ods(f'<{tag} xlink:href="{target}"/>'), ODS)
    assert (code, target in detail) == (LINKS, True)


@pytest.mark.parametrize(
    "target", ["file:///c:/a.exe", "../otro.ods", "javascript:alert(1)", "vnd.sun.star.script:a.b", "ftp://example.com"]
)
def test_link_that_is_not_of_the_web_is_refused_with_its_cell(target: str) -> None:
    link = f'<text:p><text:a xlink:href="{target}">a</text:a></text:p>'
    rows = (
        '<table:table-row table:number-rows-repeated="4"/><table:table-row><table:table-cell '
        f'table:number-columns-repeated="2"/><table:table-cell>{link}</table:table-cell></table:table-row>'
    )
    code, detail = the_problem(ods(rows), ODS)
    assert code == LINKS
    assert "celda C5" in detail


@pytest.mark.parametrize("target", ["https://www.gob.pe", "mailto:a@gob.pe", "tel:+511", "#Hoja1.A1"])
@pytest.mark.parametrize("tag", ["text:a", "draw:a", "style:hyperlink"])
def test_link_to_the_web_or_inside_passes(target: str, tag: str) -> None:
    assert problems(ods(f'<text:p><{tag} xlink:href="{target}"/></text:p>'), ODS) == []


def test_key_that_starts_a_macro_is_refused() -> None:
    key = '<accel:item xmlns:accel="urn:a" xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{}"/>'
    name = "Configurations2/accelerator/current.xml"
    assert the_problem(ods(add={name: key.format("vnd.sun.star.script:a.b?language=Basic")}), ODS)[0] == MACROS
    assert problems(ods(add={name: key.format(".uno:Save")}), ODS) == []


def test_content_that_is_no_xml_is_damage() -> None:
    code, detail = the_problem(ods(add={"content.xml": b"PK not xml"}), ODS)
    assert (code, "content.xml" in detail) == ("spreadsheet_damaged", True)


def test_document_type_with_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><office:document-content>&b;</office:document-content>'
    assert the_problem(ods(add={"content.xml": bomb}), ODS)[0] == "spreadsheet_damaged"


def test_text_document_named_spreadsheet_is_refused() -> None:
    text = f"<office:document-content {NAMES}><office:body><office:text/></office:body></office:document-content>"
    assert the_problem(ods(add={"content.xml": text}), ODS)[0] == "spreadsheet_damaged"


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = ods('<draw:image xlink:href="https://a.pe/a.png"/>', styles=a_listener(), add={"payload.exe": b"MZ"})
    assert [code for code, _ in problems(found, ODS)] == [MACROS, EMBEDDED, LINKS]


def test_package_that_is_encrypted_as_a_whole_is_told_as_such() -> None:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:m"><manifest:file-entry manifest:full-path="encrypted-package">'
        "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    found = ods(add={"META-INF/manifest.xml": manifest, "encrypted-package": b"x"})
    assert the_problem(found, ODS)[0] == "spreadsheet_encrypted"


def test_list_of_parts_of_old_openoffice_names_its_type_and_declares_nothing() -> None:
    start = "<manifest:manifest "
    named = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"{}>'
    for declared, wanted in (("", []), ('[<!ENTITY a "b">]', ["spreadsheet_damaged"])):
        changes = {"META-INF/manifest.xml": (start, named.format(declared) + start)}
        assert [code for code, _ in problems(changed(plain_ods(), changes), ODS)] == wanted


def test_base_of_addresses_is_refused() -> None:
    assert the_problem(ods('<text:p xml:base="https://example.com/"/>'), ODS)[0] == LINKS
