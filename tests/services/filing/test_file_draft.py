"""A draft is filed once, as it was seen, by who began it; with all that its receipt and the log say of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import file_tools, filing_draft_store, filing_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, NotFound, NotReady, SessionEnded
from chalicelib.domain.event import EventType
from chalicelib.domain.filing.filing import FilingState
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraftState, Represented, discarded
from chalicelib.domain.mailbox import DocumentType, MailboxFrozen, UserState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.upload.upload import Refusal, UploadState
from chalicelib.services.filing.file_draft import file_draft
from tests.deposit_world import (
    INSTITUTION_ID,
    NOW,
    Clock,
    a_frozen_mailbox,
    a_mailbox,
    a_user,
    an_institution,
    put_institution,
)
from tests.filing_world import (
    ANNEX_ID,
    DOCUMENT_ID,
    DRAFT_ID,
    ORIGIN,
    SUBJECT,
    a_draft,
    a_session,
    an_upload,
    file_it,
    seed_filing,
)
from tests.officer_world import OFFICE_ID, an_office, put_office


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        yield box


def test_it_is_filed_with_all_that_the_draft_says(box: Container) -> None:
    seed_filing(box)

    filing = file_it(box)

    assert filing_store(box).find(filing.filing_id) == filing
    assert (filing.number, filing.subject, filing.state_at(NOW)) == ("2026-000001", SUBJECT, FilingState.FILED)
    assert (filing.holder, filing.filer.name) == (a_mailbox().holder, "Usuaria Ejemplo 1")
    assert (filing.addressee.office_id, filing.addressee.address) == (OFFICE_ID, an_office().address)
    assert [(one.part, one.sha256, one.folios) for one in filing.documents] == [
        (FilePart.DOCUMENT, an_upload().declared.sha256, 1),
        (FilePart.ANNEX, an_upload(ANNEX_ID).declared.sha256, None),
    ]
    assert (filing.dates.received_at, filing.dates.legal_date) == (NOW, date(2026, 3, 9))
    draft = filing_draft_store(box).find(DRAFT_ID)
    assert draft is not None
    assert (draft.state, draft.filing_id, draft.closed_at) == (FilingDraftState.FILED, filing.filing_id, NOW)


def test_its_receipt_is_kept_and_the_log_has_its_hash(box: Container) -> None:
    seed_filing(box)
    filing = file_it(box)

    receipt = files(box).get_document(filing.receipt_key)
    [event] = event_store(box).list_for_subject(f"filing#{filing.filing_id}", limit=5)
    assert hashlib.sha256(receipt).hexdigest() == filing.receipt_sha256 == event.data["receipt_sha256"]
    assert (event.type, event.actor, event.origin) == (EventType.FILING_FILED, "user:u1", ORIGIN)
    assert event.data["number"] == filing.number
    assert "QUISPE" not in json.dumps(event.data)


def test_its_files_are_kept_for_ever(box: Container) -> None:
    seed_filing(box)
    file_it(box)

    kept = upload_store(box).find_all([DOCUMENT_ID, ANNEX_ID])
    assert [one.expires_at for one in kept.values()] == [None, None]


def test_what_is_filed_already_is_told_again_and_filed_no_more(box: Container) -> None:
    seed_filing(box)
    first = file_it(box)

    assert file_it(box) == first
    assert len(filing_store(box).list_of_holder(a_mailbox().mailbox_id, limit=9).filings) == 1


def test_numbers_follow_each_other_and_begin_again_with_the_year(box: Container, clock: Clock) -> None:
    seed_filing(box)
    ids = [f"{number:032x}" for number in range(4)]
    for draft_id in ids:
        filing_draft_store(box).add(a_draft(draft_id))

    numbers = [file_it(box, draft_id=draft_id).number for draft_id in ids[:2]]
    clock.now = datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)
    numbers.append(file_it(box, draft_id=ids[2]).number)
    clock.advance(seconds=1)
    numbers.append(file_it(box, draft_id=ids[3]).number)

    assert numbers == ["2026-000001", "2026-000002", "2026-000003", "2027-000001"], "by the country's year"


@pytest.mark.parametrize(
    "session",
    [a_session("u2"), a_session(mailbox_id="1-40000003"), a_session("u2", "1-40000003")],
    ids=["another user", "another mailbox", "a stranger"],
)
def test_nobody_files_somebody_elses_draft(box: Container, session: object) -> None:
    seed_filing(box)

    with pytest.raises(NotFound) as refusal:
        file_it(box, session)  # type: ignore[arg-type]

    assert refusal.value.code == "draft_not_found"
    draft = filing_draft_store(box).find(DRAFT_ID)
    assert draft is not None
    assert draft.is_open


@pytest.mark.parametrize("draft_id", ["d" * 32, "../x", "C" * 32, ""])
def test_a_draft_that_is_none_is_not_found(box: Container, draft_id: str) -> None:
    seed_filing(box)

    with pytest.raises(NotFound):
        file_it(box, draft_id=draft_id)


def test_a_version_that_was_not_seen_is_not_filed(box: Container) -> None:
    seed_filing(box)

    with pytest.raises(Conflict) as refusal:
        file_it(box, seen_version=2)
    assert refusal.value.code == "draft_changed"


def test_a_discarded_draft_is_not_filed(box: Container) -> None:
    seed_filing(box)
    assert filing_draft_store(box).update(discarded(a_draft(), NOW))

    with pytest.raises(Conflict) as refusal:
        file_it(box, seen_version=2)
    assert refusal.value.code == "draft_closed"


def test_all_that_lacks_is_told_at_once(box: Container) -> None:
    other = Represented(DocumentType.DNI, "40000010", "SALAZAR DEMO LUIS")
    seed_filing(box, draft=a_draft(subject="", document=None, represented=other))

    with pytest.raises(InvalidInput) as refusal:
        file_it(box)
    assert [one.field for one in refusal.value.problems] == ["subject", "document", "representation"]


@pytest.mark.parametrize(
    ("upload", "kind", "code"),
    [
        ({"state": UploadState.REFUSED, "refusal": Refusal("pdf_damaged", "…")}, InvalidInput, "draft_incomplete"),
        ({"expires_at": NOW - timedelta(seconds=1)}, InvalidInput, "draft_incomplete"),
        ({"institution_id": "person.u2"}, NotReady, "files_in_review"),
        ({"institution_id": INSTITUTION_ID}, NotReady, "files_in_review"),
        (None, NotReady, "files_in_review"),
    ],
    ids=["refused", "expired", "another person's", "an institution's", "not looked at yet"],
)
def test_a_file_that_did_not_pass_is_not_filed(
    box: Container, upload: dict[str, Any] | None, kind: type[CasillaError], code: str
) -> None:
    draft = a_draft(annexes=(replace(a_draft().annexes[0], upload_id="a" * 32),))
    seed_filing(box, draft=draft)
    if upload is not None:
        upload_store(box).add(an_upload("a" * 32, **upload))

    with pytest.raises(kind) as refusal:
        file_it(box)
    assert refusal.value.code == code


def test_a_user_who_was_taken_out_files_nothing(box: Container) -> None:
    seed_filing(box)
    mailbox_store(box).put(a_mailbox(users=(a_user(1, state=UserState.DISABLED), a_user(2))))

    with pytest.raises(SessionEnded):
        file_it(box)


def test_nothing_is_filed_from_a_frozen_mailbox(box: Container) -> None:
    seed_filing(box)
    mailbox_store(box).put(a_frozen_mailbox("40000002", NOW))

    with pytest.raises(MailboxFrozen):
        file_it(box)


def test_an_institution_that_left_receives_nothing_and_one_that_is_inactive_does(box: Container) -> None:
    seed_filing(box)
    put_institution(box, an_institution(state=InstitutionState.CANCELLED))
    with pytest.raises(Conflict) as refusal:
        file_it(box)
    assert refusal.value.code == "institution_left"

    put_institution(box, an_institution(state=InstitutionState.INACTIVE))
    assert file_it(box).number == "2026-000001"


def test_what_goes_to_an_office_that_closed_is_received_by_the_institution_itself(box: Container) -> None:
    seed_filing(box)
    put_office(box, an_office(is_closed=True))

    filing = file_it(box)

    assert (filing.office_id, filing.addressee.office_name) == (None, None)
    assert filing.addressee.address == an_institution().address


@pytest.mark.parametrize(
    ("reached", "counts"),
    [
        (timedelta(seconds=-3), date(2026, 3, 9)),  # a process that had to start
        (timedelta(seconds=-30), date(2026, 3, 9)),
        (timedelta(seconds=-31), date(2026, 3, 10)),  # longer ago than a request may take
        (timedelta(seconds=1), date(2026, 3, 10)),  # to come: another clock
        (None, date(2026, 3, 10)),
    ],
)
def test_the_instant_is_when_the_request_reached_the_service(
    box: Container, clock: Clock, reached: timedelta | None, counts: date
) -> None:
    clock.now = datetime(2026, 3, 10, 5, 0, 1, tzinfo=UTC)  # a second past midnight in Lima
    seed_filing(box)
    at = None if reached is None else clock.now + reached
    tools = file_tools(box)
    filing = file_draft(DRAFT_ID, a_session(), seen_version=1, origin=ORIGIN, tools=tools, reached_at=at)
    assert filing.dates.legal_date == counts
    assert filing.filed_at == (at if counts.day == 9 else clock.now)


def test_the_instant_is_that_of_the_sending_however_long_it_takes(box: Container, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 10, 4, 59, 57, tzinfo=UTC)
    seed_filing(box)
    clock.step = timedelta(seconds=2)

    filing = file_it(box)

    assert filing.dates.legal_date == date(2026, 3, 9), "it arrived at 23:59:59 of the 9th"
