"""Files of an officer's draft: taken by a page or sent apart by a form, then checked as every upload is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.institution.composition import Composition, with_file, without_file
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile, FileStanding
from chalicelib.domain.upload.file_check import UploadForm
from chalicelib.gateways.files import Files
from chalicelib.services.institution.compositions import change_composition
from chalicelib.services.upload.attaching import SentFile as SentFile  # noqa: PLC0414 - what `attach_file` takes
from chalicelib.services.upload.attaching import check_sent, form_for, place_for, put_sent, standings
from chalicelib.store.institution.composition_store import CompositionStore
from chalicelib.store.upload_store import UploadStore

_NO_PDF = "El documento que se notifica debe ser un PDF. Envíe otro."


@dataclass(frozen=True, slots=True)
class AttachTools:
    """Where drafts, files and outcomes are; `new_id` gives 32 hexadecimal digits that nobody can foresee."""

    store: CompositionStore
    files: Files
    uploads: UploadStore
    new_id: Callable[[], str]
    clock: Callable[[], datetime]


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
    check_sent(sent)
    now, upload_id = tools.clock(), tools.new_id()
    file = AttachedFile(upload_id, sent.role, now, sent.filename, len(sent.content))

    def attach(composition: Composition) -> Composition:
        attached = with_file(composition, file, now)
        put_sent(sent, upload_id, owner=composition.institution_id, files=tools.files)
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
    file = place_for(tools.new_id(), role, now)
    place = partial(with_file, file=file, now=now)
    return change_composition(composition_id, member, place, seen_version=seen_version, store=tools.store), file


def form_of(composition: Composition, file: AttachedFile, *, leads_to: str, tools: AttachTools) -> UploadForm | None:
    """Return the form that sends a file apart while the leave lasts, None afterwards; no call is made."""
    return form_for(file, owner=composition.institution_id, leads_to=leads_to, files=tools.files, now=tools.clock())


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
    return standings(
        composition.files,
        owner=composition.institution_id,
        uploads=tools.uploads,
        now=tools.clock(),
        no_pdf=_NO_PDF,
    )
