"""A filing is answered by a notice: the deposit marks both, each leading to the other, or neither (FIL-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.composition import composition_store, send_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.answered_filing import AnsweredFiling
from chalicelib.domain.institution.composition import Composition, CompositionState, Recipient, changed
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission, StaffMember
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import CaseFile
from chalicelib.services.filing.answer_by_notice import begin_answer_to
from chalicelib.services.filing.attend_filing import (
    ByOfficerAct,
    answer_filing,
    derive_filing,
    observe_filing,
    take_filing,
)
from chalicelib.services.institution.compositions import discard_composition
from chalicelib.services.institution.send_composition import Sender, send_composition
from chalicelib.store.deposit.deposit_store import Beside
from chalicelib.store.reading.answered_filings import find_answered
from chalicelib.store.tables import EventItem, NoticeItem
from tests.composition_world import RECEPTION, a_composition, a_member
from tests.deposit_world import NOW, PDF, Clock, a_mailbox
from tests.filing_world import file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_office, an_upload, put_office

BOTH = (Permission.ATTEND, Permission.DEPOSIT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        upload_store(box).add(an_upload())
        files(box).put_document(an_upload().object_key, PDF, "application/pdf")
        yield box


@pytest.fixture
def filing(box: Container) -> Filing:
    return file_it(box)


def an_officer(number: int = 1, **changes: Any) -> StaffMember:
    return a_member(number, **{"permissions": BOTH, **changes})


def by(member: StaffMember | None = None) -> ByOfficerAct:
    return ByOfficerAct(member or an_officer(), Act.ATTEND, "192.0.2.9")


def begin(box: Container, filing: Filing, member: StaffMember | None = None) -> Composition:
    return begin_answer_to(
        filing.filing_id,
        by(member),
        new_id=box.chance.new_event_id,
        compositions=composition_store(box),
        tools=attend_tools(box),
    )


def write(box: Container, begun: Composition, **parts: Any) -> Composition:
    """Write all of a draft that was begun, but for what it began with."""
    whole = a_composition()
    written = changed(
        begun,
        NOW,
        **{
            "recipient": whole.recipient,
            "heading": whole.heading,
            "signers": whole.signers,
            "chosen_term": whole.chosen_term,
            "files": whole.files,
            **parts,
        },
    )
    assert composition_store(box).update(written)
    return written


def deposit(box: Container, draft: Composition, member: StaffMember | None = None) -> Composition:
    sender = Sender(member or an_officer(), "login-1", "192.0.2.7")
    return send_composition(draft.composition_id, sender, seen_version=draft.version, tools=send_tools(box))


def kept(box: Container, filing: Filing) -> Filing:
    found = filing_store(box).find(filing.filing_id)
    assert found is not None
    return found


def refused(box: Container, draft: Composition, member: StaffMember | None = None) -> CasillaError:
    """Return the refusal of a deposit, after which there is no notice and the filing is as it was."""
    with pytest.raises(CasillaError) as refusal:
        deposit(box, draft, member)
    assert not list(NoticeItem.scan())
    return refusal.value


def test_a_draft_begins_with_the_filings_holder_case_file_and_office(box: Container, filing: Filing) -> None:
    begun = begin(box, filing)

    assert begun.answers is not None
    assert (begun.answers.filing_id, begun.answers.number) == (filing.filing_id, filing.number)
    assert (begun.answers.document_type, begun.answers.document_number) == (DocumentType.DNI, "40000002")
    assert begun.case_file == CaseFile(filing.number, filing.dates.legal_date)
    assert (begun.office_id, begun.recipient) == (OFFICE_ID, None)
    assert composition_store(box).find(begun.composition_id) == begun
    assert begin(box, filing) == begun, "who presses again goes on with it"
    assert begin(box, filing, an_officer(2)) != begun


def test_its_deposit_answers_the_filing_and_each_leads_to_the_other(box: Container, filing: Filing) -> None:
    draft = write(box, begin(box, filing))

    sent = deposit(box, draft)

    notice = notice_store(box).get(str(sent.notice_id))
    answered = kept(box, filing)
    assert answered.answer is not None
    assert (answered.answer.notice_id, answered.answer.at) == (notice.notice_id, notice.deposited_at)
    assert answered.answer.by.actor == an_officer().actor
    assert answered.state_at(NOW) is FilingState.ANSWERED
    assert (notice.mailbox_id, notice.case_file.number) == (filing.mailbox_id, filing.number)
    assert find_answered(notice.notice_id, connection=connection(box)) == (filing.filing_id,)
    assert deposit(box, draft) == sent
    assert [item.type for item in EventItem.scan()].count("filing.answered") == 1


def test_what_came_on_a_saturday_can_be_answered_before_the_day_as_of_which_it_counts(
    box: Container, clock: Clock
) -> None:
    clock.now = NOW + timedelta(days=5)  # a Saturday
    filing = file_it(box)
    clock.advance(minutes=5)
    assert filing.dates.legal_date > box.calendar.local(clock.now).date()
    begun = begin(box, filing)

    assert begun.case_file == CaseFile(filing.number, box.calendar.local(clock.now).date())
    sent = deposit(box, write(box, begun))
    assert filing_store(box).find(filing.filing_id).answer.notice_id == sent.notice_id  # type: ignore[union-attr]


def test_a_filing_that_another_answered_meanwhile_is_not_answered_again(box: Container, filing: Filing) -> None:
    draft = write(box, begin(box, filing))
    answer_filing(filing.filing_id, "2345-6789-2345", by(an_officer()), tools=attend_tools(box))

    assert refused(box, draft).code == "filing_answered_already"
    found = composition_store(box).find(draft.composition_id)
    assert found is not None
    assert found.state is CompositionState.OPEN


def test_a_filing_that_changes_within_the_deposit_is_answered_by_nothing(box: Container, filing: Filing) -> None:
    draft, tools = write(box, begin(box, filing)), send_tools(box)

    def taken_after(answered: AnsweredFiling, member: StaffMember, origin: str, mailbox_id: str) -> Beside:
        decided = tools.answering(answered, member, origin, mailbox_id)
        take_filing(filing.filing_id, by(an_officer(2)), tools=attend_tools(box))
        return decided

    sender = Sender(an_officer(), "login-1", "")
    with pytest.raises(Conflict) as refusal:
        send_composition(
            draft.composition_id, sender, seen_version=draft.version, tools=replace(tools, answering=taken_after)
        )
    assert refusal.value.code == "filing_taken"
    assert not list(NoticeItem.scan())
    assert kept(box, filing).answer is None


def test_of_two_drafts_for_one_filing_one_is_deposited(box: Container, filing: Filing) -> None:
    upload_store(box).add(an_upload("6" * 32))
    files(box).put_document(an_upload("6" * 32).object_key, PDF, "application/pdf")
    first = write(box, begin(box, filing))
    second = begin(box, filing, an_officer(2))
    whole = replace(a_composition().files[0], upload_id="6" * 32)
    second = write(box, second, files=(whole,))

    sent = deposit(box, first)
    with pytest.raises(Conflict) as refusal:
        deposit(box, second, an_officer(2))
    assert refusal.value.code == "filing_answered_already"
    assert [item.notice_id for item in NoticeItem.scan()] == [sent.notice_id]


def test_a_notice_to_another_mailbox_answers_nothing(box: Container, filing: Filing) -> None:
    other = "1-40000003"
    mailbox_store(box).put(a_mailbox(mailbox_id=other))
    recipient = Recipient(DocumentType.DNI, "40000003", other, NOW, replace(RECEPTION, mailbox_id=other))
    draft = write(box, begin(box, filing), recipient=recipient)

    refusal = refused(box, draft)
    assert isinstance(refusal, InvalidInput)
    assert (refusal.code, refusal.field) == ("answer_to_another", "recipient")
    assert kept(box, filing) == filing


def test_who_does_not_attend_to_it_does_not_answer_it(box: Container, filing: Filing) -> None:
    draft = write(box, begin(box, filing))
    assert refused(box, draft, an_officer(permissions=(Permission.DEPOSIT,))).code == "filing_not_attended"

    put_office(box, an_office(office_id="sur", name="Oficina Sur"))
    derive_filing(filing.filing_id, "sur", by(), reason="Es de allá", tools=attend_tools(box))
    limited = an_officer(office_id=OFFICE_ID)
    assert refused(box, draft, limited).code == "filing_not_attended"

    take_filing(filing.filing_id, by(an_officer(2)), tools=attend_tools(box))
    assert refused(box, draft).code == "filing_taken"


def test_while_a_correction_is_awaited_it_cannot_be_answered_and_after_that_it_can(
    box: Container, filing: Filing, clock: Clock
) -> None:
    draft = write(box, begin(box, filing))
    observed = observe_filing(filing.filing_id, "Falta el plano", by(), tools=attend_tools(box))
    assert observed.observation is not None
    assert refused(box, draft).code == "correction_awaited"
    with pytest.raises(Conflict):
        begin(box, filing, an_officer())

    clock.now = observed.observation.until + timedelta(seconds=1)
    assert refused(box, draft).code == "correction_awaited"  # what was sent in the last second may be on its way
    clock.now = observed.observation.until + timedelta(minutes=2, seconds=1)
    deposit(box, draft)
    assert kept(box, filing).state_at(clock.now) is FilingState.NOT_FILED


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"permissions": (Permission.ATTEND,)}, Conflict),
        ({"permissions": (Permission.DEPOSIT,)}, NotFound),
        ({"institution_id": "otra-entidad"}, NotFound),
        ({"office_id": "sur"}, NotFound),
    ],
)
def test_who_may_not_begin_it_begins_nothing(
    box: Container, filing: Filing, changes: dict[str, Any], kind: type[CasillaError]
) -> None:
    with pytest.raises(kind):
        begin(box, filing, an_officer(**changes))
    assert composition_store(box).list_open_of(filing.institution_id, an_officer().staff_id) == ()


def test_a_discarded_answer_can_be_begun_anew(box: Container, filing: Filing) -> None:
    begun = begin(box, filing)
    discard_composition(
        begun.composition_id, an_officer(), seen_version=begun.version, store=composition_store(box), now=NOW
    )
    assert begin(box, filing).composition_id != begun.composition_id


def test_what_is_linked_twice_leads_to_it_once(box: Container, filing: Filing) -> None:
    notice_id = "2345-6789-2345"
    for _ in range(2):
        answer_filing(filing.filing_id, notice_id, by(), tools=attend_tools(box))
    assert find_answered(notice_id, connection=connection(box)) == (filing.filing_id,)
    assert find_answered("9999-9999-9999", connection=connection(box)) == ()
