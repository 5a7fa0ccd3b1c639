"""The board as pages see it: one read, by a client of its own whose patience is short.

It knows no tables' models, since a page that anybody may read uses nothing else of the database.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.outage.outage import Board
from chalicelib.store.codec import from_data
from chalicelib.store.vendor_errors import VENDOR_ERRORS

OUTAGES, BOARD = "#outages", "board"
"""Where the board lies in the table of institutions; no institution is called so."""
_UNREADABLE: tuple[type[Exception], ...] = (*VENDOR_ERRORS, AttributeError, LookupError, TypeError, ValueError)


class BoardView:
    """Reads the board."""

    def __init__(self, client: Any, table: str) -> None:
        """Read by a DynamoDB client."""
        self._client = client
        self._table = table

    def read(self) -> Board:
        """Return the board as it was a moment ago; an empty one where nothing was ever announced.

        Raises:
            Unavailable: `outages_unread`, also for what cannot be understood.

        """
        key = {"institution_id": {"S": OUTAGES}, "item": {"S": BOARD}}
        try:
            item = self._client.get_item(TableName=self._table, Key=key).get("Item")
            return Board() if item is None else from_data(Board, json.loads(item["data"]["S"]))
        except _UNREADABLE as error:
            raise Unavailable("outages_unread", "No se pudo leer qué interrupciones hay.") from error
