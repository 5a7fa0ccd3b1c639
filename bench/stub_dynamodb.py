"""DynamoDB in memory for the stub: keys and indexes of the template, conditions, and capacity by the published rules.

Capacity (Amazon DynamoDB Developer Guide, "Read and write operations"): a consistent read costs one unit for each
4 KB of each item, half with eventual consistency; a write one for each 1 KB, twice that inside a transaction; every
index whose entry changes costs a plain write of that entry more, two when it moves to another key. A condition check
counts as a transactional write of its item.

Units are counted by partition key as well, of each table and index. One key counts as one partition, which gives 3,000
read units or 1,000 write units a second, or a mix of both ("Burst and adaptive capacity").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile, takewhile
from math import ceil
from typing import Any
from zlib import crc32

from bench.stub_expressions import Expression, Item
from bench.stub_filings import stand_filings
from bench.stub_table import WRITE_UNIT, Index, Table, size_of, table_of, text_of, units_of

_READ_UNIT = 4096
_WRITES_A_SECOND, _READS_A_SECOND = 1000, 3000
"""What a partition gives."""
_FIRST_SENT = datetime(2026, 3, 5, tzinfo=UTC)
_AGREEMENTS = "#agreements"
_PREFIX = "com.amazonaws.dynamodb.v20120810#"
Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """An answer with status 400."""

    def __init__(self, kind: str, **more: Any) -> None:
        """Name the error as DynamoDB does."""
        super().__init__(kind)
        self.answer = {"__type": _PREFIX + kind, "message": "The conditional request failed", **more}


@dataclass
class Partition:
    """The units spent on one partition key."""

    read: float = 0
    write: float = 0

    @property
    def seconds(self) -> float:
        """How long its partition needs to give them."""
        return self.read / _READS_A_SECOND + self.write / _WRITES_A_SECOND


class DynamoDB:
    """The operations that this service sends. `spent` counts calls, units and what queries looked at, since cleared.

    `partitions` counts the units by table, or table and index, and partition key.
    """

    def __init__(self, template: dict[str, Any]) -> None:
        """Make the template's tables, named as `table_name` says."""
        resources = template["Resources"].items()
        self.tables = {
            table_name(logical_id): table_of(resource["Properties"])
            for logical_id, resource in resources
            if resource.get("Type") == "AWS::DynamoDB::Table"
        }
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.partitions: defaultdict[tuple[str, str], Partition] = defaultdict(Partition)

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
            copy = {**model, **{name: {"S": f"{text_of(model[name])}#{number:08d}"} for name in changing}}
            item_key = table.key(copy)
            table.items[item_key] = copy
            for index in table.indexes.values():
                partition = index.partitions.setdefault(text_of(copy[index.hash_key]), [])
                partition.append((text_of(copy[index.range_key]), item_key))
        for index in table.indexes.values():
            for partition in index.partitions.values():
                partition.sort()
        return len(table.items)

    def stand_sent(self, count: int, notice_id: str) -> int:
        """Copy a notice and its alerts until there are `count` more, with ids of their own, in all shards."""
        notices, alerts = self.tables["notices_table"], self.tables["alerts_table"]
        for number in range(len(notices.items), len(notices.items) + count):
            new_id, moment = (
                f"{notice_id}#{number:08d}",
                f"{_FIRST_SENT + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}",
            )
            for table in (notices, alerts):
                model = table.items[notice_id,]
                copy = {**model, "notice_id": {"S": new_id}}
                if "sender_shard" in model:
                    shard = f"{text_of(model['sender_shard'])[:-1]}{crc32(new_id.encode()) % 8}"
                    data = text_of(model["data"]).replace(notice_id, new_id)
                    copy |= {"sender_shard": {"S": shard}, "deposited_key": {"S": f"{moment}#{new_id}"}}
                    copy["data"] = {"S": data}
                table.items[table.key(copy)] = copy
                for index in table.indexes.values():
                    if index.hash_key in copy and index.range_key in copy:
                        partition = index.partitions.setdefault(text_of(copy[index.hash_key]), [])
                        partition.append((text_of(copy[index.range_key]), table.key(copy)))
        for index in (*notices.indexes.values(), *alerts.indexes.values()):
            for partition in index.partitions.values():
                partition.sort()
        return len(notices.items)

    def stand_filings(self, count: int, filing_id: str) -> int:
        """Copy a filing until there are `count` more."""
        return stand_filings(self.tables["filings_table"], count, filing_id)

    def stand_looks(self, count: int, actor: str) -> int:
        """Have so many more looks of an actor, of a mailbox each, a second apart, in all shards."""
        events = self.tables["events_table"]
        by_looker = events.indexes["by_looker"]
        first = sum(map(len, by_looker.partitions.values()))
        for number in range(first, first + count):
            moment = f"{_FIRST_SENT + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S.%fZ}"
            position, looker = f"{moment}#look{number:028d}", f"{actor}#{number % 8}"
            kept = {"subject": f"mailbox#1-{number:08d}", "position": position, "looker": looker, "actor": actor}
            told = {"type": "mailbox.consulted", "origin": "203.0.113.7", "data": '{"reason": "Notificar una carta"}'}
            item = {name: {"S": value} for name, value in {**kept, **told}.items()}
            events.items[events.key(item)] = item
            by_looker.partitions.setdefault(looker, []).append((position, events.key(item)))
        return first + count

    def stand_institutions(self, count: int, institution_id: str) -> int:
        """Copy an institution with all that is kept beside it, and with its entry in the list of agreements."""
        table = self.tables["institutions_table"]
        models = [table.items[key] for key in table.items.within(institution_id)]
        entries = table.items.within(_AGREEMENTS)
        for number in range(len(entries), len(entries) + count):
            new_id = f"{institution_id}-{number:06d}"
            own = [
                {name: {"S": text_of(v).replace(institution_id, new_id)} if "S" in v else v for name, v in one.items()}
                for one in models
            ]
            for item in (*own, {**table.items[entries[0]], "item": {"S": new_id}}):
                table.items[table.key(item)] = item
        return len(entries) + count

    def _BatchGetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - as the operation is called
        found: dict[str, list[Item]] = {}
        for name, wanted in request["RequestItems"].items():
            items = [self._read(name, key, is_consistent=wanted.get("ConsistentRead")) for key in wanted["Keys"]]
            told = wanted.get("ProjectionExpression", "").replace(" ", "").split(",")
            found[name] = [_told(item, told, wanted) for item in items if item]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _GetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self._read(request["TableName"], request["Key"], is_consistent=request.get("ConsistentRead"))
        return {"Item": item} if item else {}

    def _Query(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        table = self.tables[request["TableName"]]
        index = table.indexes[request["IndexName"]] if "IndexName" in request else None
        hash_key = index.hash_key if index else table.keys[0]
        partition = _asked_partition(hash_key, request)
        keys = _keys_within(table, index, partition)
        holds = Expression(request["KeyConditionExpression"], request).condition()
        ordered = keys if request.get("ScanIndexForward", True) else reversed(keys)
        rest = dropwhile(lambda item: not holds(item), map(table.items.__getitem__, ordered))
        matching = takewhile(holds, rest)  # what a key condition asks for stands together
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
        held = [index.entry(item) for item in items] if index else items
        units = max(1, ceil(sum(map(size_of, held)) / _READ_UNIT)) * (2 if request.get("ConsistentRead") else 1) / 2
        self._spend("read", units, partition, request["TableName"], request.get("IndexName"))
        self.spent["scanned"] += len(items)
        shown = [_projected(item, request) for item in held]
        answer: dict[str, Any] = {"Items": shown, "Count": len(items), "ScannedCount": len(items)}
        if len(items) == limit:
            named = {hash_key, *table.keys, *(index.range_key for index in table.indexes.values())}
            answer["LastEvaluatedKey"] = {name: items[-1][name] for name in named if name in items[-1]}
        return answer

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
                key = self.tables[each["TableName"]].key(each["Key"])
                item = self.tables[each["TableName"]].items.get(key, {})
                self._spend("write", 2 * units_of(item, WRITE_UNIT), key[0], each["TableName"])
            elif kind == "Delete":
                self._delete(each["TableName"], each["Key"], rate=2)
            else:
                item = each["Item"] if kind == "Put" else self._updated(each)
                self._write(each["TableName"], item, rate=2)
        return {}

    def _spend(self, kind: str, units: float, partition: str, table: str, index: str | None = None) -> None:
        self.spent[kind] += units
        spent = self.partitions[f"{table}.{index}" if index else table, partition]
        setattr(spent, kind, getattr(spent, kind) + units)

    def _read(self, name: str, key: Item, *, is_consistent: bool | None) -> Item | None:
        table = self.tables[name]
        item = table.items.get(table.key(key))
        self._spend("read", units_of(item or {}, _READ_UNIT) / (1 if is_consistent else 2), table.key(key)[0], name)
        return item

    def _updated(self, request: dict[str, Any]) -> Item:
        table = self.tables[request["TableName"]]
        item = dict(table.items.get(table.key(request["Key"]), request["Key"]))
        Expression(request["UpdateExpression"], request).update(item)
        return item

    def _write(self, name: str, item: Item, *, rate: int) -> None:
        self._replace(name, self.tables[name].key(item), item, rate)

    def _delete(self, name: str, attributes: Item, *, rate: int) -> Item:
        return self._replace(name, self.tables[name].key(attributes), {}, rate)

    def _replace(self, name: str, key: tuple[str, ...], item: Item, rate: int) -> Item:
        """Store an item, or forget it when it is empty; return the one before."""
        before = self.tables[name].items.get(key, {})
        larger = max(units_of(item, WRITE_UNIT), units_of(before, WRITE_UNIT))
        self._spend("write", rate * larger, key[0], name)
        for (index, partition), units in self.tables[name].replace(key, item).items():
            self._spend("write", units, partition, name, index)
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


def _told(item: Item, attributes: Sequence[str], request: dict[str, Any]) -> Item:
    """Return what of an item is asked for; all where nothing is named."""
    names = {request.get("ExpressionAttributeNames", {}).get(name, name) for name in attributes} - {""}
    return {name: value for name, value in item.items() if name in names} if names else item


def _asked_partition(hash_key: str, request: dict[str, Any]) -> str:
    """Return the partition key that a query names."""
    names = request.get("ExpressionAttributeNames") or {}
    equal = re.findall(r"([#\w]+)\s*=\s*(:\w+)", request["KeyConditionExpression"])
    [value] = [
        text_of(request["ExpressionAttributeValues"][right])
        for left, right in equal
        if names.get(left, left) == hash_key
    ]
    return value


def _keys_within(table: Table, index: Index | None, partition: str) -> Sequence[tuple[str, ...]]:
    """Return the primary keys of a partition, in order."""
    if index is None:
        return table.items.within(partition)
    return [key for _, key in index.partitions.get(partition, [])]


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
