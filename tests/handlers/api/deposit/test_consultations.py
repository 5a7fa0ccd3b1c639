"""Whether somebody has a mailbox is told to nobody without a trace, however it is asked, and not without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Limit
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.sender.consultation_policy import CONSULTATIONS, UNDELIVERED
from chalicelib.domain.sender.fair_share import WINDOW_S
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.store.sender.count_store import Counter, counter_of
from chalicelib.store.sender.nonce_store import NonceStore, nonce_token
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import AlertBatchItem, DepositItem, EventItem, NoticeItem, TokenItem
from tests.alarms import State, line_of, watch
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    NOW,
    World,
    a_body,
    a_frozen_mailbox,
    a_mailbox,
    a_user,
    an_inline_file,
    an_institution,
    put_institution,
)

OPEN, CLOSED, UNKNOWN, UNREACHED, FROZEN = "40000002", "40000003", "40000009", "40000004", "40000005"
NONCE = "un-nonce-de-prueba"
TOKEN = nonce_token(f"{INSTITUTION_ID}:{KEY_ID}", NONCE)
REFUSED = {
    UNKNOWN: (422, "recipient_without_mailbox"),
    CLOSED: (409, "mailbox_disabled"),
    FROZEN: (409, "mailbox_frozen"),
    UNREACHED: (409, "recipient_channel_missing"),
}
WRITES = "before-call.dynamodb.TransactWriteItems"
COUNTS = "before-call.dynamodb.UpdateItem"


@pytest.fixture(autouse=True)
def refusing(world: World) -> None:
    pepper(world.container)  # a process reads its secret once, and these requests are not its first
    mailbox_store(world.container).put(a_mailbox(CLOSED, state=MailboxState.DISABLED))
    mailbox_store(world.container).put(a_frozen_mailbox(FROZEN, NOW))
    mailbox_store(world.container).put(a_mailbox(UNREACHED, users=(a_user(mobile=None),)))


def for_(number: str, **overrides: Any) -> dict[str, Any]:
    return a_body(recipient={"document_type": "DNI", "document_number": number}, **overrides)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


def consulted(world: World, number: str) -> tuple[Event, ...]:
    return event_store(world.container).list_for_subject(f"mailbox#1-{number}")


def counted(limit: Limit, nonce: str = NONCE) -> int:
    found = [int(item.attempts) for item in TokenItem.scan(TokenItem.token == counter(limit, nonce).token)]
    return sum(found)


def counter(limit: Limit, nonce: str = NONCE, at: datetime = NOW) -> Counter:
    return counter_of(limit, INSTITUTION_ID, nonce, at)


def stand_at(limit: Limit, count: int, nonce: str = NONCE) -> None:
    shard = counter(limit, nonce)
    TokenItem(shard.token).update([TokenItem.attempts.set(count), TokenItem.expires_at.set(shard.ends_at)])


def fail(**_: Any) -> None:
    raise ClientError({"Error": {"Code": "ValidationException", "Message": "x"}}, "any")


@contextmanager
def at_each(world: World, event: str, do: Callable[..., Any]) -> Iterator[None]:
    events = connection(world.container).client.meta.events
    events.register(event, do)
    try:
        yield
    finally:
        events.unregister(event, do)


@pytest.mark.parametrize("number", REFUSED)
def test_a_deposit_refused_for_its_mailbox_leaves_a_trace_and_nothing_else(world: World, number: str) -> None:
    refused = world.deposit(for_(number), nonce=NONCE)

    assert told(refused) == REFUSED[number]
    assert refused.json_body["field"] == "recipient.document_number"
    assert refused.json_body["retryable"] is False
    [event] = consulted(world, number)
    assert (event.type, event.occurred_at, event.origin) == (EventType.MAILBOX_CONSULTED, NOW, "127.0.0.1")
    assert event.actor == f"institution:{INSTITUTION_ID}:{KEY_ID}"
    assert event.data == {"way": "deposit", "refused": REFUSED[number][1]}
    assert [item for model in (NoticeItem, DepositItem, AlertBatchItem) for item in model.scan()] == []
    assert not files(world.container).list_documents("")
    assert (counted(UNDELIVERED), counted(CONSULTATIONS)) == (1, 0)
    assert told(world.deposit(key="clave-2", nonce=NONCE)) == (401, "nonce_reused")


SPOILT: dict[str, Callable[[], dict[str, Any]]] = {
    "hash": lambda: {"main": an_inline_file(sha256="0" * 64)},
    "size": lambda: {"main": an_inline_file(size=7)},
    "no PDF": lambda: {"main": an_inline_file(b"GIF89a")},
    "annex": lambda: {"annexes": [an_inline_file(b"\0", "a.txt", media_type="text/plain")]},
    "document's date": lambda: {"document": {**a_body()["document"], "issued_at": "2026-03-10T00:00:00Z"}},
    "case file's date": lambda: {"case_file": {"number": "E", "opened_on": "2026-03-10"}},
    "text": lambda: {"document": {**a_body()["document"], "subject": "Carita 😀"}},
    "regime": lambda: {"regime": "mañana"},
    "term": lambda: {"term": {"amount": 0, "unit": "months"}},
    "upload": lambda: {
        "main": {**{k: v for k, v in an_inline_file().items() if k != "content"}, "upload_id": "0" * 32}
    },
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_with_the_request_itself_is_told_alike_whatever_the_mailbox(
    world: World, spoil: Callable[[], dict[str, Any]]
) -> None:
    answers = []
    for number in (OPEN, *REFUSED):
        world.clock.advance(seconds=WINDOW_S)  # many at once are counted, which is a call more
        with ledger() as book:
            answer = world.deposit(for_(number, **spoil()), key=f"clave-{number}")
        answers.append((answer.status_code, {**answer.json_body, "correlation_id": ""}, book.operations))

    assert answers[0][0] in {409, 422}
    assert all(answer == answers[0] for answer in answers[1:])
    assert [item for model in (EventItem, TokenItem) for item in model.scan()] == []


@pytest.mark.parametrize("number", REFUSED)
@pytest.mark.parametrize("broken", [WRITES, COUNTS])
def test_what_cannot_be_recorded_and_counted_is_not_told(world: World, number: str, broken: str) -> None:
    with at_each(world, broken, fail):
        by_deposit = world.deposit(for_(number))
        by_question = [world.get(f"/v1/mailboxes/1-{each}") for each in (number, OPEN)]

    for answer in (by_deposit, *by_question):
        assert told(answer) == (503, "store_unavailable")
    assert told(world.deposit(for_(number))) == REFUSED[number]


def test_a_refused_deposit_and_a_consultation_take_two_hops_and_three_calls(world: World) -> None:
    for ask in (
        lambda: world.deposit(for_(UNKNOWN)),
        lambda: world.deposit(for_(CLOSED), key="clave-2"),
        lambda: world.deposit(for_(UNREACHED), key="clave-3"),
        lambda: world.get(f"/v1/mailboxes/1-{OPEN}"),
        lambda: world.get(f"/v1/mailboxes/1-{UNKNOWN}"),
        lambda: world.get(f"/v1/mailboxes/1-{UNREACHED}"),
    ):
        world.clock.advance(seconds=WINDOW_S)  # as above
        with ledger() as book:
            ask()
        assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "TransactWriteItems", "UpdateItem"])


def test_a_deposit_that_is_accepted_counts_nothing(world: World) -> None:
    assert world.deposit(nonce=NONCE).status_code == 201
    assert (counted(UNDELIVERED), counted(CONSULTATIONS), consulted(world, OPEN)) == (0, 0, ())


@pytest.mark.parametrize("number", [OPEN, UNKNOWN])
def test_whoever_takes_the_nonce_first_a_deposit_that_saw_the_mailbox_leaves_a_trace(world: World, number: str) -> None:
    def overtake(**_: Any) -> None:
        for event in ("before-call.dynamodb.PutItem", WRITES):
            connection(world.container).client.meta.events.unregister(event, overtake)
        NonceStore().claim(TOKEN, digest="of other bytes", expires_at=NOW + timedelta(minutes=5), now=NOW)

    with at_each(world, "before-call.dynamodb.PutItem", overtake), at_each(world, WRITES, overtake):
        refused = world.deposit(for_(number), nonce=NONCE)

    assert told(refused) == (401, "nonce_reused")
    assert [event.type for event in consulted(world, number)] == [EventType.MAILBOX_CONSULTED]
    assert consulted(world, number)[0].data["refused"] == "nonce_reused"


@pytest.mark.parametrize("state", [InstitutionState.INACTIVE, InstitutionState.CANCELLED])
def test_an_inactive_institutions_consultation_is_refused_and_recorded(world: World, state: InstitutionState) -> None:
    put_institution(world.container, an_institution(state=state))

    for number in (OPEN, UNKNOWN):
        assert told(world.get(f"/v1/mailboxes/1-{number}")) == (403, "institution_inactive")
        [event] = consulted(world, number)
        assert event.data == {"refused": "institution_inactive"}
    assert told(world.get("/v1/mailboxes/9-1")) == (403, "institution_inactive")


def test_a_consultation_that_was_not_proven_or_names_no_mailbox_is_not_recorded(world: World) -> None:
    assert told(world.get(f"/v1/mailboxes/1-{OPEN}", keyid=f"{INSTITUTION_ID}:otra")) == (401, "key_unknown")
    assert told(world.get("/v1/mailboxes/1-4")) == (422, "document_number_invalid")
    assert [item for model in (EventItem, TokenItem) for item in model.scan()] == []


@pytest.mark.parametrize("number", [OPEN, UNKNOWN])
def test_past_its_limit_an_institution_is_told_nothing_more_until_the_next_hour(world: World, number: str) -> None:
    most = CONSULTATIONS.limit // len(SHARDS)
    stand_at(CONSULTATIONS, most - 1)

    assert world.get(f"/v1/mailboxes/1-{number}", nonce=NONCE).status_code == 200
    refused = world.get(f"/v1/mailboxes/1-{number}", nonce=NONCE)

    assert told(refused) == (429, "consultation_limit")
    assert refused.headers["Retry-After"] == str((datetime(2026, 3, 9, 21, tzinfo=UTC) - NOW).seconds)
    assert refused.json_body["retryable"] is True
    assert sorted(event.data.get("refused", "") for event in consulted(world, number)) == ["", "consultation_limit"]
    assert world.deposit(key="clave-2").status_code == 201
    world.clock.now = datetime(2026, 3, 9, 21, tzinfo=UTC)
    assert world.get(f"/v1/mailboxes/1-{number}", nonce=NONCE).status_code == 200


def test_a_limit_is_one_institutions(world: World) -> None:
    stand_at(CONSULTATIONS, 10_000)
    other = counter_of(CONSULTATIONS, "otra-entidad", NONCE, NOW)

    assert other.token != counter(CONSULTATIONS).token
    assert told(world.get(f"/v1/mailboxes/1-{OPEN}", nonce=NONCE)) == (429, "consultation_limit")


@pytest.mark.parametrize("number", [OPEN, *REFUSED])
def test_past_the_limit_of_refused_deposits_all_have_to_wait_whomever_they_are_for(world: World, number: str) -> None:
    stand_at(UNDELIVERED, UNDELIVERED.limit // len(SHARDS))

    with ledger() as book:
        refused = world.deposit(for_(number), nonce=NONCE)

    assert told(refused) == (429, "undelivered_limit")
    assert int(refused.headers["Retry-After"]) == 2670
    assert book.operations == ["BatchGetItem"]
    assert consulted(world, number) == ()
    world.clock.advance(seconds=2670)
    assert world.deposit(for_(OPEN), key="clave-2", nonce=NONCE).status_code == 201


def test_past_the_limit_what_was_deposited_before_is_still_answered(world: World) -> None:
    first = world.deposit()
    stand_at(UNDELIVERED, 10_000)

    assert world.deposit(nonce=NONCE).body == first.body


def test_the_shards_of_a_limit_allow_no_more_than_the_limit_together() -> None:
    for limit in (CONSULTATIONS, UNDELIVERED):
        shards = {counter(limit, f"nonce-de-prueba-{number}") for number in range(200)}
        assert len(shards) == len(SHARDS)
        assert sum(shard.most for shard in shards) <= limit.limit


def test_an_unusual_number_is_told_in_the_log_once_at_each_fifth(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    fifth = CONSULTATIONS.limit // len(SHARDS) // 5
    stand_at(CONSULTATIONS, fifth - 2)

    for told in (0, 1, 1):
        world.get(f"/v1/mailboxes/1-{OPEN}", nonce=NONCE)
        lines = [line for line in caplog.records if line.message == "unusual consultations"]
        assert len(lines) == told

    facts = vars(lines[0])
    assert facts["levelname"] == "WARNING"
    assert (facts["institution"], facts["limit"], facts["count"]) == (INSTITUTION_ID, "consultations", 1000)
    assert OPEN not in str(facts)
    went = watch([line_of(lines[0], NOW, "api_handler")], since=NOW, until=NOW + timedelta(hours=1))
    assert State.ALARM in {change.state for change in went["ConsultationsUnusual"]}


def test_a_receipt_that_cannot_be_printed_tells_of_a_mailbox_and_leaves_a_trace(world: World) -> None:
    put_institution(world.container, an_institution(name="Entidad 😀"))

    assert told(world.deposit()) == (422, "text_unprintable")
    assert [event.data["refused"] for event in consulted(world, OPEN)] == ["text_unprintable"]


def test_a_frozen_mailbox_is_told_with_what_to_do_before_a_deposit_too(world: World) -> None:
    told = world.get(f"/v1/mailboxes/1-{FROZEN}").json_body

    assert (told["can_receive"], told["refused_as"]) == (False, "mailbox_frozen")
    assert "artículo 20 del TUO" in told["advice"]
    assert told["advice"] == world.deposit(for_(FROZEN), nonce=NONCE).json_body["detail"]
    assert "refused_as" not in world.get(f"/v1/mailboxes/1-{CLOSED}").json_body


def test_a_deposit_that_was_about_to_commit_when_the_mailbox_froze_does_not(world: World) -> None:
    store = mailbox_store(world.container)
    before = store.find(f"1-{OPEN}")
    assert before
    frozen_mailbox = a_frozen_mailbox(OPEN, NOW)
    done: list[object] = []

    def freeze(**_: Any) -> None:
        """Freeze it right before the deposit's own transaction, once everything was read and stored."""
        if not done:
            done.append(store.update(replace(before, state=frozen_mailbox.state, freeze=frozen_mailbox.freeze)))

    with at_each(world, WRITES, freeze):
        refused = world.deposit(for_(OPEN), nonce=NONCE)

    assert (len(done), told(refused)) == (1, (409, "mailbox_frozen"))
    assert [item for model in (NoticeItem, DepositItem, AlertBatchItem) for item in model.scan()] == []
