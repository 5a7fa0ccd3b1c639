"""PDF: readable to the last object, and free of anything that runs, opens or carries other files.

Every object of the document is visited, those inside object streams too, so that it does not matter where an
action hangs. Signed documents pass: incremental updates and signature fields are ordinary objects.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf.budget import (
    check_other_streams,
    check_sections,
    check_streams,
    entry_bound,
    limit_parser,
)
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.refusal import damaged, too_complex
from chalicelib.services.upload.pdf.sections import follow_sections
from chalicelib.services.upload.pdf.words import Words
from chalicelib.services.upload.zip_tail import has_zip_tail

if TYPE_CHECKING:
    from pikepdf import Pdf

_ACTIVE_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    }
)
_ACTIVE_ANNOTATIONS = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_ACTIVE_KEYS = frozenset({"/JS", "/XFA", "/JavaScript"})
_LOCAL_SCHEMES = ("javascript:", "vbscript:", "file:", "data:", "smb:", "\\\\")
_HEAD = 1024
_TAIL = 64 * 1024


def inspect_pdf(stream: BinaryIO) -> None:
    """Accept a plain PDF.

    Raises:
        InvalidInput: `file_type_mismatch`, `pdf_not_at_start`, `pdf_trailing_data`, `pdf_encrypted`,
            `pdf_damaged`, `pdf_too_complex`, `pdf_active_content` or `pdf_embedded_file`.

    """
    _check_start(stream)
    _check_end(stream)
    import pikepdf  # noqa: PLC0415  (heavy: loaded only where a PDF is inspected)

    limit_parser()
    check_sections(stream)
    sections = follow_sections(stream)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    reader = CountedReader(stream, Words.of_file(size), sections)
    try:
        with pikepdf.open(reader, attempt_recovery=False, inherit_page_attributes=False) as pdf:  # type: ignore[arg-type]
            _check_document(pdf, size, reader)
    except pikepdf.PasswordError:
        raise _encrypted() from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise (too_complex() if reader.is_spent else damaged()) from error


def _check_document(pdf: Pdf, size: int, reader: CountedReader) -> None:
    if pdf.is_encrypted:
        raise _encrypted()
    check_streams(pdf, size, reader)
    for entries, is_stream in _dictionaries(pdf, entry_bound(size)):
        _check_dictionary(entries, is_stream)
    check_other_streams(pdf.objects, size, reader)
    if reader.is_spent:
        raise too_complex()
    if len(pdf.pages) == 0 or pdf.get_warnings():
        raise damaged()


def _dictionaries(pdf: Pdf, left: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every dictionary of the document, wherever it is nested: its entries, and whether a stream follows it.

    An array or dictionary counts as an entry itself, so that empty ones do too.
    """
    from pikepdf import Array, Dictionary, Stream  # noqa: PLC0415

    pending: list[Iterator[Any]] = [iter([pdf.trailer, *pdf.objects])]
    while pending:
        for thing in pending[-1]:
            if not isinstance(thing, Dictionary | Array | Stream) or (len(pending) > 1 and thing.is_indirect):
                continue
            left -= 1 + len(thing.keys() if isinstance(thing, Stream) else thing)
            if left < 0:
                raise too_complex()
            if isinstance(thing, Array):
                pending.append(iter(thing))
            else:
                entries: dict[str, Any] = dict(thing.items())
                yield entries, isinstance(thing, Stream)
                pending.append(iter(entries.values()))
            break
        else:
            pending.pop()


def _check_dictionary(entries: dict[str, Any], is_stream: bool) -> None:
    subtype = str(entries.get("/Subtype", ""))
    is_active = (
        str(entries.get("/S", "")) in _ACTIVE_ACTIONS
        or subtype in _ACTIVE_ANNOTATIONS
        or not _ACTIVE_KEYS.isdisjoint(entries)
        or str(entries.get("/URI", "")).lstrip().lower().startswith(_LOCAL_SCHEMES)
        or (is_stream and "/F" in entries)  # its data would come from another file
    )
    if is_active:
        detail = "El PDF tiene acciones automáticas (scripts, formularios dinámicos, multimedia o enlaces a archivos). "
        raise InvalidInput("pdf_active_content", detail + "Imprímalo a PDF y envíe el PDF resultante.")
    if "/EF" in entries or subtype == "/FileAttachment" or str(entries.get("/Type", "")) == "/EmbeddedFile":
        detail = "El PDF lleva archivos adjuntos en su interior. Quítelos y envíe cada uno como anexo."
        raise InvalidInput("pdf_embedded_file", detail)


def _check_start(stream: BinaryIO) -> None:
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"%PDF-"):
        return
    if b"%PDF-" in head:
        detail = "El PDF tiene datos antes de su inicio. Guárdelo de nuevo como PDF y envíelo."
        raise InvalidInput("pdf_not_at_start", detail)
    raise InvalidInput("file_type_mismatch", "El archivo no es un PDF. Conviértalo a PDF y envíelo de nuevo.")


def _check_end(stream: BinaryIO) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    _, mark, after = stream.read().rpartition(b"%%EOF")
    if (mark and after.strip(b"\x00\t\n\f\r ")) or has_zip_tail(stream):
        detail = "El PDF tiene datos después de su final. Guárdelo de nuevo como PDF y envíelo."
        raise InvalidInput("pdf_trailing_data", detail)
    if not mark:
        raise damaged()


def _encrypted() -> InvalidInput:
    detail = "El PDF está protegido con contraseña o con permisos. Quite la protección y envíelo de nuevo."
    return InvalidInput("pdf_encrypted", detail)
