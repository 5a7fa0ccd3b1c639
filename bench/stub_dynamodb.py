"""DynamoDB in memory for the stub: keys and indexes of the template, conditions, and capacity by the published rules.

Capacity (Amazon DynamoDB Developer Guide, "Read and write operations"): a consistent read costs one unit for each
4 KB of each item, half with eventual consistency; a write one for each 1 KB, twice that inside a transaction; every
index whose entry changes costs a plain write more. A condition check counts as a transactional write of its item.
"""

from __future__ import annotations

import bisect
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from bench.stub_expressions import Expression, Item

_WRITE_UNIT, _READ_UNIT = 1024, 4096
_PREFIX = "com.amazonaws.dynamodb.v20120810#"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Index:
    """One secondary index: its partitions hold (sort key, primary key) in order."""

    hash_key: str
    range_key: str
    partitions: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def entry(self, item: Item) -> str | None:
        """Return the partition an item stands in; None for an item without both keys."""
        return _text(item[self.hash_key]) if self.hash_key in item and self.range_key in item else None


@dataclass
class Table:
    """Items by primary key."""

    keys: tuple[str, ...]
    indexes: dict[str, Index]
    items: dict[tuple[str, ...], Item] = field(default_factory=dict)

    def key(self, attributes: Item) -> tuple[str, ...]:
        """Return the primary key of an item, or of a request's key."""
        return tuple(_text(attributes[name]) for name in self.keys)

    def replace(self, key: tuple[str, ...], item: Item) -> int:
        """Store an item and keep the indexes; return the write units of the indexes."""
        before = self.items.get(key, {})
        self.items[key] = item
        return sum(self._reindex(index, key, before, item) for index in self.indexes.values())

    def remove(self, key: tuple[str, ...]) -> int:
        """Forget an item; return the write units of the indexes."""
        before = self.items.pop(key, {})
        return sum(self._reindex(index, key, before, {}) for index in self.indexes.values())

    @staticmethod
    def _reindex(index: Index, key: tuple[str, ...], before: Item, item: Item) -> int:
        old, new = index.entry(before), index.entry(item)
        if old is not None:
            entries = index.partitions[old]
            del entries[bisect.bisect_left(entries, (_text(before[index.range_key]), key))]
        if new is not None:
            bisect.insort(index.partitions.setdefault(new, []), (_text(item[index.range_key]), key))
        return (_units(before, _WRITE_UNIT) if old is not None and old != new else 0) + (
            _units(item, _WRITE_UNIT) if new is not None else 0
        )


class Refused(Exception):
    """An answer with status 400."""

    def __init__(self, kind: str, **more: Any) -> None:
        """Name the error as DynamoDB does."""
        super().__init__(kind)
        self.answer = {"__type": _PREFIX + kind, "message": "The conditional request failed", **more}


