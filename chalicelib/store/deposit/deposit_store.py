"""The deposit: everything it does, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.reminder_day import PlannedReminder
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.notice import Notice
from chalicelib.domain.upload.upload import Upload
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.tables import DepositItem
from chalicelib.store.upload_store import UploadStore


class CommitUncertain(Exception):
    """The transaction was refused or its answer lost: read again to learn what holds."""


class Beside(Protocol):
    """What another wing has the deposit's transaction write with it."""

    def add_in(self, transaction: TransactWrite, notice: Notice) -> None:
        """Add it; where its condition does not hold, nothing is deposited."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """All that one deposit writes."""

    deposit_key: str
    fingerprint: str
    answer: bytes
    evidence: dict[str, str]
    notice: Notice
    receipt_sha256: str
    mailbox: Mailbox
    alerts: AlertBatch
    event: Event
    uploads: tuple[Upload, ...]
    reminder: PlannedReminder | None = None
    beside: Beside | None = None
    replaced: Event | None = None
    """What the log of the notice that it replaces says, where it replaces one."""


class DepositStore:
    """Commits deposits over one connection."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def commit(self, deposit: Deposit) -> None:
        """Write the deposit, or nothing. What is not in this transaction did not happen.

        Raises:
            CommitUncertain: another request was first, the mailbox, an upload or the notice that it replaces changed,
                or no answer came.

        """
        record = DepositItem(
            deposit.deposit_key,
            fingerprint=deposit.fingerprint,
            notice_id=deposit.notice.notice_id,
            answer=deposit.answer,
            evidence=deposit.evidence,
        )
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(record, condition=DepositItem.deposit_key.does_not_exist())
                MailboxStore.count_deposit_in(transaction, deposit.mailbox)
                NoticeStore().add_in(transaction, deposit.notice, deposit.receipt_sha256, deposit.reminder)
                EventStore().add_in(transaction, deposit.event)
                if deposit.replaced is not None:
                    NoticeStore.replace_in(transaction, deposit.notice)
                    EventStore().add_in(transaction, deposit.replaced)
                AlertBatchStore(self._connection, EventStore()).add_in(transaction, deposit.alerts)
                for upload in deposit.uploads:
                    UploadStore.use_in(transaction, upload)
                if deposit.beside is not None:
                    deposit.beside.add_in(transaction, deposit.notice)
        except PynamoDBException as error:
            raise CommitUncertain from error
