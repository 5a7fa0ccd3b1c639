"""How an alert batch is laid out in its item, and in which of the sparse indexes it stands.

`due` holds what needs a worker, by the instant at which it does: what is open, what failed and was not followed up, and
what a dead worker left claimed. `waiting` holds what is open, by since when, and `given_up` what was given up, by when
it was. `failed` holds what reached nobody by some channel, by since when, and `failed_of_sender` the same by sender.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.alert.alert_batch import AlertBatch, Following
from chalicelib.domain.alert.alert_sending import begin_attempt
from chalicelib.domain.alert.filing_news import FilingNews
from chalicelib.domain.alert.retry import LEASE
from chalicelib.domain.event import Event
from chalicelib.store.alert.alert_data import alerts_from_data, alerts_to_data, progress_to_data
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import AlertBatchItem

SWEEP_AFTER = timedelta(minutes=2)
"""How long the stream has for a first attempt before the sweeper looks."""
_OWED_AGAIN = timedelta(minutes=1)
"""When to try again to log what the log did not take."""


def batch_to_item(batch: AlertBatch) -> AlertBatchItem:
    """Lay out a new batch; one without alerts is kept as a fact and never due."""
    item = AlertBatchItem(
        batch.notice_id,
        institution_name=batch.institution_name,
        deposited_at=to_data(batch.deposited_at),
        receipt_key=batch.receipt_key,
        attempts=batch.attempts,
        leased_until=0,
        alerts=alerts_to_data(batch.alerts),
        progress=progress_to_data(batch.alerts),
        institution_short_name=batch.institution_short_name,
        institution_id=batch.institution_id,
        mailbox_id=batch.mailbox_id,
        news=None if batch.news is None else to_data(batch.news),
    )
    if batch.open:
        item.due_shard = shard_of_code(batch.notice_id)
        item.due_at = to_seconds(batch.deposited_at + SWEEP_AFTER)
    for name, value in _places(batch).items():
        setattr(item, name, value)
    return item


def batch_from_item(item: AlertBatchItem) -> AlertBatch:
    """Read a batch back. What a first claim, which is written blind, marks as attempted follows from when it began."""
    leased_until = datetime.fromtimestamp(item.leased_until, UTC) if item.leased_until else None
    claimed_at = leased_until and _claimed_at(item, leased_until)
    batch = AlertBatch(
        notice_id=item.notice_id,
        institution_name=item.institution_name,
        deposited_at=datetime.fromisoformat(item.deposited_at),
        alerts=alerts_from_data(item.alerts, item.progress),
        receipt_key=item.receipt_key,
        attempts=int(item.attempts),
        claimed_at=claimed_at,
        leased_until=leased_until,
        institution_short_name=item.institution_short_name,
        owed=tuple(from_data(Event, event) for event in item.owed or ()),
        institution_id=item.institution_id,
        mailbox_id=item.mailbox_id,
        following=from_data(Following, item.following or {}),
        news=None if item.news is None else from_data(FilingNews, item.news),
        as_stored=(item.alerts, item.progress, item.owed, item.following),
    )
    return batch if claimed_at is None else begin_attempt(batch, claimed_at)


def written(batch: AlertBatch) -> list[Action]:
    """Return the update that writes all of a batch that can change, and where it stands in the indexes."""
    due_at = _due(batch)
    changes: dict[str, Any] = {
        "alerts": alerts_to_data(batch.alerts),
        "progress": progress_to_data(batch.alerts),
        "attempts": batch.attempts,
        "claimed_at": batch.claimed_at and to_data(batch.claimed_at),
        "leased_until": 0 if batch.leased_until is None else to_seconds(batch.leased_until),
        "owed": to_data(batch.owed) or None,
        "institution_id": batch.institution_id,
        "mailbox_id": batch.mailbox_id,
        "following": None if batch.following == Following() else to_data(batch.following),
        "due_shard": None if due_at is None else shard_of_code(batch.notice_id),
        "due_at": due_at and to_seconds(due_at),
        **_places(batch),
    }
    attributes = AlertBatchItem.get_attributes()
    return [
        attributes[name].remove() if value is None else attributes[name].set(value) for name, value in changes.items()
    ]


def _claimed_at(item: AlertBatchItem, leased_until: datetime) -> datetime:
    """Return when the running claim began; packages before keep only its end, beside what an earlier claim left."""
    told = _instant(item.claimed_at)
    is_of_it = told is not None and to_seconds(told + LEASE) == item.leased_until
    return told if told is not None and is_of_it else leased_until - LEASE


def is_misplaced(item: AlertBatchItem, batch: AlertBatch) -> bool:
    """Tell whether an item stands in `waiting`, `given_up` or `failed` where its batch does not, or the reverse."""
    return any(getattr(item, name) != value for name, value in _places(batch).items())


def _places(batch: AlertBatch) -> dict[str, str | int | None]:
    """Return key and instant in `waiting`, `given_up` and `failed`; a batch may stand in all of them."""
    shard = shard_of_code(batch.notice_id)
    given_up = [to_seconds(alert.settled_at or batch.ends_at(alert)) for alert in batch.given_up]
    return {
        "waiting_shard": shard if batch.open else None,
        "waiting_since": to_seconds(batch.waiting_since) if batch.open else None,
        "given_up_shard": shard if given_up else None,
        "given_up_since": min(given_up, default=None),
        "failed_shard": None if batch.failed_since is None else shard,
        "failed_since": None if batch.failed_since is None else to_seconds(batch.failed_since),
    }


def _due(batch: AlertBatch) -> datetime | None:
    dues = [alert.due_at or batch.deposited_at for alert in batch.open]
    if batch.owed:
        dues.append(max(event.occurred_at for event in batch.owed) + _OWED_AGAIN)
    if batch.is_to_follow:
        dues.append(batch.failed_since or batch.deposited_at)
    if batch.leased_until is not None:
        return max(batch.leased_until, min(dues, default=batch.leased_until))
    return min(dues, default=None)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def to_seconds(instant: datetime) -> int:
    """Round up, so that what is due at a whole second is due for the rules as well."""
    return -int(-instant.timestamp() // 1)
