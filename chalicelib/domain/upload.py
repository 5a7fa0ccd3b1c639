"""Uploads: files sent by presigned URL before the deposit that uses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_FILE_SIZE = 100 * 1024 * 1024
MAX_INLINE_SIZE = 4 * 1024 * 1024
"""All files inside one deposit together, decoded."""
MAX_ANNEXES = 20


class UploadState(StrEnum):
    """Only a checked upload can be deposited; an expired one is gone."""

    CHECKED = "checked"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """What a sender says of a file: `sha256` in lower-case hex, `size` in bytes."""

    filename: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Upload:
    """The outcome of checking one uploaded file. Until it exists, the upload has not arrived or waits its check.

    `object_key` is where the checked file lies in the documents bucket. `refusal` is the stable code of what is
    wrong with it. `expires_at` is None once a deposit has used the upload.
    """

    upload_id: str
    institution_id: str
    declared: DeclaredFile
    state: UploadState
    object_key: str
    checked_at: datetime
    refusal: str | None = None
    expires_at: datetime | None = None
