"""The hold after a restore, and what the checker found: two items of the table of institutions."""

from __future__ import annotations

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event
from chalicelib.domain.hold import CheckResult, Hold
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import CHECKED, HELD, RESTORE
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import TRANSACTION_LOST, vendor_code


class HoldStore:
    """Reads with strong consistency. Raises `Unavailable` when DynamoDB does not answer: then nobody knows."""

    def __init__(self, connection: Connection, events: EventStore) -> None:
        """Write the hold, and the event that belongs to it, over one connection."""
        self._connection = connection
        self._events = events

    def find(self) -> Hold | None:
        """Return what is written of the hold, in whichever tables it was; None where nothing ever was."""
        item = _item(HELD)
        return None if item is None else from_data(Hold, item.data)

    def find_check(self) -> CheckResult | None:
        """Return what the checker found last."""
        item = _item(CHECKED)
        return None if item is None else from_data(CheckResult, item.data)

    def write(self, hold: Hold, before: Hold | None, event: Event) -> bool:
        """Write it and its event if it is as it was read; False, and nothing written, where somebody was first."""
        data = InstitutionItem.data
        condition = data.does_not_exist() if before is None else data == to_data(before)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(InstitutionItem(RESTORE, HELD, data=to_data(hold)), condition=condition)
                self._events.add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) in TRANSACTION_LOST:
                return False
            raise store_unavailable() from error
        return True


def _item(name: str) -> InstitutionItem | None:
    try:
        return InstitutionItem.get(RESTORE, name, consistent_read=True)
    except InstitutionItem.DoesNotExist:
        return None
    except PynamoDBException as error:
        raise store_unavailable() from error
