"""How notices are read: listed by mailbox, opened once, seen by each user; beside the notice, which never changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.deadline import Deadline
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event
from chalicelib.domain.notice import Notice, NoticeReference
from chalicelib.domain.reading.reading import ContestedSpan, DeliveredNotice, Opening, Reading, Seen
from chalicelib.domain.reading.suspension import Suspension, SuspensionRequest, concealed
from chalicelib.store.alert.alert_batch_item import batch_from_item
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import reading_key
from chalicelib.store.tables import AlertBatchItem, NoticeItem
from chalicelib.store.vendor_errors import vendor_code

_OF_JSON = ("data", "deadline", "contested", "replaced_by", "suspension_asked", "suspension")
_SHOWN = [*_OF_JSON, "deposited_key", "opened_at", "opened_by", "opening_id", "seen"]
"""The attributes that tell a notice with how it was read."""


_T = TypeVar("_T")
_HELD = "ConditionalCheckFailed"
_IS_READABLE = NoticeItem.suspension.does_not_exist()


class Guard(Protocol):
    """What lets one look of a login be recorded, and for a while no other one."""

    def begin_in(self, transaction: TransactWrite) -> None:
        """Take part in the transaction of what the look records; it fails while an earlier look lasts."""


class ReadingUncertain(Exception):
    """Somebody else was at it at the same instant, or no answer came: read again to learn what holds.

    `is_answered` when DynamoDB said no; without an answer all of the client's own tries are spent.
    """

    def __init__(self, cause: BaseException | None) -> None:
        """Tell whether an answer came."""
        super().__init__(type(cause).__name__)
        self.is_answered = isinstance(cause, Exception) and bool(vendor_code(cause))


@dataclass(frozen=True, slots=True)
class DeliveredPage:
    """Some notices, newest first, and the position after which the next page starts; None at the end."""

    notices: tuple[DeliveredNotice, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class FoundNotice:
    """A notice with how it was read and its alerts; None for what does not exist.

    `answers` are the ids of its mailbox's filings that it answers, where they were asked for.
    """

    delivered: DeliveredNotice | None
    alerts: AlertBatch | None
    answers: tuple[str, ...] = ()


class ReadingStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write openings, and the events that belong to them, over one connection."""
        self._connection = connection
        self._events = events

    @staticmethod
    def keys(notice_id: str) -> tuple[ItemKey, ItemKey]:
        """Name a notice and its alerts in a read of several tables."""
        return (NoticeItem, notice_id, None), (AlertBatchItem, notice_id, None)

    @classmethod
    def from_found(cls, notice_id: str, found: dict[ItemKey, Any]) -> FoundNotice:
        """Read both out of what such a read found."""
        notice, alerts = (found.get(key) for key in cls.keys(notice_id))
        return FoundNotice(notice and delivered_from_item(notice), alerts and batch_from_item(alerts))

    def find(self, notice_id: str) -> FoundNotice:
        """Read both with strong consistency."""
        return self.from_found(notice_id, read_together(self._connection, self.keys(notice_id)))

    def list_for_mailbox(
        self, mailbox_id: str, reading: Reading | None, *, after: str | None, limit: int
    ) -> DeliveredPage:
        """Return up to `limit` notices of one mailbox, newest first: those pending, those read, or all for None.

        It is one Query, so that very large notices can make the page shorter.
        """
        index, partition = "by_mailbox", mailbox_id
        if reading is not None:
            index, partition = "by_reading", reading_key(mailbox_id, reading)
        try:
            answer = self._connection.query(
                NoticeItem.Meta.table_name,
                partition,
                range_key_condition=NoticeItem.deposited_key < after if after else None,
                index_name=index,
                attributes_to_get=_SHOWN,
                limit=limit,
                scan_index_forward=False,
            )
        except PynamoDBException as error:
            raise store_unavailable() from error
        last = answer.get("LastEvaluatedKey")
        return DeliveredPage(tuple(map(_delivered_from_wire, answer["Items"])), last and last["deposited_key"]["S"])

    def open(self, delivered: DeliveredNotice, opening: Opening, seen: Seen, event: Event) -> None:
        """Record the first opening, count it and log it, or nothing.

        Raises:
            ReadingUncertain: the notice was opened before, its reading is suspended, or no answer came.

        """
        mailbox_id = delivered.notice.mailbox_id
        actions: list[Action] = [
            NoticeItem.reading.set(reading_key(mailbox_id, Reading.READ)),
            NoticeItem.opened_at.set(to_data(opening.opened_at)),
            NoticeItem.opened_by.set(opening.opened_by),
            NoticeItem.opening_id.set(opening.opening_id),
            NoticeItem.seen.set({seen.user_id: _seen_to_data(seen)}),
            NoticeItem.remind_shard.remove(),
            NoticeItem.remind_at.remove(),
        ]
        if opening.deadline is not None:
            actions.append(NoticeItem.deadline.set(to_data(opening.deadline)))
        is_first = NoticeItem.notice_id.exists() & NoticeItem.opening_id.does_not_exist() & _IS_READABLE
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(NoticeItem(delivered.notice.notice_id), actions=actions, condition=is_first)
                MailboxStore.count_opening_in(transaction, mailbox_id)
                self._events.add_in(transaction, event)
        except PynamoDBException as error:
            raise ReadingUncertain(error) from error

    def mark_contested(self, delivered: DeliveredNotice, span: ContestedSpan) -> None:
        """Mark what was done to an opened notice in a span, beside the spans that it has; the notice stays as it is.

        Raises:
            Unavailable: `store_unavailable`, also where somebody else marked it since it was read.

        """
        before = [to_data(one) for one in delivered.contested]
        is_as_read = NoticeItem.contested == before if before else NoticeItem.contested.does_not_exist()
        marked = NoticeItem.contested.set([*before, to_data(span)])
        try:
            NoticeItem(delivered.notice.notice_id).update(
                [marked], condition=NoticeItem.notice_id.exists() & is_as_read
            )
        except PynamoDBException as error:
            raise store_unavailable() from error

    def add_seen(self, notice_id: str, seen: Seen, event: Event, guard: Guard | None) -> None:
        """Record that another user opened a notice that was opened before, and begin that look, or nothing.

        Raises:
            ReadingUncertain: this user had opened it before, its reading is suspended, or no answer came.

        """
        path = NoticeItem.seen[seen.user_id]
        is_new = NoticeItem.opening_id.exists() & path.does_not_exist() & _IS_READABLE
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(NoticeItem(notice_id), actions=[path.set(_seen_to_data(seen))], condition=is_new)
                self._events.add_in(transaction, event)
                if guard is not None:
                    guard.begin_in(transaction)
        except PynamoDBException as error:
            raise ReadingUncertain(error) from error

    def reopen(self, event: Event, guard: Guard | None) -> bool:
        """Log that a user opened a notice again, and begin that look; False where it is in the log, or the look lasts.

        Raises:
            ReadingUncertain: the same login was at it at the same instant, or no answer came.

        """
        if guard is None:
            return self._log(event)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                self._events.add_in(transaction, event)
                guard.begin_in(transaction)
        except TransactWriteError as error:
            if any(reason is not None and reason.code == _HELD for reason in error.cancellation_reasons):
                return False
            raise ReadingUncertain(error) from error
        return True

    def _log(self, event: Event) -> bool:
        try:
            self._events.add(event)
        except Conflict:
            return False
        except Unavailable as error:
            raise ReadingUncertain(error.__cause__) from error
        return True


