"""Alert batches: one worker at a time claims, sends and records. Whoever writes keeps what others wrote meanwhile.

A batch and the events of what happened to it are one transaction. Where the log of events takes nothing, the batch is
written alone and owes it the events: what was sent is not sent again because it could not be logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import begin_attempt, merge, send_again
from chalicelib.domain.alert.delivery_report import DeliveryReport, apply_report
from chalicelib.domain.alert.retry import LEASE, delay_after_loss
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.event import Event
from chalicelib.store.alert.alert_batch_item import (
    batch_from_item,
    batch_to_item,
    is_misplaced,
    to_seconds,
    written,
)
from chalicelib.store.batch_read import ItemKey, each_of_pages, read_together
from chalicelib.store.codec import to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import AlertBatchItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_RACES = 5
_EVENTS_AT_ONCE = 90
"""A transaction takes a hundred items."""
_DUE = ("due", "due_shard", "due_at")
_WAITING = ("waiting", "waiting_shard", "waiting_since")
_GIVEN_UP = ("given_up", "given_up_shard", "given_up_since")
_FAILED = ("failed", "failed_shard", "failed_since")
_FOREVER = 10**12
_PAGE = 1000
_UNANSWERED = ("store_unavailable", "El servicio no responde. Intente de nuevo en un momento.")


class AlertBatchStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write batches, and the events that belong to them, over one connection."""
        self._connection = connection
        self._events = events

    @staticmethod
    def add_in(transaction: TransactWrite, batch: AlertBatch) -> None:
        """Put a batch that must not exist yet."""
        transaction.save(batch_to_item(batch), condition=AlertBatchItem.notice_id.does_not_exist())

    @staticmethod
    def change_in(transaction: TransactWrite, stored: AlertBatch, batch: AlertBatch) -> None:
        """Write a batch as part of a transaction, which fails if anybody wrote since it was read."""
        transaction.update(AlertBatchItem(batch.notice_id), written(batch), condition=_is_as(stored))

    def find(self, notice_id: str) -> AlertBatch | None:
        """Return a notice's batch, read with strong consistency, or None."""
        item = self._item(notice_id)
        return None if item is None else batch_from_item(item)

    def find_all(self, notice_ids: Iterable[str]) -> dict[str, AlertBatch]:
        """Return those batches that there are, by key, read with strong consistency in one round trip, 100 at most."""
        keys: list[ItemKey] = [(AlertBatchItem, notice_id, None) for notice_id in notice_ids]
        return {key[1]: batch_from_item(item) for key, item in read_together(self._connection, keys).items()}

    @staticmethod
    def _item(notice_id: str) -> AlertBatchItem | None:
        try:
            return AlertBatchItem.get(notice_id, consistent_read=True)
        except AlertBatchItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error

    def claim(self, notice_id: str, *, now: datetime) -> AlertBatch | None:
        """Take the right to send what is due, and write that it is attempted.

        The first claim is one call, made blind: everything is due. None when nothing is to be done, or another worker
        is at it.
        """
        item = AlertBatchItem(notice_id)
        try:
            item.update(
                [
                    AlertBatchItem.attempts.set(1),
                    AlertBatchItem.claimed_at.set(to_data(now)),
                    AlertBatchItem.leased_until.set(to_seconds(now + LEASE)),
                    AlertBatchItem.due_at.set(to_seconds(now + delay_after_loss(1))),
                ],
                condition=AlertBatchItem.due_shard.exists() & (AlertBatchItem.attempts == 0),
            )
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return self._claim_again(notice_id, now)
            raise Unavailable(*_UNANSWERED) from error
        return batch_from_item(item)

    def _claim_again(self, notice_id: str, now: datetime) -> AlertBatch | None:
        for _ in range(_RACES):
            stored = self.find(notice_id)
            if stored is None or not _needs_worker(stored, now):
                return None
            begun = begin_attempt(stored, now)
            claim = replace(begun, attempts=stored.attempts + 1, claimed_at=now, leased_until=now + LEASE)
            claimed = self._write_alone(stored, claim)
            if claimed is not None:
                return claimed
        raise Unavailable(*_UNANSWERED)

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...]) -> None:
        """Write an attempt's outcomes and their events, and end the claim; recording twice changes nothing.

        What was written since the claim is kept: reports, and the claim of a worker that took over meanwhile.
        """

        def recorded(stored: AlertBatch) -> AlertBatch:
            if stored is claimed:
                return settled
            merged = merge(settled, stored)
            is_ours = stored.attempts == claimed.attempts
            return replace(merged, claimed_at=None, leased_until=None) if is_ours else merged

        self._change(claimed, recorded, events)

    def record_report(self, report: DeliveryReport, event: Event, stored: AlertBatch | None = None) -> bool:
        """Apply a delivery report and append its event; False, and nothing written, when it tells nothing new.

        `stored` is the batch as it was read; it is read here where none is given.
        """
        stored = stored or self.find(report.notice_id)
        return stored is not None and self._change(stored, lambda found: apply_report(found, report), (event,))

    def renew(self, stored: AlertBatch, change: Callable[[AlertBatch], AlertBatch], event: Event | None = None) -> bool:
        """Write what `change` makes of a batch, and append the event; False when it makes nothing of it."""
        return self._change(stored, change, () if event is None else (event,))

    def send_again(self, stored: AlertBatch, event: Event, *, now: datetime) -> bool:
        """Have what was given up of a batch sent again, and append the event, which names it.

        False, and nothing written, when nothing was given up, or something else than the event says.
        """
        given_up = stored.given_up

        def sent_again(found: AlertBatch) -> AlertBatch:
            return send_again(found, now) if given_up and found.given_up == given_up else found

        return self._change(stored, sent_again, (event,))

    def due(self, shard: str, *, now: datetime) -> Iterator[tuple[int, str]]:
        """Yield the batches of a shard that need a worker by now as (due at, notice id), the longest due first."""
        return self._listed(_DUE, shard, until=now)

    def waiting(self, shard: str) -> Iterator[tuple[int, str]]:
        """Yield the batches of a shard with alerts still to be sent as (since, notice id), the longest first."""
        return self._listed(_WAITING, shard)

    def given_up(self, shard: str) -> Iterator[tuple[int, str]]:
        """Yield the batches of a shard with alerts given up as (since, notice id), the longest there first."""
        return self._listed(_GIVEN_UP, shard)

    def failed(self, shard: str, *, since: int = 0) -> Iterator[tuple[int, str]]:
        """Yield the batches of a shard with a channel that reached nobody as (since, notice id), the longest first.

        Those that have failed for longer than from `since` on are left out.
        """
        return self._listed(_FAILED, shard, since=since)

    def newest_failed_of(self, institution_id: str) -> Iterator[tuple[int, str]]:
        """Yield a sender's batches with a channel that reached nobody as (since, notice id), the newest first."""
        query: dict[str, Any] = {
            "TableName": AlertBatchItem.Meta.table_name,
            "IndexName": "failed_of_sender",
            "KeyConditionExpression": "institution_id = :sender",
            "ExpressionAttributeValues": {":sender": {"S": institution_id}},
            "ProjectionExpression": "notice_id, failed_since",
            "ScanIndexForward": False,
            "Limit": _PAGE,
        }
        return (
            (int(item["failed_since"]["N"]), item["notice_id"]["S"])
            for item in each_of_pages(self._connection, "Query", query)
        )

    def every(self, *, after: str | None = None) -> Iterator[str]:
        """Yield every batch's notice id, in no order that means anything, going on after one of them: a Scan."""
        scan: dict[str, Any] = {
            "TableName": AlertBatchItem.Meta.table_name,
            "ProjectionExpression": "notice_id",
            "Limit": _PAGE,
        }
        if after is not None:
            scan["ExclusiveStartKey"] = {"notice_id": {"S": after}}
        return (item["notice_id"]["S"] for item in each_of_pages(self._connection, "Scan", scan))

    def watch_anew(self, notice_id: str) -> bool:
        """Write where a batch stands in the indexes, if that is no longer so: packages before know only one of them.

        False where it is as it stands, or where a worker is at it.
        """
        item = self._item(notice_id)
        batch = item and batch_from_item(item)
        if item is None or batch is None or batch.leased_until is not None or not is_misplaced(item, batch):
            return False
        return self._write_alone(batch, batch) is not None

    def _listed(
        self, index: tuple[str, str, str], shard: str, *, since: int = 0, until: datetime | None = None
    ) -> Iterator[tuple[int, str]]:
        """Return an index's entries of a shard."""
        name, hash_key, range_key = index
        last = _FOREVER if until is None else int(until.timestamp())
        begins = {":since": {"N": str(since)}} if since else {}
        within = f"{range_key} BETWEEN :since AND :until" if since else f"{range_key} <= :until"
        query: dict[str, Any] = {
            "TableName": AlertBatchItem.Meta.table_name,
            "IndexName": name,
            "KeyConditionExpression": f"{hash_key} = :shard AND {within}",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":until": {"N": str(last)}, **begins},
            "ProjectionExpression": f"notice_id, {range_key}",
            "Limit": _PAGE,
        }
        return (
            (int(item[range_key]["N"]), item["notice_id"]["S"])
            for item in each_of_pages(self._connection, "Query", query)
        )

    def _change(
        self, stored: AlertBatch, change: Callable[[AlertBatch], AlertBatch], events: tuple[Event, ...]
    ) -> bool:
        """Write what `change` makes of the batch as it is stored, with its events; False when it makes nothing of it.

        `change` is applied anew to what others wrote meanwhile, and to what this wrote where only the answer was lost.
        """
        for _ in range(_RACES):
            changed = change(stored)
            if changed == stored:
                return False
            owed = (*stored.owed, *events)
            if self._write_together(stored, replace(changed, owed=owed[_EVENTS_AT_ONCE:]), owed[:_EVENTS_AT_ONCE]):
                return True
            found = self.find(stored.notice_id)
            if found is None:
                raise NotFound("notice_not_found", "Las alertas de esa notificación ya no existen.")
            if found == stored and self._write_alone(stored, replace(changed, owed=owed)) is not None:
                return True
            stored = found
        raise Unavailable(*_UNANSWERED)

    def _write_together(self, stored: AlertBatch, batch: AlertBatch, events: tuple[Event, ...]) -> bool:
        """Write a batch and its events if nobody wrote since; False when they were not, as far as anybody knows."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                self.change_in(transaction, stored, batch)
                for event in events:
                    self._events.add_in(transaction, event)
        except TransactWriteError:
            return False
        return True

    def _write_alone(self, stored: AlertBatch, batch: AlertBatch) -> AlertBatch | None:
        """Write a batch if nobody wrote since, and return it as stored now; None when somebody did."""
        item = AlertBatchItem(batch.notice_id)
        try:
            item.update(written(batch), condition=_is_as(stored))
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise Unavailable(*_UNANSWERED) from error
        return batch_from_item(item)


def _needs_worker(batch: AlertBatch, now: datetime) -> bool:
    """Tell whether anything is due, owed to the log, not followed up or left claimed, and no worker is at it."""
    if batch.leased_until is not None and now < batch.leased_until:
        return False
    is_left_claimed = batch.leased_until is not None and not batch.open
    return is_left_claimed or bool(batch.owed or batch.is_to_follow) or any(alert.is_due(now) for alert in batch.alerts)


def _is_as(stored: AlertBatch) -> Condition:
    """Return the condition that nobody wrote since a batch was read."""
    alerts, progress, owed, following = stored.as_stored
    condition: Condition = (AlertBatchItem.alerts == alerts) & (AlertBatchItem.attempts == stored.attempts)
    optional = (
        (AlertBatchItem.progress, progress),
        (AlertBatchItem.owed, owed),
        (AlertBatchItem.following, following),
    )
    for attribute, value in optional:
        condition &= attribute.does_not_exist() if value is None else attribute == value
    return condition
