"""A draft is deposited as it was seen, once, by who may; what it lacks is told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from bench.ledger import ledger
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.composition import send_tools
from chalicelib.bootstrap.files import upload_store
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.composition import (
    ChosenTerm,
    CompositionState,
    Effects,
    changed,
    discarded,
)
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.domain.upload.upload import Refusal, UploadState
from chalicelib.services.institution.send_composition import send_composition
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.builders import a_notice
from tests.composition_world import a_composition, a_member, a_sender, deposit_draft, store_of
from tests.deposit_world import INSTITUTION_ID, NOW
from tests.officer_world import DRAFT_ID, OFFICE_ID, UPLOAD_ID, an_upload


def refused(desk: Container, **given: Any) -> CasillaError:
    with pytest.raises(CasillaError) as refusal:
        deposit_draft(desk, **given)
    assert not list(NoticeItem.scan())
    return refusal.value


def keep(desk: Container, **parts: Any) -> None:
    assert store_of(desk).update(changed(a_composition(), NOW, **parts))


def test_it_becomes_one_notice_of_what_was_written(desk: Container) -> None:
    keep(desk, effects=Effects(ends_administrative_path=True), office_id=OFFICE_ID)

    sent = deposit_draft(desk, seen_version=2)

    assert sent.notice_id
    notice, draft = notice_store(desk).get(sent.notice_id), a_composition()
    assert sent == store_of(desk).find(DRAFT_ID)
    assert (sent.state, sent.closed_at) == (CompositionState.DEPOSITED, notice.deposited_at)
    assert (notice.case_file, notice.document.ends_administrative_path) == (draft.case_file, True)
    assert notice.sender.office_id == OFFICE_ID
    assert [(file.role, file.upload_id) for file in notice.files] == [(FileRole.MAIN, UPLOAD_ID)]
    [event] = event_store(desk).list_for_subject(f"notice#{sent.notice_id}")
    assert (event.actor, event.data["draft"]) == ("staff:s1", DRAFT_ID)
    [record] = DepositItem.scan()
    assert record.evidence["session"] == "login-1"


def test_it_takes_two_hops_and_calls_more_than_the_deposit_itself(desk: Container) -> None:
    with ledger() as book:
        deposit_draft(desk)

    assert (book.hops, book.calls) == (5, 5), book.operations


def test_sent_again_it_is_the_same_whatever_version_was_seen(desk: Container) -> None:
    first = deposit_draft(desk)

    assert deposit_draft(desk) == first
    assert deposit_draft(desk, seen_version=9) == first
    assert len(list(NoticeItem.scan())) == 1


@pytest.mark.parametrize("version", [0, 2])
def test_what_is_not_as_it_was_seen_is_not_deposited(desk: Container, version: int) -> None:
    assert refused(desk, seen_version=version).code == "composition_changed"


def test_a_discarded_draft_is_not_deposited(desk: Container) -> None:
    store_of(desk).update(discarded(a_composition(), NOW))

    assert refused(desk, seen_version=2).code == "composition_closed"


@pytest.mark.parametrize(
    "member",
    [
        a_member(2),
        a_member(1, permissions=(Permission.CONSULT,)),
        a_member(1, institution_id="otra"),
        a_member(1, office_id="sur"),
    ],
)
def test_nobody_else_deposits_it(desk: Container, member: Any) -> None:
    assert refused(desk, member=member).code == "composition_not_found"


def test_who_lost_an_office_meanwhile_does_not_deposit_from_it(desk: Container) -> None:
    keep(desk, office_id=OFFICE_ID)

    assert refused(desk, member=a_member(office_id="sur"), seen_version=2).code == "composition_not_found"


def test_all_that_it_lacks_is_told_at_once(desk: Container) -> None:
    keep(desk, recipient=None, case_file=None, heading=None, signers=None, chosen_term=None, files=())

    told = refused(desk, seen_version=2)

    assert [one.field for one in told.problems] == ["recipient", "case_file", "heading", "signers", "term", "main"]
    assert {one.code for one in told.problems} == {"composition_incomplete"}


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (an_upload(state=UploadState.EXPIRED), "composition_incomplete"),
        (an_upload(expires_at=NOW), "composition_incomplete"),
        (
            an_upload(state=UploadState.REFUSED, refusal=Refusal("pdf_encrypted", "Quítele la contraseña.")),
            "composition_incomplete",
        ),
        (an_upload(institution_id="otra"), "files_in_review"),
        (None, "files_in_review"),
    ],
)
def test_files_that_were_not_accepted_are_not_deposited(desk: Container, upload: Any, code: str) -> None:
    other = "9" * 32
    if upload is not None:
        upload_store(desk).add(replace(upload, upload_id=other))
    keep(desk, files=(AttachedFile(other, FileRole.MAIN, NOW, "carta.pdf", 9),))

    assert refused(desk, seen_version=2).code == code


def test_a_document_that_is_no_pdf_is_not_deposited(desk: Container) -> None:
    text = replace(an_upload().declared, media_type="text/plain", filename="carta.txt")
    upload_store(desk).add(an_upload("9" * 32, declared=text))
    keep(desk, files=(AttachedFile("9" * 32, FileRole.MAIN, NOW),))

    assert refused(desk, seen_version=2).code == "composition_incomplete"


def test_what_the_deposit_refuses_leaves_the_draft_open(desk: Container) -> None:
    keep(desk, chosen_term=ChosenTerm(None, place="Puno"))

    assert refused(desk, seen_version=2).code == "distance_table_missing"
    found = store_of(desk).find(DRAFT_ID)
    assert found
    assert found.is_open


def test_where_it_is_discarded_while_it_is_sent_nothing_is_deposited(
    desk: Container,
) -> None:
    tools = send_tools(desk)

    def discard_first(_: float) -> None:
        store_of(desk).update(discarded(a_composition(), NOW))

    quick = replace(tools, deposit=replace(tools.deposit, pause=discard_first))
    with pytest.raises(CasillaError) as refusal:
        send_composition(DRAFT_ID, a_sender(), seen_version=1, tools=quick)

    assert refusal.value.code == "composition_closed"
    assert not list(NoticeItem.scan())


def test_where_it_is_changed_while_it_is_sent_what_was_seen_is_deposited(desk: Container) -> None:
    tools = send_tools(desk)

    def change_first(_: float) -> None:
        store_of(desk).update(changed(a_composition(), NOW, chosen_term=None))

    quick = replace(tools, deposit=replace(tools.deposit, pause=change_first))

    sent = send_composition(DRAFT_ID, a_sender(), seen_version=1, tools=quick)

    assert sent.chosen_term == a_composition().chosen_term
    assert notice_store(desk).get(sent.notice_id or "").term == a_composition().chosen_term.term  # type: ignore[union-attr]


def test_where_the_mailbox_goes_on_changing_it_is_told_to_send_again(desk: Container) -> None:
    tools, box = send_tools(desk), mailbox_store(desk)

    def change_mailbox(**_: Any) -> None:
        mailbox = box.find("1-40000002")
        assert mailbox
        box.put(replace(mailbox, version=mailbox.version + 1))

    events = tools.deposit.deposits._connection.client.meta.events  # noqa: SLF001 - the engine's own hooks
    events.register("before-call.dynamodb.TransactWriteItems", change_mailbox)
    try:
        refusal = refused(desk)
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", change_mailbox)

    assert refusal.code == "deposit_unavailable"
    assert "Depositar" in refusal.detail
    assert deposit_draft(desk).notice_id


def test_what_replaces_a_notice_is_linked_with_it_whoever_deposits(desk: Container) -> None:
    older = replace(a_notice(), sender=replace(a_notice().sender, institution_id=INSTITUTION_ID))
    with TransactWrite(connection=connection(desk)) as transaction:
        notice_store(desk).add_in(transaction, older)
    keep(desk, replaces=older.notice_id)

    sent = deposit_draft(desk, seen_version=2)

    assert notice_store(desk).get(str(sent.notice_id)).replaces == older.reference
    assert NoticeItem.get(older.notice_id).replaced_by["notice_id"] == sent.notice_id
    [event] = event_store(desk).list_for_subject(f"notice#{older.notice_id}")
    assert (event.type, event.actor) == (EventType.NOTICE_REPLACED, "staff:s1")


def test_a_draft_replaces_nothing_of_another_holder_or_institution(desk: Container) -> None:
    foreign = a_notice()
    with TransactWrite(connection=connection(desk)) as transaction:
        notice_store(desk).add_in(transaction, foreign)
    keep(desk, replaces=foreign.notice_id)

    with pytest.raises(CasillaError) as refusal:
        deposit_draft(desk, seen_version=2)

    assert refusal.value.code == "replaced_unknown"
    assert NoticeItem.get(foreign.notice_id).replaced_by is None
