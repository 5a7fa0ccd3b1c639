"""Filings as they are kept: all of one or nothing, the next number alone, each list in its order; on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pynamodb.connection import Connection

from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.deposit.local_month import parts_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import answer, correct, derive, observe, take
from chalicelib.domain.filing.filing import Correction, Filing, FilingState
from chalicelib.domain.filing.filing_draft import FilingDraft, FilingDraftState, begin_correction, filed
from chalicelib.store.event_store import EventStore
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_month_store import FilingMonthStore
from chalicelib.store.filing.filing_store import CorrectionCommit, FilingCommit, FilingStore, FilingUncertain
from chalicelib.store.institution.composition_store import CompositionStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import FilingItem
from chalicelib.store.upload_store import UploadStore
from tests.calendars import PERU
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW, a_frozen_mailbox, a_mailbox
from tests.filing_world import (
    ANNEX_ID,
    DATES,
    DOCUMENT_ID,
    DRAFT_ID,
    MAILBOX_ID,
    OFFICER,
    a_batch,
    a_draft,
    a_filing,
    a_session,
    an_upload,
)
from tests.officer_world import OFFICE_ID

DRAFTS = FilingDraftStore()


@pytest.fixture
def store(engine: dict[str, str]) -> FilingStore:
    connection: Connection = bound(engine)
    MailboxStore().put(a_mailbox())
    uploads = UploadStore(connection)
    for upload_id in (DOCUMENT_ID, ANNEX_ID):
        uploads.add(an_upload(upload_id))
    DRAFTS.add(a_draft())
    return FilingStore(connection)


def an_event(filing: Filing, number: int = 0, kind: EventType = EventType.FILING_FILED) -> Event:
    return Event(f"filing#{filing.filing_id}", kind, NOW, f"e{number}", "user:u1")


def a_commit(place: int = 1, *, draft: FilingDraft | None = None, **overrides: Any) -> FilingCommit:
    """Return the commit of one of several filings, of which each has its own draft, number, codes and instant."""
    own: dict[str, Any] = {
        "filing_id": f"filing-{place}",
        "number": f"2026-{place:06d}",
        "verification_code": f"code-{place}",
        "receipt_sha256": f"{place:064x}",
        "dates": replace(DATES, received_at=NOW + timedelta(minutes=place)),
    }
    filing = a_filing(**{**own, **overrides})
    seen = draft or a_draft()
    uploads = (an_upload(), an_upload(ANNEX_ID))
    return FilingCommit(
        filing, filed(seen, filing.filing_id, NOW), 2026, place, an_event(filing), uploads, a_batch(filing)
    )


def file_some(store: FilingStore, count: int) -> list[Filing]:
    done = []
    for number in range(1, count + 1):
        draft = a_draft(f"{number:032x}")
        DRAFTS.add(draft)
        commit = a_commit(number, draft=draft)
        store.commit(commit)
        done.append(commit.filing)
    return done


def test_all_of_it_is_kept(store: FilingStore) -> None:
    commit = a_commit()
    store.commit(commit)

    filing = commit.filing
    assert store.find(filing.filing_id) == filing
    assert store.find_by_number(INSTITUTION_ID, "2026-000001") == filing
    assert store.find_led(store.find_lead(filing.verification_code, None)) == filing
    assert store.find_led(store.find_lead(None, filing.receipt_sha256)) == filing
    assert store.exists(filing.filing_id)
    assert DRAFTS.find(DRAFT_ID) == commit.draft
    [event] = EventStore().list_for_subject(f"filing#{filing.filing_id}", limit=5)
    assert event == commit.event


def test_what_is_none_is_not_found(store: FilingStore) -> None:
    file_some(store, 1)

    assert store.find("nothing") is None
    assert store.find(f"number#{INSTITUTION_ID}#2026-000001") is None, "what leads to one is none"
    assert store.find_by_number("otra-entidad", "2026-000001") is None
    assert store.find_led(store.find_lead("nothing", None)) is None
    assert not store.exists("nothing")


@pytest.mark.parametrize(
    "commit",
    [
        a_commit(2),
        a_commit(draft=replace(a_draft(), version=2)),
        a_commit(draft=a_draft("f" * 32)),
        replace(a_commit(), uploads=(an_upload("f" * 32),)),
        a_commit(mailbox_id="1-40000009"),
    ],
    ids=["a number too far", "another version of the draft", "no draft", "an upload that is gone", "no mailbox"],
)
def test_where_anything_is_not_as_it_was_nothing_is_kept(store: FilingStore, commit: FilingCommit) -> None:
    with pytest.raises(FilingUncertain):
        store.commit(commit)

    assert list(FilingItem.scan()) == []
    assert DRAFTS.find(DRAFT_ID) == a_draft()
    assert EventStore().list_for_subject(f"filing#{commit.filing.filing_id}", limit=5) == ()


@pytest.mark.parametrize(
    "same",
    [
        {"number": "2026-000001"},
        {"filing_id": "filing-1"},
        {"verification_code": "code-1"},
        {"receipt_sha256": f"{1:064x}"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_nothing_is_given_twice(store: FilingStore, same: dict[str, Any]) -> None:
    [first] = file_some(store, 1)

    with pytest.raises(FilingUncertain):
        store.commit(a_commit(2, **same))
    assert store.find("filing-1") == first


def test_the_same_number_again_is_refused_by_the_count(store: FilingStore) -> None:
    file_some(store, 1)
    with pytest.raises(FilingUncertain):
        store.commit(replace(a_commit(2), count=1))


def test_of_a_frozen_mailbox_nothing_is_kept(store: FilingStore) -> None:
    MailboxStore().put(a_frozen_mailbox("40000002", NOW))
    with pytest.raises(FilingUncertain):
        store.commit(a_commit())


def test_a_draft_is_filed_once(store: FilingStore) -> None:
    store.commit(a_commit())
    with pytest.raises(FilingUncertain):
        store.commit(a_commit(2))


def test_a_holders_list_has_the_newest_first_by_pages(store: FilingStore) -> None:
    done = file_some(store, 5)[::-1]

    first = store.list_of_holder(MAILBOX_ID, limit=2)
    second = store.list_of_holder(MAILBOX_ID, after=first.next_after, limit=2)
    third = store.list_of_holder(MAILBOX_ID, after=second.next_after, limit=2)

    assert [*first.filings, *second.filings, *third.filings] == done
    assert third.next_after is None
    assert store.list_of_holder("1-40000003", limit=2).filings == ()


def test_an_inbox_has_one_offices_filings_of_one_stage_the_oldest_first(store: FilingStore) -> None:
    one, two, three = file_some(store, 3)
    taken = take(two, OFFICER, NOW)
    assert store.change(taken, an_event(taken, 1, EventType.FILING_TAKEN))
    moved = derive(three, None, None, OFFICER, NOW, reason="No es de esta oficina")
    assert store.change(moved, an_event(moved, 2, EventType.FILING_DERIVED))

    def inbox(office_id: str | None, stage: FilingState) -> tuple[Filing, ...]:
        return store.list_inbox(INSTITUTION_ID, office_id, stage, limit=9).filings

    assert inbox(OFFICE_ID, FilingState.FILED) == (one,)
    assert inbox(OFFICE_ID, FilingState.IN_EVALUATION) == (taken,)
    assert inbox(None, FilingState.FILED) == (moved,)


def test_a_part_of_a_month_has_all_of_an_institutions_by_the_second(store: FilingStore, engine: dict[str, str]) -> None:
    done, months = file_some(store, 4), FilingMonthStore(bound(engine))
    [part] = parts_of("2026-03", PERU.zone)[:1]

    def listed(
        institution_id: str = INSTITUTION_ID, until: datetime = NOW + timedelta(days=1), limit: int = 3
    ) -> list[Filing]:
        found: list[Filing] = []
        after: str | None = None
        while True:
            page = months.list_part(institution_id, part, until=until, after=after, limit=limit)
            found += page.filings
            if page.next_after is None:
                return found
            after = page.next_after

    for limit in (1, 2, 3, 4, 5):
        assert listed(limit=limit) == done
    assert listed(until=done[2].filed_at) == done[:2], "until an instant, and not at it"
    assert listed("otra-entidad") == []
    [later] = parts_of("2026-05", PERU.zone)[:1]
    assert months.list_part(INSTITUTION_ID, later, until=NOW + timedelta(days=90), limit=3).filings == ()


def observed(filing: Filing) -> Filing:
    return observe(filing, "Falta el plano", OFFICER, NOW + timedelta(hours=1), calendar=PERU, hours=PERU.hours)


def test_what_was_observed_is_due_until_it_is_corrected_or_answered(store: FilingStore) -> None:
    [filing] = file_some(store, 1)
    told = observed(filing)
    assert told.observation is not None
    assert told.observation.remind_at is not None
    until = told.observation.remind_at
    over = told.observation.until
    assert store.change(told, an_event(told, 1, EventType.FILING_OBSERVED))

    def due(at: Any) -> list[str]:
        return [one for shard in SHARDS for one in store.list_due(shard, at, limit=9)]

    assert due(until) == [filing.filing_id]
    assert due(until - timedelta(seconds=1)) == []
    ended = answer(told, "N-1", OFFICER, over + timedelta(days=1))
    assert store.change(ended, an_event(ended, 2, EventType.FILING_ANSWERED))
    assert due(over) == []
    assert due(over + timedelta(minutes=3)) == [filing.filing_id]  # that it lapsed is still to be told


def test_only_the_version_that_was_read_is_changed(store: FilingStore) -> None:
    [filing] = file_some(store, 1)
    mine, theirs = take(filing, OFFICER, NOW), take(filing, replace(OFFICER, actor="staff:s9"), NOW)

    assert store.change(mine, an_event(mine, 1))
    assert not store.change(theirs, an_event(theirs, 2))
    assert store.find(filing.filing_id) == mine
    assert len(EventStore().list_for_subject(f"filing#{filing.filing_id}", limit=9)) == 2


def test_a_correction_is_kept_with_its_draft_and_found_by_its_code(store: FilingStore) -> None:
    [filing] = file_some(store, 1)
    told = observed(filing)
    assert store.change(told, an_event(told, 1, EventType.FILING_OBSERVED))
    draft = begin_correction(
        "e" * 32,
        a_session(),
        filing_id=filing.filing_id,
        institution_id=INSTITUTION_ID,
        office_id=None,
        procedure=filing.procedure,
        now=NOW,
    )
    DRAFTS.add(draft)
    correction = Correction(
        "own-id",
        "code-c",
        filing.filer,
        filing.documents,
        replace(DATES, received_at=NOW + timedelta(days=1)),
        receipt_sha256="d" * 64,
    )
    mended = correct(told, correction)
    event = an_event(mended, 2, EventType.FILING_CORRECTED)
    commit = CorrectionCommit(
        mended, filed(draft, filing.filing_id, NOW), event, (an_upload(),), a_batch(mended, Occasion.CORRECTED)
    )

    store.correct(commit)

    assert store.find(filing.filing_id) == mended
    assert store.find_led(store.find_lead("code-c", None)) == store.find_led(store.find_lead(None, "d" * 64)) == mended
    assert store.exists("own-id")
    kept = DRAFTS.find(draft.draft_id)
    assert kept is not None
    assert kept.state is FilingDraftState.FILED
    with pytest.raises(FilingUncertain):
        store.correct(commit)


@pytest.mark.usefixtures("store")
def test_drafts_are_listed_for_who_began_them_alone() -> None:
    DRAFTS.add(a_draft("1" * 32, a_session("u2")))
    DRAFTS.add(a_draft("2" * 32, a_session(mailbox_id="1-40000003")))

    assert DRAFTS.list_open_of(MAILBOX_ID, "u1") == (a_draft(),)
    assert DRAFTS.list_open_of(MAILBOX_ID, "u3") == ()


@pytest.mark.usefixtures("store")
def test_an_officer_never_meets_a_persons_draft() -> None:
    assert CompositionStore.find(DRAFT_ID) is None
    assert CompositionStore.find(f"filing#{DRAFT_ID}") is None
    assert CompositionStore.list_open_of("filing", f"{MAILBOX_ID}#u1") == ()
