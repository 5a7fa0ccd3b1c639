"""The append-only log: events are put once, never changed, and read by subject in the order they happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from pynamodb.exceptions import PutError, PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import EventItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_NEW = EventItem.subject.does_not_exist()
_UNANSWERED = ("store_unavailable", "El servicio no responde. Intente de nuevo en un momento.")


class EventStore:
    """Appends and reads; there is no update and no delete."""

    def add_in(self, transaction: TransactWrite, event: Event) -> None:
        """Append as part of a transaction, which fails if the event is already there."""
        transaction.save(_item(event), condition=_NEW)

    def add(self, event: Event) -> None:
        """Append one event.

        Raises:
            Conflict: `event_exists`, since nothing in the log is ever overwritten.

        """
        try:
            _item(event).save(condition=_NEW)
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                raise Conflict("event_exists", "Ese hecho ya está registrado.") from error
            raise Unavailable(*_UNANSWERED) from error

    def list_for_subject(self, subject: str, *, limit: int = 500) -> tuple[Event, ...]:
        """Return the first `limit` events of a subject, oldest first, read with strong consistency."""
        try:
            found = EventItem.query(subject, consistent_read=True, limit=limit)
            return tuple(_event(item) for item in found)
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error

    def each_of_subject(self, subject: str) -> Iterator[Event]:
        """Yield every event of a subject, oldest first, a page at a time, read with strong consistency."""
        try:
            for item in EventItem.query(subject, consistent_read=True):
                yield _event(item)
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error

    def list_since(self, subject: str, since: datetime, kinds: Collection[EventType]) -> tuple[Event, ...]:
        """Return all events of some kinds from an instant on, oldest first, however many others are between them."""
        try:
            found = EventItem.query(
                subject,
                EventItem.position >= _instant(since),
                EventItem.type.is_in(*(kind.value for kind in kinds)),
                consistent_read=True,
            )
            return tuple(_event(item) for item in found)
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error

    def newest_for_subject(self, subject: str, *, limit: int) -> tuple[Event, ...]:
        """Return the last `limit` events of a subject, oldest first, read with strong consistency."""
        try:
            found = EventItem.query(subject, consistent_read=True, limit=limit, scan_index_forward=False)
            return tuple(_event(item) for item in found)[::-1]
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error


def _item(event: Event) -> EventItem:
    return EventItem(
        event.subject,
        f"{_instant(event.occurred_at)}#{event.event_id}",
        type=event.type.value,
        actor=event.actor,
        origin=event.origin,
        data=event.data,
        looker=None if event.looker is None else f"{event.looker}#{shard_of_code(event.event_id)}",
    )


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _event(item: EventItem) -> Event:
    instant, _, event_id = item.position.partition("#")
    return Event(
        subject=item.subject,
        type=EventType(item.type),
        occurred_at=datetime.fromisoformat(instant),
        event_id=event_id,
        actor=item.actor,
        origin=item.origin,
        data=item.data,
    )
