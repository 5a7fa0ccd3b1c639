"""Spreadsheets: XLSX (ECMA-376) and ODS (OASIS OpenDocument), without macros, objects or data from elsewhere.

Links to other workbooks and data connections are refused: what the reader sees would depend on a file that was
not notified. Hyperlinks and charts pass.
"""

from __future__ import annotations

import re
from typing import BinaryIO
from zipfile import ZipFile

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.upload.upload import ODS, XLSX
from chalicelib.services.upload.zip_package import check_all, damaged, open_package, pieces, read_xml

_XLSX_MACROS = ("vbaproject", "macrosheet", "dialogsheet", "macroenabled", "activex", "attachedtoolbars")
_XLSX_OBJECTS = ("oleobject", "xl/embeddings/", "package.stream")
_XLSX_LINKS = ("externallink", "/connections", "querytable")
_CONTENT_TYPES = "[Content_Types].xml"
_ODS_ELSEWHERE = re.compile(rb"[<:](table-source|cell-range-source|database-source-\w+|dde-link|dde-source)[\s>/]")
_ODS_EVENTS = re.compile(rb"[<:]event-listener[\s>/]")


def inspect_xlsx(stream: BinaryIO) -> None:
    """Accept a workbook as Excel, LibreOffice and libraries write it.

    Raises:
        InvalidInput: `file_type_mismatch`, `spreadsheet_damaged`, `spreadsheet_too_complex`,
            `spreadsheet_encrypted`, `spreadsheet_macros`, `spreadsheet_embedded_file`,
            `spreadsheet_external_links`.

    """
    with open_package(stream) as package:
        names = package.namelist()
        if _CONTENT_TYPES not in names:
            raise _wrong_type("XLSX")
        types = {name.lower(): kind.lower() for name, kind in _content_types(package)}
        described = [*types, *types.values(), *(name.lower() for name in names)]
        _refuse_active(described, package)
        if f"{XLSX}.main+xml" not in types.values():
            raise _wrong_type("XLSX")
        check_all(package)


def inspect_ods(stream: BinaryIO) -> None:
    """Accept a spreadsheet as LibreOffice writes it. Raises the same codes as `inspect_xlsx`."""
    with open_package(stream) as package:
        names = package.namelist()
        if names[0] != "mimetype" or package.getinfo("mimetype").file_size != len(ODS):
            raise _wrong_type("ODS")
        if package.read("mimetype") != ODS.encode() or "content.xml" not in names:
            raise _wrong_type("ODS")
        _check_manifest(package)
        if any(name.lower().startswith(("basic/", "scripts/")) for name in names if not name.endswith("/")):
            raise _macros()
        check_all(package)
        for piece in pieces(package, "content.xml"):
            _check_ods_content(piece)


def _content_types(package: ZipFile) -> list[tuple[str, str]]:
    (root,) = read_xml(package, [_CONTENT_TYPES])
    return [(each.get("PartName", each.get("Extension", "")), each.get("ContentType", "")) for each in root]


def _refuse_active(described: list[str], package: ZipFile) -> None:
    text = "\n".join(described)
    if any(word in text for word in _XLSX_MACROS):
        raise _macros()
    if any(word in text for word in _XLSX_OBJECTS):
        raise _embedded()
    if any(word in text for word in _XLSX_LINKS) or any(map(_is_external, _relationships(package))):
        raise _external_links()


def _relationships(package: ZipFile) -> list[dict[str, str]]:
    names = [name for name in package.namelist() if name.lower().endswith(".rels")]
    return [each.attrib for root in read_xml(package, names) for each in root]


def _is_external(relationship: dict[str, str]) -> bool:
    if relationship.get("TargetMode", "").lower() != "external":
        return False
    return not relationship.get("Type", "").lower().endswith("/hyperlink")


def _check_manifest(package: ZipFile) -> None:
    if "META-INF/manifest.xml" not in package.namelist():
        raise damaged()
    (manifest,) = read_xml(package, ["META-INF/manifest.xml"])
    for each in manifest.iter():
        tag = each.tag.rpartition("}")[2]
        if tag == "encryption-data":
            detail = "La hoja de cálculo está protegida con contraseña. Quite la contraseña y envíela de nuevo."
            raise InvalidInput("spreadsheet_encrypted", detail)
        if any("oleobject" in value.lower() for value in each.attrib.values()):
            raise _embedded()


def _check_ods_content(data: bytes) -> None:
    if _ODS_EVENTS.search(data):
        raise _macros()
    if _ODS_ELSEWHERE.search(data):
        raise _external_links()


def _wrong_type(name: str) -> InvalidInput:
    detail = f"El archivo no es una hoja de cálculo {name}. Guárdelo en ese formato y envíelo de nuevo."
    return InvalidInput("file_type_mismatch", detail)


def _macros() -> InvalidInput:
    detail = "La hoja de cálculo tiene macros o controles. Guárdela sin macros y envíela de nuevo."
    return InvalidInput("spreadsheet_macros", detail)


def _embedded() -> InvalidInput:
    detail = "La hoja de cálculo lleva archivos incrustados. Quítelos y envíe cada uno como anexo."
    return InvalidInput("spreadsheet_embedded_file", detail)


def _external_links() -> InvalidInput:
    detail = "La hoja de cálculo toma datos de otros archivos. Rompa los vínculos (Datos, Editar vínculos) y envíela."
    return InvalidInput("spreadsheet_external_links", detail)
