"""Join photos of a draft into one PDF: asked for by whose draft it is, made by a worker.

The worker changes no draft. It puts the PDF where a page would have put a file, and there it is inspected as every
file is; what was found of it is its outcome, and its copy is the one that is filed.

The queue may deliver a request twice, also at once, and a worker may die: each try makes the same file, and none can
replace what another one put there (the store takes the first). A PDF that nobody waits for any more is not made: its
draft was filed, discarded, or lost the PDF meanwhile. What fails once and would again is told as the PDF's refusal.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from chalicelib.domain.errors import InvalidInput, NotFound, NotReady, Unavailable
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.filing.joined_photos import JOINS_PER_USER, JoinedPhotos
from chalicelib.domain.filing.joining import asked_again, awaited_join, photos_filename, with_photos_back
from chalicelib.domain.filing.joining import with_photos_joined as joined
from chalicelib.domain.session import Session
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.domain.upload.upload import (
    MAX_FILE_SIZE,
    PDF,
    DeclaredFile,
    Refusal,
    Upload,
    UploadState,
    person_owner,
    staging_key,
)
from chalicelib.gateways.export.export_queue import ExportQueue
from chalicelib.gateways.files import Files
from chalicelib.services.export.zip_bundle import FileAltered
from chalicelib.services.filing.filing_drafts import DraftTools, change_draft, find_draft, look_at_draft_files
from chalicelib.services.filing.photos.photo import Photo
from chalicelib.services.filing.photos.photos_pdf import write_photos_pdf
from chalicelib.services.filing.photos.read_photo import PHOTO_TYPES, allowed_bytes, read_photo
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.upload_store import UploadStore

GIVEN_UP_AFTER = 10
"""Tries that may fail for a moment; past them the person is told."""


@dataclass(frozen=True, slots=True)
class JoinTools:
    """What asking for a PDF needs, beside what drafts need. `limits` needs a secret that only pages have."""

    drafts: DraftTools
    queue: ExportQueue
    limits: Callable[[], LimitStore]


@dataclass(frozen=True, slots=True)
class WorkTools:
    """What making it needs."""

    drafts: FilingDraftStore
    uploads: UploadStore
    files: Files
    clock: Callable[[], datetime]


class Joining(StrEnum):
    """What became of a request: `gone` was made before, or nobody waits for it."""

    JOINED = "joined"
    REFUSED = "refused"
    GONE = "gone"


def ask_to_join(  # noqa: PLR0913 - the draft as it was seen, and what is asked for
    draft_id: str, session: Session, photo_ids: tuple[str, ...], name: str, *, seen_version: int, tools: JoinTools
) -> FilingDraft:
    """Put a PDF in the place of photos, in their order, and have it made.

    Where the worker could not be told, the PDF stands in the draft and can be asked for again.

    Raises:
        NotFound, Conflict: as `change_draft`.
        InvalidInput: `no_photos`, `photo_not_found`, `not_a_photo`, `filename_invalid`.
        NotReady: `files_in_review`. TooManyRequests: `limit_reached`.
        Unavailable: `queue_unavailable`, `store_unavailable`.

    """
    filename = photos_filename(name)
    _require_photos(find_draft(draft_id, session, store=tools.drafts.store), photo_ids, tools.drafts)
    new_id, now = _spend(session, tools)
    change = partial(joined, photo_ids=photo_ids, upload_id=new_id, filename=filename, now=now)
    draft = change_draft(draft_id, session, change, seen_version=seen_version, store=tools.drafts.store)
    tools.queue.send_body(request_of(draft_id, new_id))
    return draft


def ask_again(
    draft_id: str, session: Session, upload_id: str, *, seen_version: int, tools: JoinTools
) -> FilingDraft:  # fmt: skip
    """Have a PDF made anew that was refused, lost or is long in coming.

    Raises:
        NotFound, Conflict: as `change_draft`; `join_not_found`.
        TooManyRequests: `limit_reached`. Unavailable: `queue_unavailable`, `store_unavailable`.

    """
    new_id, now = _spend(session, tools)
    change = partial(asked_again, upload_id=upload_id, new_id=new_id, now=now)
    draft = change_draft(draft_id, session, change, seen_version=seen_version, store=tools.drafts.store)
    tools.queue.send_body(request_of(draft_id, new_id))
    return draft


def put_photos_back(
    draft_id: str, session: Session, upload_id: str, *, seen_version: int, tools: DraftTools
) -> FilingDraft:
    """Put the photos where their PDF stands, which leaves the draft.

    Raises:
        NotFound, Conflict: as `change_draft`; `join_not_found`, `too_many_annexes`.

    """
    back = partial(with_photos_back, upload_id=upload_id, now=tools.clock())
    return change_draft(draft_id, session, back, seen_version=seen_version, store=tools.store)


def request_of(draft_id: str, upload_id: str) -> Mapping[str, str]:
    """Return what the queue hands to the worker; what is to be done stands in the draft."""
    return {"draft_id": draft_id, "upload_id": upload_id}


def join_photos(draft_id: str, upload_id: str, *, tools: WorkTools, tries: int = 1) -> Joining:
    """Make one PDF, `tries` being how often its request was handed out, this time included.

    Raises:
        CasillaError: it could not be made; the message comes again, and what failed for another reason than that a
            store did not answer was told.

    """
    if tools.uploads.find(upload_id) is not None:
        return Joining.GONE
    draft = tools.drafts.find(draft_id)
    join = awaited_join(draft, upload_id)
    if draft is None or join is None:
        return Joining.GONE
    owner = person_owner(draft.user_id)
    refuse = partial(_refuse, join, owner, tools=tools)
    try:
        with _pdf_of(join, owner, tools) as made:
            tools.files.put_upload_once(f"{staging_key(owner, upload_id)}/{join.filename}", made)
    except InvalidInput as refusal:
        refuse(Refusal(refusal.code, refusal.detail))
        return Joining.REFUSED
    except BaseException as error:
        if tries >= GIVEN_UP_AFTER or not isinstance(error, Unavailable):
            refuse(_FAILED)
        raise
    return Joining.JOINED


_FAILED = Refusal(
    "photos_not_joined",
    "No pudimos juntar estas fotos. Pídelo otra vez, o deshazlo y presenta las fotos sueltas.",
)


def _require_photos(draft: FilingDraft, photo_ids: tuple[str, ...], tools: DraftTools) -> None:
    """Let only files that were looked at become pages, each of which is a picture."""
    standing = {one.file.upload_id: one for one in look_at_draft_files(draft, tools=tools)}
    chosen = [standing[photo_id] for photo_id in photo_ids if photo_id in standing]
    if any(one.state is FileState.WAITING for one in chosen):
        detail = "Todavía se revisa una de las fotos. Espera unos segundos y vuelve a intentarlo."
        raise NotReady("files_in_review", detail, field="photos", retry_after=5)
    if any(one.upload is None or one.state is not FileState.ACCEPTED for one in chosen):
        detail = "Una de las fotos no pasó la revisión o ya venció. Quítala y envíala otra vez."
        raise InvalidInput("not_a_photo", detail, field="photos")
    if any(one.upload is not None and one.upload.declared.media_type not in PHOTO_TYPES for one in chosen):
        detail = "Solo se juntan fotos: archivos JPEG o PNG."
        raise InvalidInput("not_a_photo", detail, field="photos")


def _spend(session: Session, tools: JoinTools) -> tuple[str, datetime]:
    now, limit = tools.drafts.clock(), JOINS_PER_USER
    tools.limits().spend(limit.key(session.user_id), limit=limit.limit, window_s=limit.window_s, now=now)
    return tools.drafts.new_id(), now


@contextmanager
def _pdf_of(join: JoinedPhotos, owner: str, tools: WorkTools) -> Iterator[Path]:
    """Make the PDF in a folder of its own; a photo is there while it is read."""
    uploads = _uploads_of(join, owner, tools)
    most = allowed_bytes([upload.declared.size for upload in uploads])
    with tempfile.TemporaryDirectory() as folder:
        pdf, content = Path(folder) / "joined.pdf", Path(folder) / "photo"

        def photos() -> Iterator[Photo]:
            for upload in uploads:
                _fetch(upload, content, tools.files)
                yield read_photo(content, upload.declared.media_type, most=most)

        title = join.filename.rpartition(".")[0]
        write_photos_pdf(photos(), pdf, title=title, made_at=join.asked_at)
        if pdf.stat().st_size > MAX_FILE_SIZE:
            raise _too_large()
        yield pdf


def _uploads_of(join: JoinedPhotos, owner: str, tools: WorkTools) -> tuple[Upload, ...]:
    """Return the checked photos in their order; each has to be the person's own."""
    found = tools.uploads.find_all(photo.upload_id for photo in join.photos)
    uploads = tuple(found[photo.upload_id] for photo in join.photos if photo.upload_id in found)
    is_whole = len(uploads) == len(join.photos)
    if not is_whole or any(not _is_usable(upload, owner) for upload in uploads):
        raise _photo_gone()
    return uploads


