"""Where the indexing of receipts stands, kept in one item of the table of tokens."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.domain.evidence.indexing import IndexPosition
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import TokenItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_KEY = "position#index_receipts"
_KEPT_FOR = timedelta(days=400)
"""Where it is forgotten, one more pass through all deposits finds nothing to do and keeps it anew."""


class IndexPositionStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def find(self) -> IndexPosition | None:
        """Return the position, read with strong consistency; None before the first run."""
        try:
            item = TokenItem.get(_KEY, consistent_read=True)
        except TokenItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error
        return dataclasses.replace(from_data(IndexPosition, item.data), version=int(item.attempts))

    def move(self, position: IndexPosition, now: datetime) -> IndexPosition | None:
        """Write a position if none was written since it was read; None when another run did."""
        moved = dataclasses.replace(position, version=position.version + 1)
        item = TokenItem(_KEY, digest="", expires_at=now + _KEPT_FOR, attempts=moved.version, data=to_data(moved))
        unmoved = TokenItem.attempts == position.version
        try:
            item.save(condition=unmoved if position.version else TokenItem.token.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise store_unavailable() from error
        return moved
