"""Spreadsheets: XLSX (ECMA-376) and ODS (OASIS OpenDocument), without macros, objects or data from elsewhere.

Links to other workbooks and data connections are refused: what the reader sees would depend on a file that was
not notified. Links to the web and charts pass. What a spreadsheet may have is listed; anything else is refused by name.
"""

from __future__ import annotations

from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.spreadsheet import inspect_ods as ods
from chalicelib.services.upload.spreadsheet import inspect_xlsx as xlsx
from chalicelib.services.upload.spreadsheet.ole_directory import SIGNATURE, names_in
from chalicelib.services.upload.zip_package import encrypted, open_package, wrong_type


def inspect_xlsx(stream: BinaryIO) -> None:
    """Accept a workbook as Excel, LibreOffice and libraries write it.

    Raises:
        InvalidInput: `file_type_mismatch`, `spreadsheet_damaged`, `spreadsheet_too_complex`,
            `spreadsheet_encrypted`, `spreadsheet_macros`, `spreadsheet_embedded_file`,
            `spreadsheet_external_links`; `problems` has all that is wrong.

    """
    _refuse_compound_file(stream, "XLSX")
    with open_package(stream) as package:
        xlsx.inspect(package)


def inspect_ods(stream: BinaryIO) -> None:
    """Accept a spreadsheet as LibreOffice writes it. Raises the same codes as `inspect_xlsx`."""
    _refuse_compound_file(stream, "ODS")
    with open_package(stream) as package:
        ods.inspect(package)


def _refuse_compound_file(stream: BinaryIO, wanted: str) -> None:
    """Tell a workbook with a password from an old one: both are compound files (MS-OFFCRYPTO 2.3.2, MS-XLS 2.1)."""
    stream.seek(0)
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        return
    names = {name.lower() for name in names_in(stream)}
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise encrypted()
    if names & {"workbook", "book"}:
        detail = f"El archivo es de un formato antiguo de Excel (XLS). Ábralo, guárdelo como {wanted} y envíelo."
        raise InvalidInput("file_type_mismatch", detail)
    raise wrong_type(wanted)
