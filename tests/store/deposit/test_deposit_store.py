"""A deposit's transaction passes only where nothing it writes is there yet and all it read is as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.upload.upload import UploadState
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.deposit.deposit_store import CommitUncertain, Deposit, DepositStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.tables import AlertBatchItem, DepositItem, EventItem, MailboxItem, NoticeItem, UploadItem
from chalicelib.store.upload_store import UploadStore
from tests.alert_world import a_batch
from tests.builders import a_notice
from tests.cloud import bound
from tests.deposit_world import NOW, a_mailbox
from tests.upload_world import an_upload

NOTICE = a_notice()
EVENT = Event(f"notice#{NOTICE.notice_id}", EventType.NOTICE_DEPOSITED, NOW, "e1", "institution:mef:1")
DEPOSIT = Deposit(
    deposit_key="mef#clave-1",
    fingerprint="f1",
    answer=b'{"notice_id": "uno"}',
    evidence={"base": "b"},
    notice=NOTICE,
    receipt_sha256="a" * 64,
    mailbox=a_mailbox(),
    alerts=a_batch(notice_id=NOTICE.notice_id),
    event=EVENT,
    uploads=(an_upload(),),
)
TABLES = (DepositItem, NoticeItem, EventItem, AlertBatchItem, MailboxItem, UploadItem)


@dataclass
class Bench:
    connection: Connection

    def commit(self, deposit: Deposit = DEPOSIT) -> None:
        DepositStore(self.connection).commit(deposit)

    def add(self, put: Callable[[TransactWrite], Any]) -> None:
        with TransactWrite(connection=self.connection) as transaction:
            put(transaction)

    def everything(self) -> dict[str, list[Any]]:
        """Return all items of all tables that a deposit writes to."""
        return {model.__name__: sorted((item.serialize() for item in model.scan()), key=str) for model in TABLES}


@pytest.fixture
def bench(engine: dict[str, str]) -> Bench:
    bench = Bench(bound(engine))
    MailboxStore().put(a_mailbox())
    UploadStore(bench.connection).add(an_upload())
    return bench


def _record(bench: Bench) -> None:
    DepositItem(DEPOSIT.deposit_key, fingerprint="f0", notice_id="otra", answer=b"{}", evidence={}).save()
    assert bench


def _notice(bench: Bench) -> None:
    bench.add(lambda transaction: NoticeStore().add_in(transaction, a_notice(verification_code="otro")))


def _event(_: Bench) -> None:
    EventStore().add(replace(EVENT, actor="institution:otra:1"))


def _alerts(bench: Bench) -> None:
    batches = AlertBatchStore(bench.connection, EventStore())
    bench.add(lambda transaction: batches.add_in(transaction, replace(DEPOSIT.alerts, attempts=3)))


def _later_version(_: Bench) -> None:
    MailboxStore().put(a_mailbox(version=2))


def _disabled(_: Bench) -> None:
    MailboxStore().put(a_mailbox(state=MailboxState.DISABLED))


def _no_mailbox(_: Bench) -> None:
    MailboxItem(DEPOSIT.mailbox.mailbox_id).delete()


def _expired_upload(_: Bench) -> None:
    UploadItem("u1").update([UploadItem.state.set(UploadState.EXPIRED.value)])


def _no_upload(_: Bench) -> None:
    UploadItem("u1").delete()


@pytest.mark.parametrize(
    "happen",
    [_record, _notice, _event, _alerts, _later_version, _disabled, _no_mailbox, _expired_upload, _no_upload],
    ids=lambda happen: happen.__name__.strip("_"),
)
def test_nothing_is_written_where_one_thing_is_there_or_is_not_as_it_was_read(
    bench: Bench, happen: Callable[[Bench], None]
) -> None:
    happen(bench)
    before = bench.everything()

    with pytest.raises(CommitUncertain):
        bench.commit()

    assert bench.everything() == before


def test_a_commit_writes_record_notice_event_alerts_and_count_and_keeps_the_upload(bench: Bench) -> None:
    bench.commit()

    record = DepositItem.get(DEPOSIT.deposit_key)
    assert (record.fingerprint, record.notice_id, record.answer, record.evidence) == (
        DEPOSIT.fingerprint,
        NOTICE.notice_id,
        DEPOSIT.answer,
        DEPOSIT.evidence,
    )
    assert NoticeStore().get(NOTICE.notice_id) == NOTICE
    assert EventStore().list_for_subject(EVENT.subject) == (EVENT,)
    assert AlertBatchStore(bench.connection, EventStore()).find(NOTICE.notice_id) == DEPOSIT.alerts
    counted = MailboxStore().find_counted(NOTICE.mailbox_id)
    assert counted is not None
    assert counted[1].deposited == 1
    kept = UploadStore(bench.connection).find("u1")
    assert kept is not None
    assert kept.expires_at is None


def test_two_notices_with_one_id_cannot_be(bench: Bench) -> None:
    bench.commit()
    second = replace(
        DEPOSIT,
        deposit_key="mef#clave-2",
        event=replace(EVENT, occurred_at=NOW + timedelta(seconds=1)),
        alerts=replace(DEPOSIT.alerts, notice_id="otra"),
    )

    with pytest.raises(CommitUncertain):
        bench.commit(second)

    assert NoticeStore().get(NOTICE.notice_id) == NOTICE
