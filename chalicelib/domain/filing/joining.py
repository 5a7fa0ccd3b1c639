"""Changes of a draft by which photos become one PDF, and photos again.

The PDF stands in the draft from the moment it is asked for, in the place of the photos, and is waited for as every file
is. So nothing is filed before it is there, and nothing that a worker does changes the draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.filing_draft import FilingDraft, changed
from chalicelib.domain.filing.joined_photos import LONGEST_NAME, MOST_KEPT, NAME, JoinedPhotos
from chalicelib.domain.notice import FileRole
from chalicelib.domain.typed import tidy
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.domain.upload.filename import check_filename
from chalicelib.domain.upload.upload import GRANT_LIFETIME, MAX_ANNEXES

_ENDING = ".pdf"


def photos_filename(typed: str) -> str:
    """Return the PDF's name out of what somebody typed, with its ending.

    Raises:
        InvalidInput: `filename_invalid`.

    """
    name = tidy(typed) or NAME
    if name.lower().endswith(_ENDING):
        name = name[: -len(_ENDING)].rstrip()
    if not name or len(name) > LONGEST_NAME:
        detail = f"Escribe un nombre de {LONGEST_NAME} letras como máximo."
        raise InvalidInput("filename_invalid", detail, field="name")
    filename = f"{name}{_ENDING}"
    check_filename(filename, field="name")
    return filename


def with_photos_joined(
    draft: FilingDraft, photo_ids: tuple[str, ...], upload_id: str, filename: str, now: datetime
) -> FilingDraft:
    """Return it with a PDF in the place of the first of some photos, which leave it.

    Raises:
        Conflict: `draft_closed`.
        InvalidInput: `no_photos`, `photo_not_found`.

    """
    by_id = {annex.upload_id: annex for annex in draft.annexes}
    if not photo_ids:
        raise InvalidInput("no_photos", "Elige al menos una foto.", field="photos")
    if len(set(photo_ids)) < len(photo_ids) or not by_id.keys() >= set(photo_ids):
        detail = "Una de las fotos ya no está en el borrador. Mira cuáles quedan y elige otra vez."
        raise InvalidInput("photo_not_found", detail, field="photos")
    join = JoinedPhotos(upload_id, filename, tuple(by_id[photo_id] for photo_id in photo_ids), now)
    annexes = tuple(_joined(draft.annexes, frozenset(photo_ids), _pdf(join)))
    return changed(draft, now, annexes=annexes, joins=(*_remembered(draft), join))


def asked_again(draft: FilingDraft, upload_id: str, new_id: str, now: datetime) -> FilingDraft:
    """Return it with a PDF of the same photos under another id, which nothing that went wrong before touches.

    Raises:
        Conflict: `draft_closed`. NotFound: `join_not_found`.

    """
    before = join_of(draft, upload_id)
    join = JoinedPhotos(new_id, before.filename, before.photos, now)
    annexes = tuple(_pdf(join) if annex.upload_id == upload_id else annex for annex in draft.annexes)
    if annexes == draft.annexes:
        raise _join_not_found()
    joins = tuple(join if one == before else one for one in draft.joins)
    return changed(draft, now, annexes=annexes, joins=joins)


def with_photos_back(draft: FilingDraft, upload_id: str, now: datetime) -> FilingDraft:
    """Return it with the photos where their PDF stands, which leaves it; at the end, if it was taken out already.

    Raises:
        Conflict: `draft_closed`, `too_many_annexes`. NotFound: `join_not_found`.

    """
    join = join_of(draft, upload_id)
    ids = [annex.upload_id for annex in draft.annexes]
    at = ids.index(upload_id) if upload_id in ids else len(ids)
    rest = draft.annexes[at + 1 :] if at < len(ids) else ()
    annexes = (*draft.annexes[:at], *join.photos, *rest)
    if len(annexes) > MAX_ANNEXES:
        detail = (
            f"Con las {len(join.photos)} fotos habría {len(annexes)} anexos, y caben {MAX_ANNEXES}. Quita alguno y"
            " vuelve a intentarlo."
        )
        raise Conflict("too_many_annexes", detail, field="photos")
    return changed(draft, now, annexes=annexes, joins=tuple(one for one in draft.joins if one != join))


def join_of(draft: FilingDraft, upload_id: str) -> JoinedPhotos:
    """Return what a PDF is made of.

    Raises:
        NotFound: `join_not_found`.

    """
    found = next((join for join in draft.joins if join.upload_id == upload_id), None)
    if found is None:
        raise _join_not_found()
    return found


def awaited_join(draft: FilingDraft | None, upload_id: str) -> JoinedPhotos | None:
    """Return what a PDF is to be made of, None where nobody waits for it any more."""
    if draft is None or not draft.is_open or all(annex.upload_id != upload_id for annex in draft.annexes):
        return None
    return next((join for join in draft.joins if join.upload_id == upload_id), None)


def _pdf(join: JoinedPhotos) -> AttachedFile:
    return AttachedFile(join.upload_id, FileRole.ANNEX, join.asked_at + GRANT_LIFETIME, join.filename)


def _joined(annexes: tuple[AttachedFile, ...], photo_ids: frozenset[str], pdf: AttachedFile) -> Iterator[AttachedFile]:
    is_in = False
    for annex in annexes:
        if annex.upload_id not in photo_ids:
            yield annex
        elif not is_in:
            is_in = True
            yield pdf


def _remembered(draft: FilingDraft) -> tuple[JoinedPhotos, ...]:
    """Return the joins of the PDFs that are in it, and the last of those that were taken out: a draft does not grow."""
    there = {annex.upload_id for annex in draft.annexes}
    gone = [join for join in draft.joins if join.upload_id not in there][-MOST_KEPT:]
    return tuple(join for join in draft.joins if join.upload_id in there or join in gone)


def _join_not_found() -> NotFound:
    detail = "Ese PDF ya no está en el borrador, o sus fotos ya quedaron sueltas. Mira cómo quedó."
    return NotFound("join_not_found", detail)
