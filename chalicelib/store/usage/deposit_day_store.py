"""On which days an institution deposited how much, out of the index by which what it sent is listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pynamodb.connection import Connection

from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.notice_store import sender_shard
from chalicelib.store.tables import NoticeItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS


@dataclass(frozen=True, slots=True)
class DayPage:
    """How many deposits a page held of each local day. `after` is where the next begins, None after the last."""

    days: Counter[date]
    after: str | None


class DepositDayStore:
    """Reads the index, which may be a moment behind. `connection` is the one that `tables.bind` returns."""

    def __init__(self, connection: Connection, zone: ZoneInfo) -> None:
        """Count days in this zone."""
        self._connection = connection
        self._zone = zone

    def read(self, institution_id: str, part: MonthPart, shard: str, *, after: str | None, limit: int) -> DayPage:
        """Count up to `limit` deposits of one shard of a part of a month: one Query, a megabyte of notices at most.

        Raises:
            Unavailable: `store_unavailable`.

        """
        first = _position(part.first) if after is None else f"{after}0"  # no position begins with another one
        asked = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": "by_sender_shard",
            "KeyConditionExpression": "sender_shard = :shard AND deposited_key BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":shard": {"S": sender_shard(institution_id, part.utc_month, shard)},
                ":first": {"S": first},
                ":last": {"S": _position(part.before)},
            },
            "ProjectionExpression": "deposited_key",
            "Limit": limit,
        }
        try:
            answer = self._connection.dispatch("Query", asked)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        keys = (item["deposited_key"]["S"] for item in answer["Items"])
        last = answer.get("LastEvaluatedKey")
        return DayPage(Counter(map(self._day, keys)), last and last["deposited_key"]["S"])

    def _day(self, key: str) -> date:
        instant = datetime.strptime(key[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        return instant.astimezone(self._zone).date()


def _position(instant: datetime) -> str:
    """Return what lies before all deposits of this second, and after those of the one before."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
