"""Defects that a deposit service could have, each put into a container, to see that the matrix finds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PutError
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import alert_batch_store, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, begin_attempt, settle
from chalicelib.domain.event import Event
from chalicelib.gateways.files import Files
from chalicelib.services.alert.send_alerts import send_alerts
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.deposit.deposit_store import CommitUncertain, Deposit, DepositStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.request_store import Found, RequestStore, Wanted
from chalicelib.store.sender.nonce_store import NonceStore
from chalicelib.store.tables import DepositItem, TokenItem


@dataclass(frozen=True)
class Defect:
    """`kind` begins the complaint it must cause."""

    name: str
    seed: Callable[[Container], None]
    kind: str

    def __str__(self) -> str:
        return self.name


def _tools(box: Container, **changes: Any) -> None:
    box.made[deposit_tools] = replace(deposit_tools(box), **changes)


def _record_of(deposit: Deposit) -> DepositItem:
    return DepositItem(
        deposit.deposit_key,
        fingerprint=deposit.fingerprint,
        notice_id=deposit.notice.notice_id,
        answer=deposit.answer,
        evidence=deposit.evidence,
    )


class _WithoutGuard(DepositStore):
    """Commits everything but the idempotency record."""

    def commit(self, deposit: Deposit) -> None:
        try:
            with TransactWrite(connection=self._connection) as transaction:
                MailboxStore.count_deposit_in(transaction, deposit.mailbox)
                NoticeStore().add_in(transaction, deposit.notice, deposit.receipt_sha256)
                EventStore().add_in(transaction, deposit.event)
                AlertBatchStore(self._connection, EventStore()).add_in(transaction, deposit.alerts)
        except Exception as error:
            raise CommitUncertain from error


class _GuardAfter(_WithoutGuard):
    def commit(self, deposit: Deposit) -> None:
        super().commit(deposit)
        try:
            _record_of(deposit).save(DepositItem.deposit_key.does_not_exist())
        except PutError as error:
            raise CommitUncertain from error


class _GuardBefore(_WithoutGuard):
    def commit(self, deposit: Deposit) -> None:
        try:
            _record_of(deposit).save(DepositItem.deposit_key.does_not_exist())
        except PutError as error:
            raise CommitUncertain from error
        super().commit(deposit)


class _RetryIsNew(DepositStore):
    """Takes an uncertain commit for a failed one: each try gets a record of its own."""

    def commit(self, deposit: Deposit) -> None:
        super().commit(replace(deposit, deposit_key=f"{deposit.deposit_key}#{deposit.notice.notice_id}"))


class _AlertsApart(DepositStore):
    """Leaves the alerts out of the transaction, and writes them afterwards."""

    def commit(self, deposit: Deposit) -> None:
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_record_of(deposit), condition=DepositItem.deposit_key.does_not_exist())
                MailboxStore.count_deposit_in(transaction, deposit.mailbox)
                NoticeStore().add_in(transaction, deposit.notice, deposit.receipt_sha256)
                EventStore().add_in(transaction, deposit.event)
        except Exception as error:
            raise CommitUncertain from error
        with TransactWrite(connection=self._connection) as transaction:
            AlertBatchStore(self._connection, EventStore()).add_in(transaction, deposit.alerts)


class _Recomputing(RequestStore):
    """Answers a replay with what it would say now."""

    def __init__(self, box: Container) -> None:
        super().__init__(connection(box))
        self._box = box

    def load(self, wanted: Wanted) -> Found:
        found = super().load(wanted)
        if found.recorded is None:
            return found
        answer = json.loads(found.recorded.answer)
        answer["deposited_at"] = f"{self._box.clock():%Y-%m-%dT%H:%M:%SZ}"
        return replace(found, recorded=replace(found.recorded, answer=json.dumps(answer).encode()))


def _alert_before_commit(box: Container) -> None:
    class Eager(DepositStore):
        def commit(self, deposit: Deposit) -> None:
            with TransactWrite(connection=self._connection) as transaction:
                alert_batch_store(box).add_in(transaction, deposit.alerts)
            send_alerts(deposit.notice.notice_id, sending_tools(box))
            try:
                with TransactWrite(connection=self._connection) as transaction:
                    transaction.save(_record_of(deposit), condition=DepositItem.deposit_key.does_not_exist())
                    MailboxStore.count_deposit_in(transaction, deposit.mailbox)
                    NoticeStore().add_in(transaction, deposit.notice, deposit.receipt_sha256)
                    EventStore().add_in(transaction, deposit.event)
            except Exception as error:
                raise CommitUncertain from error

    _tools(box, deposits=Eager(connection(box)))


def _receipt_after_commit(box: Container) -> None:
    held: dict[str, tuple[bytes, str]] = {}

    class Holding(Files):
        def put_document(self, key: str, content: bytes, media_type: str) -> None:
            if key.endswith("constancia.pdf"):
                held[key] = (content, media_type)
            else:
                super().put_document(key, content, media_type)

    class Releasing(DepositStore):
        def commit(self, deposit: Deposit) -> None:
            super().commit(deposit)
            key = deposit.notice.receipt_key
            files(box).put_document(key, *held.pop(key))

    holding = Holding(
        files(box)._client,  # noqa: SLF001 - the same client
        uploads_bucket=box.config.uploads_bucket,
        documents_bucket=box.config.documents_bucket,
    )
    _tools(box, deposits=Releasing(connection(box)), files=holding)


class _Trusting(NonceStore):
    """Relies on the nonce having been free when it was read."""

    def claim(self, token: str, *, digest: str, expires_at: datetime, now: datetime) -> None:
        del now
        TokenItem(token, digest=digest, expires_at=expires_at).save()


class Unclaimed(AlertBatchStore):
    """Lets every worker send that sees something open."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        found = self.find(notice_id)
        if found is None or not found.open:
            return None
        return replace(begin_attempt(found, now), claimed_at=now)


