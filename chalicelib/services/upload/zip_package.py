"""ZIP packages from strangers: every size is checked before anything is unpacked (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.errors import InvalidInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # the type only; parsing is defusedxml's

MAX_ENTRIES = 5_000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 250
"""Unpacked to packed, of the whole; sheets of repeated cells reach 100."""
_MAX_DIRECTORY = 1024 * 1024
_MAX_XML = 8 * 1024 * 1024
"""Of one part that is parsed."""
MAX_PARSED = 24 * 1024 * 1024
"""Of all parts that are parsed together."""
MAX_TAGS = 500_000
"""Of what is parsed together. A sheet has 65,530 links at most, of one each."""
_PIECE = 1024 * 1024
_END_RECORD = 22
_ZIP64_LOCATOR = 20


@contextmanager
def open_package(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a package whose table of contents is sane.

    Raises:
        InvalidInput: `file_type_mismatch`, `spreadsheet_encrypted`, `spreadsheet_damaged`, `spreadsheet_too_complex`.

    """
    _check_ends(stream)
    try:
        with zipfile.ZipFile(stream) as package:
            _check_entries(package.infolist(), stream.seek(0, io.SEEK_END))
            yield package
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError) as error:
        raise damaged() from error


def check_all(package: zipfile.ZipFile) -> None:
    """Unpack everything once, in pieces that are thrown away, which checks every size and checksum."""
    for entry in package.infolist():
        for _ in pieces(package, entry.filename):
            pass


def pieces(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Unpack one part in pieces; each repeats the end of the one before, so that a search misses no seam."""
    with package.open(name) as unpacked:
        overlap = b""
        while piece := unpacked.read(_PIECE):
            yield overlap + piece
            overlap = piece[-64:]


def read_xml(package: zipfile.ZipFile, names: Iterable[str]) -> Iterator[Element]:
    """Parse small parts one after the other, without entities; each tag takes a hundred times what unpacking it does.

    Raises:
        InvalidInput: `spreadsheet_damaged` or `spreadsheet_too_complex`.

    """
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415
    from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]  # noqa: PLC0415

    size = tags = 0
    for name in names:
        size += package.getinfo(name).file_size
        if package.getinfo(name).file_size > _MAX_XML or size > MAX_PARSED:
            raise _too_complex()
        text = package.read(name)
        tags += text.count(b"<")
        if tags > MAX_TAGS:
            raise _too_complex()
        try:
            yield fromstring(text, forbid_dtd=True)
        except (ParseError, DefusedXmlException) as error:
            raise damaged() from error


def _check_ends(stream: BinaryIO) -> None:
    """Hold the archive to the file: nothing before it, no comment after it, one table of contents."""
    stream.seek(0)
    head = stream.read(8)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        detail = "El archivo es de un formato antiguo de Excel o tiene contraseña. Guárdelo como XLSX sin contraseña."
        raise InvalidInput("file_type_mismatch", detail)
    if not head.startswith(b"PK\x03\x04"):
        detail = "El archivo no es una hoja de cálculo XLSX u ODS. Guárdelo en ese formato y envíelo de nuevo."
        raise InvalidInput("file_type_mismatch", detail)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_RECORD - _ZIP64_LOCATOR))
    tail = stream.read()
    record = tail[-_END_RECORD:]
    if not record.startswith(b"PK\x05\x06") or tail.startswith(b"PK\x06\x07"):
        raise damaged()
    directory_size = int.from_bytes(record[12:16], "little")
    directory_at = int.from_bytes(record[16:20], "little")
    if directory_at + directory_size + _END_RECORD != size:
        raise damaged()
    if directory_size > _MAX_DIRECTORY:
        raise _too_complex()


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Hold the table of contents of a file of `size` bytes to bounds; parts that share their bytes are no program's."""
    if not entries or min(entry.header_offset for entry in entries) != 0:
        raise damaged()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed + _PIECE:
        raise _too_complex()
    if packed > size or any(count > 1 for count in Counter(entry.filename.lower() for entry in entries).values()):
        raise damaged()
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        detail = "La hoja de cálculo está protegida con contraseña. Quite la contraseña y envíela de nuevo."
        raise InvalidInput("spreadsheet_encrypted", detail)
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or not name.isprintable():
        raise damaged()
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged()


def damaged() -> InvalidInput:
    """Return the refusal of a package that cannot be read to its end."""
    detail = "La hoja de cálculo está incompleta o dañada. Ábrala, guárdela de nuevo y envíe el nuevo archivo."
    return InvalidInput("spreadsheet_damaged", detail)


def _too_complex() -> InvalidInput:
    detail = "La hoja de cálculo es demasiado grande para revisarla. Divídala en varias y envíe cada una."
    return InvalidInput("spreadsheet_too_complex", detail)
