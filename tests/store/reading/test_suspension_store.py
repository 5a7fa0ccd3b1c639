"""A suspension and an opening of the same instant: the transaction decides; nothing is written by half."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Seen
from chalicelib.domain.reading.suspension import Officer, Suspension, SuspensionCause, SuspensionRequest
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.reading.reading_store import ReadingStore, ReadingUncertain
from chalicelib.store.reading.suspension_store import SuspensionStore
from chalicelib.store.tables import AlertBatchItem, EventItem, InstitutionItem, MailboxItem, NoticeItem
from tests.alert_world import a_batch
from tests.builders import a_notice
from tests.cloud import bound
from tests.deposit_world import NOW, a_mailbox

NOTICE = a_notice()
ANA, LUIS = Officer("s1", "40000100", "Ana"), Officer("s2", "40000101", "Luis")
ASKED = SuspensionRequest(ANA, NOW, SuspensionCause.WRONG_RECIPIENT, "Se copió de otro expediente")
DONE = Suspension(ASKED, LUIS, NOW + timedelta(minutes=5))
TABLES = (NoticeItem, EventItem, AlertBatchItem, MailboxItem, InstitutionItem)


def an_event(kind: EventType, event_id: str) -> Event:
    return Event(f"notice#{NOTICE.notice_id}", kind, NOW, event_id, "staff:s1")


class Shelf:
    """One notice with its alerts, in one mailbox."""

    def __init__(self, connection: Connection) -> None:
        self.readings = ReadingStore(connection, EventStore())
        self.suspensions = SuspensionStore(connection, EventStore())
        self.batches = AlertBatchStore(connection, EventStore())
        MailboxStore().put(a_mailbox())
        with TransactWrite(connection=connection) as transaction:
            NoticeStore().add_in(transaction, NOTICE)
            self.batches.add_in(transaction, a_batch(notice_id=NOTICE.notice_id))

    def found(self) -> DeliveredNotice:
        found = self.readings.find(NOTICE.notice_id).delivered
        assert found is not None
        return found

    def ask(self) -> DeliveredNotice:
        assert self.suspensions.ask(self.found(), ASKED, an_event(EventType.SUSPENSION_ASKED, "e1"))
        return self.found()

    def suspend(self, delivered: DeliveredNotice, *, batch: bool = True, event_id: str = "e2") -> bool:
        stored = self.batches.find(NOTICE.notice_id)
        assert stored is not None
        alerts = (stored, replace(stored, following=replace(stored.following, suspended_at=DONE.at))) if batch else None
        event = an_event(EventType.READING_SUSPENDED, event_id)
        return self.suspensions.suspend(delivered, DONE, (event,), alerts)

    def open(self, delivered: DeliveredNotice) -> None:
        opening = Opening("o1", NOW, "u1", None)
        self.readings.open(delivered, opening, Seen("u1", "Ana", NOW), an_event(EventType.NOTICE_OPENED, "o1"))


@pytest.fixture
def shelf(engine: dict[str, str]) -> Shelf:
    return Shelf(bound(engine))


def everything() -> dict[str, list[object]]:
    return {model.__name__: sorted((item.serialize() for item in model.scan()), key=str) for model in TABLES}


def test_a_suspended_notice_is_read_without_what_it_says_and_its_sender_reads_all(shelf: Shelf) -> None:
    assert shelf.suspend(shelf.ask())

    found = shelf.found()

    assert (found.suspension, found.issued, found.notice.files) == (DONE, NOTICE, ())
    [listed] = shelf.readings.list_for_mailbox(NOTICE.mailbox_id, None, after=None, limit=10).notices
    assert listed == found
    assert shelf.suspensions.suspended_at(NOTICE.mailbox_id) == DONE.at
    [entry] = shelf.suspensions.list_all(after=None, limit=10).entries
    assert (entry.notice_id, entry.institution_name, entry.suspension) == (NOTICE.notice_id, NOTICE.sender.name, DONE)
    assert not entry.was_opened


def test_an_opening_that_read_the_notice_before_comes_too_late(shelf: Shelf) -> None:
    read_before = shelf.ask()
    assert shelf.suspend(read_before)
    before = everything()

    with pytest.raises(ReadingUncertain):
        shelf.open(read_before)

    assert everything() == before


def test_another_user_s_first_look_that_read_it_before_comes_too_late(shelf: Shelf) -> None:
    read_before = shelf.ask()
    shelf.open(read_before)
    assert shelf.suspend(read_before)
    before = everything()

    with pytest.raises(ReadingUncertain):
        shelf.readings.add_seen(
            NOTICE.notice_id, Seen("u2", "Luis", NOW), an_event(EventType.NOTICE_REOPENED, "r1"), None
        )

    assert everything() == before


def test_an_opening_that_comes_first_stays_and_the_reading_is_suspended_after_it(shelf: Shelf) -> None:
    read_before = shelf.ask()
    shelf.open(read_before)

    assert shelf.suspend(read_before)

    found = shelf.found()
    assert found.opening is not None
    assert found.suspension == DONE


def _withdrawn(shelf: Shelf) -> None:
    assert shelf.suspensions.ask(shelf.found(), None, an_event(EventType.SUSPENSION_WITHDRAWN, "w1"))


def _asked_anew(shelf: Shelf) -> None:
    assert shelf.suspensions.ask(shelf.found(), replace(ASKED, by=LUIS), an_event(EventType.SUSPENSION_ASKED, "w2"))


def _suspended(shelf: Shelf) -> None:
    assert shelf.suspend(shelf.found())


@pytest.mark.parametrize("happen", [_withdrawn, _asked_anew, _suspended])
def test_nothing_is_suspended_by_what_changed_since_it_was_read(shelf: Shelf, happen: object) -> None:
    read_before = shelf.ask()
    assert callable(happen)
    happen(shelf)
    before = everything()

    assert not shelf.suspend(read_before, event_id="e9")
    assert not shelf.suspensions.ask(read_before, ASKED, an_event(EventType.SUSPENSION_ASKED, "e8"))

    assert everything() == before


def test_nothing_is_suspended_while_a_worker_takes_up_its_alerts(shelf: Shelf) -> None:
    read_before = shelf.ask()
    stored = shelf.batches.find(NOTICE.notice_id)
    assert stored is not None
    shelf.batches.claim(NOTICE.notice_id, now=NOW)
    before = everything()

    assert not shelf.suspensions.suspend(read_before, DONE, (), (stored, stored))

    assert everything() == before


def test_the_list_is_paged_from_the_newest_on(shelf: Shelf) -> None:
    numbers = [f"2345-6789-000{number}" for number in range(5)]
    for place, number in enumerate(numbers):
        delivered = DeliveredNotice(replace(NOTICE, notice_id=number))
        NoticeItem(number, mailbox_id=NOTICE.mailbox_id, sender_shard="s", deposited_key="d", data={}).save()
        at = datetime(2026, 3, 10, 15, place, tzinfo=UTC)
        assert shelf.suspensions.suspend(delivered, replace(DONE, at=at), (), None)

    first = shelf.suspensions.list_all(after=None, limit=3)
    rest = shelf.suspensions.list_all(after=first.next_after, limit=3)

    assert [one.notice_id for one in (*first.entries, *rest.entries)] == numbers[::-1]
    assert (len(first.entries), rest.next_after) == (3, None)
