"""How an alert batch is laid out in its item, and when it is due.

`due_at` is the one gate: set by the deposit to when the sweeper should look, by a claim to the end of its lease, by an
unfinished attempt to the end of its delay. With `due_shard` it is removed once nothing is pending, so that the index
holds unfinished work only, and a fixed number of shards can be read in full, however old the work is.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.expressions.update import Action

from chalicelib.domain.alert.alert import Alert, AlertBatch
from chalicelib.domain.alert.retry import retry_delay_s
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import AlertBatchItem

SWEEP_AFTER_S = 120
"""How long the stream has for a first attempt before the sweeper looks."""


def batch_to_item(batch: AlertBatch) -> AlertBatchItem:
    """Lay out a new batch; one without alerts is kept as a fact and never due."""
    item = AlertBatchItem(
        batch.notice_id,
        institution_name=batch.institution_name,
        deposited_at=to_data(batch.deposited_at),
        receipt_key=batch.receipt_key,
        attempts=batch.attempts,
        leased_until=0 if batch.leased_until is None else int(batch.leased_until.timestamp()),
        alerts=to_data(batch.alerts),
        institution_short_name=batch.institution_short_name,
    )
    if batch.pending:
        item.due_shard = shard_of_code(batch.notice_id)
        item.due_at = int(batch.deposited_at.timestamp()) + SWEEP_AFTER_S
    return item


def batch_from_item(item: AlertBatchItem) -> AlertBatch:
    """Read a batch back."""
    return AlertBatch(
        notice_id=item.notice_id,
        institution_name=item.institution_name,
        deposited_at=datetime.fromisoformat(item.deposited_at),
        alerts=tuple(from_data(Alert, alert) for alert in item.alerts),
        receipt_key=item.receipt_key,
        attempts=int(item.attempts),
        leased_until=datetime.fromtimestamp(item.leased_until, UTC) if item.leased_until else None,
        institution_short_name=item.institution_short_name,
    )


def claim_ended(batch: AlertBatch, now: datetime) -> tuple[Action, ...]:
    """Return the update that ends a claim: out of the index when nothing is pending, else due after a delay."""
    ended = AlertBatchItem.leased_until.set(0)
    if not batch.pending:
        return ended, AlertBatchItem.due_shard.remove(), AlertBatchItem.due_at.remove()
    return ended, AlertBatchItem.due_at.set(int(now.timestamp()) + retry_delay_s(batch.attempts))
