"""A RUC that begins with 10 and the DNI in it are one holder: both addresses lead to one mailbox (BOX-9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState
from chalicelib.renderers.deposit.receipt_rows import fact_rows
from chalicelib.store.tables import AlertBatchItem, EventItem, MailboxItem, NoticeItem
from tests.deposit_world import World, a_body, a_mailbox, a_user

DNI, RUC = "40000002", "10400000021"
BY_DNI, BY_RUC = f"1-{DNI}", f"8-{RUC}"
BOTH = pytest.mark.parametrize("address", [BY_DNI, BY_RUC])


def the_ruc_s(**overrides: Any) -> Mailbox:
    """Return the mailbox that the person opened as if a company, before that was refused."""
    holder = Holder(DocumentType.RUC, RUC, "QUISPE DEMO MARÍA ÑUSTA")
    return a_mailbox(mailbox_id=BY_RUC, holder=holder, users=(a_user(3),), **overrides)


def only_the_ruc_s(world: World) -> None:
    MailboxItem(BY_DNI).delete()
    mailbox_store(world.container).put(the_ruc_s())


def both(world: World) -> None:
    mailbox_store(world.container).put(the_ruc_s())


def to(address: str, **overrides: Any) -> dict[str, Any]:
    kind = "DNI" if address == BY_DNI else "RUC"
    return a_body(recipient={"document_type": kind, "document_number": address[2:]}, **overrides)


def consulted(world: World, address: str) -> list[Event]:
    return list(event_store(world.container).list_for_subject(f"mailbox#{address}"))


@BOTH
@pytest.mark.parametrize(
    ("there", "where", "document"),
    [
        (lambda _: None, BY_DNI, ("DNI", DNI)),
        (only_the_ruc_s, BY_RUC, ("RUC", RUC)),
        (both, BY_DNI, ("DNI", DNI)),
    ],
    ids=["dni", "ruc", "both"],
)
def test_both_addresses_lead_to_the_one_mailbox_and_all_say_which(
    world: World, there: Callable[[World], None], where: str, document: tuple[str, str], address: str
) -> None:
    there(world)

    answer = world.deposit(to(address))

    assert answer.status_code == 201, answer.json_body
    recipient = answer.json_body["recipient"]
    assert recipient == {"document_type": document[0], "document_number": document[1], "mailbox": where}
    notice = notice_store(world.container).get(answer.json_body["notice_id"])
    assert (notice.mailbox_id, notice.holder.document_number) == (where, document[1])
    assert f"casilla electrónica {where}" in str(fact_rows(notice, world.container.calendar.zone))
    [alerts] = AlertBatchItem.scan()
    assert ("usuaria3@ejemplo.pe" in str(alerts.alerts)) == (where == BY_RUC)
    [event] = event_store(world.container).list_for_subject(f"notice#{notice.notice_id}")
    assert event.data.get("led_to") == (None if where == address else "other_of_holder")
    assert (DNI in str(event.data)) is False
    found = mailbox_store(world.container).find_counted(where)
    assert found is not None
    assert found[1].deposited == 1


@BOTH
@pytest.mark.parametrize(("there", "where"), [(only_the_ruc_s, BY_RUC), (both, BY_DNI)], ids=["ruc", "both"])
def test_the_consultation_says_where_a_deposit_would_go_and_the_event_that_it_was_the_other(
    world: World, there: Callable[[World], None], where: str, address: str
) -> None:
    there(world)

    told = world.get(f"/v1/mailboxes/{address}").json_body

    assert [channel["channel"] for channel in told.pop("channels")] == ["email", "sms"]
    assert told == {
        "mailbox_id": where,
        "can_receive": True,
        "missing_channels": [],
        "regimes": ["deposit", "acknowledgement", "immediate"],
    }
    [event] = consulted(world, address)
    assert event.data == ({} if where == address else {"led_to": "other_of_holder"})


@BOTH
def test_of_a_disabled_mailbox_nothing_is_told_that_is_not_told_of_none(world: World, address: str) -> None:
    mailbox_store(world.container).put(a_mailbox(state=MailboxState.DISABLED))
    mailbox_store(world.container).put(the_ruc_s())
    disabled = world.get(f"/v1/mailboxes/{address}").json_body
    MailboxItem(BY_DNI).delete()
    MailboxItem(BY_RUC).delete()

    assert world.get(f"/v1/mailboxes/{address}").json_body == disabled
    assert disabled["mailbox_id"] == address


def test_a_disabled_mailbox_by_the_dni_refuses_also_what_goes_to_the_ruc(world: World) -> None:
    """Who had it disabled is not reached at the former mailbox behind it."""
    both(world)
    mailbox_store(world.container).put(a_mailbox(state=MailboxState.DISABLED))

    answer = world.deposit(to(BY_RUC))

    assert (answer.status_code, answer.json_body["code"]) == (409, "mailbox_disabled")
    [event] = consulted(world, BY_RUC)
    assert event.data == {"way": "deposit", "refused": "mailbox_disabled", "led_to": "other_of_holder"}


def test_where_there_is_neither_the_refusal_is_recorded_about_the_one_that_was_named(world: World) -> None:
    MailboxItem(BY_DNI).delete()

    answer = world.deposit(to(BY_RUC))

    assert (answer.status_code, answer.json_body["code"]) == (422, "recipient_without_mailbox")
    [event] = consulted(world, BY_RUC)
    assert event.data == {"way": "deposit", "refused": "recipient_without_mailbox"}


def test_a_company_s_ruc_leads_to_no_person(world: World) -> None:
    answer = world.deposit(a_body(recipient={"document_type": "RUC", "document_number": "20400000027"}))

    assert answer.json_body["code"] == "recipient_without_mailbox"


@BOTH
def test_the_other_address_costs_no_call(world: World, address: str) -> None:
    world.deposit(to(BY_DNI), key="warm")
    both(world)

    with ledger() as book:
        assert world.deposit(to(address)).status_code == 201
    with ledger() as asked:
        assert world.get(f"/v1/mailboxes/{address}").status_code == 200

    assert [operation for operation in book.operations if operation == "BatchGetItem"] == ["BatchGetItem"]
    assert (book.calls, book.operations[-1]) == (5, "TransactWriteItems")  # one is the file sent inside
    assert sorted(asked.operations) == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]


def test_the_same_bytes_get_the_same_answer_after_the_other_mailbox_was_opened(world: World) -> None:
    only_the_ruc_s(world)
    first = world.deposit(to(BY_RUC))
    mailbox_store(world.container).put(a_mailbox())

    again = world.deposit(to(BY_RUC))

    assert first.status_code == again.status_code == 201
    assert again.body == first.body
    assert len(list(NoticeItem.scan())) == 1
    assert world.deposit(to(BY_RUC), key="clave-2").json_body["recipient"]["mailbox"] == BY_DNI


@contextmanager
def before_commits(world: World, *acts: Callable[[], None]) -> Iterator[list[int]]:
    """Have others act just before each of the first commits, and yield a list as long as there were commits."""
    commits: list[int] = []

    def act(**_: Any) -> None:
        commits.append(len(commits))
        if len(commits) <= len(acts):
            acts[commits[-1]]()

    events = connection(world.container).client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", act)
    try:
        yield commits
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", act)


def test_a_mailbox_that_opens_between_read_and_commit_leaves_the_notice_where_it_was_read(world: World) -> None:
    only_the_ruc_s(world)
    mailboxes = mailbox_store(world.container)

    with before_commits(world, lambda: mailboxes.put(a_mailbox())) as commits:
        answer = world.deposit(to(BY_DNI))

    assert (answer.status_code, answer.json_body["recipient"]["mailbox"]) == (201, BY_RUC)
    assert len(commits) == 1
    [notice] = NoticeItem.scan()
    assert notice.mailbox_id == BY_RUC
    found = mailboxes.find_counted(BY_RUC)
    assert found is not None
    assert found[1].pending == 1


def test_where_the_one_that_was_read_changes_as_well_all_is_decided_anew(world: World) -> None:
    only_the_ruc_s(world)
    mailboxes = mailbox_store(world.container)

    def change() -> None:
        mailboxes.put(the_ruc_s(state=MailboxState.DISABLED))
        mailboxes.put(a_mailbox())

    with before_commits(world, change) as commits:
        answer = world.deposit(to(BY_RUC))

    assert (answer.status_code, answer.json_body["recipient"]["mailbox"]) == (201, BY_DNI)
    assert len(commits) == 2
    assert [event.type for event in EventItem.scan()] == ["notice.deposited"]
