"""ZIP packages from strangers: every size is checked before anything is unpacked (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput

MAX_ENTRIES = 5_000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 250
"""Unpacked to packed, of the whole; sheets of repeated cells reach 100."""
_MAX_DIRECTORY = 1024 * 1024
_PIECE = 1024 * 1024
_EMPTY = 2
"""Bytes that nothing takes when it is packed."""
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


def _check_ends(stream: BinaryIO) -> None:
    """Hold the archive to the file: nothing before it, no comment after it, one table of contents."""
    stream.seek(0)
    head = stream.read(8)
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
        raise too_complex()


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Hold the table of contents of a file of `size` bytes to bounds; parts that share their bytes are no program's."""
    if not entries or min(entry.header_offset for entry in entries) != 0:
        raise damaged()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed + _PIECE:
        raise too_complex()
    if packed > size or any(count > 1 for count in Counter(entry.filename.lower() for entry in entries).values()):
        raise damaged()
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise encrypted()
    name = entry.filename
    if (
        not name
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or ".." in name.split("/")
        or not name.isprintable()
    ):
        raise damaged()
    if entry.is_dir() and (entry.file_size or entry.compress_size > _EMPTY):
        raise damaged()
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged()


def damaged() -> InvalidInput:
    """Return the refusal of a package that cannot be read to its end."""
    detail = "La hoja de cálculo está incompleta o dañada. Ábrala, guárdela de nuevo y envíe el nuevo archivo."
    return InvalidInput("spreadsheet_damaged", detail)


def too_complex() -> InvalidInput:
    """Return the refusal of a package that would take too long, or too much memory, to look through."""
    detail = "La hoja de cálculo es demasiado grande para revisarla. Divídala en varias y envíe cada una."
    return InvalidInput("spreadsheet_too_complex", detail)


def encrypted() -> InvalidInput:
    """Return the refusal of a package that only opens with a password."""
    detail = "La hoja de cálculo está protegida con contraseña. Quite la contraseña y envíela de nuevo."
    return InvalidInput("spreadsheet_encrypted", detail)


def wrong_type(name: str) -> InvalidInput:
    """Return the refusal of a package that is no spreadsheet of the format `name`."""
    detail = f"El archivo no es una hoja de cálculo {name}. Guárdelo en ese formato y envíelo de nuevo."
    return InvalidInput("file_type_mismatch", detail)
