"""Uploads: files sent by presigned URL before the deposit that uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from chalicelib.domain.errors import CasillaError, InvalidInput, TooLarge, refusal_of, refusals, told_problems
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload import file_kinds
from chalicelib.domain.upload.file_kind_words import not_allowed, other_extension
from chalicelib.domain.upload.filename import check_filename, extension

MAX_FILE_SIZE = 100 * 1024 * 1024
MAX_INLINE_SIZE = 4 * 1024 * 1024
"""All files inside one deposit together, decoded."""
MAX_ANNEXES = 20
UPLOAD_ID_LENGTH = 32
GRANT_LIFETIME = timedelta(minutes=15)
"""How long a file can be sent once its upload was asked for."""
UPLOAD_LIFETIME = timedelta(days=7)
"""How long a checked upload waits for the deposit that uses it."""

PDF, XLSX, ODS = file_kinds.PDF, file_kinds.XLSX, file_kinds.ODS
EXTENSIONS: Mapping[str, frozenset[str]] = {kind.media_type: frozenset(kind.extensions) for kind in file_kinds.ACCEPTED}
"""Media types that a file can have, each with its file extensions."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORM_KEY = re.compile(rf"uploads/([a-z0-9.-]+)/([0-9a-f]{{{UPLOAD_ID_LENGTH}}})/(.*)", re.DOTALL)


_PERSON = "person."
"""No institution's id has a point."""


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
class FileProblem:
    """One thing that is wrong with a file: a stable code for programs, what to do about it for people.

    `field` is set where it is not the file itself but what was said of it.
    """

    code: str
    detail: str
    field: str | None = None


def problems_of(refusal: CasillaError) -> tuple[FileProblem, ...]:
    """Return all that a refusal tells, within what one answer can."""
    return tuple(FileProblem(one.code, one.detail, one.field) for one in told_problems(refusal) or (refusal,))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was refused: the first thing that is wrong with it, and all of them if there are more."""

    code: str
    detail: str
    problems: tuple[FileProblem, ...] = ()

    @property
    def all_problems(self) -> tuple[FileProblem, ...]:
        """All that is wrong, the first first."""
        return self.problems or (FileProblem(self.code, self.detail),)


@dataclass(frozen=True, slots=True)
class Upload:
    """The outcome of checking one uploaded file. Until it exists, the upload has not arrived or waits its check.

    `institution_id` is whose it is: an institution, or the person that `person_owner` names.

    `object_key` is where the checked file lies in the documents bucket. `expires_at` is None once a deposit has used
    the upload. `facts` is None where the file was refused, or checked before anything was told of files.
    """

    upload_id: str
    institution_id: str
    declared: DeclaredFile
    state: UploadState
    object_key: str
    checked_at: datetime
    refusal: Refusal | None = None
    expires_at: datetime | None = None
    facts: FileFacts | None = None


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """Leave to PUT one file at `url`; every header must be sent exactly as given, or the store refuses the file."""

    url: str
    headers: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ArrivedUpload:
    """An uploaded object nobody has checked yet. `etag` names its exact bytes; `arrived_at` is a UTC instant."""

    key: str
    institution_id: str
    declared: DeclaredFile
    etag: str
    arrived_at: datetime


def check_declared(declared: DeclaredFile, role: FileRole, *, field: str | None = None) -> None:
    """Refuse a file by what is said of it, before a byte is read. `field` is the dotted path to the file.

    Raises:
        InvalidInput: `filename_invalid`, `file_empty`, `sha256_invalid`, `media_type_not_allowed` or
            `file_extension_mismatch`; `problems` has all that is wrong.
        TooLarge: `file_too_large` above 100 MB.

    """
    problems = refusals(
        partial(check_filename, declared.filename, field=_at(field, "filename")),
        partial(_check_size, declared.size, _at(field, "size")),
        partial(_check_sha256, declared.sha256, _at(field, "sha256")),
        partial(_check_media_type, declared, role, _at(field, "media_type")),
        partial(_check_extension, declared, _at(field, "filename")),
    )
    if problems:
        raise refusal_of(problems)


def _check_sha256(sha256: str, field: str) -> None:
    if not _SHA256.fullmatch(sha256):
        detail = "El SHA-256 debe tener 64 cifras hexadecimales en minúsculas. Calcúlelo de nuevo sobre el archivo."
        raise InvalidInput("sha256_invalid", detail, field=field)


def _check_media_type(declared: DeclaredFile, role: FileRole, field: str) -> None:
    kind = file_kinds.accepted_kind(declared.media_type)
    if kind is None or role not in kind.roles:
        detail = not_allowed(declared.media_type, extension(declared.filename), role)
        raise InvalidInput("media_type_not_allowed", detail, field=field)


def _check_extension(declared: DeclaredFile, field: str) -> None:
    """Compare a name that has an extension with a type that there is."""
    known = EXTENSIONS.get(declared.media_type)
    ending = extension(declared.filename)
    if known and ending not in known | {""}:
        detail = other_extension(declared.media_type, ending, known)
        raise InvalidInput("file_extension_mismatch", detail, field=field)


def _check_size(size: int, field: str) -> None:
    if size <= 0:
        raise InvalidInput("file_empty", "El archivo está vacío. Envíe un archivo con contenido.", field=field)
    if size > MAX_FILE_SIZE:
        detail = "El archivo supera los 100 MB. Redúzcalo o divídalo en varios archivos."
        raise TooLarge("file_too_large", detail, field=field)


def _at(field: str | None, name: str) -> str:
    return f"{field}.{name}" if field else name


def is_upload_id(text: str) -> bool:
    """Tell whether this can be an upload's id: the beginning of a hash, in lower-case hex."""
    return len(text) == UPLOAD_ID_LENGTH and set(text) <= set("0123456789abcdef")


def person_owner(user_id: str) -> str:
    """Return the owner of what a mailbox's user sends, as keys and outcomes have it; no institution is called so."""
    return f"{_PERSON}{user_id.lower()}"


def staging_key(institution_id: str, upload_id: str) -> str:
    """Object key, in the uploads bucket, where a file arrives."""
    return f"uploads/{institution_id}/{upload_id}"


def read_form_key(key: str) -> tuple[str, str, str] | None:
    """Return institution, upload and file name of a key at which a form's file arrives; None for any other key.

    It is the upload's own key with the file's name after it, which only the service's own forms and pages write.
    """
    found = _FORM_KEY.fullmatch(key)
    return None if found is None else (found[1], found[2], found[3])


def checked_key(arrived: ArrivedUpload) -> str:
    """Object key, in the documents bucket, of a checked file: dated by its arrival, so that a day can be listed."""
    institution_id, upload_id = arrived.key.split("/")[1:3]
    return f"files/{arrived.arrived_at:%Y/%m/%d}/{institution_id}/{upload_id}"
