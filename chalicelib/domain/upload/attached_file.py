"""Files of a draft: each named in it before it is looked at, and how it stands: on its way, accepted, refused, lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.upload import PDF, FileProblem, Upload, UploadState

REVIEWED_WITHIN = timedelta(hours=1)
"""How long after its leave to be sent a file may still arrive and be looked at."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that was sent, or may be sent until `sent_until`. Its outcome stands in the upload of the same id.

    `filename`, `size` and `sha256` are what the form brought; empty and None where it is not known before it arrives.
    """

    upload_id: str
    role: FileRole
    sent_until: datetime
    filename: str = ""
    size: int | None = None
    sha256: str = ""


class FileState(StrEnum):
    """Only a file that was accepted can be deposited."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class FileStanding:
    """A file of a draft, what was found of it, and how it stands."""

    file: AttachedFile
    state: FileState
    upload: Upload | None = None
    problems: tuple[FileProblem, ...] = ()

    @property
    def filename(self) -> str:
        """As its sender called it; empty while it did not arrive."""
        return self.file.filename if self.upload is None else self.upload.declared.filename

    @property
    def is_nowhere(self) -> bool:
        """Whether it is waited for and nothing is known of it: on its way, looked at, or never sent."""
        return self.state is FileState.WAITING and not self.filename

    @property
    def size(self) -> int | None:
        """In bytes; None while it did not arrive."""
        return self.file.size if self.upload is None else self.upload.declared.size


def standing_of(file: AttachedFile, upload: Upload | None, now: datetime, *, no_pdf: str) -> FileStanding:
    """Tell how a file stands, given the outcome of its check, if there is one.

    `no_pdf` is what is told of a document that is no PDF.
    """
    if upload is None:
        is_lost = now > file.sent_until + REVIEWED_WITHIN
        return FileStanding(file, FileState.LOST if is_lost else FileState.WAITING)
    if upload.refusal is not None:
        return FileStanding(file, FileState.REFUSED, upload, upload.refusal.all_problems)
    if upload.state is UploadState.EXPIRED or (upload.expires_at is not None and upload.expires_at <= now):
        return FileStanding(file, FileState.EXPIRED, upload)
    if file.role is FileRole.MAIN and upload.declared.media_type != PDF:
        problem = FileProblem("media_type_not_allowed", no_pdf)
        return FileStanding(file, FileState.REFUSED, upload, (problem,))
    return FileStanding(file, FileState.ACCEPTED, upload)
