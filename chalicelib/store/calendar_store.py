"""What people entered of the calendar: the current version, which deposits read, and every version there was."""

from __future__ import annotations

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.business_days.calendar_version import CalendarVersion, calendar_changed
from chalicelib.domain.calendar import CalendarEntries
from chalicelib.domain.event import Event
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import TRANSACTION_LOST, VENDOR_ERRORS, vendor_code

_VERSION = "version#"


def calendar_entries_from(item: InstitutionItem | None) -> CalendarEntries:
    """Read what is in force; nothing was entered where there is no item."""
    return CalendarEntries() if item is None else from_data(CalendarEntries, item.data)


class CalendarStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self) -> CalendarEntries:
        """Return what is in force, read with strong consistency; of a calendar that nobody changed, version 0."""
        return calendar_entries_from(_find(CURRENT))

    def find_version(self, number: int) -> CalendarVersion | None:
        """Return one of the versions there were, read with strong consistency."""
        item = _find(_version_key(number))
        return None if item is None else from_data(CalendarVersion, item.data)

    def newest_versions(self, until: int, *, limit: int) -> tuple[CalendarVersion, ...]:
        """Return the last versions up to a number, the newest first."""
        key = InstitutionItem.item.between(_version_key(0), _version_key(until))
        try:
            found = InstitutionItem.query(
                CALENDAR_KEY, key, consistent_read=True, scan_index_forward=False, limit=limit
            )
            items = list(found)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(from_data(CalendarVersion, item.data) for item in items)

    def change(self, changed: CalendarVersion, event: Event) -> None:
        """Put the version after the one that is in force, keep it for good, and log it: all of it or nothing.

        Raises:
            CalendarChanged: `calendar_changed`; what is in force is not the version before.

        """
        number, version = changed.entries.version, InstitutionItem.version
        is_as_read = version == number - 1 if number > 1 else InstitutionItem.institution_id.does_not_exist()
        current = InstitutionItem(CALENDAR_KEY, CURRENT, data=to_data(changed.entries), version=number)
        kept = InstitutionItem(CALENDAR_KEY, _version_key(number), data=to_data(changed), version=number)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(current, condition=is_as_read)
                transaction.save(kept, condition=InstitutionItem.institution_id.does_not_exist())
                EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error
            raise calendar_changed() from error


def _version_key(number: int) -> str:
    return f"{_VERSION}{number:06}"


def _find(key: str) -> InstitutionItem | None:
    try:
        return InstitutionItem.get(CALENDAR_KEY, key, consistent_read=True)
    except InstitutionItem.DoesNotExist:
        return None
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