def _is_usable(upload: Upload, owner: str) -> bool:
    is_own = upload.institution_id == owner and upload.state is UploadState.CHECKED
    return is_own and upload.declared.media_type in PHOTO_TYPES


def _fetch(upload: Upload, to: Path, files: Files) -> None:
    """Copy a checked photo; what is decoded is what was inspected, byte for byte."""
    digest = hashlib.sha256()
    try:
        with to.open("wb") as target:
            for piece in files.stream_document(upload.object_key):
                digest.update(piece)
                target.write(piece)
    except NotFound as error:
        raise _photo_gone() from error
    if digest.hexdigest() != upload.declared.sha256:
        raise FileAltered("file_altered", "Un archivo guardado no es el que se revisó. Comunícate con nosotros.")


def _refuse(join: JoinedPhotos, owner: str, refusal: Refusal, *, tools: WorkTools) -> None:
    """Tell why there will be no PDF; an outcome that is there stands."""
    declared = DeclaredFile(join.filename, PDF, "", 0)
    state = UploadState.REFUSED
    tools.uploads.add(Upload(join.upload_id, owner, declared, state, "", tools.clock(), refusal=refusal))


def _photo_gone() -> InvalidInput:
    detail = "Una de las fotos venció o ya no está. Deshazlo, envía otra vez la que falta y júntalas de nuevo."
    return InvalidInput("photo_gone", detail)


def _too_large() -> InvalidInput:
    detail = "El PDF con todas las fotos pasaría de 100 MB. Deshazlo y júntalas en dos PDF."
    return InvalidInput("photos_too_large", detail)
