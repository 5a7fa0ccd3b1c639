"""Applications for an agreement, and the list of those that wait for a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.agreement.agreement import Agreement
from chalicelib.domain.agreement.application import Application
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.agreement.agreement_store import AgreementStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import InstitutionStore
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

WAITING = "#applications"
_ITEM = "application"
MOST_LISTED = 200


class ApplicationChanged(Conflict):
    """It was sent or decided already, or the institution's id is taken."""


class ApplicationStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, application_id: str) -> Application | None:
        """Return an application, read with strong consistency."""
        try:
            item = InstitutionItem.get(_key(application_id), _ITEM, consistent_read=True)
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(Application, item.data)

    def list_waiting(self, *, limit: int = MOST_LISTED) -> tuple[Application, ...]:
        """Return those that wait, the oldest first, `limit` at most."""
        try:
            waiting = InstitutionItem.query(WAITING, consistent_read=True, limit=limit)
            ids = [one.item.rpartition("#")[2] for one in waiting]
            items = list(InstitutionItem.batch_get([(_key(one), _ITEM) for one in ids], consistent_read=True))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        found = (from_data(Application, item.data) for item in items)
        return tuple(sorted(found, key=lambda one: (one.applied_at, one.application_id)))

    def add(self, application: Application, event: Event) -> None:
        """Keep a new one, which waits.

        Raises:
            ApplicationChanged: `application_sent`.

        """

        def fill(transaction: TransactWrite) -> None:
            transaction.save(_item(application), condition=InstitutionItem.item.does_not_exist())
            transaction.save(_entry(application))

        self._commit(fill, event, "application_sent", "Esta solicitud ya se envió.")

    def decide(
        self,
        application: Application,
        event: Event,
        *,
        institution: Institution | None = None,
        agreement: Agreement | None = None,
    ) -> None:
        """Put it as it was decided, with the institution and agreement that come of it.

        Raises:
            ApplicationChanged: `application_changed`: somebody decided it, or the institution's id is taken.

        """

        def fill(transaction: TransactWrite) -> None:
            is_as_read = InstitutionItem.version == application.version - 1
            transaction.save(_item(application), condition=is_as_read)
            transaction.delete(_entry(application))
            if institution is not None:
                InstitutionStore(self._connection).add_in(transaction, institution)
            if agreement is not None:
                AgreementStore(self._connection).write_in(transaction, agreement)

        self._commit(fill, event, "application_changed", "Otra persona la decidió mientras tanto.")

    def _commit(self, fill: Callable[[TransactWrite], None], event: Event, code: str, detail: str) -> None:
        def fill_logged(transaction: TransactWrite) -> None:
            fill(transaction)
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill_logged):
            raise ApplicationChanged(code, detail)


def _key(application_id: str) -> str:
    return f"application#{application_id}"


def _item(application: Application) -> InstitutionItem:
    key = _key(application.application_id)
    return InstitutionItem(key, _ITEM, data=to_data(application), version=application.version)


def _entry(application: Application) -> InstitutionItem:
    """Return its entry among those that wait, which are in order of when they came."""
    came = application.applied_at.astimezone(UTC).isoformat(timespec="microseconds")
    return InstitutionItem(WAITING, f"{came}#{application.application_id}", data={})
