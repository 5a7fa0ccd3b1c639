"""Compound files: workbooks with a password, and those of Excel 97, which are told apart by their streams."""

from __future__ import annotations

import struct

import pytest

from chalicelib.domain.upload.upload import ODS, XLSX
from tests.services.upload.spreadsheet.made import the_problem

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def an_entry(name: str) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return written.ljust(64, b"\0") + struct.pack("<H", len(written)) + bytes(62)


def a_compound_file(names: list[str], *, loops: bool = False) -> bytes:
    """Write a header, an allocation table, and a directory of four names a sector."""
    entries = [an_entry(name) for name in ["Root Entry", *names]]
    sectors = [b"".join(entries[start : start + 4]).ljust(512, b"\0") for start in range(0, len(entries), 4)]
    chain = [FAT, *range(2, len(sectors) + 1), 1 if loops else END]
    table = struct.pack("<128L", *(chain + [FREE] * (128 - len(chain))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(48, b"\0") + struct.pack("<L", 1) + bytes(16) + struct.pack("<LL", END, 0)
    header += struct.pack("<109L", 0, *[FREE] * 108)
    return header + table + b"".join(sectors)


@pytest.mark.parametrize("before", [0, 30])
def test_workbook_with_a_password_is_told_as_encrypted(before: int) -> None:
    names = [f"\x06DataSpaces{number}" for number in range(before)]
    locked = a_compound_file([*names, "EncryptionInfo", "EncryptedPackage"])
    assert the_problem(locked, XLSX)[0] == "spreadsheet_encrypted"
    assert the_problem(locked, ODS)[0] == "spreadsheet_encrypted"


@pytest.mark.parametrize("name", ["Workbook", "Book"])
def test_workbook_of_excel_97_is_told_as_old(name: str) -> None:
    code, detail = the_problem(a_compound_file([name, "\x05SummaryInformation"]))
    assert code == "file_type_mismatch"
    assert "formato antiguo de Excel" in detail


def test_other_compound_file_is_no_spreadsheet() -> None:
    code, detail = the_problem(a_compound_file(["WordDocument", "1Table"]))
    assert code == "file_type_mismatch"
    assert "formato antiguo de Excel" not in detail


def test_directory_that_leads_in_a_circle_ends() -> None:
    assert the_problem(a_compound_file(["a"] * 9, loops=True))[0] == "file_type_mismatch"


@pytest.mark.parametrize("kept", [8, 511, 512, 700, 1100])
def test_compound_file_that_ends_too_soon_is_no_spreadsheet(kept: int) -> None:
    assert the_problem(a_compound_file(["Workbook"])[:kept])[0] == "file_type_mismatch"
