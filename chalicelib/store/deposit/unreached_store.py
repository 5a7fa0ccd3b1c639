"""Which of a sender's deposits have a channel that reached nobody, by an index; each is then read as it is now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection

from chalicelib.store.batch_read import read_together, store_unavailable
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore
from chalicelib.store.tables import AlertBatchItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

MOST_AT_ONCE = 50
"""A read takes a hundred items: each notice and its alerts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: since when, to the second, and which notice."""

    since: datetime
    notice_id: str


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Some entries, the newest failure first, and the place after which the next page begins; None at the end."""

    places: tuple[Place, ...]
    next_after: Place | None


class UnreachedStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Read over one connection."""
        self._connection = connection

    def list_for_sender(self, institution_id: str, *, after: Place | None, limit: int) -> PlacePage:
        """Return up to `limit` entries of one sender by one Query; the index may be a moment behind.

        A place may be of an entry that is gone, or never was: the page begins where it would stand.
        """
        query: dict[str, Any] = {
            "TableName": AlertBatchItem.Meta.table_name,
            "IndexName": "failed_of_sender",
            "KeyConditionExpression": "institution_id = :institution",
            "ExpressionAttributeValues": {":institution": {"S": institution_id}},
            "ProjectionExpression": "notice_id, failed_since",
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is not None:
            query["ExclusiveStartKey"] = {
                "institution_id": {"S": institution_id},
                "failed_since": {"N": str(int(after.since.timestamp()))},
                "notice_id": {"S": after.notice_id},
            }
        try:
            found = self._connection.dispatch("Query", query)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        last = found.get("LastEvaluatedKey")
        return PlacePage(tuple(map(_place, found["Items"])), _place(last) if last else None)

    def find(self, notice_ids: Collection[str]) -> dict[str, FoundNotice]:
        """Read up to `MOST_AT_ONCE` notices and their alerts with strong consistency, by one call."""
        keys = {notice_id: ReadingStore.keys(notice_id) for notice_id in notice_ids}
        found = read_together(self._connection, [key for both in keys.values() for key in both])
        return {notice_id: ReadingStore.from_found(notice_id, found) for notice_id in keys}


def _place(item: dict[str, Any]) -> Place:
    return Place(datetime.fromtimestamp(int(item["failed_since"]["N"]), UTC), item["notice_id"]["S"])
