"""Institutions and the keys their systems sign with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import CasillaError, Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.sender.institution import Institution, SigningKey
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

PROFILE = "profile"
_DIRECTORY = "#institutions"
"""Under which each has an entry with its name and state, so that listing them reads nothing else."""
MOST_LISTED = 5000
"""How often a write that met another one is tried again."""
_KEY, _OWNER = "key#", "owner"
_Written = tuple[InstitutionItem, Condition | None]
_NEW = InstitutionItem.institution_id.does_not_exist()


def key_item(key_id: str) -> str:
    """Return the sort key of a signing key."""
    return f"{_KEY}{key_id}"


def institution_from(item: InstitutionItem | None) -> Institution | None:
    """Read an institution's profile."""
    return None if item is None else from_data(Institution, item.data)


def signing_key_from(item: InstitutionItem | None) -> SigningKey | None:
    """Read a signing key, with the day of its last use, which is kept beside it."""
    if item is None:
        return None
    key = from_data(SigningKey, item.data)
    return key if item.used_on is None else replace(key, used_on=date.fromisoformat(item.used_on))


class InstitutionStore:
    """Institutions and their keys; a deposit reads them together with everything else it needs.

    `connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer.
    """

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, institution_id: str) -> Institution | None:
        """Return an institution, read with strong consistency."""
        return institution_from(_find(institution_id, PROFILE))

    def list_all(self) -> tuple[Institution, ...]:
        """Return every institution by its id, 5,000 at most: a Scan, for operators only."""
        return tuple(
            sorted(map(_institution, _profiles(MOST_LISTED)), key=lambda institution: institution.institution_id)
        )

    def list_directory(self) -> tuple[Institution, ...]:
        """Return every institution by its id, as its last change left it: one Query and a read of each hundred."""
        try:
            ids = [item.item for item in InstitutionItem.query(_DIRECTORY, consistent_read=True)]
            found = InstitutionItem.batch_get([(one, PROFILE) for one in ids], consistent_read=True)
            return tuple(sorted(map(_institution, found), key=lambda institution: institution.institution_id))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_readable(self) -> tuple[dict[str, Institution], dict[str, Exception]]:
        """Return every institution by its id, and of those that cannot be read why not: one stops no other.

        A Scan to its end, however many there are, for nightly jobs only.
        """
        found: dict[str, Institution] = {}
        unreadable: dict[str, Exception] = {}
        for item in _profiles(most=None):
            try:
                found[item.institution_id] = _institution(item)
            except Exception as error:  # noqa: BLE001 - whatever is stored there
                unreadable[item.institution_id] = error
        return found, unreadable

    def add(self, institution: Institution, event: Event) -> None:
        """Add one, with its event.

        Raises:
            Conflict: `institution_exists`; an id is never reused.

        """
        detail = "Ya hay una entidad con ese identificador; no se hizo nada."
        self._commit(
            lambda transaction: self.add_in(transaction, institution), event, Conflict("institution_exists", detail)
        )

    def update(self, institution: Institution, event: Event) -> None:
        """Put the version after the one that is there, with its event.

        Raises:
            Conflict: `institution_changed`; the one that is there is not the version before.

        """
        detail = "Otra persona cambió la entidad mientras tanto; no se hizo nada. Véala otra vez y repita."
        lost = Conflict("institution_changed", detail)
        self._commit(lambda transaction: self.update_in(transaction, institution), event, lost)

    def add_in(self, transaction: TransactWrite, institution: Institution) -> None:
        """Add one as part of a transaction, which fails where its id is taken."""
        transaction.save(_profile(institution), condition=_NEW)
        transaction.save(_entry(institution))

    def update_in(self, transaction: TransactWrite, institution: Institution) -> None:
        """Put the version after the one that is there as part of a transaction, which fails where another one is."""
        before, version = institution.version - 1, InstitutionItem.version
        is_as_read = version == before if before else InstitutionItem.item.exists() & version.does_not_exist()
        transaction.save(_profile(institution), condition=is_as_read)
        transaction.save(_entry(institution))

    def find_key(self, institution_id: str, key_id: str) -> SigningKey | None:
        """Return a key, read with strong consistency."""
        return signing_key_from(_find(institution_id, key_item(key_id)))

    def list_keys(self, institution_id: str) -> tuple[SigningKey, ...]:
        """Return an institution's keys, read with strong consistency, in the order in which they begin to be good."""
        try:
            items = list(
                InstitutionItem.query(institution_id, InstitutionItem.item.startswith(_KEY), consistent_read=True)
            )
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        keys = (key for key in map(signing_key_from, items) if key is not None)
        return tuple(sorted(keys, key=lambda key: (key.not_before, key.key_id)))

    def find_owner(self, public_key: bytes) -> tuple[str, str] | None:
        """Return which institution registered a public key, and as which key id."""
        item = _find(_owner_key(public_key), _OWNER)
        return None if item is None else (item.data["institution_id"], item.data["key_id"])

    def add_key(self, key: SigningKey, event: Event) -> None:
        """Register a key of an institution that exists, and whose its public half is, with its event.

        Raises:
            Conflict: `key_exists`; neither a key id nor a public key is ever registered twice.

        """
        owner = {"institution_id": key.institution_id, "key_id": key.key_id}
        items: list[_Written] = [
            (InstitutionItem(key.institution_id, key_item(key.key_id), data=to_data(key)), _NEW),
            (InstitutionItem(_owner_key(key.public_key), _OWNER, data=owner), _NEW),
        ]
        detail = "Esa clave o ese identificador ya se registró; no se hizo nada."
        self._write(items, event, Conflict("key_exists", detail))

    def revoke_key(self, key: SigningKey, event: Event) -> None:
        """Put a key that was not revoked as it is now, with its event.

        Raises:
            Conflict: `key_changed`; it is revoked already.

        """
        item = InstitutionItem(key.institution_id, key_item(key.key_id))
        is_as_read = InstitutionItem.item.exists() & InstitutionItem.version.does_not_exist()
        actions: list[Action] = [InstitutionItem.data.set(to_data(key)), InstitutionItem.version.set(1)]
        detail = "Otra persona la revocó mientras tanto."
        self._commit(
            lambda transaction: transaction.update(item, actions=actions, condition=is_as_read),
            event,
            Conflict("key_changed", detail),
        )

    def _write(
        self, items: Sequence[tuple[InstitutionItem, Condition | None]], event: Event, lost: CasillaError
    ) -> None:
        """Write all of it or nothing."""

        def save(transaction: TransactWrite) -> None:
            for item, condition in items:
                transaction.save(item, condition=condition)

        self._commit(save, event, lost)

    def _commit(self, fill: Callable[[TransactWrite], None], event: Event, lost: CasillaError) -> None:
        """Write it with its event, again where another write was at the same items: of a key also that it was used."""

        def fill_logged(transaction: TransactWrite) -> None:
            fill(transaction)
            EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill_logged):
            raise lost


def _profiles(most: int | None) -> list[InstitutionItem]:
    try:
        return list(islice(InstitutionItem.scan(InstitutionItem.item == PROFILE, consistent_read=True), most))
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error


def _institution(item: InstitutionItem) -> Institution:
    return from_data(Institution, item.data)


def _profile(institution: Institution) -> InstitutionItem:
    version = institution.version or None
    return InstitutionItem(institution.institution_id, PROFILE, data=to_data(institution), version=version)


def _entry(institution: Institution) -> InstitutionItem:
    return InstitutionItem(_DIRECTORY, institution.institution_id, data={})


def _owner_key(public_key: bytes) -> str:
    """Return where it stands whose a public key is; no institution's id has a `#`."""
    return f"public-key#{hashlib.sha256(public_key).hexdigest()}"


def _find(institution_id: str, item: str) -> InstitutionItem | None:
    try:
        return InstitutionItem.get(institution_id, item, consistent_read=True)
    except InstitutionItem.DoesNotExist:
        return None
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
