"""Where a job stands that goes on where it stopped, kept in one item of the table of tokens."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import TokenItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_KEPT_FOR = timedelta(days=400)
"""A job that did not run for so long begins as the first time."""


class Position(Protocol):
    """A frozen dataclass whose `version` counts its moves, so that of two runs at once none takes the other back."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def version(self) -> int:
        """How often it moved."""


_P = TypeVar("_P", bound=Position)


class PositionStore(Generic[_P]):
    """Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, job: str, kind: type[_P]) -> None:
        """Keep the position of one job."""
        self._key = f"position#{job}"
        self._kind = kind

    def find(self) -> _P | None:
        """Return the position, read with strong consistency; None before the first run."""
        try:
            item = TokenItem.get(self._key, consistent_read=True)
        except TokenItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error
        return dataclasses.replace(from_data(self._kind, item.data), version=int(item.attempts))

    def move(self, position: _P, now: datetime) -> _P | None:
        """Write a position if none was written since it was read; None when another run did."""
        moved = dataclasses.replace(position, version=position.version + 1)
        item = TokenItem(self._key, digest="", expires_at=now + _KEPT_FOR, attempts=moved.version, data=to_data(moved))
        unmoved = TokenItem.attempts == position.version
        try:
            item.save(condition=unmoved if position.version else TokenItem.token.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise store_unavailable() from error
        return moved
