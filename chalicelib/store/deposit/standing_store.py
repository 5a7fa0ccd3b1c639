"""How each of many deposits stands, for their sender's list: a few attributes of each, all by one read."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.deposit.sent_state import Standing
from chalicelib.store.batch_read import batch_read, store_unavailable
from chalicelib.store.codec import to_data
from chalicelib.store.tables import AlertBatchItem, NoticeItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

MOST_AT_ONCE = 50
"""A read takes a hundred items: each notice and its alerts."""
_TAKEN = frozenset({"accepted", "delivered", "complained"})
"""States, as packages before call them, of alerts that a provider took and that did not come back."""


class StandingStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Read over one connection."""
        self._connection = connection

    def find(self, notice_ids: Collection[str]) -> dict[str, Standing]:
        """Read up to `MOST_AT_ONCE` with strong consistency, by one call."""
        keys = [{"notice_id": {"S": notice_id}} for notice_id in notice_ids]
        notices, alerts = NoticeItem.Meta.table_name, AlertBatchItem.Meta.table_name
        asked = {
            notices: _asked(keys, "notice_id, opened_at, downloaded_at, suspension"),
            alerts: _asked(keys, "notice_id, alerts, failed_since"),
        }
        found = batch_read(self._connection, asked) if keys else {}
        batches = {item["notice_id"]["S"]: item for item in found.get(alerts, ())}
        return {
            item["notice_id"]["S"]: _standing(item, batches.get(item["notice_id"]["S"], {}))
            for item in found.get(notices, ())
        }

    @staticmethod
    def mark_downloaded(notice_id: str, at: datetime) -> bool:
        """Mark when the first of a notice's documents was asked for; False where it was marked before."""
        is_first = NoticeItem.notice_id.exists() & NoticeItem.downloaded_at.does_not_exist()
        try:
            NoticeItem(notice_id).update([NoticeItem.downloaded_at.set(to_data(at))], condition=is_first)
        except PynamoDBException as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        return True


def _asked(keys: list[dict[str, Any]], attributes: str) -> dict[str, Any]:
    return {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": attributes}


def _standing(notice: dict[str, Any], batch: dict[str, Any]) -> Standing:
    alerts = json.loads(batch["alerts"]["S"]) if "alerts" in batch else ()
    return Standing(
        is_alerted=any(alert["state"] in _TAKEN for alert in alerts),
        has_failed="failed_since" in batch,
        is_opened="opened_at" in notice,
        is_downloaded="downloaded_at" in notice,
        is_suspended="suspension" in notice,
    )
