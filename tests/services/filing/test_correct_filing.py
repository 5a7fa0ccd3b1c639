"""A filing that was observed is corrected once, in time, under its number; what was filed before stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import attend_tools, draft_tools, file_tools, filing_store
from chalicelib.bootstrap.storage import notice_store
from chalicelib.config import Config
from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.renderers.filing.cargo_rows import cargo_of_correction, date_notes
from chalicelib.renderers.filing.date_words import until_in_words
from chalicelib.services.filing.attend_filing import ByOfficerAct, derive_filing, observe_filing, take_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.filing_drafts import begin_to_correct
from chalicelib.services.filing.link_answer import link_answer
from tests.composition_world import a_member
from tests.deposit_world import Clock, an_institution, put_institution
from tests.filing_world import PLAN_ID, a_correction_draft, a_session, file_it, seed_filing
from tests.officer_world import an_office, put_office, seed_officers
from tests.officer_world import send as deposit


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        yield box


@pytest.fixture
def observed(box: Container, clock: Clock) -> Filing:
    filing = file_it(box)
    clock.advance(minutes=5)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
    return observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(box))


@pytest.fixture
def draft(box: Container, observed: Filing) -> FilingDraft:
    return a_correction_draft(box, observed)


def send(box: Container, draft: FilingDraft, session: object = None) -> Filing:
    return correct_filing(draft.draft_id, session or a_session(), seen_version=2, origin="", tools=file_tools(box))  # type: ignore[arg-type]


def test_it_keeps_its_number_and_all_that_was_filed(box: Container, observed: Filing, draft: FilingDraft) -> None:
    mended = send(box, draft)

    assert filing_store(box).find(observed.filing_id) == mended
    assert (mended.number, mended.documents) == (observed.number, observed.documents)
    assert mended.correction is not None
    assert [one.upload_id for one in mended.correction.documents] == [PLAN_ID]
    assert mended.stage is FilingState.CORRECTED
    receipt = files(box).get_document(mended.correction.receipt_key)
    assert hashlib.sha256(receipt).hexdigest() == mended.correction.receipt_sha256
    assert filing_store(box).exists(mended.correction.correction_id), "or the sweep would take its receipt"
    assert send(box, draft) == mended, "sent again it is told again"


def test_the_last_second_counts_by_when_it_was_sent(
    box: Container, observed: Filing, draft: FilingDraft, clock: Clock
) -> None:
    assert observed.observation is not None
    clock.now = observed.observation.until
    assert send(box, draft).stage is FilingState.CORRECTED


def test_an_institution_that_left_meanwhile_takes_it_all_the_same(box: Container, draft: FilingDraft) -> None:
    put_institution(box, an_institution(state=InstitutionState.CANCELLED))

    assert send(box, draft).stage is FilingState.CORRECTED


def test_a_second_later_it_is_too_late(box: Container, observed: Filing, draft: FilingDraft, clock: Clock) -> None:
    assert observed.observation is not None
    clock.now = observed.observation.until + timedelta(seconds=1)

    with pytest.raises(Conflict) as refusal:
        send(box, draft)
    assert refusal.value.code == "correction_too_late"
    with pytest.raises(Conflict):
        begin_to_correct(a_session(), observed, tools=draft_tools(box))


def test_of_two_drafts_that_correct_one_filing_one_does(box: Container, observed: Filing, draft: FilingDraft) -> None:
    other = begin_to_correct(a_session("u2"), observed, tools=draft_tools(box))
    send(box, draft)

    with pytest.raises(Conflict) as refusal:
        correct_filing(other.draft_id, a_session("u2"), seen_version=1, origin="", tools=file_tools(box))
    assert refusal.value.code == "corrected_already"


def test_an_empty_correction_is_none(box: Container, observed: Filing) -> None:
    begun = begin_to_correct(a_session(), observed, tools=draft_tools(box))
    with pytest.raises(InvalidInput):
        correct_filing(begun.draft_id, a_session(), seen_version=1, origin="", tools=file_tools(box))


def test_nobody_sends_somebody_elses_nor_as_a_filing_of_its_own(box: Container, draft: FilingDraft) -> None:
    for session in (a_session("u2"), a_session(mailbox_id="1-40000003")):
        with pytest.raises(NotFound):
            send(box, draft, session)
    with pytest.raises(NotFound):
        file_it(box, draft_id=draft.draft_id, seen_version=2)


def test_a_receipt_says_that_it_was_in_time_also_where_it_counts_as_of_another_day(
    box: Container, observed: Filing, draft: FilingDraft, clock: Clock
) -> None:
    put_office(box, an_office(filing_rule=FilingRule(CountsUntil.CLOSING, "Directiva de ejemplo")))
    assert observed.observation is not None
    clock.now = observed.observation.until
    mended = send(box, draft)

    assert mended.correction is not None
    assert mended.correction.dates.legal_date > box.calendar.local(observed.observation.until).date()
    told = date_notes(cargo_of_correction(mended), box.calendar.zone)
    assert f"Llegó en plazo: se podía subsanar {until_in_words(clock.now, box.calendar.zone)}." in told


def test_it_is_dated_by_the_office_that_has_the_filing_when_it_comes(
    box: Container, observed: Filing, draft: FilingDraft, clock: Clock
) -> None:
    put_office(box, an_office(office_id="sur", name="Oficina Sur", opens_at=time(11), closes_at=time(20)))
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
    derive_filing(observed.filing_id, "sur", by, reason="Es de allá", tools=attend_tools(box))
    clock.now = datetime.combine(date(2026, 3, 10), time(9), box.calendar.zone)
    mended = send(box, draft)

    assert mended.correction is not None
    opens = datetime.combine(date(2026, 3, 10), time(11), box.calendar.zone)
    assert (mended.office_id, mended.correction.dates.attended_from) == ("sur", opens)


def test_nobody_has_seen_what_was_on_its_way_when_it_was_taken(
    box: Container, observed: Filing, draft: FilingDraft, clock: Clock
) -> None:
    clock.advance(minutes=5)
    sent_at, tools = clock.now, file_tools(box)
    clock.advance(seconds=3)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
    put_office(box, an_office(office_id="sur", name="Oficina Sur"))
    derive_filing(observed.filing_id, "sur", by, reason="Es de allá", tools=attend_tools(box))
    take_filing(observed.filing_id, by, tools=attend_tools(box))
    clock.advance(seconds=4)
    mended = correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=tools, reached_at=sent_at)
    assert mended.correction is not None
    assert mended.correction.at < clock.now - timedelta(seconds=4)
    assert mended.stage is FilingState.CORRECTED


def test_what_was_deposited_before_the_correction_does_not_answer_it(
    box: Container, observed: Filing, draft: FilingDraft, clock: Clock
) -> None:
    seed_officers(box)
    before = json.loads(deposit(box).body)["notice_id"]
    clock.advance(minutes=5)
    mended = send(box, draft)

    def link(notice_id: str) -> Filing:
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        tools, notices = attend_tools(box), notice_store(box)
        return link_answer(
            observed.filing_id, notice_id, by, tools=tools, notices=notices, prefixes=box.mailbox_prefixes
        )

    with pytest.raises(InvalidInput) as refusal:
        link(before)
    assert refusal.value.code == "notice_unknown"
    assert filing_store(box).find(observed.filing_id) == mended
    after = json.loads(deposit(box, draft_id="d" * 32).body)["notice_id"]
    assert after != before
    assert link(after).stage is FilingState.ANSWERED
