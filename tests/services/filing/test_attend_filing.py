"""Officers act on filings that their office has, each with its event; nobody sees those of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.bootstrap.institution import staff_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.services.filing.attend_filing import (
    ByOfficerAct,
    answer_filing,
    derive_filing,
    find_to_attend,
    hand_over_filing,
    list_inbox,
    observe_filing,
    take_filing,
)
from chalicelib.services.filing.list_received import list_received
from chalicelib.store.codec import to_data
from chalicelib.store.filing.filing_answered import FilingAnswered
from chalicelib.store.tables import NoticeItem, StaffItem
from tests.composition_world import a_member
from tests.deposit_world import NOW, Clock
from tests.filing_world import file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_office, put_office, seed_officers, send


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        put_office(box, an_office(office_id="sur", name="Oficina Sur"))
        yield box


@pytest.fixture
def filing(box: Container, clock: Clock) -> Filing:
    filed = file_it(box)
    clock.advance(minutes=5)
    return filed


def by(member: StaffMember | None = None) -> ByOfficerAct:
    return ByOfficerAct(member or a_member(), Act.DEPOSIT, "192.0.2.9")


def kinds(box: Container, filing: Filing) -> list[str]:
    """Return what the log has, in no order: the clock stands."""
    return sorted(
        event.type.value for event in event_store(box).list_for_subject(f"filing#{filing.filing_id}", limit=20)
    )


def test_what_is_done_is_kept_and_in_the_log(box: Container, filing: Filing) -> None:
    tools, officer = attend_tools(box), by()
    take_filing(filing.filing_id, officer, tools=tools)
    observe_filing(filing.filing_id, "Falta el plano", officer, tools=tools)
    derived = derive_filing(filing.filing_id, "sur", officer, reason="Es de allá", tools=tools)

    assert filing_store(box).find(filing.filing_id) == derived
    assert (derived.office_name, derived.state_at(NOW)) == ("Oficina Sur", FilingState.OBSERVED)
    assert kinds(box, filing) == ["filing.derived", "filing.filed", "filing.observed", "filing.taken"]
    told = event_store(box).list_for_subject(f"filing#{filing.filing_id}", limit=20)
    [event] = [one for one in told if "office_id" in one.data]
    assert (event.actor, event.origin, event.data["office_id"]) == ("staff:s1", "192.0.2.9", "sur")


def test_forms_that_come_twice_do_it_once(box: Container, filing: Filing, clock: Clock) -> None:
    tools, officer = attend_tools(box), by()
    for _ in range(2):
        take_filing(filing.filing_id, officer, tools=tools)
        told = observe_filing(filing.filing_id, "Falta el plano", officer, tools=tools)
    assert told.observation is not None
    clock.now = told.observation.until + timedelta(days=1)
    for _ in range(2):
        answer_filing(filing.filing_id, "N-1", officer, tools=tools)

    assert kinds(box, filing) == ["filing.answered", "filing.filed", "filing.observed", "filing.taken"]


def test_what_goes_to_and_fro_without_end_can_still_be_observed_and_answered(
    box: Container, filing: Filing, clock: Clock
) -> None:
    tools, officer, reason = attend_tools(box), by(), "ñ" * 290
    for number in range(400):
        derive_filing(
            filing.filing_id, ("sur", OFFICE_ID)[number % 2], officer, reason=f"{number} {reason}", tools=tools
        )
    told = observe_filing(filing.filing_id, "Falta el plano", officer, tools=tools)
    assert told.observation is not None
    clock.now = told.observation.until + timedelta(days=1)

    answered = answer_filing(filing.filing_id, "N-1", officer, tools=tools)

    assert filing_store(box).find(filing.filing_id) == answered
    numbers = [int(move.reason.partition(" ")[0]) for move in answered.moves]
    assert numbers == [*range(10), *range(360, 400)]


def test_it_is_handed_over_to_who_may_attend_to_it_alone(box: Container, filing: Filing) -> None:
    tools, officer = attend_tools(box), by()
    colleague, limited = a_member(2), a_member(3, office_id="sur")
    for member in (colleague, limited):
        put_staff(box, member)
    take_filing(filing.filing_id, officer, tools=tools)

    for number in (limited.document_number, "99999999"):
        with pytest.raises(InvalidInput) as refusal:
            hand_over_filing(filing.filing_id, number, officer, reason="", tools=tools)
        assert refusal.value.code == "officer_unknown"
    given = hand_over_filing(filing.filing_id, colleague.document_number, officer, reason="", tools=tools)

    assert given.taken is not None
    assert given.taken.by.actor == "staff:s2"
    with pytest.raises(Conflict):
        observe_filing(filing.filing_id, "Falta", officer, tools=tools)


def put_staff(box: Container, member: StaffMember) -> None:
    staff_store(box)
    StaffItem(member.institution_id, f"staff#{member.document_number}", data=to_data(member), version=1).save()


@pytest.mark.parametrize(
    "member",
    [a_member(institution_id="otra-entidad"), a_member(office_id="sur"), a_member(permissions=())],
    ids=["another institution's", "another office's", "without permission"],
)
def test_somebody_elses_filing_is_not_found(box: Container, filing: Filing, member: StaffMember) -> None:
    tools = attend_tools(box)
    for act in (find_to_attend, take_filing):
        with pytest.raises(NotFound) as refusal:
            act(filing.filing_id, by(member), tools=tools)
        assert refusal.value.code == "filing_not_found"
    assert kinds(box, filing) == ["filing.filed"]


@pytest.mark.parametrize("filing_id", ["", "nada", "2222-2222-2222"])
def test_what_is_no_filing_is_not_found(box: Container, filing_id: str) -> None:
    with pytest.raises(NotFound):
        take_filing(filing_id, by(), tools=attend_tools(box))


def test_an_inbox_is_seen_by_whom_the_office_is_theirs(box: Container, filing: Filing) -> None:
    tools = attend_tools(box)
    assert list_inbox(by(), OFFICE_ID, FilingState.FILED, tools=tools).filings == (filing,)
    assert list_inbox(by(a_member(office_id=OFFICE_ID)), OFFICE_ID, FilingState.FILED, tools=tools).filings == (filing,)
    with pytest.raises(NotFound):
        list_inbox(by(a_member(office_id="sur")), OFFICE_ID, FilingState.FILED, tools=tools)


def test_it_is_derived_to_an_open_office_of_the_institution_alone(box: Container, filing: Filing) -> None:
    put_office(box, an_office(office_id="cerrada", is_closed=True))
    for office_id in ("cerrada", "ninguna"):
        with pytest.raises(InvalidInput) as refusal:
            derive_filing(filing.filing_id, office_id, by(), reason="x", tools=attend_tools(box))
        assert refusal.value.field == "office"


def test_who_reaches_one_office_alone_may_derive_twice_and_does_it_once(box: Container, filing: Filing) -> None:
    officer, tools = by(a_member(office_id=OFFICE_ID)), attend_tools(box)
    derived = derive_filing(filing.filing_id, "sur", officer, reason="Es de allá", tools=tools)
    assert derive_filing(filing.filing_id, "sur", officer, reason="Es de allá", tools=tools) == derived
    for other, reason in ((officer, "Otra razón"), (by(a_member(2, office_id=OFFICE_ID)), "Es de allá")):
        with pytest.raises(NotFound):
            derive_filing(filing.filing_id, "sur", other, reason=reason, tools=tools)
    assert kinds(box, filing) == ["filing.derived", "filing.filed"]


def test_an_answer_is_linked_in_its_deposits_own_transaction_or_nothing_is_deposited(
    box: Container, filing: Filing
) -> None:
    seed_officers(box)
    beside = FilingAnswered(filing, by().attendant, by().actor, "e" * 32, "")

    answered = send(box, beside=beside)

    notice_id = json.loads(answered.body)["notice_id"]
    found = filing_store(box).find(filing.filing_id)
    assert found is not None
    assert found.answer is not None
    assert (found.answer.notice_id, found.state_at(NOW)) == (notice_id, FilingState.ANSWERED)
    assert kinds(box, filing) == ["filing.answered", "filing.filed"]
    with pytest.raises(Unavailable):
        send(box, draft_id="f" * 32, beside=beside)
    assert [item.notice_id for item in NoticeItem.scan()] == [notice_id]


def test_several_offices_are_listed_together_as_far_as_the_officer_reaches(box: Container, filing: Filing) -> None:
    def listed(member: StaffMember, office_ids: list[str | None]) -> list[Filing]:
        tools = attend_tools(box)
        page = list_received(by(member), office_ids, FilingState.FILED, after=None, tools=tools)
        return [row.filing for row in page.rows]

    assert listed(a_member(), [None, OFFICE_ID, "sur"]) == [filing]
    assert listed(a_member(), [None, "sur"]) == []
    with pytest.raises(NotFound):
        listed(a_member(office_id="sur"), ["sur", OFFICE_ID])
