"""How often somebody looked at people's data in an hour: one counter for each, which goes by time to live."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pynamodb.connection import Connection

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.tables import CountItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_KEPT_FOR = timedelta(days=60)


class LookCounts:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Count through this connection."""
        self._connection = connection

    def add(self, looker: str, hour: str, many: int, *, now: datetime) -> int:
        """Add to an hour's count, and return it."""
        asked: dict[str, Any] = {
            "TableName": CountItem.Meta.table_name,
            "Key": {"counted": {"S": f"looks#{looker}"}, "month": {"S": hour}},
            "UpdateExpression": "ADD looks :many SET expires_at = :expires_at",
            "ExpressionAttributeValues": {
                ":many": {"N": f"{many}"},
                ":expires_at": {"N": f"{int((now + _KEPT_FOR).timestamp())}"},
            },
            "ReturnValues": "UPDATED_NEW",
        }
        try:
            return int(self._connection.dispatch("UpdateItem", asked)["Attributes"]["looks"]["N"])
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
