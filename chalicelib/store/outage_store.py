"""Outages and the board of those that pages show: every announcement is kept for ever, beside its events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event
from chalicelib.domain.outage.outage import Board, Outage
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import BOARD, OUTAGES
from chalicelib.store.tables import InstitutionItem


class OutageStore:
    """Reads with strong consistency. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write outages, and the events that belong to them, over one connection."""
        self._connection = connection
        self._events = events

    def board(self) -> Board:
        """Return the board; an empty one where nothing was ever announced."""
        data = _data(BOARD)
        return Board() if data is None else from_data(Board, data)

    def find(self, outage_id: str) -> Outage | None:
        """Return one outage."""
        data = _data(_item(outage_id))
        return None if data is None else from_data(Outage, data)

    def list_before(self, outage_id: str, *, limit: int) -> tuple[Outage, ...]:
        """Return those announced before one, the newest first."""
        among = InstitutionItem.item.between(_item(""), _item(outage_id))
        try:
            found = InstitutionItem.query(OUTAGES, among, scan_index_forward=False, limit=limit + 1)
            outages = [from_data(Outage, item.data) for item in found]
        except PynamoDBException as error:
            raise store_unavailable() from error
        return tuple(one for one in outages if one.outage_id != outage_id)[:limit]

    def write(self, new: Outage | None, changed: Iterable[Outage], board: Board, events: Iterable[Event]) -> bool:
        """Write outages, the board that follows the one which was read, and the events; all of them or nothing.

        False where somebody wrote since, or nobody knows.
        """
        condition = InstitutionItem.version == board.revision - 1
        first = InstitutionItem.item.does_not_exist()
        try:
            with TransactWrite(connection=self._connection) as transaction:
                if new is not None:
                    transaction.save(_of(_item(new.outage_id), new), condition=first)
                for outage in changed:
                    transaction.save(_of(_item(outage.outage_id), outage))
                item = InstitutionItem(OUTAGES, BOARD, data=to_data(board), version=board.revision)
                transaction.save(item, condition=first if board.revision == 1 else condition)
                for event in events:
                    self._events.add_in(transaction, event)
        except TransactWriteError:
            return False
        except PynamoDBException as error:
            raise store_unavailable() from error
        return True


def _data(item: str) -> Any:
    try:
        return InstitutionItem.get(OUTAGES, item, consistent_read=True).data
    except InstitutionItem.DoesNotExist:
        return None
    except PynamoDBException as error:
        raise store_unavailable() from error


def _item(outage_id: str) -> str:
    return f"outage#{outage_id}"


def _of(item: str, outage: Outage) -> InstitutionItem:
    return InstitutionItem(OUTAGES, item, data=to_data(outage))
