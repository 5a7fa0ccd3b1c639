"""Counts of what happened to institutions' notices: added once for each thing, and read for a panel.

A thing and its mark are one transaction, so it counts once however often it is told, and wherever who tells it dies.
What is counted together goes into one shard, chosen by its first thing: a counter takes one write for all of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.institution.activity import Activity, Counted, Happened, Metered, Owner, first_month
from chalicelib.store.batch_read import batch_read, store_unavailable
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import AlertBatchItem, CountItem, NoticeItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

MOST_AT_ONCE = 30
"""With two counters for each at most, a transaction has ninety items; it takes a hundred."""
MARKED_FOR = timedelta(days=60)
"""A record comes again for a day, and out of the queue of dead letters for two weeks."""
_LETTERS: dict[Activity | Metered, str] = {
    Activity.DEPOSITED: "d",
    Activity.OPENED: "o",
    Activity.FAILED: "f",
    Metered.SMS: "s",
    Metered.CONSULTED: "c",
}
_DAY = re.compile(r"([dofsc])(0[1-9]|[12][0-9]|3[01])")
_LOST = frozenset({"bounced", "failed"})
"""States, as packages before call them, of alerts that reached nobody."""
_HELD = "ConditionalCheckFailed"


class AlreadyCounted(Exception):
    """One of the things was counted before; nothing was added."""


class ActivityStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Work through this connection."""
        self._connection = connection

    def add(self, things: Sequence[Counted], *, now: datetime) -> None:
        """Add up to `MOST_AT_ONCE` things, or none.

        Raises:
            AlreadyCounted: one of them was.

        """
        shard = shard_of_code(things[0].once)
        counters: dict[tuple[str, str], Counter[str]] = {}
        for one in things:
            for office_id in dict.fromkeys((None, one.office_id)):
                counter = _partition(one.institution_id, office_id, shard), f"{one.day:%Y-%m}"
                counters.setdefault(counter, Counter())[f"{_LETTERS[one.activity]}{one.day:%d}"] += 1
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for one in things:
                    mark = CountItem(one.once, "-", expires_at=now + MARKED_FOR)
                    transaction.save(mark, condition=CountItem.counted.does_not_exist())
                for key, counts in counters.items():
                    added: list[Action] = [Path(name).add(count) for name, count in counts.items()]
                    transaction.update(CountItem(*key), actions=added)
        except TransactWriteError as error:
            if any(reason is not None and reason.code == _HELD for reason in error.cancellation_reasons):
                raise AlreadyCounted from error
            raise store_unavailable() from error
        except PynamoDBException as error:
            raise store_unavailable() from error

    def owners(self, things: Sequence[Happened]) -> dict[str, Owner]:
        """Return whose the notices of up to fifty things are, by one call; of what may be lost with its alerts."""
        notices = {one.notice_id for one in things}
        uncertain = {one.notice_id for one in things if one.is_uncertain}
        asked = {NoticeItem.Meta.table_name: _asked(notices, "notice_id, #data", {"#data": "data"})}
        if uncertain:
            asked[AlertBatchItem.Meta.table_name] = _asked(uncertain, "notice_id, alerts")
        found = batch_read(self._connection, asked)
        batches = {item["notice_id"]["S"]: item for item in found.get(AlertBatchItem.Meta.table_name, ())}
        return {
            item["notice_id"]["S"]: _owner(item, batches.get(item["notice_id"]["S"]))
            for item in found.get(NoticeItem.Meta.table_name, ())
        }

    def reads(
        self, institution_id: str, office_id: str | None, today: date, into: list[Counter[tuple[date, Activity]]]
    ) -> list[Callable[[], None]]:
        """Return the calls, one of each shard, that read what it counted of each day of the last months.

        `office_id` None is the whole institution. The last seconds may be missing.
        """

        def read(shard: str) -> Callable[[], None]:
            return lambda: into.append(self._read(_partition(institution_id, office_id, shard), today))

        return [read(shard) for shard in SHARDS]

    def _read(self, partition: str, today: date) -> Counter[tuple[date, Activity]]:
        query: dict[str, Any] = {
            "TableName": CountItem.Meta.table_name,
            "KeyConditionExpression": "counted = :counted AND #month BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#month": "month"},
            "ExpressionAttributeValues": {
                ":counted": {"S": partition},
                ":first": {"S": f"{first_month(today):%Y-%m}"},
                ":last": {"S": f"{today:%Y-%m}"},
            },
        }
        try:
            items = self._connection.dispatch("Query", query)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        found: Counter[tuple[date, Activity]] = Counter()
        for (day, kind), count in _counted_in(items).items():
            if isinstance(kind, Activity):
                found[day, kind] = count
        return found

    def read_month(self, institution_id: str, month: str) -> Counter[tuple[date, Activity | Metered]]:
        """Return all that was counted of an institution on each day of a month, `YYYY-MM`: one call, as it is now.

        Raises:
            Unavailable: `store_unavailable`.

        """
        keys = [{"counted": {"S": _partition(institution_id, None, shard)}, "month": {"S": month}} for shard in SHARDS]
        name = CountItem.Meta.table_name
        return _counted_in(batch_read(self._connection, {name: {"Keys": keys, "ConsistentRead": True}}).get(name, ()))


_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


def _counted_in(items: Iterable[dict[str, Any]]) -> Counter[tuple[date, Activity | Metered]]:
    """Add up what some counters hold."""
    found: Counter[tuple[date, Activity | Metered]] = Counter()
    for item in items:
        year, _, month = item["month"]["S"].partition("-")
        for name, value in item.items():
            if counted := _DAY.fullmatch(name):
                found[date(int(year), int(month), int(counted[2])), _KINDS[counted[1]]] += int(value["N"])
    return found


def _asked(notice_ids: Collection[str], attributes: str, names: dict[str, str] | None = None) -> dict[str, Any]:
    keys = [{"notice_id": {"S": notice_id}} for notice_id in sorted(notice_ids)]
    asked = {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": attributes}
    return {**asked, "ExpressionAttributeNames": names} if names else asked


def _owner(notice: dict[str, Any], batch: dict[str, Any] | None) -> Owner:
    sender = json.loads(notice["data"]["S"])["sender"]
    alerts = json.loads(batch["alerts"]["S"]) if batch else ()
    lost = frozenset(alert["alert_id"] for alert in alerts if alert["state"] in _LOST)
    return Owner(sender["institution_id"], sender.get("office_id"), lost)


def _partition(institution_id: str, office_id: str | None, shard: str) -> str:
    return f"{institution_id}#{office_id or ''}#{shard}"
