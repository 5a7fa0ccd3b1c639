"""The people of institutions and of the platform: each change is one transaction with its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.institution.staff import PLATFORM, StaffMember
from chalicelib.domain.institution.staff_session import StaffSession
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.staff_item import STAFF, item_from_staff, staff_from, staff_item
from chalicelib.store.institution.staff_session_store import StaffSessionStore
from chalicelib.store.tables import StaffItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_FORMER, _FIRST = "former#", "first"


class StaffChanged(Conflict):
    """Somebody else changed this person, or what was to be used up was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChange:
    """What is written together, or not at all.

    `member` is as they are to be, with the version after the one that is there, or the first of a new one. `removed`
    is taken out. `unchanged` are others who have to be as they were read. `issue` is kept, `link` used up. `also` is
    the event of the second one, where one comes and another goes.
    """

    event: Event
    member: StaffMember | None = None
    removed: StaffMember | None = None
    unchanged: tuple[StaffMember, ...] = ()
    issue: NewToken | None = None
    link: str | None = None
    is_first: bool = False
    also: Event | None = None
    opened: tuple[StaffSession, str] | None = None
    ended: StaffSession | None = None


class StaffStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash links with `pepper`."""
        self._connection = connection
        self._tokens = TokenStore(connection, pepper)
        self._sessions = StaffSessionStore(connection, pepper)

    def find(self, institution_id: str, document_number: str) -> StaffMember | None:
        """Return a person by their username's parts, read with strong consistency."""
        return staff_from(_get(institution_id, staff_item(document_number)))

    def list_for_institution(self, institution_id: str) -> tuple[StaffMember, ...]:
        """Return everybody of an institution by name, read with strong consistency."""
        try:
            items = list(StaffItem.query(institution_id, StaffItem.item.startswith(STAFF), consistent_read=True))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        found = (from_data(StaffMember, item.data) for item in items)
        return tuple(sorted(found, key=lambda member: (member.name.casefold(), member.staff_id)))

    def find_former(self, institution_id: str, staff_id: str) -> StaffMember | None:
        """Return who somebody was that was taken out."""
        return staff_from(_get(institution_id, f"{_FORMER}{staff_id}"))

    def list_former(self, institution_id: str) -> tuple[StaffMember, ...]:
        """Return everybody that was taken out of an institution, by name; who came back is here too."""
        try:
            items = list(StaffItem.query(institution_id, StaffItem.item.startswith(_FORMER)))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        found = (from_data(StaffMember, item.data) for item in items)
        return tuple(sorted(found, key=lambda member: (member.name.casefold(), member.staff_id)))

    def find_first(self) -> str | None:
        """Return the document number of whom the operator made the first administrator; None while there is none."""
        item = _get(PLATFORM, _FIRST)
        return None if item is None else str(item.data["document_number"])

    def commit(self, change: StaffChange, *, now: datetime) -> None:
        """Write a change.

        Raises:
            StaffChanged: `staff_changed`; nothing was written.

        """
        if not is_written(self._connection, lambda transaction: self.write_in(transaction, change, now=now)):
            detail = "Otra persona cambió a este usuario mientras tanto; no se hizo nada. Revísalo y repite."
            raise StaffChanged("staff_changed", detail)

    def write_in(self, transaction: TransactWrite, change: StaffChange, *, now: datetime) -> None:
        """Write a change as part of a transaction, which fails where somebody is not as they were read."""
        member, removed = change.member, change.removed
        if member is not None:
            is_as_read = (
                StaffItem.item.does_not_exist() if member.version == 1 else StaffItem.version == member.version - 1
            )
            transaction.save(item_from_staff(member), condition=is_as_read)
        if removed is not None:
            gone = StaffItem(removed.institution_id, staff_item(removed.document_number))
            transaction.delete(gone, condition=StaffItem.version == removed.version)
            former = StaffItem(removed.institution_id, f"{_FORMER}{removed.staff_id}", data=to_data(removed))
            transaction.save(former)
        for other in change.unchanged:
            transaction.condition_check(
                StaffItem,
                other.institution_id,
                staff_item(other.document_number),
                condition=StaffItem.version == other.version,
            )
        if change.is_first and member is not None:
            first = StaffItem(PLATFORM, _FIRST, data={"document_number": member.document_number})
            transaction.save(first, condition=StaffItem.item.does_not_exist())
        if change.issue is not None:
            self._tokens.issue_in(transaction, change.issue)
        if change.link is not None:
            self._tokens.consume_in(transaction, TokenKind.STAFF_LINK, change.link, now=now)
        if change.opened is not None:
            self._sessions.open_in(transaction, *change.opened)
        if change.ended is not None:
            self._sessions.end_in(transaction, change.ended)
        for event in filter(None, (change.event, change.also)):
            EventStore().add_in(transaction, event)


def _get(institution_id: str, item: str) -> StaffItem | None:
    try:
        return StaffItem.get(institution_id, item, consistent_read=True)
    except StaffItem.DoesNotExist:
        return None
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
