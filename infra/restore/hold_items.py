"""The hold after a restore and the result of a check, as the service keeps them, in whichever tables they are.

`chalicelib/store/hold_store.py` has them of the tables that a process works with alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.domain.hold import CheckResult, Hold
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.institution_keys import CHECKED, HELD, RESTORE
from infra.restore.places import Places

_TABLE = "INSTITUTIONS_TABLE"


def find_hold(places: Places, dynamodb: Any) -> Hold | None:
    """Return the hold that is written in these tables, which may be of others: what was restored holds it as it was."""
    item = dynamodb.get_item(TableName=places.table(_TABLE), Key=_key(HELD), ConsistentRead=True).get("Item")
    return None if item is None else from_data(Hold, json.loads(item["data"]["S"]))


def restored_to(places: Places, dynamodb: Any) -> datetime | None:
    """Return what these tables were restored to, as the restore wrote it; None where none did."""
    hold = find_hold(places, dynamodb)
    return None if hold is None or hold.tables != places.restored else hold.restored_to


def put_hold(places: Places, hold: Hold, dynamodb: Any) -> None:
    """Write the hold, whatever there was."""
    _put(places, HELD, hold, dynamodb)


def put_check(places: Places, result: CheckResult, dynamodb: Any) -> None:
    """Write what the check found, in place of what the one before did."""
    _put(places, CHECKED, result, dynamodb)


def _put(places: Places, item: str, value: Hold | CheckResult, dynamodb: Any) -> None:
    data = {"data": {"S": json.dumps(to_data(value))}}
    dynamodb.put_item(TableName=places.table(_TABLE), Item={**_key(item), **data})


def _key(item: str) -> dict[str, dict[str, str]]:
    return {"institution_id": {"S": RESTORE}, "item": {"S": item}}
