"""Catalogues in the table of institutions: each procedure as it is now, each version for ever, and a public list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import CasillaError, Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.filing.catalogue import CatalogueEntry, entry_of
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.reading.text_fold import fold_text
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import PROFILE, institution_from
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_LIST = "#procedures"
"""Under which each procedure has a short entry, `<institution>#<procedure>`, so that lists read nothing else."""
_CATALOGUES = "#catalogues"
"""Under which stands every institution that ever had a procedure."""
_PROCEDURE, _VERSION = "procedure#", "procedure-version#"
_NEW = InstitutionItem.institution_id.does_not_exist()
_ROUND = 100
"""Items that one read of several takes."""


@dataclass(frozen=True, slots=True)
class ShownProcedure:
    """A version of a procedure that was asked for, the present one, and the institution whose it is."""

    asked: Procedure
    present: Procedure
    institution: Institution

    @property
    def is_present(self) -> bool:
        """Whether the one asked for is the present one."""
        return self.asked.version == self.present.version


class ProcedureStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, institution_id: str, procedure_id: str) -> Procedure | None:
        """Return a procedure as it is now, read with strong consistency."""
        return self._find(institution_id, f"{_PROCEDURE}{procedure_id}")

    def find_shown(self, institution_id: str, procedure_id: str, version: int | None = None) -> ShownProcedure | None:
        """Return a version, or the present one, with what its page says of it: one read."""
        present_key = (InstitutionItem, institution_id, f"{_PROCEDURE}{procedure_id}")
        profile_key = (InstitutionItem, institution_id, PROFILE)
        asked_key = present_key
        if version is not None:
            asked_key = (InstitutionItem, institution_id, _version_item(procedure_id, version))
        found = read_together(self._connection, dict.fromkeys((present_key, profile_key, asked_key)))
        institution = institution_from(found.get(profile_key))
        if institution is None or present_key not in found or asked_key not in found:
            return None
        asked, present = (from_data(Procedure, found[key].data) for key in (asked_key, present_key))
        return ShownProcedure(asked, present, institution)

    def list_versions(self, institution_id: str, procedure_id: str, *, limit: int) -> tuple[Procedure, ...]:
        """Return the newest versions of a procedure, the newest first."""
        begins = InstitutionItem.item.startswith(f"{_VERSION}{procedure_id}#")
        try:
            items = list(
                InstitutionItem.query(
                    institution_id, begins, scan_index_forward=False, limit=limit, consistent_read=True
                )
            )
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(from_data(Procedure, item.data) for item in items)

    def list_for_institution(self, institution_id: str) -> tuple[CatalogueEntry, ...]:
        """Return the entries of an institution, retired ones too, read with strong consistency."""
        begins = InstitutionItem.item.startswith(f"{institution_id}#")
        try:
            return tuple(map(_entry_from, InstitutionItem.query(_LIST, begins, consistent_read=True)))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_after(self, position: str | None, *, limit: int) -> tuple[tuple[str, CatalogueEntry], ...]:
        """Return entries of all institutions with their positions, in the order of these, after one of them."""
        after = None if position is None else InstitutionItem.item > position
        try:
            found = InstitutionItem.query(_LIST, after, limit=limit, page_size=limit)
            return tuple((item.item, _entry_from(item)) for item in islice(found, limit))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_institutions(self) -> tuple[Institution, ...]:
        """Return every institution that has a catalogue, by its name."""
        try:
            ids = [item.item for item in InstitutionItem.query(_CATALOGUES)]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return self.find_institutions(ids)

    def find_institutions(self, ids: Iterable[str]) -> tuple[Institution, ...]:
        """Return the institutions with these ids that there are, by name; a read of each hundred, none of none."""
        wanted: list[ItemKey] = [(InstitutionItem, one, PROFILE) for one in dict.fromkeys(ids)]
        found = [
            from_data(Institution, item.data)
            for at in range(0, len(wanted), _ROUND)
            for item in read_together(self._connection, wanted[at : at + _ROUND]).values()
        ]
        return tuple(sorted(found, key=lambda one: fold_text(one.name)))

    def add(self, procedure: Procedure, event: Event) -> None:
        """Add one, with its first version, its entry and its event.

        Raises:
            Conflict: `procedure_exists`.

        """
        self._put(procedure, event, _NEW, Conflict("procedure_exists", "Ese trámite ya está en el catálogo."))

    def update(self, procedure: Procedure, event: Event) -> None:
        """Put the version after the one that is there, with its entry and its event.

        Raises:
            Conflict: `procedure_changed`; the one that is there is not the version before.

        """
        self._put(procedure, event, InstitutionItem.version == procedure.version - 1, procedure_changed())

    def _find(self, institution_id: str, item: str) -> Procedure | None:
        try:
            return from_data(Procedure, InstitutionItem.get(institution_id, item, consistent_read=True).data)
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def _put(self, procedure: Procedure, event: Event, condition: Condition, lost: CasillaError) -> None:
        """Write all of it or nothing."""
        institution_id, procedure_id = procedure.institution_id, procedure.procedure_id
        data, entry = to_data(procedure), to_data(entry_of(procedure))
        version = _version_item(procedure_id, procedure.version)

        def fill(transaction: TransactWrite) -> None:
            now = InstitutionItem(institution_id, f"{_PROCEDURE}{procedure_id}", data=data, version=procedure.version)
            transaction.save(now, condition=condition)
            transaction.save(InstitutionItem(institution_id, version, data=data), condition=_NEW)
            transaction.save(InstitutionItem(_LIST, f"{institution_id}#{procedure_id}", data=entry))
            if procedure.version == 1:
                transaction.save(InstitutionItem(_CATALOGUES, institution_id, data={}))
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill):
            raise lost


def procedure_changed() -> Conflict:
    """Return the refusal of a change to a version that is not the present one any more."""
    detail = "Otra persona cambió este trámite mientras tanto y no guardamos nada. Revisa cómo está y vuelve a guardar."
    return Conflict("procedure_changed", detail)


def _version_item(procedure_id: str, version: int) -> str:
    return f"{_VERSION}{procedure_id}#{version:06d}"


def _entry_from(item: InstitutionItem) -> CatalogueEntry:
    return from_data(CatalogueEntry, item.data)
