"""File a draft: once, whoever sends it how often, under the next number of its institution's year.

Three round trips and the look at the draft: everything is read at once; the receipt is written; one transaction
commits. The draft is the key: it is filed or it is not, so that a double click, two windows and a lost answer end in
one filing. Who loses the race for a number reads again, and files under the next one; the instant stays that at which
the person sent it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Filing, filing_not_found, number_of
from chalicelib.domain.filing.filing_draft import (
    FilingDraft,
    FilingDraftState,
    draft_changed,
    draft_not_found,
    filed,
    is_own,
    require_open,
)
from chalicelib.domain.filing.observation import observable_until
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.filing.telling import plan_of
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.domain.sender.office import as_office
from chalicelib.domain.session import Session
from chalicelib.gateways.files import Files
from chalicelib.renderers.filing.cargo import render_cargo
from chalicelib.renderers.filing.cargo_rows import cargo_of
from chalicelib.renderers.filing.cargo_texts import current_cargo_text
from chalicelib.services.filing.filing_drafts import find_draft
from chalicelib.services.filing.filing_parts import (
    addressee_of,
    documents_of,
    filer_of,
    require_receives,
    uploads_of,
)
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_situation import FilingSituation, FilingSituationStore
from chalicelib.store.filing.filing_store import FilingCommit, FilingStore, FilingUncertain

MOST_TRIES = 60
"""Of eight who file all the time, each loses seven of eight."""
TRIED_FOR = timedelta(seconds=15)
"""Within what a request may take."""
_LONGEST_REQUEST = timedelta(seconds=30)
_SHORTEST_S, _LONGEST_S = 0.02, 0.15
_GRAIN = 1000


@dataclass(frozen=True, slots=True)
class FileTools:
    """What filing a draft needs; `below` draws a number from zero to below another."""

    drafts: FilingDraftStore
    situations: FilingSituationStore
    filings: FilingStore
    files: Files
    calendar: BusinessCalendar
    clock: Callable[[], datetime]
    new_code: Callable[[], str]
    new_event_id: Callable[[], str]
    pause: Callable[[float], None]
    below: Callable[[int], int]
    portal_url: str
    reach: SmsReach


def file_draft(  # noqa: PLR0913 - what was seen, by whom and from where
    draft_id: str,
    session: Session,
    *,
    seen_version: int,
    origin: str,
    tools: FileTools,
    known: FilingDraft | None = None,
    reached_at: datetime | None = None,
) -> Filing:
    """File a draft and return the filing; one that is filed already is returned as it stands.

    `origin` is the network address that it is sent from, `known` the draft where the person's own was just read: all
    that decides is read anew with it. `reached_at` is when the request reached the service, where that is known.

    Raises:
        NotFound: `draft_not_found`, also for anybody else's, and for one that corrects a filing.
        InvalidInput: `draft_incomplete`, with all that it lacks; `text_unprintable`.
        Conflict: `draft_closed`, `draft_changed`, `institution_left`.
        NotReady: `files_in_review`.
        SessionEnded: `session_ended`; MailboxFrozen: `mailbox_frozen`.
        Unavailable: nobody knows whether it was filed; the same can be sent again.

    """
    begun = tools.clock()
    received_at = arrived_at(reached_at, begun)
    year = tools.calendar.local(received_at).year
    seen = known or find_draft(draft_id, session, store=tools.drafts)
    if seen.corrects is not None:
        raise draft_not_found()
    for attempt in range(MOST_TRIES):
        if done := filing_of(seen, tools.filings):
            return done
        _require_as_seen(seen, seen_version)
        found = tools.situations.load(seen, year)
        if found.draft is None or not is_own(found.draft, session):
            raise draft_not_found()
        if found.draft != seen:
            seen = found.draft
            continue
        commit, receipt = _prepare(seen, session, found, received_at=received_at, year=year, origin=origin, tools=tools)
        tools.files.put_document(commit.filing.receipt_key, receipt, "application/pdf")
        try:
            tools.filings.commit(commit)
        except FilingUncertain:
            if tools.clock() - begun > TRIED_FOR:
                break
            pause_before(attempt, tools.pause, tools.below)
        else:
            return commit.filing
    if done := filing_of(find_draft(draft_id, session, store=tools.drafts), tools.filings):
        return done
    raise filing_unavailable()


def arrived_at(reached_at: datetime | None, now: datetime) -> datetime:
    """Return the second in which a request arrived: when it reached the service, which is before a process may start.

    What is said of it counts where it can be so: not later than now, nor longer ago than a request may take.
    """
    is_so = reached_at is not None and timedelta() <= now - reached_at <= _LONGEST_REQUEST
    return (reached_at if reached_at is not None and is_so else now).replace(microsecond=0)


def filing_of(draft: FilingDraft, filings: FilingStore) -> Filing | None:
    """Return what a draft was filed as; None while it was not.

    Raises:
        NotFound: `filing_not_found`, which no filing's draft can come to.

    """
    if draft.state is not FilingDraftState.FILED:
        return None
    filing = filings.find(draft.filing_id or "")
    if filing is None:
        raise filing_not_found()
    return filing


def pause_before(attempt: int, pause: Callable[[float], None], below: Callable[[int], int]) -> None:
    """Wait each time another while, so that those who met do not meet again.

    Never long: whoever waited longer would lose to those who come after.
    """
    longest = min(_LONGEST_S, _SHORTEST_S * 2**attempt)
    pause(longest * (below(_GRAIN) + 1) / _GRAIN)


def filing_unavailable() -> Unavailable:
    """Return the refusal where nobody knows whether it was filed."""
    detail = (
        "No se pudo confirmar la presentación. Vuelve a pulsar «Presentar»: aunque ya estuviera hecha, será una sola."
    )
    return Unavailable("filing_unavailable", detail, retry_after=5)


def _require_as_seen(draft: FilingDraft, seen_version: int) -> None:
    require_open(draft)
    if draft.version != seen_version:
        raise draft_changed()


def _prepare(  # noqa: PLR0913 - the facts of one filing
    draft: FilingDraft,
    session: Session,
    found: FilingSituation,
    *,
    received_at: datetime,
    year: int,
    origin: str,
    tools: FileTools,
) -> tuple[FilingCommit, bytes]:
    """Decide all, store nothing."""
    mailbox, filer = filer_of(found.mailbox, session.user_id)
    institution = require_receives(found.institution)
    documents = documents_of(draft, found, received_at)
    receiving = receiving_of(institution, found.open_office, tools.calendar.with_entries(found.calendar))
    dates = receiving.settle(received_at)
    count = found.counted + 1
    office = found.open_office
    filing = Filing(
        filing_id=tools.new_code(),
        number=number_of(year, count),
        verification_code=tools.new_code(),
        draft_id=draft.draft_id,
        mailbox_id=mailbox.mailbox_id,
        holder=mailbox.holder,
        filer=filer,
        represented=draft.represented,
        addressee=addressee_of(institution, office),
        procedure=draft.procedure,
        subject=draft.subject,
        documents=documents,
        dates=dates,
        observable_until=observable_until(dates, receiving.calendar),
        legal_text_version=current_cargo_text(),
        office_id=None if office is None else office.office_id,
        office_name=None if office is None else office.name,
        region=as_office(institution, office).region,
    )
    receipt = render_cargo(
        cargo_of(filing),
        verification_url=f"{tools.portal_url}/verificar/{filing.verification_code}",
        portal=tools.portal_url.removeprefix("https://"),
        zone=tools.calendar.zone,
    )
    filing = replace(filing, receipt_sha256=hashlib.sha256(receipt).hexdigest())
    event = Event(
        subject=f"filing#{filing.filing_id}",
        type=EventType.FILING_FILED,
        occurred_at=received_at,
        event_id=tools.new_event_id(),
        actor=f"user:{session.user_id}",
        origin=origin,
        data={
            "filing_id": filing.filing_id,
            "number": filing.number,
            "institution_id": filing.institution_id,
            "procedure": f"{draft.procedure.procedure_id}:{draft.procedure.version}",
            "receipt_sha256": filing.receipt_sha256,
            "files_sha256": " ".join(document.sha256 for document in documents),
        },
    )
    closed = filed(draft, filing.filing_id, received_at)
    alerts = plan_of(
        Occasion.FILED, filing, mailbox, institution, received_at, calendar=receiving.calendar, reach=tools.reach
    )
    return FilingCommit(filing, closed, year, count, event, uploads_of(draft, found), alerts), receipt