class DynamoDB:
    """The operations that this service sends. `spent` counts calls and units since it was last cleared."""

    def __init__(self, template: dict[str, Any]) -> None:
        """Make the template's tables, named as `table_name` says."""
        resources = template["Resources"].items()
        self.tables = {
            table_name(logical_id): _table(resource["Properties"])
            for logical_id, resource in resources
            if resource.get("Type") == "AWS::DynamoDB::Table"
        }
        self.spent: defaultdict[str, float] = defaultdict(float)

    def answer(self, operation: str, request: dict[str, Any]) -> Answer:
        """Do one operation."""
        self.spent["calls"] += 1
        try:
            return 200, getattr(self, f"_{operation}")(request)
        except Refused as refused:
            return 400, refused.answer

    def fill(self, table_name: str, count: int, key: dict[str, str]) -> int:
        """Copy the item at `key` until its table holds `count` more, with keys and sort keys of their own."""
        table = self.tables[table_name]
        model = table.items[tuple(key.values())]
        changing = {table.keys[-1], *(index.range_key for index in table.indexes.values())}
        for number in range(len(table.items), len(table.items) + count):
            copy = {**model, **{name: {"S": f"{_text(model[name])}#{number:08d}"} for name in changing}}
            item_key = table.key(copy)
            table.items[item_key] = copy
            for index in table.indexes.values():
                partition = index.partitions.setdefault(_text(copy[index.hash_key]), [])
                partition.append((_text(copy[index.range_key]), item_key))
        for index in table.indexes.values():
            for partition in index.partitions.values():
                partition.sort()
        return len(table.items)

    def _BatchGetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - as the operation is called
        found: dict[str, list[Item]] = {}
        for name, wanted in request["RequestItems"].items():
            items = [self._read(name, key, is_consistent=wanted.get("ConsistentRead")) for key in wanted["Keys"]]
            found[name] = [item for item in items if item]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _GetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self._read(request["TableName"], request["Key"], is_consistent=request.get("ConsistentRead"))
        return {"Item": item} if item else {}

    def _Query(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        table = self.tables[request["TableName"]]
        keys, hash_key = self._partition(table, request)
        holds = Expression(request["KeyConditionExpression"], request).condition()
        ordered = keys if request.get("ScanIndexForward", True) else reversed(keys)
        matching = (item for item in map(table.items.__getitem__, ordered) if holds(item))
        limit = request.get("Limit", 1 << 30)
        after = table.key(request["ExclusiveStartKey"]) if "ExclusiveStartKey" in request else None
        items: list[Item] = []
        for item in matching:
            if after is not None:
                after = None if table.key(item) == after else after
                continue
            if len(items) == limit:
                break
            items.append(item)
        size = sum(map(_size, items))
        self.spent["read"] += max(1, ceil(size / _READ_UNIT)) * (2 if request.get("ConsistentRead") else 1) / 2
        shown = [_projected(item, request) for item in items]
        answer: dict[str, Any] = {"Items": shown, "Count": len(items), "ScannedCount": len(items)}
        if len(items) == limit:
            named = {hash_key, *table.keys, *(index.range_key for index in table.indexes.values())}
            answer["LastEvaluatedKey"] = {name: items[-1][name] for name in named if name in items[-1]}
        return answer

    @staticmethod
    def _partition(table: Table, request: dict[str, Any]) -> tuple[Sequence[tuple[str, ...]], str]:
        """Return the primary keys of the queried partition, in order, and the name of its hash key."""
        names = request.get("ExpressionAttributeNames") or {}
        index = table.indexes[request["IndexName"]] if "IndexName" in request else None
        hash_key = index.hash_key if index else table.keys[0]
        equal = re.findall(r"([#\w]+)\s*=\s*(:\w+)", request["KeyConditionExpression"])
        [value] = [
            _text(request["ExpressionAttributeValues"][right])
            for left, right in equal
            if names.get(left, left) == hash_key
        ]
        if index is None:
            return sorted(key for key in table.items if key[0] == value), hash_key
        return [key for _, key in index.partitions.get(value, [])], hash_key

    def _PutItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._check(request, request["Item"])
        self._write(request["TableName"], request["Item"], rate=1)
        return {}

    def _UpdateItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._check(request, request["Key"])
        item = self._updated(request)
        self._write(request["TableName"], item, rate=1)
        return {"Attributes": item} if request.get("ReturnValues") == "ALL_NEW" else {}

    def _DeleteItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._check(request, request["Key"])
        gone = self._delete(request["TableName"], request["Key"], rate=1)
        return {"Attributes": gone} if gone and request.get("ReturnValues") == "ALL_OLD" else {}

    def _TransactWriteItems(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        operations = [next(iter(operation.items())) for operation in request["TransactItems"]]
        failures = [self._failure(each, each.get("Item") or each["Key"]) for _, each in operations]
        if any(failures):
            reasons = [{"Code": failure or "None"} for failure in failures]
            raise Refused("TransactionCanceledException", CancellationReasons=reasons)
        for kind, each in operations:
            if kind == "ConditionCheck":
                item = self.tables[each["TableName"]].items.get(self.tables[each["TableName"]].key(each["Key"]), {})
                self.spent["write"] += 2 * _units(item, _WRITE_UNIT)
            elif kind == "Delete":
                self._delete(each["TableName"], each["Key"], rate=2)
            else:
                item = each["Item"] if kind == "Put" else self._updated(each)
                self._write(each["TableName"], item, rate=2)
        return {}

    def _read(self, name: str, key: Item, *, is_consistent: bool | None) -> Item | None:
        table = self.tables[name]
        item = table.items.get(table.key(key))
        self.spent["read"] += _units(item or {}, _READ_UNIT) / (1 if is_consistent else 2)
        return item

    def _updated(self, request: dict[str, Any]) -> Item:
        table = self.tables[request["TableName"]]
        item = dict(table.items.get(table.key(request["Key"]), request["Key"]))
        Expression(request["UpdateExpression"], request).update(item)
        return item

    def _write(self, name: str, item: Item, *, rate: int) -> None:
        table = self.tables[name]
        key = table.key(item)
        larger = max(_units(item, _WRITE_UNIT), _units(table.items.get(key, {}), _WRITE_UNIT))
        self.spent["write"] += rate * larger + table.replace(key, item)

    def _delete(self, name: str, attributes: Item, *, rate: int) -> Item:
        table = self.tables[name]
        key = table.key(attributes)
        before = table.items.get(key, {})
        self.spent["write"] += rate * _units(before, _WRITE_UNIT) + table.remove(key)
        return before

    def _check(self, request: dict[str, Any], key: Item) -> None:
        if self._failure(request, key):
            raise Refused("ConditionalCheckFailedException")

    def _failure(self, request: dict[str, Any], key: Item) -> str | None:
        text = request.get("ConditionExpression")
        table = self.tables[request["TableName"]]
        if not text or Expression(text, request).condition()(table.items.get(table.key(key), {})):
            return None
        return "ConditionalCheckFailed"


def _projected(item: Item, request: dict[str, Any]) -> Item:
    """Return the attributes a request asks for; capacity is of the whole item all the same."""
    if "ProjectionExpression" not in request:
        return item
    names = request.get("ExpressionAttributeNames") or {}
    wanted = {names.get(name, name) for name in re.split(r",\s*", request["ProjectionExpression"])}
    return {name: value for name, value in item.items() if name in wanted}


def table_name(logical_id: str) -> str:
    """Return the name of a table of the template: `NoticesTable` is `notices_table`, as the setting is called."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", logical_id).lower()


def _table(properties: dict[str, Any]) -> Table:
    indexes = {
        index["IndexName"]: Index(*(key["AttributeName"] for key in index["KeySchema"]))
        for index in properties.get("GlobalSecondaryIndexes", ())
    }
    return Table(tuple(key["AttributeName"] for key in properties["KeySchema"]), indexes)


def _text(value: dict[str, Any]) -> str:
    [(kind, content)] = value.items()
    return f"{int(content):020d}" if kind == "N" else str(content)


def _units(item: Item, unit: int) -> int:
    return max(1, ceil(_size(item) / unit))


def _size(item: Item) -> int:
    """Return an item's size: names and values in UTF-8; what is no text is counted by its JSON, which is close."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content) * 3 // 4
    if kind == "N":
        return len(content) // 2 + 1
    return len(json.dumps(content))
