"""The offices of institutions: each as it is now, and each of its versions for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import CasillaError, Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.sender.office import Office
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.office_item import OFFICE, office_from, office_item
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_VERSION = "office-version#"
_VERSIONS_READ = 20
"""At once: nearly always the newest one is asked for."""
_NEW = InstitutionItem.institution_id.does_not_exist()


@dataclass(frozen=True, slots=True)
class OfficeVersion:
    """An office as it was from an instant on, and who made it so."""

    office: Office
    since: datetime
    by: str


class OfficeStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, institution_id: str, office_id: str) -> Office | None:
        """Return an office of an institution, read with strong consistency."""
        try:
            return office_from(InstitutionItem.get(institution_id, office_item(office_id), consistent_read=True))
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_for_institution(self, institution_id: str) -> tuple[Office, ...]:
        """Return its offices by name, closed ones too."""
        try:
            items = list(
                InstitutionItem.query(institution_id, InstitutionItem.item.startswith(OFFICE), consistent_read=True)
            )
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        offices = (from_data(Office, item.data) for item in items)
        return tuple(sorted(offices, key=lambda office: office.name.casefold()))

    def list_versions(self, institution_id: str, office_id: str, *, limit: int) -> tuple[OfficeVersion, ...]:
        """Return the newest versions of an office, the newest first."""
        begins = InstitutionItem.item.startswith(f"{_VERSION}{office_id}#")
        try:
            items = list(
                InstitutionItem.query(
                    institution_id, begins, scan_index_forward=False, limit=limit, consistent_read=True
                )
            )
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(from_data(OfficeVersion, item.data) for item in items)

    def find_at(self, institution_id: str, office_id: str, at: datetime) -> Office | None:
        """Return an office as it was at an instant, read with strong consistency; None before it was added."""
        begins = InstitutionItem.item.startswith(f"{_VERSION}{office_id}#")
        try:
            items = InstitutionItem.query(
                institution_id, begins, scan_index_forward=False, page_size=_VERSIONS_READ, consistent_read=True
            )
            versions = (from_data(OfficeVersion, item.data) for item in items)
            return next((version.office for version in versions if version.since <= at), None)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def add(self, office: Office, event: Event) -> None:
        """Add one, with its first version and event.

        Raises:
            Conflict: `office_exists`.

        """
        self._put(office, event, _NEW, Conflict("office_exists", "Esa oficina ya está registrada."))

    def update(self, office: Office, event: Event) -> None:
        """Put the version after the one that is there, with its event.

        Raises:
            Conflict: `office_changed`; the one that is there is not the version before.

        """
        self._put(office, event, InstitutionItem.version == office.version - 1, office_changed())

    def _put(self, office: Office, event: Event, condition: Condition, lost: CasillaError) -> None:
        """Write all of it or nothing."""
        key = f"{_VERSION}{office.office_id}#{office.version:06d}"
        kept: dict[str, Any] = to_data(OfficeVersion(office, event.occurred_at, event.actor))
        now = InstitutionItem(
            office.institution_id, office_item(office.office_id), data=to_data(office), version=office.version
        )

        def fill(transaction: TransactWrite) -> None:
            transaction.save(now, condition=condition)
            transaction.save(InstitutionItem(office.institution_id, key, data=kept), condition=_NEW)
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill):
            raise lost


def office_changed() -> Conflict:
    """Return the refusal of a change to a version that is not the present one any more."""
    detail = "Otra persona cambió esta oficina mientras tanto y no guardamos nada. Revisa cómo está y vuelve a guardar."
    return Conflict("office_changed", detail)
