"""Spreadsheets that are made to keep their reader at work: parts that are parsed, and parts that share their bytes."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from chalicelib.domain.upload.upload import ODS, XLSX
from chalicelib.services.upload.spreadsheet import inspect_xlsx, read_part
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, refusal

TYPES = (
    '<Types><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/></Types>'
)
NOISE = hashlib.shake_256(b"").digest(100_000)
"""What cannot be packed."""


def a_workbook(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>", **parts}.items():
            package.writestr(name, content)
    return target.getvalue()


def links(count: int) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    each = '<Relationship Id="r{}" Type="{}" Target="https://example.com/a?b=c" TargetMode="External"/>'
    return "<Relationships>" + "".join(each.format(number, kind) for number in range(count)) + "</Relationships>"


def test_a_part_without_a_name_is_refused() -> None:
    content = a_workbook({"ab": b"x"}).replace(b"ab", b"\x00b")
    assert refusal(content, XLSX) == "spreadsheet_damaged"


def test_a_sheet_of_as_many_links_as_fit_passes() -> None:
    parts = {"xl/worksheets/_rels/sheet1.xml.rels": links(40_000), "xl/worksheets/_rels/sheet2.xml.rels": links(40_000)}
    accept(a_workbook(parts), XLSX)


def test_parts_are_parsed_up_to_a_bound_of_them_all() -> None:
    part = "<R>" + "<a/>" * 100_000 + "</R>"
    parts: dict[str, str | bytes] = {f"{number}.rels": part for number in range(40)}
    bomb = a_workbook({**parts, "xl/media/photo.bin": NOISE})
    assert len(bomb) < 250_000
    with cpu_within(4):
        assert refusal(bomb, XLSX) == "spreadsheet_too_complex"


def test_bytes_that_are_parsed_have_a_bound_of_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {f"{number}.rels": f"<R>{'x' * 10_000}</R>" for number in range(10)}
    accept(a_workbook(parts), XLSX)
    monkeypatch.setattr(inspect_xlsx, "MAX_RELATIONS_SIZE", 90_000)
    assert refusal(a_workbook(parts), XLSX) == "spreadsheet_too_complex"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tags_are_counted_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_part, "MAX_WORK", 1000)
    part = f'<?xml version="1.0" encoding="{encoding}"?><R>{"<a/>" * 1000}</R>'.encode(encoding)
    assert refusal(a_workbook({"a.rels": part}), XLSX) == "spreadsheet_too_complex"


def test_a_manifest_of_millions_is_not_parsed() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", "<m>" + "<a/>" * 1_900_000 + "</m>")
        package.writestr("content.xml", "<a/>")
        package.writestr("pad", bytes(range(256)) * 400, zipfile.ZIP_STORED)
    with cpu_within(1):
        assert refusal(target.getvalue(), ODS) == "spreadsheet_too_complex"


def test_parts_that_share_their_bytes_are_refused() -> None:
    """Each part is packed as a piece that holds the next one's head, and the next part itself (Fifield, 2019)."""
    kernel = NOISE
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed, content = packer.compress(kernel) + packer.flush(), kernel
    rows = []
    for number in range(100):
        name = f"xl/media/{number:03}.bin".encode()
        facts = struct.pack(
            "<HHHHHLLLHH", 20, 0, 8, 0, 33, zlib.crc32(content), len(packed), len(content), len(name), 0
        )
        head = b"PK\x03\x04" + facts + name
        rows.append((facts, name, len(packed)))
        packed, content = b"\x00" + struct.pack("<HH", len(head), len(head) ^ 0xFFFF) + head + packed, head + content
    plain = a_workbook({})
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        start = package.start_dir
    body = plain[:start] + packed[5:]
    table = plain[start:-22]
    for facts, name, size in rows:
        place = len(body) - size - 30 - len(name)
        table += b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHLL", 0, 0, 0, 0, place) + name
    end = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 101, 101, len(table), len(body), 0)
    assert refusal(body + table + end, XLSX) == "spreadsheet_damaged"
    with zipfile.ZipFile(io.BytesIO(body + table + end)) as package:
        assert package.testzip() is None
