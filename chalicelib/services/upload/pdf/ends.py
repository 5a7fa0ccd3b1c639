"""Where a PDF begins and ends: one document and nothing else before, after or between its parts.

A file that was added to, as a signature does, has an end after each part. Between two ends stand objects,
cross-references and blanks; anything else belongs to no part of the document.
"""

from __future__ import annotations

import io
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf.refusal import MAKE_ANEW, damaged
from chalicelib.services.upload.zip_tail import has_zip_tail

_HEAD = 1024
_BLANK = b"\x00\t\n\f\r "
_END = b"%%EOF"
_LONGEST_COMMENT = 512
_MOST_SPARE = 4096
"""Bytes of short comments and stray words after the first end, together."""
_LONGEST_WORD = 7
"""A stray word between two objects is a writer's slip; nothing fits into so few bytes."""
_FILLED = re.compile(rb"[^\x00\t\n\f\r ]")
_COMMENT = re.compile(rb"%%EOF|%[^\r\n]*")
_OBJECT = re.compile(rb"\d{1,10}[\x00\t\n\f\r ]{1,9}\d{1,5}[\x00\t\n\f\r ]{1,9}obj")
_OBJECT_END = re.compile(rb"endobj|(?<=>>)[\x00\t\n\f\r ]{0,64}stream\r?\n|(?<=>>)[\x00\t\n\f\r ]{0,64}stream\r")
_STREAM_END = re.compile(rb"endstream[\x00\t\n\f\r ]{0,64}(?:endobj)?")
_SECTION = re.compile(
    rb"xref[\x00\t\n\f\r ][\x00\t\n\f\r \dfn]*|trailer[\x00\t\n\f\r ]*(?=<<)|startxref[\x00\t\n\f\r ]{1,64}\d{1,20}"
)
_TRAILER_END = re.compile(rb"startxref|%%EOF")
_NEXT = re.compile(
    rb"\d{1,10}[\x00\t\n\f\r ]{1,9}\d{1,5}[\x00\t\n\f\r ]{1,9}obj|xref[\x00\t\n\f\r ]|trailer|startxref|%%EOF"
)


def check_start(stream: BinaryIO) -> None:
    """Require a PDF that begins at the first byte.

    Raises:
        InvalidInput: `pdf_not_at_start`, `file_type_mismatch`.

    """
    stream.seek(0)
    head = stream.read(_HEAD)
    before = head.find(b"%PDF-")
    if before > 0:
        detail = f"El archivo tiene {before} bytes antes del inicio del PDF (%PDF-). Envíe el PDF solo. {MAKE_ANEW}"
        raise InvalidInput("pdf_not_at_start", detail)
    if before < 0:
        raise InvalidInput("file_type_mismatch", f"El archivo no es un PDF: no empieza por %PDF-. {MAKE_ANEW}")


def find_end(stream: BinaryIO) -> int:
    """Return where the document ends; NUL bytes and blanks that storage added after it are not part of it.

    Raises:
        InvalidInput: `pdf_trailing_data` when something else follows, `pdf_damaged` without any end.

    """
    size = stream.seek(0, io.SEEK_END)
    with whole(stream) as content:
        place = content.rfind(_END)
        if place < 0:
            raise damaged("El archivo está incompleto: falta el final (%%EOF)")
        end = place + len(_END)
        found = _FILLED.search(content, end)
        if not found:
            return end
        if _OBJECT.match(content, found.start()):
            raise damaged("El archivo está incompleto: falta el final (%%EOF) de lo último que se le añadió")
    raise _trailing(size - found.start())


def check_tail(stream: BinaryIO) -> None:
    """Refuse an archive that hides behind the document under an end mark of its own."""
    if has_zip_tail(stream):
        detail = f"El PDF lleva un archivo ZIP después de su final. Envíe el PDF solo. {MAKE_ANEW}"
        raise InvalidInput("pdf_trailing_data", detail)


def foreign_bytes(stream: BinaryIO, end: int) -> InvalidInput | None:
    """Return the refusal of bytes between two ends that belong to no object and no cross-reference, if any."""
    with whole(stream) as content:
        first = content.find(_END)
        if first < 0 or content.find(_END, first + 1) < 0:
            return None
        foreign = _foreign(_gaps(content, end), first + len(_END))
    return InvalidInput("pdf_trailing_data", foreign + MAKE_ANEW) if foreign else None


def _foreign(gaps: Iterator[tuple[int, int, int]], first_end: int) -> str:
    """Return what is said of the first stretch that is longer than it may be, or of too many short ones."""
    spare, start_of_all = _MOST_SPARE, -1
    for start, stop, most in gaps:
        if start < first_end:
            continue
        if stop - start > most:
            return f"El PDF lleva {stop - start} bytes ajenos entre dos finales (%%EOF), desde el byte {start}. "
        spare -= stop - start
        start_of_all = start if start_of_all < 0 else start_of_all
        if spare < 0:
            total = _MOST_SPARE - spare
            what = f"El PDF lleva {total} bytes ajenos entre dos finales (%%EOF), en comentarios y palabras sueltas"
            return f"{what} desde el byte {start_of_all}. "
    return ""


def _gaps(content: bytes | mmap.mmap, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches that are no object, cross-reference, trailer or blank, and how long each may be."""
    at = 0
    while found := _FILLED.search(content, at, end):
        at = found.start()
        if comment := _COMMENT.match(content, at, end):
            if comment[0] != _END:
                yield at, comment.end(), _LONGEST_COMMENT
            at = comment.end()
        elif opened := _OBJECT.match(content, at, end):
            at = _object_end(content, opened.end(), end)
        elif section := _SECTION.match(content, at, end):
            at = section.end()
            if section[0].startswith(b"trailer"):
                closed = _TRAILER_END.search(content, at, end)
                at = closed.start() if closed else end
        else:
            following = _NEXT.search(content, at, end)
            stop = following.start() if following else end
            yield at, len(content[at:stop].rstrip(_BLANK)) + at, _LONGEST_WORD
            at = max(stop, at + 1)


def top_level_objects(content: bytes | mmap.mmap, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the objects of the file begin and end, and none that stands inside another's data."""
    at = 0
    while found := _NEXT.search(content, at, end):
        opened = _OBJECT.match(content, found.start(), end)
        at = _object_end(content, opened.end(), end) if opened else found.end()
        if opened:
            yield opened.start(), at


def _object_end(content: bytes | mmap.mmap, at: int, end: int) -> int:
    found = _OBJECT_END.search(content, at, end)
    if not found:
        return end
    if found[0] == b"endobj":
        return found.end()
    closed = _STREAM_END.search(content, found.end(), end)
    return closed.end() if closed else end


@contextmanager
def whole(stream: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """Have the whole file at hand without a copy of it."""
    if isinstance(stream, io.BytesIO):
        yield stream.getvalue()
        return
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content


def _trailing(count: int) -> InvalidInput:
    detail = f"El PDF lleva {count} bytes después de su final (%%EOF). Envíe el PDF solo. {MAKE_ANEW}"
    return InvalidInput("pdf_trailing_data", detail)
