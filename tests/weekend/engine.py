"""moto, made bearable for thousands of notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.responses import DynamoHandler

from infra.local.cloud import REGION


def items_of(table: str) -> Any:
    """Return what a table holds, by partition key."""
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items


def partition(key: str) -> DynamoType:
    return DynamoType({"S": key})


@contextmanager
def only(table: str, key: tuple[str, str], value: str) -> Iterator[int]:
    """Have moto see only a partition of an index of keys, and return how much it holds.

    It would sort and copy all that the table has, with what the index does not hold.
    """
    there: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table]
    whole = there.items
    names = {there.hash_key_attr, *key}
    there.items = {
        at: _part(item, names)
        for at, item in whole.items()
        if key[0] in item.attrs and item.attrs[key[0]].value == value
    }
    try:
        yield len(there.items)
    finally:
        there.items = whole


def _part(item: Item, names: set[str]) -> Item:
    part = Item(item.hash_key, item.range_key, {})
    for name in names:
        dict.__setitem__(part.attrs, name, item.attrs[name])
    return part


@contextmanager
def transactions_that_copy_little() -> Iterator[None]:
    """Have a transaction see, copy and put back only the partitions that it names; moto copies whole tables.

    No thread waits for another one there: the simulation, which lets one call be made at a time, may pause it within.
    """
    original = DynamoDBBackend.transact_write_items

    def transact(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        named: dict[str, set[DynamoType]] = defaultdict(set)
        for operation in transact_items:
            [(kind, what)] = operation.items()
            key = what["Item" if kind == "Put" else "Key"][backend.tables[what["TableName"]].hash_key_attr]
            named[what["TableName"]].add(DynamoType(key))
        whole: dict[str, Any] = {name: backend.tables[name].items for name in named}
        for name, keys in named.items():
            few: Any = defaultdict(dict)
            few.update({key: whole[name][key] for key in keys if key in whole[name]})
            backend.tables[name].items = few
        try:
            original(backend, transact_items)
        finally:
            for name, keys in named.items():
                table: Any = backend.tables[name]  # another one than before where it was put back
                for key in keys:
                    whole[name].pop(key, None)
                whole[name].update(table.items)
                table.items = whole[name]
                if table.stream_shard is not None:
                    table.stream_shard.items.clear()

    handler: Any = DynamoHandler
    alone = getattr(handler.call_action, "__wrapped__", handler.call_action)
    with patch.object(DynamoDBBackend, "transact_write_items", transact), patch.object(handler, "call_action", alone):
        yield
