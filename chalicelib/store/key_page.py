"""Keys out of an index, a page at a time, for jobs that work through all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.connection import Connection
from pynamodb.models import Model

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.vendor_errors import VENDOR_ERRORS

PAGE = 200


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some keys, in the index's order. `after` is where the next page begins, None after the last; the store's own."""

    keys: tuple[str, ...]
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """An index that holds keys, and the condition it is asked by. `key` is the table's hash key."""

    model: type[Model]
    name: str
    key: str
    condition: str


def read_keys(
    connection: Connection,
    index: KeyIndex,
    values: Mapping[str, Any],
    *,
    after: Mapping[str, Any] | None = None,
    limit: int = PAGE,
) -> KeyPage:
    """Read a page of the keys for which the condition holds with these values.

    Raises:
        Unavailable: `store_unavailable`.

    """
    query: dict[str, Any] = {
        "TableName": index.model.Meta.table_name,
        "IndexName": index.name,
        "KeyConditionExpression": index.condition,
        "ExpressionAttributeValues": values,
        "ProjectionExpression": "#key",
        "ExpressionAttributeNames": {"#key": index.key},
        "Limit": limit,
    }
    if after is not None:
        query["ExclusiveStartKey"] = after
    try:
        found = connection.dispatch("Query", query)
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
    return KeyPage(tuple(item[index.key]["S"] for item in found["Items"]), found.get("LastEvaluatedKey") or None)
