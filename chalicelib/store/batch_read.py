"""Reads as DynamoDB's wire has them: of items from several tables in one round trip, and of lists page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pynamodb.connection import Connection
from pynamodb.models import Model

from chalicelib.domain.errors import Unavailable
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_MAX_ROUNDS = 4

ItemKey = tuple[type[Model], str, str | None]
"""Model, hash key, range key or None."""


def read_together(connection: Connection, keys: Iterable[ItemKey]) -> dict[ItemKey, Any]:
    """Read up to 100 items by key; those that do not exist are absent from the answer. Each is of its key's model.

    Raises:
        Unavailable: `store_unavailable`.

    """
    wanted = {_wire_key(key): key for key in keys}
    found: dict[ItemKey, Any] = {}
    for table, items in batch_read(connection, _request(wanted.values())).items():
        for raw in items:
            key = wanted[_wire_key_of(table, raw, wanted)]
            found[key] = key[0].from_raw_data(raw)
    return found


def batch_read(connection: Connection, asked: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Read up to 100 items as they go over the wire, by table; `asked` is what BatchGetItem takes of each.

    Keys that DynamoDB left unprocessed are asked for again.

    Raises:
        Unavailable: `store_unavailable`.

    """
    found: dict[str, list[dict[str, Any]]] = {}
    pending = asked
    for _ in range(_MAX_ROUNDS):
        try:
            answer = connection.dispatch("BatchGetItem", {"RequestItems": pending})
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        for table, items in answer["Responses"].items():
            found.setdefault(table, []).extend(items)
        pending = answer.get("UnprocessedKeys") or {}
        if not pending:
            return found
    raise store_unavailable()


def each_of_pages(connection: Connection, operation: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the items of a Query or Scan, asking for the next page only when those before it are done.

    Raises:
        Unavailable: `store_unavailable`.

    """
    while True:
        try:
            found = connection.dispatch(operation, asked)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        yield from found["Items"]
        if "LastEvaluatedKey" not in found:
            return
        asked = {**asked, "ExclusiveStartKey": found["LastEvaluatedKey"]}


def store_unavailable() -> Unavailable:
    """Return the refusal for a database that does not answer."""
    return Unavailable("store_unavailable", "El servicio no responde. Intente de nuevo en un momento.", retry_after=2)


def _key_attributes(key: ItemKey) -> dict[str, dict[str, str]]:
    model, hash_key, range_key = key
    meta = model._get_connection().get_meta_table()  # noqa: SLF001 - the model's own key names
    attributes = {meta.hash_keyname: {"S": hash_key}}
    if range_key is not None and meta.range_keyname:
        attributes[meta.range_keyname] = {"S": range_key}
    return attributes


def _wire_key(key: ItemKey) -> tuple[str, str, str | None]:
    return key[0].Meta.table_name, key[1], key[2]


def _wire_key_of(table: str, raw: dict[str, Any], wanted: dict[tuple[str, str, str | None], ItemKey]) -> Any:
    model = next(key[0] for wire, key in wanted.items() if wire[0] == table)
    meta = model._get_connection().get_meta_table()  # noqa: SLF001
    range_key = raw[meta.range_keyname]["S"] if meta.range_keyname else None
    return table, raw[meta.hash_keyname]["S"], range_key


def _request(keys: Iterable[ItemKey]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    for key in keys:
        table = request.setdefault(key[0].Meta.table_name, {"Keys": [], "ConsistentRead": True})
        table["Keys"].append(_key_attributes(key))
    return request
