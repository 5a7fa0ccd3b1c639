"""Agreements, each beside its institution: every change is one transaction with the state that deposits read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.agreement.agreement import Agreement, beside
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.console_use_store import CONSOLE_USE
from chalicelib.store.sender.institution_store import PROFILE, InstitutionStore, institution_from, key_item
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

AGREEMENT = "agreement"
_DIRECTORY = "#agreements"
"""Under which each has an entry, so that the nightly job lists them without a Scan."""
_ENDS = "#agreement-ends"
"""Under which `<last day>#<institution>` stands for each that has one; one that an addendum moved counts no more."""


class AgreementChanged(Conflict):
    """Somebody else changed the agreement or its institution meanwhile."""


@dataclass(frozen=True, slots=True)
class AgreementRead:
    """An institution, its agreement where it has one, and the local day of the last use that is known of it.

    The agreement is as it stands `beside` the institution.
    """

    institution: Institution
    agreement: Agreement | None
    used_on: date | None


@dataclass(frozen=True, slots=True)
class AgreementsEnding:
    """Institutions with agreements that end, the soonest first; `cursor` leads to those that follow, if any."""

    rows: tuple[tuple[Institution, Agreement], ...]
    cursor: str


class AgreementStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection
        self._institutions = InstitutionStore(connection)

    def find(self, institution_id: str) -> Agreement | None:
        """Return an institution's agreement, read with strong consistency; None where none was registered."""
        try:
            return _agreement(InstitutionItem.get(institution_id, AGREEMENT, consistent_read=True))
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def read(self, institution_id: str) -> AgreementRead | None:
        """Return an institution with its agreement and last use: one Query of its items from `agreement` to `profile`.

        Between them lie its keys, with the day of their last use, and the day on which an officer last consulted.
        """
        within = InstitutionItem.item.between(AGREEMENT, PROFILE)
        try:
            items = {one.item: one for one in InstitutionItem.query(institution_id, within, consistent_read=True)}
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        institution = institution_from(items.get(PROFILE))
        if institution is None:
            return None
        used = [one.used_on for name, one in items.items() if _tells_use(name) and one.used_on is not None]
        last = date.fromisoformat(max(used)) if used else None
        agreement = _agreement(items.get(AGREEMENT))
        return AgreementRead(institution, None if agreement is None else beside(agreement, institution), last)

    def list_ids(self) -> Iterator[str]:
        """Yield the id of every institution that has an agreement, in order, a page at a time."""
        try:
            for one in InstitutionItem.query(_DIRECTORY, consistent_read=True):
                yield one.item
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_ending(self, first: date, last: date, *, after: str = "", limit: int) -> AgreementsEnding:
        """Return those whose last day is from `first` to `last`, the soonest first: one Query and one BatchGetItem.

        `after` is a cursor of before. `limit` is of entries, fifty at most.
        """
        since = f"{after}!" if after else f"{first.isoformat()}#"  # less than any letter of an id
        within = InstitutionItem.item.between(since, f"{last.isoformat()}#~")
        try:
            found = InstitutionItem.query(_ENDS, within, consistent_read=True, limit=limit + 1)
            entries = [one.item for one in found]
            shown = [entry.partition("#")[::2] for entry in entries[:limit]]
            keys = [(own, item) for _, own in shown for item in (AGREEMENT, PROFILE)]
            items = {
                (one.institution_id, one.item): one for one in InstitutionItem.batch_get(keys, consistent_read=True)
            }
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        rows = []
        for day, own in shown:
            agreement = _agreement(items.get((own, AGREEMENT)))
            institution = institution_from(items.get((own, PROFILE)))
            if agreement is None or institution is None or agreement.ended is not None:
                continue
            if agreement.ends_on is not None and agreement.ends_on.isoformat() == day:
                rows.append((institution, agreement))
        return AgreementsEnding(tuple(rows), entries[limit - 1] if len(entries) > limit else "")

    def keep_end(self, agreement: Agreement) -> None:
        """Put its entry by its last day, which one from a package before has not."""
        try:
            for entry in _ends(agreement):
                entry.save()
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def commit(self, agreement: Agreement, institution: Institution | None, event: Event) -> None:
        """Put the version of an agreement after the one that is there, the institution where it changes, and the event.

        Raises:
            AgreementChanged: `agreement_changed`; nothing was written.

        """

        def fill(transaction: TransactWrite) -> None:
            self.write_in(transaction, agreement)
            if institution is not None:
                self._institutions.update_in(transaction, institution)
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill):
            detail = "Otra persona cambió el convenio mientras tanto; no se hizo nada. Revísalo y repite."
            raise AgreementChanged("agreement_changed", detail)

    def write_in(self, transaction: TransactWrite, agreement: Agreement) -> None:
        """Put an agreement as part of a transaction, which fails where the version before is not there."""
        item = InstitutionItem(agreement.institution_id, AGREEMENT, data=to_data(agreement), version=agreement.version)
        before = agreement.version - 1
        is_as_read = InstitutionItem.version == before if before else InstitutionItem.item.does_not_exist()
        transaction.save(item, condition=is_as_read)
        if not before:
            transaction.save(InstitutionItem(_DIRECTORY, agreement.institution_id, data={}))
        for entry in _ends(agreement):
            transaction.save(entry)


def _ends(agreement: Agreement) -> tuple[InstitutionItem, ...]:
    """Return its entry by its last day, if it has one."""
    if agreement.ends_on is None:
        return ()
    return (InstitutionItem(_ENDS, f"{agreement.ends_on.isoformat()}#{agreement.institution_id}", data={}),)


def _agreement(item: InstitutionItem | None) -> Agreement | None:
    return None if item is None else from_data(Agreement, item.data)


def _tells_use(name: str) -> bool:
    return name == CONSOLE_USE or name.startswith(key_item(""))
