"""Suspended readings: beside the notice what was asked for and done, and a list of all for the platform.

A suspension is one transaction with the opening's own conditions turned round: whichever is first is what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.suspension import Suspension, SuspensionRequest
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import SUSPENSIONS, asked_suspensions_of
from chalicelib.store.tables import InstitutionItem, MailboxItem, NoticeItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_MOST_ASKED = 200


@dataclass(frozen=True, slots=True)
class ListedSuspension:
    """An entry of the platform's list: whose notice, when it was deposited, and whether somebody had opened it."""

    notice_id: str
    institution_id: str
    institution_name: str
    deposited_at: datetime
    was_opened: bool
    suspension: Suspension

    @property
    def position(self) -> str:
        """Where it stands in the list."""
        return _position(self.suspension.at, self.notice_id)


@dataclass(frozen=True, slots=True)
class AskedSuspension:
    """An entry of an institution's own list: a request that nobody confirmed or withdrew, and of which notice it is."""

    notice_id: str
    office_id: str | None
    document_type: str
    document_number: str
    deposited_at: datetime
    request: SuspensionRequest

    @property
    def position(self) -> str:
        """Where it stands in the list."""
        return _position(self.request.at, self.notice_id)


@dataclass(frozen=True, slots=True)
class SuspensionPage:
    """Some entries, the newest first, and the position after which the next page begins; None at the end."""

    entries: tuple[ListedSuspension, ...]
    next_after: str | None


class SuspensionStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write over one connection what belongs together."""
        self._connection = connection
        self._events = events

    def ask(self, delivered: DeliveredNotice, request: SuspensionRequest | None, event: Event) -> bool:
        """Keep a request, or that it was withdrawn, and log it; False where somebody was at it since it was read."""
        asked = NoticeItem.suspension_asked
        actions: list[Action] = [asked.remove() if request is None else asked.set(to_data(request))]

        def write_in(transaction: TransactWrite) -> None:
            transaction.update(NoticeItem(delivered.notice.notice_id), actions, condition=_is_as_read(delivered))
            _change_list(transaction, delivered, request)
            self._events.add_in(transaction, event)

        return is_written(self._connection, write_in)

    def suspend(
        self,
        delivered: DeliveredNotice,
        suspension: Suspension,
        events: tuple[Event, ...],
        alerts: tuple[AlertBatch, AlertBatch] | None,
    ) -> bool:
        """Suspend a reading, in the notice, the mailbox, the list and its alerts, as they were and as they are now.

        False where somebody was at any of it since it was read; an opening meanwhile is none of it.
        """
        notice = delivered.notice
        entry = ListedSuspension(
            notice.notice_id,
            notice.sender.institution_id,
            notice.sender.name,
            notice.deposited_at,
            delivered.opening is not None,
            suspension,
        )
        actions: list[Action] = [
            NoticeItem.suspension.set(to_data(suspension)),
            NoticeItem.remind_shard.remove(),
            NoticeItem.remind_at.remove(),
        ]
        noted: list[Action] = [MailboxItem.suspended_at.set(-int(-suspension.at.timestamp() // 1))]

        def write_in(transaction: TransactWrite) -> None:
            transaction.update(NoticeItem(notice.notice_id), actions, condition=_is_as_read(delivered))
            transaction.update(MailboxItem(notice.mailbox_id), noted, condition=MailboxItem.mailbox_id.exists())
            transaction.save(InstitutionItem(SUSPENSIONS, entry.position, data=to_data(entry)))
            _change_list(transaction, delivered, None)
            if alerts is not None:
                AlertBatchStore.change_in(transaction, *alerts)
            for event in events:
                self._events.add_in(transaction, event)

        return is_written(self._connection, write_in)

    @staticmethod
    def list_all(*, after: str | None, limit: int) -> SuspensionPage:
        """Return up to `limit` suspended readings, the newest first, by one Query."""
        before: Condition | None = None if after is None else InstitutionItem.item < after
        try:
            found = InstitutionItem.query(
                SUSPENSIONS,
                before,
                scan_index_forward=False,
                limit=limit + 1,
                page_size=limit + 1,
                consistent_read=True,
            )
            entries = tuple(from_data(ListedSuspension, item.data) for item in found)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        shown = entries[:limit]
        return SuspensionPage(shown, shown[-1].position if len(entries) > limit else None)

    @staticmethod
    def list_asked(institution_id: str, *, since: datetime) -> tuple[AskedSuspension, ...]:
        """Return an institution's requests from an instant on that nobody confirmed or withdrew, the newest first.

        One Query, and 200 at most.
        """
        try:
            found = InstitutionItem.query(
                asked_suspensions_of(institution_id),
                InstitutionItem.item >= _position(since, ""),
                scan_index_forward=False,
                limit=_MOST_ASKED,
                page_size=_MOST_ASKED,
                consistent_read=True,
            )
            return tuple(from_data(AskedSuspension, item.data) for item in found)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    @staticmethod
    def suspended_at(mailbox_id: str) -> datetime | None:
        """Return when the reading of a mailbox's notice was last suspended, read with strong consistency."""
        try:
            item = MailboxItem.get(mailbox_id, consistent_read=True, attributes_to_get=["mailbox_id", "suspended_at"])
        except MailboxItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return None if item.suspended_at is None else datetime.fromtimestamp(int(item.suspended_at), UTC)


def _position(at: datetime, notice_id: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{notice_id}"


def _entry(delivered: DeliveredNotice, request: SuspensionRequest) -> AskedSuspension:
    issued = delivered.issued
    kind, number = issued.document.type, issued.document.number
    return AskedSuspension(issued.notice_id, issued.sender.office_id, kind, number, issued.deposited_at, request)


def _list_of(delivered: DeliveredNotice) -> str:
    return asked_suspensions_of(delivered.notice.sender.institution_id)


def _change_list(transaction: TransactWrite, delivered: DeliveredNotice, request: SuspensionRequest | None) -> None:
    """Put a request in the place of the one that was read, if any, on its institution's list."""
    entry = None if request is None else _entry(delivered, request)
    if entry is not None:
        transaction.save(InstitutionItem(_list_of(delivered), entry.position, data=to_data(entry)))
    before = delivered.suspension_asked
    if before is not None and (entry is None or entry.position != _entry(delivered, before).position):
        transaction.delete(InstitutionItem(_list_of(delivered), _entry(delivered, before).position))


def _is_as_read(delivered: DeliveredNotice) -> Condition:
    asked = NoticeItem.suspension_asked
    before = None if delivered.suspension_asked is None else to_data(delivered.suspension_asked)
    is_as_read: Condition = asked.does_not_exist() if before is None else asked == before
    is_readable: Condition = NoticeItem.notice_id.exists() & NoticeItem.suspension.does_not_exist()
    is_readable &= is_as_read
    return is_readable
