"""Passwords that officers restore: kept by the institution whose desk took the request, and listed by their term.

What lies in the table of the staff, under `desk#<institution>`: `recovery#<id>`, each for ever; `waiting#<due>#<id>`
while something is left to do; `of-user#<user>` while one is open for a user; `ended#<instant>#<id>` from then on;
`told#<id>` once its user was told that it was asked for. Under `desk` alone, `waiting#<due>#<institution>#<id>` lists
those of all institutions, for who watches the term.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.desk.recovery import Recovery
from chalicelib.domain.event import Event
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import StaffItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_ALL = "desk"
_WAITING, _ENDED = "waiting#", "ended#"
_AT_ONCE = 100
_NEW = StaffItem.institution_id.does_not_exist()


class RecoveryStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    @staticmethod
    def find(institution_id: str, recovery_id: str) -> Recovery | None:
        """Return one of an institution, read with strong consistency; one call."""
        try:
            item = StaffItem.get(_desk(institution_id), _recovery(recovery_id), consistent_read=True)
        except StaffItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(Recovery, item.data)

    @staticmethod
    def open_of_user(institution_id: str, user_id: str) -> str | None:
        """Return the number of the one that waits for a user of a mailbox; one call."""
        try:
            item = StaffItem.get(_desk(institution_id), _of_user(user_id), consistent_read=True)
        except StaffItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return str(item.data["recovery_id"])

    def add(self, recovery: Recovery, event: Event) -> bool:
        """Keep a new one with its event; False where its number is taken, or one is open for its user."""

        def write_in(transaction: TransactWrite) -> None:
            self._put_in(transaction, recovery, _NEW)
            desk, kept = _desk(recovery.institution_id), {"recovery_id": recovery.recovery_id}
            transaction.save(StaffItem(desk, _of_user(recovery.user_id), data=kept), condition=_NEW)
            transaction.save(StaffItem(desk, _waiting(recovery), data=kept))
            transaction.save(StaffItem(_ALL, _waiting_of_all(recovery), data=kept))
            EventStore().add_in(transaction, event)

        return is_written(self._connection, write_in)

    def update(self, recovery: Recovery, event: Event) -> Recovery | None:
        """Put the version after the one that is there, with its event, and return it; None where that is another.

        One that came to its end leaves the list of those that wait.
        """
        changed = dataclasses.replace(recovery, version=recovery.version + 1)

        def write_in(transaction: TransactWrite) -> None:
            self._put_in(transaction, changed, StaffItem.version == recovery.version)
            if not changed.is_waiting:
                desk, ended = _desk(changed.institution_id), changed.ended_at or changed.asked_at
                transaction.delete(StaffItem(desk, _of_user(changed.user_id)))
                transaction.delete(StaffItem(desk, _waiting(changed)))
                transaction.delete(StaffItem(_ALL, _waiting_of_all(changed)))
                name = f"{_ENDED}{_instant(ended)}#{changed.recovery_id}"
                transaction.save(StaffItem(desk, name, data={"recovery_id": changed.recovery_id}))
            EventStore().add_in(transaction, event)

        return changed if is_written(self._connection, write_in) else None

    @staticmethod
    def note_told(recovery: Recovery) -> None:
        """Note that its user was told; one call."""
        kept = {"recovery_id": recovery.recovery_id}
        try:
            StaffItem(_desk(recovery.institution_id), _told(recovery.recovery_id), data=kept).save()
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    @staticmethod
    def is_told(recovery: Recovery) -> bool:
        """Tell whether that was noted, read with strong consistency; one call."""
        try:
            StaffItem.get(_desk(recovery.institution_id), _told(recovery.recovery_id), consistent_read=True)
        except StaffItem.DoesNotExist:
            return False
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return True

    def list_waiting(self, institution_id: str, *, limit: int) -> tuple[Recovery, ...]:
        """Return those of an institution that wait, the one due first at the top; two calls a hundred."""
        return self._listed(institution_id, _WAITING, limit=limit, is_forward=True)

    def list_ended(self, institution_id: str, *, limit: int) -> tuple[Recovery, ...]:
        """Return those that ended last, the newest first; a query, and a read for each hundred."""
        return self._listed(institution_id, _ENDED, limit=limit, is_forward=False)

    @staticmethod
    def due_before(instant: datetime, *, limit: int) -> tuple[datetime, ...]:
        """Return the terms of those that wait at any desk and are due before an instant, earliest first; one call."""
        before = StaffItem.item.between(_WAITING, f"{_WAITING}{_instant(instant)}")
        try:
            items = list(StaffItem.query(_ALL, before, limit=limit, page_size=limit, consistent_read=True))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(datetime.fromisoformat(str(item.item).split("#")[1]) for item in items)

    def _listed(self, institution_id: str, begins: str, *, limit: int, is_forward: bool) -> tuple[Recovery, ...]:
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
        keys = [(StaffItem, desk, _recovery(str(item.data["recovery_id"]))) for item in found]
        read: dict[ItemKey, Any] = {}
        for part in (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)):
            read |= read_together(self._connection, part)
        return tuple(from_data(Recovery, read[key].data) for key in keys if key in read)

    @staticmethod
    def _put_in(transaction: TransactWrite, recovery: Recovery, condition: Condition) -> None:
        item = StaffItem(
            _desk(recovery.institution_id),
            _recovery(recovery.recovery_id),
            data=to_data(recovery),
            version=recovery.version,
        )
        transaction.save(item, condition=condition)


def _desk(institution_id: str) -> str:
    return f"desk#{institution_id}"


def _recovery(recovery_id: str) -> str:
    return f"recovery#{recovery_id}"


def _told(recovery_id: str) -> str:
    return f"told#{recovery_id}"


def _of_user(user_id: str) -> str:
    return f"of-user#{user_id}"


def _waiting(recovery: Recovery) -> str:
    return f"{_WAITING}{_instant(recovery.due_at)}#{recovery.recovery_id}"


def _waiting_of_all(recovery: Recovery) -> str:
    return f"{_WAITING}{_instant(recovery.due_at)}#{recovery.institution_id}#{recovery.recovery_id}"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
