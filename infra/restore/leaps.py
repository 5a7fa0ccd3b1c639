"""Numbers of filings after a restore: none of those that were given since the instant may be given again.

The restored tables do not know which were: filings went on until the stack was pointed to them. So each count leaps
ahead, further than an institution files meanwhile, and what it leaps over is written beside it. A gap after a restore
that is told harms nobody; a number that two people hold does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.restore.places import Places
from infra.restore.rows import LEAP

FAR = 10_000
"""What an institution files in more than ten minutes at the most that it can, in a day at one in nine seconds.

The check finds where it was not enough (`filing_number_twice`, `filing_count_behind`).
"""
_TABLE = "FILINGS_TABLE"


def leap(target: Places, *, to: datetime, now: datetime, dynamodb: Any) -> int:
    """Have each institution's count of this year leap, once for these tables; return how many did."""
    years = {f"{at:%Y}" for at in (to, now - timedelta(days=1), now + timedelta(days=1))}
    return sum(
        _leap(target, institution, year, dynamodb)
        for institution in list(_institutions(target, dynamodb))
        for year in sorted(years)
    )


def _leap(target: Places, institution: str, year: str, dynamodb: Any) -> bool:
    """Write count and leap in one transaction: what has a leap of these tables is left as it is."""
    table, own = target.table(_TABLE), f"{institution}#{year}"
    key = {"filing_id": {"S": f"count#{own}"}}
    found = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    before = int(found["last"]["N"]) if found else 0
    after = before + FAR
    own_key = {"filing_id": {"S": f"{LEAP}#{own}#{target.restored}"}}
    told = {**own_key, "first": {"N": str(before + 1)}, "last": {"N": str(after)}}
    is_new = "attribute_not_exists(filing_id)"
    as_read = {"ConditionExpression": "#last = :before", "ExpressionAttributeNames": {"#last": "last"}}
    as_read |= {"ExpressionAttributeValues": {":before": {"N": str(before)}}}
    count = {"TableName": table, "Item": {**key, "last": {"N": str(after)}}}
    count |= as_read if found else {"ConditionExpression": is_new}
    noted = {"TableName": table, "Item": told, "ConditionExpression": is_new}
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": noted}, {"Put": count}])
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        if "Item" not in dynamodb.get_item(TableName=table, Key=own_key, ConsistentRead=True):
            raise
        return False
    return True


def _institutions(target: Places, dynamodb: Any) -> Iterator[str]:
    asked = {"TableName": target.table("INSTITUTIONS_TABLE"), "ConsistentRead": True}
    for page in dynamodb.get_paginator("scan").paginate(**asked):
        yield from (one["institution_id"]["S"] for one in page["Items"] if one["item"]["S"] == "profile")
