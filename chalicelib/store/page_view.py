"""What pages see beside their own: one read, by a client of its own whose patience is short.

It knows no tables' models, since a page that anybody may read uses nothing else of the database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.calendar import NO_ENTRIES, CalendarEntries
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.outage.outage import Board
from chalicelib.store.codec import from_data
from chalicelib.store.institution_keys import BOARD, CALENDAR_KEY, CURRENT, OUTAGES
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_READ = ((OUTAGES, BOARD), (CALENDAR_KEY, CURRENT))
_UNREADABLE: tuple[type[Exception], ...] = (*VENDOR_ERRORS, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Seen:
    """The board of outages, and what was entered of the calendar; `is_known` once a process could read them."""

    board: Board = field(default_factory=Board)
    entries: CalendarEntries = NO_ENTRIES
    is_known: bool = False


class PageView:
    """Reads the board, and the calendar's entries beside it."""

    def __init__(self, client: Any, table: str) -> None:
        """Read by a DynamoDB client."""
        self._client = client
        self._table = table

    def read(self) -> Seen:
        """Return both as they were a moment ago; an empty board where nothing was ever announced.

        Raises:
            Unavailable: `outages_unread`, also for what cannot be understood.

        """
        keys = [{"institution_id": {"S": owner}, "item": {"S": item}} for owner, item in _READ]
        try:
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            if answer.get("UnprocessedKeys"):
                raise LookupError("unprocessed")
            items = answer.get("Responses", {}).get(self._table, [])
            found = {item["institution_id"]["S"]: json.loads(item["data"]["S"]) for item in items}
            board = from_data(Board, found[OUTAGES]) if OUTAGES in found else Board()
            entries = from_data(CalendarEntries, found[CALENDAR_KEY]) if CALENDAR_KEY in found else NO_ENTRIES
            return Seen(board, entries, is_known=True)
        except _UNREADABLE as error:
            raise Unavailable("outages_unread", "No se pudo leer qué interrupciones hay.") from error
