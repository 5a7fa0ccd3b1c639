"""What an institution got in a month, for its systems; and pages of filings, as every index gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection

from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.domain.filing.filing import Filing
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.tables import FilingItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS


@dataclass(frozen=True, slots=True)
class FilingPage:
    """Some filings, and the place after which the next page begins; None at the end."""

    filings: tuple[Filing, ...]
    next_after: str | None


class FilingMonthStore:
    """Reads the index. One partition holds a month: numbers are given one by one, by at most some twenty a second.

    `connection` is the one that `tables.bind` returns.
    """

    def __init__(self, connection: Connection) -> None:
        """Work through this connection."""
        self._connection = connection

    def list_part(
        self, institution_id: str, part: MonthPart, *, until: datetime, after: str | None = None, limit: int
    ) -> FilingPage:
        """Return up to `limit` filings that an institution got in a part of a month, before `until`, the oldest first.

        The index is a moment late: who wants a list to which nothing is added later asks for what is old enough.

        Raises:
            Unavailable: `store_unavailable`.

        """
        first, last = second_of(part.first), second_of(min(part.before, until))
        if after is not None:
            first = max(first, f"{after}0")
        if first > last:
            return FilingPage((), None)
        asked = {
            "TableName": FilingItem.Meta.table_name,
            "IndexName": "by_month",
            "KeyConditionExpression": "#key = :key AND filed_key BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#key": "month"},
            "ExpressionAttributeValues": {
                ":key": {"S": f"{institution_id}#{part.utc_month}"},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            "Limit": limit,
        }
        try:
            return page_of(self._connection.dispatch("Query", asked))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error


def page_of(found: dict[str, Any]) -> FilingPage:
    """Read the answer of an index."""
    items = found["Items"]
    filings = tuple(from_data(Filing, json.loads(item["data"]["S"])) for item in items)
    return FilingPage(filings, items[-1]["filed_key"]["S"] if items and found.get("LastEvaluatedKey") else None)


def position_in_month(filing: Filing) -> str:
    """Return where a filing stands among those of its month, and of its mailbox and office."""
    return f"{second_of(filing.filed_at)}#{filing.filing_id}"


def second_of(instant: datetime) -> str:
    """Return what lies before all filings of this second, and after those of the one before."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
