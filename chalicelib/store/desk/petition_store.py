"""Changes of mailboxes that are asked for at a desk, in the table of the staff under `desk#<institution>`.

`petition#<id>`, each for ever; `asked#<instant>#<id>` while something is left to do, `decided#<instant>#<id>` after it.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.desk.petition import Petition
from chalicelib.domain.event import Event
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import StaffItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_ASKED, _DECIDED = "asked#", "decided#"
_AT_ONCE = 100
"""Items that one call reads."""


class PetitionStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    @staticmethod
    def find(institution_id: str, petition_id: str) -> Petition | None:
        """Return one of an institution, read with strong consistency; one call."""
        try:
            item = StaffItem.get(_desk(institution_id), f"petition#{petition_id}", consistent_read=True)
        except StaffItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(Petition, item.data)

    def add(self, petition: Petition, event: Event) -> bool:
        """Keep a new one with its event; False where its number is taken."""

        def write_in(transaction: TransactWrite) -> None:
            transaction.save(_item(petition), condition=StaffItem.institution_id.does_not_exist())
            transaction.save(_pointer(petition, _ASKED, petition.asked_at))
            EventStore().add_in(transaction, event)

        return is_written(self._connection, write_in)

    def update(self, petition: Petition, event: Event) -> Petition | None:
        """Put the version after the one that is there, with its event, and return it; None where that is another."""
        changed = dataclasses.replace(petition, version=petition.version + 1)

        def write_in(transaction: TransactWrite) -> None:
            transaction.save(_item(changed), condition=StaffItem.version == petition.version)
            if not changed.is_waiting:
                transaction.delete(_pointer(changed, _ASKED, changed.asked_at))
                transaction.save(_pointer(changed, _DECIDED, changed.decided_at or changed.asked_at))
            EventStore().add_in(transaction, event)

        return changed if is_written(self._connection, write_in) else None

    def list_waiting(self, institution_id: str, *, limit: int) -> tuple[Petition, ...]:
        """Return those that wait, the eldest first; two calls, and one more for each further hundred."""
        return self._listed(institution_id, _ASKED, limit=limit, is_forward=True)

    def list_ended(self, institution_id: str, *, limit: int) -> tuple[Petition, ...]:
        """Return those that ended last, the newest first; two calls."""
        return self._listed(institution_id, _DECIDED, limit=limit, is_forward=False)

    def _listed(self, institution_id: str, begins: str, *, limit: int, is_forward: bool) -> tuple[Petition, ...]:
        desk = _desk(institution_id)
        try:
            found = list(
                StaffItem.query(
                    desk,
                    StaffItem.item.startswith(begins),
                    scan_index_forward=is_forward,
                    limit=limit,
                    page_size=limit,
                    consistent_read=True,
                )
            )
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        keys: list[ItemKey] = [(StaffItem, desk, f"petition#{item.data['petition_id']}") for item in found]
        read: dict[ItemKey, Any] = {}
        for first in range(0, len(keys), _AT_ONCE):
            read |= read_together(self._connection, keys[first : first + _AT_ONCE])
        return tuple(from_data(Petition, read[key].data) for key in keys if key in read)


def _desk(institution_id: str) -> str:
    return f"desk#{institution_id}"


def _item(petition: Petition) -> StaffItem:
    name = f"petition#{petition.petition_id}"
    return StaffItem(_desk(petition.institution_id), name, data=to_data(petition), version=petition.version)


def _pointer(petition: Petition, begins: str, at: datetime) -> StaffItem:
    name = f"{begins}{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{petition.petition_id}"
    return StaffItem(_desk(petition.institution_id), name, data={"petition_id": petition.petition_id})
