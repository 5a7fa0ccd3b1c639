"""Send a draft that corrects a filing: once, in time, under the filing's own number; with a receipt of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import correct, recounted, require_correctable
from chalicelib.domain.filing.filing import Correction, Filing, filing_not_found, is_of_holder
from chalicelib.domain.filing.filing_draft import (
    FilingDraft,
    draft_changed,
    draft_not_found,
    filed,
    is_own,
    require_open,
)
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.filing.telling import plan_of
from chalicelib.domain.session import Session
from chalicelib.renderers.filing.cargo import render_cargo
from chalicelib.renderers.filing.cargo_rows import cargo_of_correction
from chalicelib.renderers.filing.cargo_texts import current_cargo_text
from chalicelib.services.filing.file_draft import FileTools, arrived_at, filing_of, filing_unavailable, pause_before
from chalicelib.services.filing.filing_drafts import find_draft
from chalicelib.services.filing.filing_parts import documents_of, filer_of, uploads_of
from chalicelib.store.filing.filing_situation import FilingSituation
from chalicelib.store.filing.filing_store import CorrectionCommit, FilingUncertain

_MOST_TRIES = 8
"""It meets nobody but the officers of one filing."""


def correct_filing(  # noqa: PLR0913 - what was seen, by whom and from where
    draft_id: str,
    session: Session,
    *,
    seen_version: int,
    origin: str,
    tools: FileTools,
    known: FilingDraft | None = None,
    reached_at: datetime | None = None,
) -> Filing:
    """Correct a filing and return it; one that this draft corrected already is returned as it stands.

    An institution that left meanwhile takes it all the same: else what it had received would count as not filed.
    The instant is that at which the person sent it, and decides whether it is in time. `origin` is the network address
    that it is sent from, `known` the draft where the person's own was just read, `reached_at` when the request reached
    the service, where that is known.

    Raises:
        NotFound: `draft_not_found`, `filing_not_found`, also for anybody else's.
        InvalidInput: `draft_incomplete`, `correction_empty`.
        Conflict: `draft_closed`, `draft_changed`; as `require_correctable`.
        NotReady: `files_in_review`.
        SessionEnded: `session_ended`; MailboxFrozen: `mailbox_frozen`.
        Unavailable: nobody knows whether it was corrected; the same can be sent again.

    """
    received_at = arrived_at(reached_at, tools.clock())
    seen = known or find_draft(draft_id, session, store=tools.drafts)
    if seen.corrects is None:
        raise draft_not_found()
    for attempt in range(_MOST_TRIES):
        if done := filing_of(seen, tools.filings):
            return done
        require_open(seen)
        if seen.version != seen_version:
            raise draft_changed()
        found = tools.situations.load(seen, received_at.year)
        if found.draft is None or not is_own(found.draft, session):
            raise draft_not_found()
        if found.draft != seen:
            seen = found.draft
            continue
        commit, receipt = _prepare(seen, session, found, received_at=received_at, origin=origin, tools=tools)
        tools.files.put_document(_made(commit.filing).receipt_key, receipt, "application/pdf")
        try:
            tools.filings.correct(commit)
        except FilingUncertain:
            pause_before(attempt, tools.pause, tools.below)
        else:
            return commit.filing
    if done := filing_of(find_draft(draft_id, session, store=tools.drafts), tools.filings):
        return done
    raise filing_unavailable()


def _prepare(  # noqa: PLR0913 - the facts of one correction
    draft: FilingDraft,
    session: Session,
    found: FilingSituation,
    *,
    received_at: datetime,
    origin: str,
    tools: FileTools,
) -> tuple[CorrectionCommit, bytes]:
    """Decide all, store nothing."""
    before = found.corrected
    if before is None or not is_of_holder(before, session):
        raise filing_not_found()
    mailbox, filer = filer_of(found.mailbox, session.user_id)
    institution = found.institution
    if institution is None:
        raise filing_not_found()
    receiving = receiving_of(institution, found.open_office, tools.calendar.with_entries(found.calendar))
    before = recounted(before, receiving.calendar)
    require_correctable(before, received_at)
    correction = Correction(
        correction_id=tools.new_code(),
        verification_code=tools.new_code(),
        by=filer,
        documents=documents_of(draft, found, received_at),
        dates=receiving.settle(received_at),
        subject=draft.subject,
        legal_text_version=current_cargo_text(),
    )
    filing = correct(before, correction)
    receipt = render_cargo(
        cargo_of_correction(filing),
        verification_url=f"{tools.portal_url}/verificar/{correction.verification_code}",
        portal=tools.portal_url.removeprefix("https://"),
        zone=tools.calendar.zone,
    )
    sha256 = hashlib.sha256(receipt).hexdigest()
    filing = replace(filing, correction=replace(correction, receipt_sha256=sha256))
    event = Event(
        subject=f"filing#{filing.filing_id}",
        type=EventType.FILING_CORRECTED,
        occurred_at=received_at,
        event_id=tools.new_event_id(),
        actor=f"user:{session.user_id}",
        origin=origin,
        data={
            "filing_id": filing.filing_id,
            "number": filing.number,
            "institution_id": filing.institution_id,
            "receipt_sha256": sha256,
            "files_sha256": " ".join(document.sha256 for document in correction.documents),
        },
    )
    alerts = plan_of(
        Occasion.CORRECTED, filing, mailbox, institution, received_at, calendar=receiving.calendar, reach=tools.reach
    )
    return CorrectionCommit(
        filing, filed(draft, filing.filing_id, received_at), event, uploads_of(draft, found), alerts
    ), receipt


def _made(filing: Filing) -> Correction:
    if filing.correction is None:  # pragma: no cover - just made
        raise AssertionError
    return filing.correction
