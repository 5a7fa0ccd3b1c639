"""Inspect the scan of a paper as every file that is deposited, and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.desk.scan import LARGEST_SCAN, Scan, require_scan_type
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notice import FileRole
from chalicelib.gateways.files import Files
from chalicelib.services.upload.judge_file import declared_by, judge_file

_LINK_LIFETIME = timedelta(minutes=5)
_NAME = "copia"


@dataclass(frozen=True, slots=True)
class SentScan:
    """A file that came with a form; no name where none was chosen."""

    filename: str
    content: bytes


def inspected_scan(sent: SentScan, place: str) -> Scan:
    """Return what is to be kept of a scan under `place`, a key without its end; no call.

    Its name is not kept: it may name a person.

    Raises:
        InvalidInput: `scan_missing`, `scan_type_not_allowed`, or what the inspection of files refuses.
        TooLarge: `scan_too_large`.

    """
    if not sent.filename or not sent.content:
        raise InvalidInput("scan_missing", "Adjunta la copia.", field="file")
    if len(sent.content) > LARGEST_SCAN:
        raise TooLarge("scan_too_large", "La copia pasa de 4 MB: escanéala con menos resolución.", field="file")
    declared = declared_by(sent.content, sent.filename)
    require_scan_type(declared.media_type)
    verdict = judge_file(sent.content, declared, FileRole.ANNEX)
    if verdict.problems:
        first = verdict.problems[0]
        raise InvalidInput(first.code, f"La copia no se puede recibir: {first.detail}", field="file")
    scan = Scan("", declared.media_type, declared.sha256, declared.size)
    return Scan(f"{place}/{declared.sha256}.{scan.ending}", scan.media_type, scan.sha256, scan.size)


def keep_scan(sent: SentScan, scan: Scan, *, files: Files) -> None:
    """Write an inspected scan; what no request names is seen by nobody.

    Raises:
        Unavailable: `files_unavailable`.

    """
    files.put_document(scan.key, sent.content, scan.media_type)


def link_to_scan(scan: Scan, *, files: Files) -> str:
    """Return an address that downloads it for some minutes; no call."""
    return files.document_link(
        scan.key, f"{_NAME}.{scan.ending}", scan.media_type, expires_s=int(_LINK_LIFETIME.total_seconds())
    )
