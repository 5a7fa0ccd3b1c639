"""Alert batches: one worker at a time claims, sends, and settles in one transaction with the events."""

from __future__ import annotations

from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.alert.delivery_report import DeliveryReport, apply_report, merge
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event
from chalicelib.store.alert.alert_batch_item import batch_from_item, batch_to_item, claim_ended
from chalicelib.store.codec import to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import AlertBatchItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, VENDOR_ERRORS, vendor_code

_RACES = 5
_LOST = ("TransactionCanceledException", "TransactionConflictException")
_UNANSWERED = ("store_unavailable", "El servicio no responde. Intente de nuevo en un momento.")
_CLAIM_LAPSED = ("claim_lapsed", "Otro proceso retomó estas alertas.")


class ClaimLapsed(Conflict):
    """Another worker took the batch over, since this one's lease had run out."""


class AlertBatchStore:
    """`connection` is the one that `tables.bind` returns."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write batches, and the events that belong to them, over one connection."""
        self._connection = connection
        self._events = events

    def add_in(self, transaction: TransactWrite, batch: AlertBatch) -> None:
        """Put a batch that must not exist yet."""
        transaction.save(batch_to_item(batch), condition=AlertBatchItem.notice_id.does_not_exist())

    def find(self, notice_id: str) -> AlertBatch | None:
        """Return a notice's batch, read with strong consistency, or None."""
        try:
            return batch_from_item(AlertBatchItem.get(notice_id, consistent_read=True))
        except AlertBatchItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise Unavailable(*_UNANSWERED) from error

    def claim(self, notice_id: str, *, now: datetime, lease_s: int) -> AlertBatch | None:
        """Take the right to send for `lease_s` seconds and count the attempt, in one call.

        None when nothing is pending, another claim runs, or the delay after the last attempt is not over. The first
        attempt waits for nothing.
        """
        item = AlertBatchItem(notice_id)
        until = int(now.timestamp()) + lease_s
        is_due = (AlertBatchItem.attempts == 0) | (AlertBatchItem.due_at <= int(now.timestamp()))
        try:
            item.update(
                [
                    AlertBatchItem.attempts.set(AlertBatchItem.attempts + 1),
                    AlertBatchItem.leased_until.set(until),
                    AlertBatchItem.due_at.set(until),
                ],
                condition=AlertBatchItem.due_shard.exists() & is_due,
            )
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise Unavailable(*_UNANSWERED) from error
        return batch_from_item(item)

    def record(self, claimed: AlertBatch, settled: AlertBatch, events: tuple[Event, ...], *, now: datetime) -> None:
        """Write an attempt's outcomes and their events, and end the claim; recording twice changes nothing.

        Reports that arrived since the claim are kept.

        Raises:
            ClaimLapsed: `claim_lapsed`; nothing was written.

        """
        is_ours = (AlertBatchItem.attempts == claimed.attempts) & (AlertBatchItem.leased_until > 0)
        stored = claimed
        for _ in range(_RACES):
            if self._replace(stored, settled, events, condition=is_ours, extra=claim_ended(settled, now)):
                return
            found = self.find(claimed.notice_id)
            if found is None or found.attempts != claimed.attempts:
                raise ClaimLapsed(*_CLAIM_LAPSED)
            if found.leased_until is None:
                return
            stored, settled = found, merge(settled, found)
        raise Unavailable(*_UNANSWERED)

    def record_report(self, report: DeliveryReport, event: Event) -> bool:
        """Apply a delivery report and append its event; False, and nothing written, when it tells nothing new."""
        for _ in range(_RACES):
            stored = self.find(report.notice_id)
            if stored is None:
                return False
            reported = apply_report(stored, report)
            if reported == stored:
                return False
            if self._replace(stored, reported, (event,)):
                return True
        raise Unavailable(*_UNANSWERED)

    def list_due(self, shard: str, *, now: datetime, limit: int) -> tuple[tuple[int, str], ...]:
        """Return up to `limit` unfinished batches of a shard as (due at, notice id), the longest due first."""
        query = {
            "TableName": AlertBatchItem.Meta.table_name,
            "IndexName": "due",
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":now": {"N": str(int(now.timestamp()))}},
            "ProjectionExpression": "notice_id, due_at",
            "Limit": limit,
        }
        try:
            found = self._connection.dispatch("Query", query)
        except VENDOR_ERRORS as error:
            raise Unavailable(*_UNANSWERED) from error
        return tuple((int(item["due_at"]["N"]), item["notice_id"]["S"]) for item in found["Items"])

    def _replace(
        self,
        stored: AlertBatch,
        batch: AlertBatch,
        events: tuple[Event, ...],
        *,
        condition: Condition | None = None,
        extra: tuple[Action, ...] = (),
    ) -> bool:
        """Write the alerts and the events if the alerts are still as `stored`; False when they are not."""
        as_stored = AlertBatchItem.alerts == to_data(stored.alerts)
        actions = [AlertBatchItem.alerts.set(to_data(batch.alerts)), *extra]
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(AlertBatchItem(batch.notice_id), actions, condition=condition & as_stored)
                for event in events:
                    self._events.add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) in _LOST:
                return False
            raise Unavailable(*_UNANSWERED) from error
        return True
