"""Requests to change an institution's coordinator or representative, and who represents it now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.agreement.change_request import ChangeKind, ChangeRequest, ChangeState
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.staff_store import StaffChange, StaffStore
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

WAITING = "#changes"
_ITEM, _OF_INSTITUTION, _REPRESENTATIVE = "change", "request#", "representative"
_TURN = "requests"
"""Counts an institution's requests, so that two who ask at one instant see each other."""
MOST_LISTED = 200
MOST_OF_INSTITUTION = 50


class ChangeDecided(Conflict):
    """It was asked for or decided already."""


class ChangeStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, staff: StaffStore) -> None:
        """Use the connection that all models share; `staff` writes who comes and goes."""
        self._connection = connection
        self._staff = staff

    def find(self, change_id: str) -> ChangeRequest | None:
        """Return a request, read with strong consistency."""
        try:
            item = InstitutionItem.get(_key(change_id), _ITEM, consistent_read=True)
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(ChangeRequest, item.data)

    def find_representative(self, institution_id: str) -> ChangeRequest | None:
        """Return the approved request that says who represents an institution; None where none was."""
        try:
            item = InstitutionItem.get(institution_id, _REPRESENTATIVE, consistent_read=True)
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(ChangeRequest, item.data)

    def list_waiting(self, *, limit: int = MOST_LISTED) -> tuple[ChangeRequest, ...]:
        """Return those of all institutions that wait, the oldest first, `limit` at most."""
        try:
            waiting = InstitutionItem.query(WAITING, consistent_read=True, limit=limit)
            ids = [one.item.rpartition("#")[2] for one in waiting]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return self._read(ids)

    def list_for_institution(self, institution_id: str) -> tuple[ChangeRequest, ...]:
        """Return an institution's newest fifty, the oldest first."""
        mark = InstitutionItem.item.startswith(_OF_INSTITUTION)
        try:
            found = InstitutionItem.query(
                institution_id, mark, consistent_read=True, scan_index_forward=False, limit=MOST_OF_INSTITUTION
            )
            ids = [one.item.rpartition("#")[2] for one in found]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return self._read(ids)

    def turn(self, institution_id: str) -> int:
        """Return how many requests an institution's people and the platform have begun, before looking at them."""
        try:
            return int(InstitutionItem.get(institution_id, _TURN, consistent_read=True).version or 0)
        except InstitutionItem.DoesNotExist:
            return 0
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def add(self, request: ChangeRequest, event: Event, *, turn: int) -> None:
        """Keep a new one, which waits; `turn` is what `turn` returned before the others were looked at.

        Raises:
            ChangeDecided: `change_asked`; it is there, or another one came meanwhile.

        """
        after = InstitutionItem(request.institution_id, _TURN, data={}, version=turn + 1)
        is_first = InstitutionItem.item.does_not_exist()

        def fill(transaction: TransactWrite) -> None:
            own = f"{_OF_INSTITUTION}{request.asked_at.isoformat()}#{request.change_id}"
            transaction.save(_item(request), condition=is_first)
            transaction.save(after, condition=InstitutionItem.version == turn if turn else is_first)
            transaction.save(_entry(request))
            transaction.save(InstitutionItem(request.institution_id, own, data={}))

        self._commit(fill, event, "change_asked", "Este pedido ya se envió.")

    def decide(self, request: ChangeRequest, event: Event, placed: StaffChange | None = None, *, now: datetime) -> None:
        """Put it as it was decided; an approved representative is the institution's from then on.

        An approved coordinator comes by `placed`, in the same transaction.

        Raises:
            ChangeDecided: `change_decided`; somebody else did, or somebody of `placed` is not as they were read.

        """

        def fill(transaction: TransactWrite) -> None:
            transaction.save(_item(request), condition=InstitutionItem.version == request.version - 1)
            transaction.delete(_entry(request))
            if request.kind is ChangeKind.REPRESENTATIVE and request.state is ChangeState.APPROVED:
                transaction.save(InstitutionItem(request.institution_id, _REPRESENTATIVE, data=to_data(request)))
            if placed is not None:
                self._staff.write_in(transaction, placed, now=now)

        self._commit(fill, event, "change_decided", "Otra persona decidió este pedido mientras tanto.")

    def note(self, request: ChangeRequest, event: Event) -> None:
        """Put whom of the institution was told of it.

        Raises:
            ChangeDecided: `change_decided`; it is not as it was read.

        """

        def fill(transaction: TransactWrite) -> None:
            transaction.save(_item(request), condition=InstitutionItem.version == request.version - 1)

        self._commit(fill, event, "change_decided", "Otra persona cambió este pedido mientras tanto.")

    def _read(self, ids: Iterable[str]) -> tuple[ChangeRequest, ...]:
        try:
            items = list(InstitutionItem.batch_get([(_key(one), _ITEM) for one in ids], consistent_read=True))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        found = (from_data(ChangeRequest, item.data) for item in items)
        return tuple(sorted(found, key=lambda one: (one.asked_at, one.change_id)))

    def _commit(self, fill: Callable[[TransactWrite], None], event: Event, code: str, detail: str) -> None:
        def fill_logged(transaction: TransactWrite) -> None:
            fill(transaction)
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill_logged):
            raise ChangeDecided(code, detail)


def _key(change_id: str) -> str:
    return f"change#{change_id}"


def _item(request: ChangeRequest) -> InstitutionItem:
    return InstitutionItem(_key(request.change_id), _ITEM, data=to_data(request), version=request.version)


def _entry(request: ChangeRequest) -> InstitutionItem:
    """Return its entry among those that wait, which are in order of when they came."""
    came = request.asked_at.astimezone(UTC).isoformat(timespec="microseconds")
    return InstitutionItem(WAITING, f"{came}#{request.change_id}", data={})
