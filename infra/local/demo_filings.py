"""Filings of the demonstration's people, made by the real use cases. All of it is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import draft_tools, file_tools, procedure_store
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft, for_oneself, with_subject
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.session import Session
from chalicelib.domain.upload.upload import person_owner, staging_key
from chalicelib.renderers.pdf_document import Paper, Typeface
from chalicelib.services.filing.file_draft import file_draft
from chalicelib.services.filing.filing_drafts import DraftTools, attach_to_draft, begin_draft, change_draft
from chalicelib.services.upload.check_upload import check_upload

_ORIGIN = "192.0.2.1"
_FILENAME = "solicitud.pdf"


def file_demo(box: Container, mailbox: Mailbox, institution_id: str, subject: str, at: datetime) -> Filing:
    """File a document under a procedure of an institution, as the mailbox's first user; every requirement ticked."""
    session = _session(mailbox, at)
    procedure = _procedure(box, institution_id)
    tools = replace(draft_tools(box), clock=_stopped_at(at))
    draft = begin_draft(session, procedure, tools=tools)
    ticks = tuple(range(len(procedure.requirements)))
    for change in (partial(with_subject, subject=subject, ticks=ticks, now=at), partial(for_oneself, now=at)):
        draft = change_draft(draft.draft_id, session, change, seen_version=draft.version, store=tools.store)
    draft = _attach(box, draft, session, tools, _document(subject, at))
    return file_draft(
        draft.draft_id,
        session,
        seen_version=draft.version,
        origin=_ORIGIN,
        tools=replace(file_tools(box), clock=_stopped_at(at)),
    )


def _procedure(box: Container, institution_id: str) -> Procedure:
    """Return a procedure that can be filed under."""
    store = procedure_store(box)
    entry = next(one for one in store.list_for_institution(institution_id) if not one.is_retired)
    found = store.find(institution_id, entry.procedure_id)
    if found is None:
        raise LookupError(entry.procedure_id)
    return found


def _attach(box: Container, draft: FilingDraft, session: Session, tools: DraftTools, content: bytes) -> FilingDraft:
    """Send the document, and check it as the worker does."""
    attached = attach_to_draft(
        draft.draft_id, session, FilePart.DOCUMENT, _FILENAME, content, seen_version=draft.version, tools=tools
    )
    [file] = attached.files
    key = f"{staging_key(person_owner(session.user_id), file.upload_id)}/{_FILENAME}"
    check_upload(key, files=files(box), uploads=upload_store(box), now=tools.clock(), malware_scan="off")
    return attached


def _session(mailbox: Mailbox, at: datetime) -> Session:
    user = mailbox.users[0]
    own = mailbox.mailbox_id
    return Session("", "", user.user_id, own, own, at, validated_at=at, name=user.name)


def _document(subject: str, at: datetime) -> bytes:
    paper = Paper(
        typeface=Typeface.CORE, running_title="Solicitud", reference="Documento de demostración", created_at=at
    )
    paper.add_page()
    paper.write_in(16, weight="B")
    paper.paragraph("Solicitud")
    paper.write_in(11)
    paper.paragraph(subject)
    paper.paragraph("Documento inventado para probar Casilla. No tiene ningún efecto.")
    return paper.to_bytes()


def _stopped_at(at: datetime) -> Callable[[], datetime]:
    return lambda: at
