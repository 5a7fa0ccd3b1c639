"""Look into a file before it becomes evidence: it must be whole, be what it says it is, and do nothing by itself."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.file_facts import bounded
from chalicelib.domain.upload.file_kind_words import other_content
from chalicelib.domain.upload.recognition import HEAD_SIZE, TAIL_SIZE, other_kind
from chalicelib.domain.upload.upload import ODS, PDF, XLSX, DeclaredFile, check_declared
from chalicelib.services.upload.inspect_image import inspect_jpeg, inspect_png
from chalicelib.services.upload.inspect_spreadsheet import inspect_ods, inspect_xlsx
from chalicelib.services.upload.inspect_text import inspect_csv, inspect_text
from chalicelib.services.upload.pdf.inspect_pdf import inspect_pdf

_INSPECTIONS: Mapping[str, Callable[[BinaryIO], FileFacts | None]] = {
    PDF: inspect_pdf,
    XLSX: inspect_xlsx,
    ODS: inspect_ods,
    "text/plain": inspect_text,
    "text/csv": inspect_csv,
    "image/png": inspect_png,
    "image/jpeg": inspect_jpeg,
}


def inspect_file(
    content: Path | bytes, declared: DeclaredFile, *, role: FileRole, field: str | None = None
) -> FileFacts:
    """Return what is told of a file that can be accepted. `field` is the dotted path to it in the input.

    Raises:
        InvalidInput: `file_size_mismatch`, `file_hash_mismatch`, `file_type_mismatch`, or the code of the
            inspection of its type; and whatever `check_declared` raises. `problems` has all that is wrong.
        TooLarge: `file_too_large`.

    """
    check_declared(declared, role, field=field)
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
        try:
            _check_bytes(stream, declared)
            _check_kind(stream, declared, role)
            return bounded(_INSPECTIONS[declared.media_type](stream) or FileFacts())
        except InvalidInput as refusal:
            for problem in (refusal, *refusal.problems):
                problem.field = field
            raise


def _check_bytes(stream: BinaryIO, declared: DeclaredFile) -> None:
    if stream.seek(0, io.SEEK_END) != declared.size:
        detail = "El tamaño del archivo recibido no es el declarado. Envíe de nuevo el archivo completo."
        raise InvalidInput("file_size_mismatch", detail)
    if _sha256(stream) != declared.sha256:
        detail = "El SHA-256 del archivo recibido no es el declarado. Calcúlelo de nuevo y envíe el mismo archivo."
        raise InvalidInput("file_hash_mismatch", detail)
    stream.seek(0)


def _check_kind(stream: BinaryIO, declared: DeclaredFile, role: FileRole) -> None:
    head = stream.read(HEAD_SIZE)
    stream.seek(max(0, declared.size - TAIL_SIZE))
    kind = other_kind(declared.media_type, head, stream.read())
    if kind:
        raise InvalidInput("file_type_mismatch", other_content(declared.media_type, kind, role))
    stream.seek(0)


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()