class _RecordedFirst(AlertBatchStore):
    """Writes down that everything was sent, then sends."""

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        batch = super().claim(notice_id, now=now)
        if batch is not None:
            settled = settle(batch, {alert.alert_id: Accepted("sent") for alert in batch.attempted}, now=now)
            digest = hashlib.sha256(notice_id.encode()).hexdigest()
            events = tuple(_sent(notice_id, alert.alert_id, now, digest) for alert in settled.alerts)
            super().record(batch, settled, events)
        return batch

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        pass


def _sent(notice_id: str, alert_id: str, now: datetime, digest: str) -> Event:
    from chalicelib.domain.event import EventType  # noqa: PLC0415

    return Event(
        f"notice#{notice_id}",
        EventType.ALERT_SENT,
        now,
        f"{alert_id}{digest[:8]}",
        "worker",
        data={"alert_id": alert_id, "message_id": alert_id},
    )


def _store(kind: type[DepositStore]) -> Callable[[Container], None]:
    return lambda box: _tools(box, deposits=kind(connection(box)))


def with_batches(kind: type[AlertBatchStore]) -> Callable[[Container], None]:
    def seed(box: Container) -> None:
        box.made[alert_batch_store] = kind(connection(box), event_store(box))

    return seed


def _recompute(box: Container) -> None:
    tools = deposit_tools(box)
    _tools(box, sender=replace(tools.sender, requests=_Recomputing(box)))


def _trust_nonces(box: Container) -> None:
    _tools(box, sender=replace(sender_tools(box), nonces=_Trusting()))


GUARD_AFTER = Defect("guard written after the deposit", _store(_GuardAfter), "notices")
GUARD_BEFORE = Defect("guard written before the deposit", _store(_GuardBefore), "half state")
RETRY_IS_NEW = Defect("uncertain commit taken for a failed one", _store(_RetryIsNew), "notices")
ALERTS_APART = Defect("alerts outside the transaction", _store(_AlertsApart), "message missing")
RECOMPUTED = Defect("answer recomputed", _recompute, "answers differ")
ALERT_BEFORE = Defect("alert before the commit", _alert_before_commit, "half state")
RECEIPT_AFTER = Defect("receipt put after the commit", _receipt_after_commit, "receipt")
RECORDED_FIRST = Defect("outcome recorded before sending", with_batches(_RecordedFirst), "message missing")
UNCLAIMED = Defect("alerts sent without a claim", with_batches(Unclaimed), "message doubled")
NONCE_TRUSTED = Defect("nonce read but not claimed", _trust_nonces, "")
FOUND_BY_FAULTS = (GUARD_AFTER, GUARD_BEFORE, RETRY_IS_NEW, ALERTS_APART, RECOMPUTED, ALERT_BEFORE, RECEIPT_AFTER,
                   RECORDED_FIRST)  # fmt: skip
