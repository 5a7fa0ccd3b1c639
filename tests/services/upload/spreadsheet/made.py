"""Spreadsheets made for one test each: a plain workbook or ODS with something put in, in a part or beside it."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.upload.upload import XLSX
from tests.services.upload.inspecting import FIXTURES, accept

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
NOTHING: Mapping[str, Any] = MappingProxyType({})
Parts = Mapping[str, str | bytes]
Changes = Mapping[str, tuple[str, str]]
"""By part: what is replaced, and by what."""


@functools.cache
def plain_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Pagos"
    sheet["A1"], sheet["B2"] = 1, "=SUM(A1)"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@functools.cache
def plain_ods() -> bytes:
    return (FIXTURES / "spreadsheet" / "libreoffice.ods").read_bytes()


def changed(source: bytes, changes: Changes = NOTHING, add: Parts = NOTHING) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename in changes:
                before, after = changes[entry.filename]
                assert before.encode() in data, f"{before} is not in {entry.filename}"
                data = data.replace(before.encode(), after.encode(), 1)
            if entry.filename not in add:
                new.writestr(entry, data, compress_type=entry.compress_type)
        for name, content in add.items():
            new.writestr(name, content)
    return target.getvalue()


def workbook(changes: Changes = NOTHING, add: Parts = NOTHING, types: Mapping[str, str] = NOTHING) -> bytes:
    """Make a workbook; `types` are content types by the ending of parts' names."""
    declared = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in types.items())
    more = {"[Content_Types].xml": ("<Override", f"{declared}<Override")} if declared else {}
    return changed(plain_workbook(), {**more, **changes}, add)


def with_formula(formula: str) -> bytes:
    return workbook({SHEET: ("SUM(A1)", formula.replace("&", "&amp;").replace("<", "&lt;"))})


def relations(*rows: tuple[str, str, str, str]) -> str:
    """Write relations; each has an id, a type's last word, a target, and `External` or nothing."""
    each = "".join(
        f'<Relationship Id="{id_}" Type="{OFFICE}/{word}" Target="{target}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for id_, word, target, mode in rows
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def ods(content: str = "", *, styles: str = "", add: Parts = NOTHING) -> bytes:
    """Make an ODS with something at the start of its first sheet, or at the end of its styles."""
    changes: dict[str, tuple[str, str]] = {}
    if content:
        changes["content.xml"] = ("<table:table-row", f"{content}<table:table-row")
    if styles:
        changes["styles.xml"] = ("</office:document-styles>", f"{styles}</office:document-styles>")
    return changed(plain_ods(), changes, add)


def ods_with_formula(formula: str) -> bytes:
    written = formula.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return ods(f'<table:table-row><table:table-cell table:formula="{written}"/></table:table-row>')


def problems(content: bytes, media_type: str = XLSX) -> list[tuple[str, str]]:
    """Return code and detail of all that is wrong; nothing of what is accepted."""
    try:
        accept(content, media_type)
    except CasillaError as refusal:
        return [(one.code, one.detail) for one in refusal.problems or (refusal,)]
    return []


def the_problem(content: bytes, media_type: str = XLSX) -> tuple[str, str]:
    found = problems(content, media_type)
    if len(found) != 1:
        pytest.fail(f"not one problem: {found}")
    return found[0]
