"""What a file is by its first and its last bytes, whatever its name and its media type say."""

from __future__ import annotations

import re

from chalicelib.domain.upload.file_kind import Kind, RefusedKind
from chalicelib.domain.upload.file_kinds import ACCEPTED, CSV, ODS, PDF, REFUSED, TXT, XLSX, accepted_kind

HEAD_SIZE = TAIL_SIZE = 64 * 1024
"""Bytes from each end of a file that tell its kind."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_PROLOGUE = 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNREADABLE = (b"%PDF-", b"{\\rtf")
_SPREADSHEETS = frozenset({XLSX, ODS})
_OF_SPREADSHEETS = frozenset({"xls", "xlsm", "zip", ""})
"""By the first extension of their kind: what the check of a spreadsheet tells better, such as a password on it."""
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_FIRST_NAME_AND_CONTENT = 200
_KINDS: tuple[Kind, ...] = (*ACCEPTED, *REFUSED)


def kind_of_bytes(head: bytes, tail: bytes = b"") -> Kind | None:
    """Return what a file is by its first and last 64 KiB; None for plain text and for what nobody knows."""
    text = head[:_LONGEST_PROLOGUE].removeprefix(_BYTE_ORDER_MARK).lstrip().lower()
    if text.startswith((b"<?xml", b"<!--")):
        for word in (b"<svg", b"<html", b"<!doctype html"):
            text = text[text.find(word) :] if word in text else text
    if head.startswith(_ZIP) and _ZIP_END in tail:
        head, tail = head[:_FIRST_NAME_AND_CONTENT], _table_of_contents(tail)
    for kind in _KINDS:
        start = text if isinstance(kind, RefusedKind) and kind.is_text else head
        if any(mark.is_of(start, tail) for mark in kind.marks):
            return kind
    return None


def _table_of_contents(tail: bytes) -> bytes:
    """Return what a ZIP says it holds, without what is told by another ZIP inside it (APPNOTE.TXT 4.3.16)."""
    end = tail.rfind(_ZIP_END)
    size = int.from_bytes(tail[end + 12 : end + 16], "little")
    return tail[max(0, end - size) : end]


def other_kind(media_type: str, head: bytes, tail: bytes = b"") -> Kind | None:
    """Return what a file is by its bytes, where that is not what it was declared as; None where its check decides.

    A text is one whatever it begins with, but for the source of a PDF or of an RTF, which nobody can read. A PDF with
    something before its start, and a spreadsheet with a password, macros or an old format are for their checks.

    """
    kind = kind_of_bytes(head, tail)
    if kind is None or kind == accepted_kind(media_type):
        return None
    if media_type in {TXT, CSV}:
        return kind if _CONTROL.search(head) or head.startswith(_UNREADABLE) else None
    if media_type in _SPREADSHEETS and isinstance(kind, RefusedKind):
        return None if (kind.extensions[:1] or ("",))[0] in _OF_SPREADSHEETS else kind
    return None if media_type == PDF and b"%PDF-" in head[:1024] else kind
