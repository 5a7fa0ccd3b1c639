"""When a key was last used: noted once a local day, by the very call that takes a nonce, so that no request waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.sender.institution_store import key_item
from chalicelib.store.sender.nonce_store import NonceStore
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import vendor_code


@dataclass(frozen=True, slots=True)
class KeyUse:
    """That a key is used on a local day."""

    institution_id: str
    key_id: str
    on: date


def note_use_in(transaction: TransactWrite, use: KeyUse) -> None:
    """Note it as part of a transaction, which fails where it was noted meanwhile, or the key is gone."""
    key, day = InstitutionItem(use.institution_id, key_item(use.key_id)), use.on.isoformat()
    is_first = InstitutionItem.used_on.does_not_exist() | (InstitutionItem.used_on < day)
    is_there = InstitutionItem.item.exists() & is_first
    transaction.update(key, actions=[InstitutionItem.used_on.set(day)], condition=is_there)


class KeyUseStore:
    """Notes the first use of a day beside the nonce that it takes."""

    def __init__(self, connection: Connection, nonces: NonceStore) -> None:
        """Use the connection that all models share."""
        self._connection = connection
        self._nonces = nonces

    def claim(self, token: str, use: KeyUse, *, digest: str, expires_at: datetime, now: datetime) -> None:
        """Take a nonce as `NonceStore.claim` does, and note the use; where that cannot be noted, take the nonce alone.

        Raises:
            NotAuthenticated: `nonce_reused` when other bytes took it.
            Unavailable: `store_unavailable`.

        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                self._nonces.claim_in(transaction, token, digest=digest, expires_at=expires_at, now=now)
                note_use_in(transaction, use)
        except TransactWriteError as error:
            if not vendor_code(error):  # no answer came
                raise store_unavailable() from error
            self._nonces.claim(token, digest=digest, expires_at=expires_at, now=now)
