"""Files of a draft, whoever writes it: put where they are checked, or sent apart by a form; how each stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile, FileStanding, standing_of
from chalicelib.domain.upload.file_check import UploadForm
from chalicelib.domain.upload.filename import check_filename
from chalicelib.domain.upload.upload import GRANT_LIFETIME, MAX_FILE_SIZE, MAX_INLINE_SIZE, staging_key
from chalicelib.gateways.files import Files
from chalicelib.store.upload_store import UploadStore


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a page's form."""

    role: FileRole
    filename: str
    content: bytes


def check_sent(sent: SentFile) -> None:
    """Refuse a file that no form of a page should have.

    Raises:
        InvalidInput: `file_missing`, `filename_invalid`.
        TooLarge: `file_too_large_here`.

    """
    if not sent.filename:
        raise InvalidInput("file_missing", "Elige el archivo.", field="file")
    if len(sent.content) > MAX_INLINE_SIZE:
        detail = "El archivo pasa de 4 MB: envíalo como archivo grande, con el enlace de más abajo."
        raise TooLarge("file_too_large_here", detail, field="file")
    check_filename(sent.filename, field="file")


def put_sent(sent: SentFile, upload_id: str, *, owner: str, files: Files) -> None:
    """Put a file where it is checked; what no draft names is forgotten after a week."""
    files.put_upload(f"{staging_key(owner, upload_id)}/{sent.filename}", sent.content)


def place_for(upload_id: str, role: FileRole, now: datetime) -> AttachedFile:
    """Return a place in a draft for a larger file, which `form_for` sends apart."""
    return AttachedFile(upload_id, role, now + GRANT_LIFETIME)


def form_for(file: AttachedFile, *, owner: str, leads_to: str, files: Files, now: datetime) -> UploadForm | None:
    """Return the form that sends a file apart while the leave lasts, None afterwards; no call is made."""
    left = int((file.sent_until - now).total_seconds())
    if left <= 0 or file.filename:
        return None
    return files.upload_form(staging_key(owner, file.upload_id), most=MAX_FILE_SIZE, leads_to=leads_to, expires_s=left)


def standings(
    files: Iterable[AttachedFile], *, owner: str, uploads: UploadStore, now: datetime, no_pdf: str
) -> tuple[FileStanding, ...]:
    """Tell how each file stands, in their order; one call, none without files. Another owner's is none.

    `no_pdf` is what is told of a document that is no PDF.
    """
    asked = tuple(files)
    found = uploads.find_all(file.upload_id for file in asked)
    own = {key: one for key, one in found.items() if one.institution_id == owner}
    return tuple(standing_of(file, own.get(file.upload_id), now, no_pdf=no_pdf) for file in asked)
