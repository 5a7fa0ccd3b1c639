"""People's drafts of filings: begun, looked at, changed, discarded. Nobody but who began one sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.filing.attending import require_correctable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import (
    MOST_OPEN,
    FilePart,
    FilingDraft,
    begin,
    begin_correction,
    discarded,
    draft_changed,
    draft_not_found,
    is_own,
    require_open,
    with_file,
    without_file,
)
from chalicelib.domain.filing.procedure import Procedure, frozen_procedure
from chalicelib.domain.notice import FileRole
from chalicelib.domain.session import Session
from chalicelib.domain.upload.attached_file import AttachedFile, FileStanding
from chalicelib.domain.upload.file_check import UploadForm
from chalicelib.domain.upload.upload import is_upload_id, person_owner
from chalicelib.gateways.files import Files
from chalicelib.services.upload.attaching import SentFile, check_sent, form_for, place_for, put_sent, standings
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.upload_store import UploadStore

_TWICE_WITHIN = timedelta(minutes=2)
NO_PDF = "Tu documento debe ser un PDF. Guárdalo como PDF, o escanéalo, y envíalo otra vez."


@dataclass(frozen=True, slots=True)
class DraftTools:
    """Where drafts, files and outcomes are; `new_id` gives 32 hexadecimal digits that nobody can foresee."""

    store: FilingDraftStore
    files: Files
    uploads: UploadStore
    new_id: Callable[[], str]
    clock: Callable[[], datetime]


def list_drafts(session: Session, *, tools: DraftTools) -> tuple[FilingDraft, ...]:
    """Return what somebody can go on with, the last changed first."""
    return tools.store.list_open_of(session.mailbox_id, session.user_id)


def begin_draft(session: Session, procedure: Procedure, *, tools: DraftTools) -> FilingDraft:
    """Begin to file under a procedure. What is begun at once may come to a few more than `MOST_OPEN`.

    Raises:
        Conflict: `too_many_drafts`, `procedure_retired`.

    """
    return _added(begin(_new_id(session, tools), session, procedure, tools.clock()), tools)


def begin_or_go_on(session: Session, procedure: Procedure, *, tools: DraftTools) -> FilingDraft:
    """Go on with a draft of the same version that was begun and never written to, or begin one.

    So a button that is pressed again and again leaves one draft.

    Raises:
        Conflict: as `begin_draft`.

    """
    same = frozen_procedure(procedure)
    for draft in tools.store.list_open_of(session.mailbox_id, session.user_id):
        is_untouched = draft.version == 1 and draft.corrects is None
        if is_untouched and (draft.institution_id, draft.procedure) == (procedure.institution_id, same):
            return draft
    return begin_draft(session, procedure, tools=tools)


def begin_to_correct(session: Session, filing: Filing, *, tools: DraftTools) -> FilingDraft:
    """Begin to correct a filing of one's mailbox that was observed.

    Raises:
        Conflict: `too_many_drafts`; as `require_correctable`.

    """
    now = tools.clock()
    require_correctable(filing, now)
    return _added(
        begin_correction(
            _new_id(session, tools),
            session,
            filing_id=filing.filing_id,
            institution_id=filing.institution_id,
            office_id=filing.office_id,
            procedure=filing.procedure,
            now=now,
        ),
        tools,
    )


def find_draft(draft_id: str, session: Session, *, store: FilingDraftStore) -> FilingDraft:
    """Return a draft of one's own.

    Raises:
        NotFound: `draft_not_found`, also for anybody else's.

    """
    found = store.find(draft_id) if is_upload_id(draft_id) else None
    if found is None or not is_own(found, session):
        raise draft_not_found()
    return found


def change_draft(
    draft_id: str,
    session: Session,
    change: Callable[[FilingDraft], FilingDraft],
    *,
    seen_version: int,
    store: FilingDraftStore,
) -> FilingDraft:
    """Change a draft as somebody saw it; where nothing changes, nothing is written.

    Raises:
        NotFound: `draft_not_found`.
        Conflict: `draft_closed`; `draft_changed`, if it is not as they saw it. Nothing is changed then.

    """
    found = find_draft(draft_id, session, store=store)
    require_open(found)
    if found.version != seen_version:
        raise draft_changed()
    changed = change(found)
    return found if changed is found else _kept(changed, store)


def discard_draft(draft_id: str, session: Session, *, seen_version: int, tools: DraftTools) -> FilingDraft:
    """Throw a draft away.

    Raises:
        NotFound, Conflict: as `change_draft`.

    """
    discard = partial(discarded, now=tools.clock())
    return change_draft(draft_id, session, discard, seen_version=seen_version, store=tools.store)


def attach_to_draft(  # noqa: PLR0913 - a file, what it is, and the draft as it was seen
    draft_id: str, session: Session, part: FilePart, filename: str, content: bytes, *, seen_version: int,
    tools: DraftTools,
) -> FilingDraft:  # fmt: skip
    """Put a file where it is checked, and name it in the draft: each that arrived stays, whatever another one is.

    A form that comes twice within two minutes attaches its file once.

    Raises:
        NotFound, Conflict: as `change_draft`; `too_many_annexes`, `nobody_represented`.
        InvalidInput: `file_missing`, `filename_invalid`.
        TooLarge: `file_too_large_here`.

    """
    sent = SentFile(_role(part), filename, content)
    check_sent(sent)
    now, upload_id = tools.clock(), tools.new_id()
    file = AttachedFile(upload_id, sent.role, now, filename, len(content), hashlib.sha256(content).hexdigest())

    def attach(draft: FilingDraft) -> FilingDraft:
        if any(of is part and _came_just_now(one, file) for of, one in draft.parts):
            return draft
        attached = with_file(draft, part, file, now)
        put_sent(sent, upload_id, owner=person_owner(session.user_id), files=tools.files)
        return attached

    return change_draft(draft_id, session, attach, seen_version=seen_version, store=tools.store)


def _came_just_now(before: AttachedFile, file: AttachedFile) -> bool:
    """Tell whether the very same file came with a form a moment ago, which came twice then."""
    same = (file.filename, file.sha256)
    return (before.filename, before.sha256) == same and file.sent_until - before.sent_until < _TWICE_WITHIN


def await_in_draft(
    draft_id: str, session: Session, part: FilePart, *, seen_version: int, tools: DraftTools
) -> tuple[FilingDraft, AttachedFile]:
    """Leave a place in the draft for a larger file, which `form_of_draft` sends apart.

    Raises:
        NotFound, Conflict: as `attach_to_draft`.

    """
    now = tools.clock()
    file = place_for(tools.new_id(), _role(part), now)
    place = partial(with_file, part=part, file=file, now=now)
    return change_draft(draft_id, session, place, seen_version=seen_version, store=tools.store), file


def form_of_draft(session: Session, file: AttachedFile, *, leads_to: str, tools: DraftTools) -> UploadForm | None:
    """Return the form that sends a file apart while the leave lasts, None afterwards; no call is made."""
    owner = person_owner(session.user_id)
    return form_for(file, owner=owner, leads_to=leads_to, files=tools.files, now=tools.clock())


def remove_from_draft(
    draft_id: str, session: Session, upload_id: str, *, seen_version: int, tools: DraftTools
) -> FilingDraft:
    """Take a file out of the draft, and no other; its bytes are forgotten after a week.

    Raises:
        NotFound, Conflict: as `change_draft`.

    """
    remove = partial(without_file, upload_id=upload_id, now=tools.clock())
    return change_draft(draft_id, session, remove, seen_version=seen_version, store=tools.store)


def look_at_draft_files(draft: FilingDraft, *, tools: DraftTools) -> tuple[FileStanding, ...]:
    """Tell how each file stands, in their order; one call, none without files. Another person's is none."""
    owner = person_owner(draft.user_id)
    return standings(draft.files, owner=owner, uploads=tools.uploads, now=tools.clock(), no_pdf=NO_PDF)


def _role(part: FilePart) -> FileRole:
    """Only the document has to be a PDF: a power may be a photograph."""
    return FileRole.MAIN if part is FilePart.DOCUMENT else FileRole.ANNEX


def _new_id(session: Session, tools: DraftTools) -> str:
    if len(tools.store.list_open_of(session.mailbox_id, session.user_id)) >= MOST_OPEN:
        detail = f"Ya tienes {MOST_OPEN} borradores abiertos. Presenta o descarta alguno para empezar otro."
        raise Conflict("too_many_drafts", detail)
    return tools.new_id()


def _added(draft: FilingDraft, tools: DraftTools) -> FilingDraft:
    if not tools.store.add(draft) and tools.store.find(draft.draft_id) != draft:
        raise Unavailable("draft_unavailable", "No se pudo empezar el borrador. Inténtalo otra vez.")
    return draft


def _kept(draft: FilingDraft, store: FilingDraftStore) -> FilingDraft:
    """Keep a version; where its own write is told as lost, look whether it stands."""
    if store.update(draft):
        return draft
    stands = store.find(draft.draft_id)
    if stands == draft:
        return draft
    if stands is not None:
        require_open(stands)
    raise draft_changed()
