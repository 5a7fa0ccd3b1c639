"""Tables and indexes of the stub: items by key, in order, with their sizes as DynamoDB reckons them."""

from __future__ import annotations

import bisect
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from bench.stub_expressions import Item

WRITE_UNIT = 1024


@dataclass
class Index:
    """One secondary index: its partitions hold (sort key, primary key) in order; `projected` None is everything."""

    hash_key: str
    range_key: str
    projected: frozenset[str] | None = None
    partitions: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def place(self, item: Item) -> tuple[str, str] | None:
        """Return the partition and the sort key an item stands at; None for an item without both keys."""
        if self.hash_key not in item or self.range_key not in item:
            return None
        return text_of(item[self.hash_key]), text_of(item[self.range_key])

    def entry(self, item: Item) -> Item:
        """Return what the index holds of an item."""
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


class Items(dict[tuple[str, ...], Item]):
    """Items by primary key, and which of them share a partition, so that a query looks at no others."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self._partitions: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)

    def __setitem__(self, key: tuple[str, ...], item: Item) -> None:
        """Keep an item; one whose key is of one part is alone in its partition."""
        super().__setitem__(key, item)
        if len(key) > 1:
            self._partitions[key[0]].add(key)

    def forget(self, key: tuple[str, ...]) -> Item:
        """Take an item out and return it, empty where there is none."""
        self._partitions[key[0]].discard(key)
        return self.pop(key, {})

    def within(self, partition: str) -> list[tuple[str, ...]]:
        """Return the keys of a partition, in order."""
        return [(partition,)] if (partition,) in self else sorted(self._partitions.get(partition, ()))


@dataclass
class Table:
    """Items by primary key."""

    keys: tuple[str, ...]
    indexes: dict[str, Index]
    items: Items = field(default_factory=Items)

    def key(self, attributes: Item) -> tuple[str, ...]:
        """Return the primary key of an item, or of a request's key."""
        return tuple(text_of(attributes[name]) for name in self.keys)

    def replace(self, key: tuple[str, ...], item: Item) -> dict[tuple[str, str], int]:
        """Store an item, or forget it when it is empty, and keep the indexes.

        Return the write units of the indexes by index and partition key.
        """
        before = self.items.forget(key)
        if item:
            self.items[key] = item
        spent: defaultdict[tuple[str, str], int] = defaultdict(int)
        for name, index in self.indexes.items():
            for partition, units in _reindexed(index, key, before, item):
                spent[name, partition] += units
        return spent


def _reindexed(index: Index, key: tuple[str, ...], before: Item, item: Item) -> Iterator[tuple[str, int]]:
    """Move an item's entry; yield the write units by partition key."""
    old, new = index.place(before), index.place(item)
    was, becomes = index.entry(before), index.entry(item)
    if old is not None and old == new:
        if was != becomes:
            yield old[0], max(units_of(was, WRITE_UNIT), units_of(becomes, WRITE_UNIT))
        return
    if old is not None:
        entries = index.partitions[old[0]]
        del entries[bisect.bisect_left(entries, (old[1], key))]
        yield old[0], units_of(was, WRITE_UNIT)
    if new is not None:
        bisect.insort(index.partitions.setdefault(new[0], []), (new[1], key))
        yield new[0], units_of(becomes, WRITE_UNIT)


def table_of(properties: dict[str, Any]) -> Table:
    """Make a table, still empty, as the template has it."""
    keys = tuple(key["AttributeName"] for key in properties["KeySchema"])
    indexes = {index["IndexName"]: _index(keys, index) for index in properties.get("GlobalSecondaryIndexes", ())}
    return Table(keys, indexes)


def _index(table_keys: tuple[str, ...], properties: dict[str, Any]) -> Index:
    names = [key["AttributeName"] for key in properties["KeySchema"]]
    hash_key, range_key = names[0], names[-1]  # one and the same where nothing is put in order
    projection = properties["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(hash_key, range_key)
    included = projection.get("NonKeyAttributes", ())
    return Index(hash_key, range_key, frozenset({*table_keys, hash_key, range_key, *included}))


def text_of(value: dict[str, Any]) -> str:
    """Return a key's value as what keys are put in order by."""
    [(kind, content)] = value.items()
    return f"{int(content):020d}" if kind == "N" else str(content)


def units_of(item: Item, unit: int) -> int:
    """Return how many units of so many bytes an item costs."""
    return max(1, ceil(size_of(item) / unit))


def size_of(item: Item) -> int:
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
