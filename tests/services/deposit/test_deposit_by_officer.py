"""What an officer sends is deposited as what a system signs is: same judging, same record, one notice for one draft."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import upload_store
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.notice import Notice
from chalicelib.domain.sender.consultation_policy import UNDELIVERED
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.renderers.deposit.receipt import render_receipt
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.services.deposit.deposit_notice import DepositAnswer
from chalicelib.services.deposit.depositor import ByOfficer
from chalicelib.store.sender.count_store import CountStore, counter_of
from chalicelib.store.tables import DepositItem, EventItem, NoticeItem, TokenItem
from tests.deposit_world import INSTITUTION_ID, NOW, a_mailbox, an_institution, put_institution
from tests.officer_world import (
    DRAFT_ID,
    OFFICE_ID,
    UPLOAD_ID,
    a_command,
    an_office,
    an_officer,
    an_upload,
    put_office,
    send,
)


def notice_of(box: Container, answer: DepositAnswer) -> Notice:
    return notice_store(box).get(json.loads(answer.body)["notice_id"])


def refused(box: Container, **given: Any) -> CasillaError:
    with pytest.raises(CasillaError) as refusal:
        send(box, **given)
    assert not list(NoticeItem.scan())
    return refusal.value


def consultations(box: Container, mailbox_id: str) -> list[Event]:
    events = event_store(box).list_for_subject(f"mailbox#{mailbox_id}")
    return [event for event in events if event.type is EventType.MAILBOX_CONSULTED]


def test_who_sent_which_draft_is_kept_and_told(box: Container) -> None:
    answer = send(box)

    notice = notice_of(box, answer)
    content = ByOfficer(an_officer(), DRAFT_ID, a_command()).fingerprint()
    [record] = DepositItem.scan()
    assert record.notice_id == notice.notice_id
    assert record.fingerprint == content
    assert record.evidence == {
        "officer": "staff:s1",
        "session": "login-1",
        "draft": DRAFT_ID,
        "content_sha256": content,
    }
    [event] = event_store(box).list_for_subject(f"notice#{notice.notice_id}")
    assert (event.type, event.actor, event.origin) == (EventType.NOTICE_DEPOSITED, "staff:s1", "192.0.2.7")
    assert (event.data["draft"], event.data["content_sha256"]) == (DRAFT_ID, content)
    assert "login-1" not in json.dumps(event.data)
    [used] = [upload_store(box).find(UPLOAD_ID)]
    assert used
    assert used.expires_at is None
    assert not list(TokenItem.scan()), "an officer takes no nonce, and an accepted deposit counts as no consultation"


def test_it_takes_as_many_hops_and_calls_as_a_signed_one(box: Container) -> None:
    with ledger() as book:
        send(box, officer=an_officer(office_id=OFFICE_ID))

    assert (book.hops, book.calls) == (3, 3), "without a nonce, one call less"


def test_the_same_draft_again_gets_the_first_answer(box: Container) -> None:
    first = send(box)
    again = send(box, officer=an_officer(actor="staff:s2", session="login-2"))

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.body == first.body
    assert len(list(NoticeItem.scan())) == 1


def test_it_is_answered_again_when_institution_and_office_are_closed(box: Container) -> None:
    officer = an_officer(office_id=OFFICE_ID)
    first = send(box, officer=officer)
    put_institution(box, an_institution(state=InstitutionState.INACTIVE))
    put_office(box, an_office(is_closed=True))

    assert send(box, officer=officer).body == first.body


@pytest.mark.parametrize("other", [{"regime": Regime.ACKNOWLEDGEMENT}, {"term": None}])
def test_other_content_under_one_draft_is_refused(box: Container, other: dict[str, Any]) -> None:
    send(box)

    with pytest.raises(CasillaError) as refusal:
        send(box, a_command(**other))

    assert refusal.value.code == "idempotency_key_reused"
    assert len(list(NoticeItem.scan())) == 1


def test_the_office_is_part_of_the_content(box: Container) -> None:
    send(box)

    with pytest.raises(CasillaError) as refusal:
        send(box, officer=an_officer(office_id=OFFICE_ID))

    assert refusal.value.code == "idempotency_key_reused"


def test_two_drafts_of_one_content_are_two_notices(box: Container) -> None:
    send(box)
    send(box, draft_id="c" * 32)

    assert len(list(NoticeItem.scan())) == 2


def test_the_content_is_hashed_as_ever_when_more_can_be_said() -> None:
    """A field that comes into the command later, and is not said, may not change what a draft was recorded with."""
    by = ByOfficer(an_officer(), DRAFT_ID, a_command())

    assert by.fingerprint() == "edc3988ceae1eb31c1febf421db2f32dc1e8f19fcc805860ed32695dae8b9e88"


def test_from_an_office_it_is_dated_by_its_hours_and_names_it(box: Container) -> None:
    central = notice_of(box, send(box))
    notice = notice_of(box, send(box, officer=an_officer(office_id=OFFICE_ID), draft_id="c" * 32))

    assert (central.counts_on, notice.counts_on) == (
        date(2026, 3, 9),
        date(2026, 3, 10),
    )  # at 15:15; it closes at 13:00
    assert (notice.sender.office_id, notice.sender.office_name) == (OFFICE_ID, "Oficina Desconcentrada Norte")
    assert notice.sender.address == "Jr. Inventado 456, Trujillo"
    assert notice.sender.name == "Entidad de Demostración"
    assert notice_as_json(notice)["institution"]["office"] == {"id": OFFICE_ID, "name": "Oficina Desconcentrada Norte"}
    assert "office" not in notice_as_json(central)["institution"]
    papers = [render_receipt(one, verification_url="https://x.example/v", zone=box.calendar.zone) for one in (notice,)]
    assert papers[0].startswith(b"%PDF")


@pytest.mark.parametrize(
    ("office", "code"), [(None, "office_unknown"), (an_office(office_id="sur", is_closed=True), "office_closed")]
)
def test_no_office_that_is_not_there_or_closed_deposits(box: Container, office: Any, code: str) -> None:
    if office is not None:
        put_office(box, office)

    assert refused(box, officer=an_officer(office_id="sur")).code == code


def test_another_institution_s_office_is_none(box: Container) -> None:
    put_institution(box, an_institution(institution_id="otra"))
    put_office(box, an_office(office_id="sur", institution_id="otra"))

    assert refused(box, officer=an_officer(office_id="sur")).code == "office_unknown"


def test_an_inactive_institution_does_not_deposit(box: Container) -> None:
    put_institution(box, an_institution(state=InstitutionState.INACTIVE))

    assert refused(box).code == "institution_inactive"


def test_an_institution_that_is_not_there_does_not_either(box: Container) -> None:
    assert refused(box, officer=an_officer(institution_id="otra")).code == "institution_unknown"


def test_another_institution_s_upload_is_none(box: Container) -> None:
    upload_store(box).add(an_upload("8" * 32, institution_id="otra"))
    [main] = a_command().files
    foreign = a_command(files=(type(main)(main.role, main.declared, None, "8" * 32, main.field),))

    assert refused(box, command=foreign).code == "upload_not_checked"


def test_what_a_refusal_tells_of_a_mailbox_is_recorded_and_counted(box: Container) -> None:
    refusal = refused(box, command=a_command(mailbox_id="1-40000099"))

    assert refusal.code == "recipient_without_mailbox"
    [event] = consultations(box, "1-40000099")
    assert (event.actor, event.data["way"], event.data["refused"]) == ("staff:s1", "deposit", refusal.code)
    [counted] = TokenItem.scan()
    assert counted.attempts == 1


def test_a_disabled_mailbox_is_told_and_recorded(box: Container) -> None:
    mailbox_store(box).put(a_mailbox(state=MailboxState.DISABLED))

    assert refused(box).code == "mailbox_disabled"
    assert len(consultations(box, "1-40000002")) == 1


def test_what_is_wrong_by_itself_tells_nothing_of_the_mailbox(box: Container) -> None:
    late = a_command(mailbox_id="1-40000099", place="Puno")

    assert refused(box, command=late).code == "distance_table_missing"
    assert consultations(box, "1-40000099") == []


def test_past_the_limit_every_deposit_waits(box: Container) -> None:
    counter = counter_of(UNDELIVERED, INSTITUTION_ID, DRAFT_ID, NOW)
    CountStore().add(counter)
    TokenItem(counter.token).update([TokenItem.attempts.set(counter.most)])

    assert refused(box).code == "undelivered_limit"


def test_an_old_act_is_deposited_and_warned_of(box: Container) -> None:
    old = a_command().document
    command = a_command(document=type(old)(**{**_fields(old), "issued_at": datetime(2026, 2, 2, 15, tzinfo=UTC)}))

    [warning] = json.loads(send(box, command).body)["warnings"]

    assert warning["code"] == "act_older_than_five_days"


def test_what_is_written_beside_is_written_with_it_or_nothing_is(box: Container) -> None:
    class Marked:
        def add_in(self, transaction: Any, notice: Notice) -> None:
            item = TokenItem("mark", digest=notice.notice_id, expires_at=NOW)
            transaction.save(item, condition=TokenItem.token.does_not_exist())

    notice = notice_of(box, send(box, beside=Marked()))

    assert TokenItem.get("mark").digest == notice.notice_id
    with pytest.raises(CasillaError) as refusal:
        send(box, draft_id="c" * 32, beside=Marked())
    assert refusal.value.code == "deposit_unavailable"
    assert len(list(NoticeItem.scan())) == 1
    assert len([item for item in EventItem.scan() if item.type == EventType.NOTICE_DEPOSITED]) == 1


def _fields(document: Any) -> dict[str, Any]:
    return {name: getattr(document, name) for name in document.__dataclass_fields__}
