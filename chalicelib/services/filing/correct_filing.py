"""Correct a filing that was observed: once, under the same number, with what was filed before beside it (136.4).

As filing a draft does: everything is read at once, the receipt is written, one transaction commits. The instant at
which the person sent it decides whether it is in time, whatever number of tries it takes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import correct, require_correctable
from chalicelib.domain.filing.filing import Correction, Filing, filing_not_found, is_of_holder
from chalicelib.domain.filing.filing_draft import (
    FilingDraft,
    FilingDraftState,
    draft_changed,
    draft_not_found,
    filed,
    is_own,
    require_open,
)
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.session import Session
from chalicelib.renderers.filing.cargo import render_cargo
from chalicelib.renderers.filing.cargo_rows import cargo_of_correction
from chalicelib.renderers.filing.cargo_texts import current_cargo_text
from chalicelib.services.filing.file_draft import FileTools, filing_unavailable, pause_before
from chalicelib.services.filing.filing_drafts import find_draft
from chalicelib.services.filing.filing_parts import documents_of, filer_of, require_receives, uploads_of
from chalicelib.store.filing.filing_situation import FilingSituation
from chalicelib.store.filing.filing_store import CorrectionCommit, FilingUncertain

_MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class _Sent:
    """Who sends a correction, and when."""

    session: Session
    received_at: datetime
    tools: FileTools


def correct_by_draft(draft_id: str, session: Session, *, seen_version: int, tools: FileTools) -> Filing:
    """Send the correction that a draft is, and return the filing; what was sent already is returned as it stands.

    Raises:
        NotFound: `draft_not_found`, also for anybody else's, and for one that corrects nothing; `filing_not_found`.
        InvalidInput: `draft_incomplete`, with all that it lacks; `correction_empty`, `text_unprintable`.
        Conflict: `draft_closed`, `draft_changed`, `institution_left`; as `require_correctable`.
        NotReady: `files_in_review`.
        SessionEnded: `session_ended`; MailboxFrozen: `mailbox_frozen`.
        Unavailable: nobody knows whether it was sent; the same can be sent again.

    """
    sent = _Sent(session, tools.clock().replace(microsecond=0), tools)
    year = tools.calendar.local(sent.received_at).year
    seen = find_draft(draft_id, session, store=tools.drafts)
    if seen.corrects is None:
        raise draft_not_found()
    for attempt in range(_MOST_TRIES):
        found = tools.situations.load(seen, year)
        seen = _as_seen(found, session, seen_version)
        if seen.state is FilingDraftState.FILED:
            return _corrected(seen, tools)
        if filing := _tried(seen, found, sent):
            return filing
        pause_before(attempt, tools.pause, tools.below)
        seen = find_draft(draft_id, session, store=tools.drafts)
    if seen.state is FilingDraftState.FILED:
        return _corrected(seen, tools)
    raise filing_unavailable()


def _as_seen(found: FilingSituation, session: Session, seen_version: int) -> FilingDraft:
    draft = found.draft
    if draft is None or not is_own(draft, session):
        raise draft_not_found()
    if draft.state is FilingDraftState.FILED:
        return draft
    require_open(draft)
    if draft.version != seen_version:
        raise draft_changed()
    return draft


def _tried(draft: FilingDraft, found: FilingSituation, sent: _Sent) -> Filing | None:
    """Write it all, and return the filing; None where nobody knows whether it is written."""
    commit, receipt, key = _prepare(draft, found, sent)
    sent.tools.files.put_document(key, receipt, "application/pdf")
    try:
        sent.tools.filings.correct(commit)
    except FilingUncertain:
        return None
    return commit.filing


def _corrected(draft: FilingDraft, tools: FileTools) -> Filing:
    filing = tools.filings.find(draft.corrects or "")
    if filing is None:
        raise filing_not_found()
    return filing


def _prepare(draft: FilingDraft, found: FilingSituation, sent: _Sent) -> tuple[CorrectionCommit, bytes, str]:
    """Decide all, store nothing."""
    tools, at = sent.tools, sent.received_at
    _, filer = filer_of(found.mailbox, sent.session.user_id)
    before = found.corrected
    if before is None or not is_of_holder(before, sent.session):
        raise filing_not_found()
    require_correctable(before, at)
    institution = require_receives(found.institution)
    documents = documents_of(draft, found, at)
    receiving = receiving_of(institution, found.open_office, tools.calendar.with_entries(found.calendar))
    correction = Correction(
        correction_id=tools.new_code(),
        verification_code=tools.new_code(),
        by=filer,
        documents=documents,
        dates=receiving.settle(at),
        legal_text_version=current_cargo_text(),
    )
    receipt = render_cargo(
        cargo_of_correction(correct(before, correction)),
        verification_url=f"{tools.portal_url}/verificar/{correction.verification_code}",
        portal=tools.portal_url.removeprefix("https://"),
        zone=tools.calendar.zone,
    )
    correction = replace(correction, receipt_sha256=hashlib.sha256(receipt).hexdigest())
    filing = correct(before, correction)
    event = Event(
        subject=f"filing#{filing.filing_id}",
        type=EventType.FILING_CORRECTED,
        occurred_at=at,
        event_id=tools.new_event_id(),
        actor=f"user:{sent.session.user_id}",
        origin=sent.session.origin,
        data={
            "filing_id": filing.filing_id,
            "number": filing.number,
            "institution_id": filing.institution_id,
            "correction_id": correction.correction_id,
            "receipt_sha256": correction.receipt_sha256,
            "files_sha256": " ".join(document.sha256 for document in documents),
        },
    )
    closed = filed(draft, filing.filing_id, at)
    return CorrectionCommit(filing, closed, event, uploads_of(draft, found)), receipt, correction.receipt_key
