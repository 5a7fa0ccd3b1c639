"""Filings of the stub: copies of one, a second apart, in its mailbox, office and month."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from bench.stub_table import Table, text_of

_FIRST = datetime(2026, 3, 5, tzinfo=UTC)


def stand_filings(table: Table, count: int, filing_id: str) -> int:
    """Copy a filing until there are `count` more, with ids, instants and numbers of their own; return how many."""
    model = table.items[filing_id,]
    told = json.loads(text_of(model["data"]))
    number, received_at = str(told["number"]), str(told["dates"]["received_at"])
    first = sum(map(len, table.indexes["by_holder"].partitions.values()))
    for place in range(first, first + count):
        own_id = f"{place:09d}-{filing_id[-4:]}"
        moment = f"{_FIRST + timedelta(seconds=place):%Y-%m-%dT%H:%M:%SZ}"
        data = text_of(model["data"]).replace(filing_id, own_id).replace(number, f"{number[:5]}{place + 2:06d}")
        data = data.replace(received_at, moment.replace("Z", "+00:00"))
        copy = {**model, "filing_id": {"S": own_id}, "data": {"S": data}, "filed_key": {"S": f"{moment}#{own_id}"}}
        table.items[table.key(copy)] = copy
        for index in table.indexes.values():
            if index.hash_key in copy and index.range_key in copy:
                partition = index.partitions.setdefault(text_of(copy[index.hash_key]), [])
                partition.append((text_of(copy[index.range_key]), table.key(copy)))
    for index in table.indexes.values():
        for partition in index.partitions.values():
            partition.sort()
    return first + count
