"""Files of a draft: taken by a page or sent apart by a form, then checked as every upload is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.institution.attached_file import FileStanding, standing_of
from chalicelib.domain.institution.composition import AttachedFile, Composition, with_file, without_file
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import UploadForm
from chalicelib.domain.upload.filename import check_filename
from chalicelib.domain.upload.upload import GRANT_LIFETIME, MAX_FILE_SIZE, MAX_INLINE_SIZE, staging_key
from chalicelib.gateways.files import Files
from chalicelib.services.institution.compositions import change_composition
from chalicelib.store.institution.composition_store import CompositionStore
from chalicelib.store.upload_store import UploadStore


@dataclass(frozen=True, slots=True)
class AttachTools:
    """Where drafts, files and outcomes are; `new_id` gives 32 hexadecimal digits that nobody can foresee."""

    store: CompositionStore
    files: Files
    uploads: UploadStore
    new_id: Callable[[], str]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a page's form."""

    role: FileRole
    filename: str
    content: bytes


def attach_file(
    composition_id: str, member: StaffMember, sent: SentFile, *, seen_version: int, tools: AttachTools
) -> Composition:
    """Put a file where it is checked, and name it in the draft.

    The file goes first: what no draft names is forgotten after a week.

    Raises:
        NotFound, Conflict: as `change_composition`; `too_many_annexes`.
        InvalidInput: `file_missing`, `filename_invalid`.
        TooLarge: `file_too_large_here`.

    """
    _check_given(sent)
    now, upload_id = tools.clock(), tools.new_id()
    file = AttachedFile(upload_id, sent.role, now, sent.filename, len(sent.content))

    def attach(composition: Composition) -> Composition:
        attached = with_file(composition, file, now)
        key = f"{staging_key(composition.institution_id, upload_id)}/{sent.filename}"
        tools.files.put_upload(key, sent.content)
        return attached

    return change_composition(composition_id, member, attach, seen_version=seen_version, store=tools.store)


def await_file(
    composition_id: str, member: StaffMember, role: FileRole, *, seen_version: int, tools: AttachTools
) -> tuple[Composition, AttachedFile]:
    """Leave a place in the draft for a larger file, which `form_of` sends apart.

    Raises:
        NotFound, Conflict: as `change_composition`; `too_many_annexes`.

    """
    now = tools.clock()
    file = AttachedFile(tools.new_id(), role, now + GRANT_LIFETIME)
    place = partial(with_file, file=file, now=now)
    return change_composition(composition_id, member, place, seen_version=seen_version, store=tools.store), file


def form_of(composition: Composition, file: AttachedFile, *, leads_to: str, tools: AttachTools) -> UploadForm | None:
    """Return the form that sends a file apart while the leave lasts, None afterwards; no call is made."""
    left = int((file.sent_until - tools.clock()).total_seconds())
    if left <= 0 or file.filename:
        return None
    key = staging_key(composition.institution_id, file.upload_id)
    return tools.files.upload_form(key, most=MAX_FILE_SIZE, leads_to=leads_to, expires_s=left)


def remove_file(
    composition_id: str, member: StaffMember, upload_id: str, *, seen_version: int, tools: AttachTools
) -> Composition:
    """Take a file out of the draft; its bytes are forgotten after a week.

    Raises:
        NotFound, Conflict: as `change_composition`.

    """
    remove = partial(without_file, upload_id=upload_id, now=tools.clock())
    return change_composition(composition_id, member, remove, seen_version=seen_version, store=tools.store)


def look_at_files(composition: Composition, *, tools: AttachTools) -> tuple[FileStanding, ...]:
    """Tell how each file stands, the document first; one call, none without files. Another institution's is none."""
    found = tools.uploads.find_all(file.upload_id for file in composition.files)
    now = tools.clock()
    own = {key: one for key, one in found.items() if one.institution_id == composition.institution_id}
    return tuple(standing_of(file, own.get(file.upload_id), now) for file in composition.files)


def _check_given(sent: SentFile) -> None:
    if not sent.filename:
        raise InvalidInput("file_missing", "Elige el archivo.", field="file")
    if len(sent.content) > MAX_INLINE_SIZE:
        detail = "El archivo pasa de 4 MB: envíalo como archivo grande, con el enlace de más abajo."
        raise TooLarge("file_too_large_here", detail, field="file")
    check_filename(sent.filename, field="file")
