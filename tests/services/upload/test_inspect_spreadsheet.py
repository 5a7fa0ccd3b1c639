from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from chalicelib.domain.upload.upload import ODS, XLSX
from chalicelib.services.upload import zip_package
from tests.services.upload.inspecting import FIXTURES, accept, refusal

LIBREOFFICE_XLSX = (FIXTURES / "spreadsheet" / "libreoffice.xlsx").read_bytes()
LIBREOFFICE_ODS = (FIXTURES / "spreadsheet" / "libreoffice.ods").read_bytes()
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="https://example.com/a" TargetMode="External"/></Relationships>'
)


def repacked(
    source: bytes,
    *,
    add: Mapping[str, bytes | str] | None = None,
    change: Callable[[str, bytes], bytes] = lambda _, data: data,
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, change(entry.filename, old.read(entry)), compress_type=entry.compress_type)
        for name, data in (add or {}).items():
            new.writestr(name, data)
    return target.getvalue()


def a_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, 9):
        sheet.cell(row, 1, row)
    sheet.cell(1, 2, "gob.pe").hyperlink = "https://www.gob.pe/"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=8))
    sheet.add_chart(chart, "D2")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(LIBREOFFICE_XLSX, XLSX), (a_workbook(), XLSX), (LIBREOFFICE_ODS, ODS), (repacked(LIBREOFFICE_ODS), ODS)],
    ids=["libreoffice-xlsx", "openpyxl-with-chart-and-link", "libreoffice-ods", "repacked-ods"],
)
def test_plain_spreadsheet_passes(content: bytes, media_type: str) -> None:
    accept(content, media_type)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "spreadsheet_macros"),
        ("XL/VBAPROJECT.BIN", "spreadsheet_macros"),
        ("xl/macrosheets/sheet1.xml", "spreadsheet_macros"),
        ("xl/activeX/activeX1.bin", "spreadsheet_macros"),
        ("xl/embeddings/oleObject1.bin", "spreadsheet_embedded_file"),
        ("xl/externalLinks/externalLink1.xml", "spreadsheet_external_links"),
        ("xl/connections.xml", "spreadsheet_external_links"),
    ],
)
def test_workbook_part_that_acts_or_brings_data_is_refused(name: str, code: str) -> None:
    assert refusal(repacked(LIBREOFFICE_XLSX, add={name: b"x"}), XLSX) == code


def test_macro_project_under_another_name_is_found_by_its_content_type() -> None:
    def change(name: str, data: bytes) -> bytes:
        declared = b'<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.&#118;baProject"/></Types>'
        return data.replace(b"</Types>", declared) if name == "[Content_Types].xml" else data

    assert refusal(repacked(LIBREOFFICE_XLSX, change=change, add={"xl/a.bin": b"x"}), XLSX) == "spreadsheet_macros"


def test_macro_enabled_workbook_renamed_to_xlsx_is_refused() -> None:
    def change(_: str, data: bytes) -> bytes:
        plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return data.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")

    assert refusal(repacked(LIBREOFFICE_XLSX, change=change), XLSX) == "spreadsheet_macros"


@pytest.mark.parametrize("kind", ["oleObject", "image", "attachedTemplate", "externalLinkPath"])
def test_relation_to_something_outside_is_refused(kind: str) -> None:
    relations = {"xl/worksheets/_rels/other.xml.rels": RELATION.format(kind)}
    assert refusal(repacked(LIBREOFFICE_XLSX, add=relations), XLSX) == "spreadsheet_external_links"


def test_hyperlink_passes() -> None:
    relations = {"xl/worksheets/_rels/other.xml.rels": RELATION.format("hyperlink")}
    accept(repacked(LIBREOFFICE_XLSX, add=relations), XLSX)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (b'<office:event-listeners><script:event-listener script:language="ooo:script"/>', "spreadsheet_macros"),
        (b'<table:table-source xlink:href="file:///a.ods"/>', "spreadsheet_external_links"),
        (b'<office:dde-source office:dde-application="cmd"/>', "spreadsheet_external_links"),
    ],
)
def test_ods_content_that_acts_or_brings_data_is_refused(part: bytes, code: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"<office:spreadsheet>", b"<office:spreadsheet>" + part) if name == "content.xml" else data

    assert refusal(repacked(LIBREOFFICE_ODS, change=change), ODS) == code