def delivered_from_item(item: Model) -> DeliveredNotice:
    """Read a notice with how it was read."""
    if not isinstance(item, NoticeItem):
        raise TypeError(type(item).__name__)
    seen: Any = item.seen
    return _delivered({**item.attribute_values, "seen": {} if seen is None else seen.as_dict()})


def _delivered_from_wire(wire: dict[str, Any]) -> DeliveredNotice:
    """Read one as DynamoDB sent it; a model for each of fifty notices takes as long as all the rest of reading them."""
    values: dict[str, Any] = {name: value["S"] for name, value in wire.items() if "S" in value}
    for name in set(_OF_JSON) & values.keys():
        values[name] = json.loads(values[name])
    seen = wire.get("seen", {}).get("M", {}).items()
    values["seen"] = {user: {name: value["S"] for name, value in told["M"].items()} for user, told in seen}
    return _delivered(values)


def _delivered(values: Mapping[str, Any]) -> DeliveredNotice:
    delivered = _as_read(values)
    suspension = _read(Suspension, values, "suspension")
    if suspension is None:
        return delivered
    return replace(delivered, suspension=suspension, whole=delivered.notice, notice=concealed(delivered.notice))


def _as_read(values: Mapping[str, Any]) -> DeliveredNotice:
    notice = from_data(Notice, values["data"])
    beside: dict[str, Any] = {
        "replaced_by": _read(NoticeReference, values, "replaced_by"),
        "suspension_asked": _read(SuspensionRequest, values, "suspension_asked"),
    }
    if values.get("opening_id") is None:
        return DeliveredNotice(notice, **beside)
    opening = Opening(
        opening_id=values["opening_id"],
        opened_at=datetime.fromisoformat(values["opened_at"]),
        opened_by=values["opened_by"],
        deadline=_read(Deadline, values, "deadline"),
    )
    seen = [Seen(user_id, told["name"], datetime.fromisoformat(told["at"])) for user_id, told in values["seen"].items()]
    spans = tuple(from_data(ContestedSpan, span) for span in values.get("contested") or ())
    return DeliveredNotice(notice, opening, _in_order(seen), spans, **beside)


def _read(kind: type[_T], values: Mapping[str, Any], name: str) -> _T | None:
    value = values.get(name)
    return None if value is None else from_data(kind, value)


def _in_order(seen: list[Seen]) -> tuple[Seen, ...]:
    return tuple(sorted(seen, key=lambda one: (one.first_at, one.user_id)))


def _seen_to_data(seen: Seen) -> dict[str, str]:
    return {"name": seen.name, "at": to_data(seen.first_at)}
