"""What decides whether more is to be sent of a notice: whether it was opened, its mailbox, its alerts; read together.

The index `to_remind` holds the notices that nobody opened, by when they are to be reminded of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry
from chalicelib.domain.alert.filing_news import HOLDERS, batch_id, filing_of
from chalicelib.domain.alert.filing_standing import FilingStanding
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.store.alert.alert_batch_item import batch_from_item
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.batch_read import ItemKey, each_of_pages, read_together, store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.notice_store import pending_key
from chalicelib.store.tables import AlertBatchItem, FilingItem, MailboxItem, NoticeItem
from chalicelib.store.vendor_errors import TRANSACTION_LOST, VENDOR_ERRORS, vendor_code

_PAGE = 1000
_READ_TOGETHER = 100
_INDEX = "to_remind"


@dataclass(frozen=True, slots=True)
class DueReminder:
    """An entry of the index: an unread notice, its mailbox, and when it was to be reminded of."""

    notice_id: str
    mailbox_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """How a notice stands; each part is None where it is not there.

    An opening that is contested is none: the holder says that somebody else did it, and does not know of the notice.
    `institution_id` and `mailbox_id` are the notice's own. `remind_at` is None once it was reminded of or opened.
    """

    opened_at: datetime | None
    mailbox: Mailbox | None
    batch: AlertBatch | None
    institution_id: str | None = None
    mailbox_id: str | None = None
    remind_at: datetime | None = None
    expiry: Expiry | None = None
    is_replaced: bool = False
    """Whether another notice was deposited in its place."""
    standing: FilingStanding | None = None
    """What became of the filing, where the alerts are a filing's."""

    def overtaken(self, now: datetime) -> tuple[datetime, str] | None:
        """Tell since when, and by what, what is told of a filing is news no more; None while it is, and of notices."""
        news = None if self.batch is None else self.batch.news
        return None if news is None or self.standing is None else self.standing.overtaken(news.occasion, now)

    def known_at(self, now: datetime) -> datetime | None:
        """Return since when nobody need be told any more: its opening, or what overtook it."""
        overtaken = self.overtaken(now)
        return self.opened_at if overtaken is None else overtaken[0]


class SituationStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, batches: AlertBatchStore, events: EventStore) -> None:
        """Read and write over one connection."""
        self._connection = connection
        self._batches = batches
        self._events = events

    def find(self, notice_id: str, mailbox_id: str | None) -> Situation:
        """Read all of it with strong consistency: one call, or two where the mailbox is not known."""
        filing_id = filing_of(notice_id)
        if filing_id is not None:
            return self._find_of_filing(notice_id, filing_id, mailbox_id)
        of_notice: ItemKey = (NoticeItem, notice_id, None)
        of_batch: ItemKey = (AlertBatchItem, notice_id, None)
        of_mailbox: list[ItemKey] = [] if mailbox_id is None else [(MailboxItem, mailbox_id, None)]
        found = read_together(self._connection, [of_notice, of_batch, *of_mailbox])
        notice, batch = found.get(of_notice), found.get(of_batch)
        if notice is not None and not of_mailbox:
            of_mailbox = [(MailboxItem, notice.mailbox_id, None)]
            found = read_together(self._connection, of_mailbox)
        mailbox = next((found[key] for key in of_mailbox if key in found), None)
        told: dict[str, Any] = {"opened_at": None} if notice is None else _of_notice(notice)
        return Situation(mailbox=mailbox_from(mailbox), batch=batch and batch_from_item(batch), **told)

    def _find_of_filing(self, key: str, filing_id: str, mailbox_id: str | None) -> Situation:
        """Read how a filing stands; the institution's own alerts have no mailbox."""
        of_filing: ItemKey = (FilingItem, filing_id, None)
        of_batch: ItemKey = (AlertBatchItem, key, None)
        of_mailbox: list[ItemKey] = [] if mailbox_id is None else [(MailboxItem, mailbox_id, None)]
        found = read_together(self._connection, [of_filing, of_batch, *of_mailbox])
        filing, item = found.get(of_filing), found.get(of_batch)
        batch = item and batch_from_item(item)
        if batch is not None and batch.mailbox_id is not None and not of_mailbox:
            of_mailbox = [(MailboxItem, batch.mailbox_id, None)]
            found = read_together(self._connection, of_mailbox)
        mailbox = next((found[each] for each in of_mailbox if each in found), None)
        standing = None if filing is None or filing.data is None else from_data(FilingStanding, filing.data)
        return Situation(
            opened_at=None,
            mailbox=mailbox_from(mailbox),
            batch=batch,
            mailbox_id=None if batch is None else batch.mailbox_id,
            standing=standing,
        )

    def filings_with_failures(self, mailbox_id: str, *, since: datetime) -> tuple[str, ...]:
        """Return the keys of what a mailbox's holder was told in vain: of its newest twenty filings since an instant.

        Two calls, as of notices.
        """
        query: dict[str, Any] = {
            "TableName": FilingItem.Meta.table_name,
            "IndexName": "by_holder",
            "KeyConditionExpression": "mailbox_id = :mailbox AND filed_key >= :begins",
            "ExpressionAttributeValues": {
                ":mailbox": {"S": mailbox_id},
                ":begins": {"S": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"},
            },
            "ProjectionExpression": "filing_id",
            "ScanIndexForward": False,
            "Limit": _READ_TOGETHER // len(HOLDERS),
        }
        try:
            found = self._connection.dispatch("Query", query)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return self._failed_of([batch_id(one["filing_id"]["S"], each) for one in found for each in HOLDERS])

    def _failed_of(self, batch_keys: list[str]) -> tuple[str, ...]:
        """Return those whose alerts reached nobody by some channel."""
        keys: list[ItemKey] = [(AlertBatchItem, key, None) for key in batch_keys]
        alerts = read_together(self._connection, keys) if keys else {}
        return tuple(key[1] for key in keys if key in alerts and _has_failed(alerts[key]))

    def unread_with_failures(self, mailbox_id: str, *, since: datetime) -> tuple[str, ...]:
        """Return a mailbox's unread notices with a channel that failed: of the newest hundred since an instant.

        Two calls; the index is a moment behind, so each is to be read before anything is done about it.
        """
        begins = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        query: dict[str, Any] = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": "by_reading",
            "KeyConditionExpression": "reading = :reading AND deposited_key >= :begins",
            "ExpressionAttributeValues": {
                ":reading": {"S": pending_key(mailbox_id)},
                ":begins": {"S": begins},
            },
            "ProjectionExpression": "notice_id",
            "ScanIndexForward": False,
            "Limit": _READ_TOGETHER,
        }
        try:
            found = self._connection.dispatch("Query", query)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return self._failed_of([item["notice_id"]["S"] for item in found])

    @staticmethod
    def opened_among(notice_ids: Collection[str]) -> frozenset[str]:
        """Return those of some notices that were opened, as `Situation` tells it, replaced or suspended.

        Read with strong consistency.

        A call a hundred.
        """
        shown = ["notice_id", "opened_at", "contested", "replaced_by", "suspension"]
        try:
            found = list(NoticeItem.batch_get(list(notice_ids), consistent_read=True, attributes_to_get=shown))
        except PynamoDBException as error:
            raise store_unavailable() from error
        return frozenset(item.notice_id for item in found if _is_settled(item))

    def due(self, shard: str, *, now: datetime) -> Iterator[DueReminder]:
        """Yield the notices of a shard that are to be reminded of by now, the longest due first."""
        query: dict[str, Any] = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": _INDEX,
            "KeyConditionExpression": "remind_shard = :shard AND remind_at <= :now",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":now": {"N": str(int(now.timestamp()))}},
            "ProjectionExpression": "notice_id, mailbox_id, remind_at",
            "Limit": _PAGE,
        }
        for item in each_of_pages(self._connection, "Query", query):
            at = datetime.fromtimestamp(int(item["remind_at"]["N"]), UTC)
            yield DueReminder(item["notice_id"]["S"], item["mailbox_id"]["S"], at)

    def remind(self, due: DueReminder, before: AlertBatch, batch: AlertBatch, event: Event) -> bool:
        """Add a notice's reminders to its alerts, take it out of the index, and log it, or nothing.

        False where it was opened, reminded of, or its alerts changed since they were read.
        """

        def write_in(transaction: TransactWrite) -> None:
            transaction.update(NoticeItem(due.notice_id), actions=_taken_out(), condition=_is_unread(due))
            self._batches.change_in(transaction, before, batch)
            self._events.add_in(transaction, event)

        return self._is_written(write_in)

    def let_go(self, due: DueReminder, event: Event | None = None) -> bool:
        """Take a notice out of the index without a reminder, and log why; False where somebody else did."""
        is_as_listed = NoticeItem.remind_at == int(due.at.timestamp())

        def write_in(transaction: TransactWrite) -> None:
            transaction.update(NoticeItem(due.notice_id), actions=_taken_out(), condition=is_as_listed)
            if event is not None:
                self._events.add_in(transaction, event)

        return self._is_written(write_in)

    def _is_written(self, write_in: Callable[[TransactWrite], None]) -> bool:
        """Write what belongs together; False where something is not as it was read."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                write_in(transaction)
        except TransactWriteError as error:
            if vendor_code(error) in TRANSACTION_LOST:
                return False
            raise store_unavailable() from error
        return True

    def postpone(self, due: DueReminder, at: datetime) -> None:
        """Have a notice reminded of later, unless somebody else was at it."""
        actions: list[Action] = [NoticeItem.remind_at.set(int(at.timestamp()))]
        try:
            NoticeItem(due.notice_id).update(actions, condition=_is_unread(due))
        except PynamoDBException as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error


def _has_failed(item: AlertBatchItem) -> bool:
    """Tell whether a batch has a channel that failed; of one that cannot be read whoever asks for it alone is told."""
    try:
        return bool(batch_from_item(item).failed_channels)
    except (KeyError, TypeError, ValueError):
        return True


def _taken_out() -> list[Action]:
    return [NoticeItem.remind_shard.remove(), NoticeItem.remind_at.remove()]


def _is_unread(due: DueReminder) -> Condition:
    is_unread: Condition = NoticeItem.opening_id.does_not_exist()
    is_unread &= NoticeItem.remind_at == int(due.at.timestamp())
    return is_unread


def _is_settled(item: NoticeItem) -> bool:
    """Tell whether its sender need do nothing about alerts of it that failed."""
    return item.replaced_by is not None or item.suspension is not None or _opened_at(item) is not None


def _opened_at(item: NoticeItem) -> datetime | None:
    if item.opened_at is None:
        return None
    at = datetime.fromisoformat(item.opened_at)
    spans = [
        (datetime.fromisoformat(span["since"]), datetime.fromisoformat(span["until"])) for span in item.contested or ()
    ]
    return None if any(since <= at <= until for since, until in spans) else at


def _of_notice(item: NoticeItem) -> dict[str, Any]:
    return {
        "opened_at": _opened_at(item),
        "institution_id": item.sender_shard.split("#", 1)[0],
        "mailbox_id": item.mailbox_id,
        "remind_at": None if item.remind_at is None else datetime.fromtimestamp(int(item.remind_at), UTC),
        "is_replaced": item.replaced_by is not None,
        "expiry": None if item.reminder is None else from_data(Expiry, item.reminder),
    }