def test_ods_with_basic_macros_is_refused() -> None:
    assert refusal(repacked(LIBREOFFICE_ODS, add={"Basic/Standard/Module1.xml": "x"}), ODS) == "spreadsheet_macros"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (b'<manifest:encryption-data manifest:checksum=""/>', "spreadsheet_encrypted"),
        (
            b'<manifest:file-entry manifest:media-type="application/vnd.sun.star.oleobject"/>',
            "spreadsheet_embedded_file",
        ),
    ],
)
def test_ods_manifest_that_tells_of_encryption_or_objects_is_refused(entry: bytes, code: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        end = b"</manifest:manifest>"
        return data.replace(end, entry + end) if name == "META-INF/manifest.xml" else data

    assert refusal(repacked(LIBREOFFICE_ODS, change=change), ODS) == code


@pytest.mark.parametrize(
    "content",
    [
        LIBREOFFICE_ODS,
        b"MZ" + bytes(500),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        b"Concepto,Monto\n",
        b"PK",
    ],
    ids=["ods", "exe", "legacy-xls", "csv", "two-bytes"],
)
def test_another_kind_of_file_named_xlsx_is_refused(content: bytes) -> None:
    assert refusal(content, XLSX) == "file_type_mismatch"


def test_workbook_named_ods_is_refused() -> None:
    assert refusal(LIBREOFFICE_XLSX, ODS) == "file_type_mismatch"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "xl\\a.xml", "c:/a.xml", "xl/a\n.xml"])
def test_entry_that_would_be_unpacked_elsewhere_is_refused(name: str) -> None:
    assert refusal(repacked(LIBREOFFICE_XLSX, add={name: b"x"}), XLSX) == "spreadsheet_damaged"


def test_entity_in_a_part_is_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert refusal(repacked(LIBREOFFICE_XLSX, add={"xl/_rels/a.xml.rels": bomb}), XLSX) == "spreadsheet_damaged"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_truncated_workbook_is_refused(kept: float) -> None:
    assert refusal(LIBREOFFICE_XLSX[: int(len(LIBREOFFICE_XLSX) * kept)], XLSX) == "spreadsheet_damaged"


def test_wrong_bit_in_a_part_is_refused() -> None:
    damaged = bytearray(LIBREOFFICE_XLSX)
    with zipfile.ZipFile(io.BytesIO(LIBREOFFICE_XLSX)) as package:
        sheet = package.getinfo("xl/worksheets/sheet1.xml")
    damaged[sheet.header_offset + 30 + len(sheet.filename) + sheet.compress_size // 2] ^= 1
    assert refusal(bytes(damaged), XLSX) == "spreadsheet_damaged"


@pytest.mark.parametrize("around", [(b"x", b""), (b"", b"x")])
def test_data_around_the_archive_are_refused(around: tuple[bytes, bytes]) -> None:
    content = around[0] + LIBREOFFICE_XLSX + around[1]
    assert refusal(content, XLSX) in {"spreadsheet_damaged", "file_type_mismatch"}


def test_part_that_unpacks_to_gigabytes_is_refused_unread() -> None:
    assert refusal(repacked(LIBREOFFICE_XLSX, add={"xl/a.xml": bytes(30_000_000)}), XLSX) == "spreadsheet_too_complex"


def test_archive_of_thousands_of_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_package, "MAX_ENTRIES", 50)
    entries: dict[str, bytes | str] = {f"xl/{number}.xml": b"" for number in range(60)}
    assert refusal(repacked(LIBREOFFICE_XLSX, add=entries), XLSX) == "spreadsheet_too_complex"


def test_part_named_twice_is_refused() -> None:
    twice = repacked(LIBREOFFICE_XLSX, add={"XL/workbook.xml": b"<a/>"})
    assert refusal(twice, XLSX) == "spreadsheet_damaged"


def test_folder_that_holds_bytes_is_refused() -> None:
    assert refusal(repacked(LIBREOFFICE_XLSX, add={"xl/hidden/": b"MZ"}), XLSX) == "spreadsheet_damaged"
    accept(repacked(LIBREOFFICE_XLSX, add={"xl/empty/": b""}), XLSX)
