"""Consultations: an event and its request's nonce, written together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.key_use_store import KeyUse, note_use_in
from chalicelib.store.sender.nonce_store import NonceStore, nonce_reused
from chalicelib.store.vendor_errors import vendor_code


class ConsultationStore:
    """Records who asked about whom."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def note(self, event: Event) -> None:
        """Record one that takes no nonce: it has none, or it is another request's.

        Raises:
            Unavailable: `store_unavailable`.

        """
        EventStore().add(event)

    def record(self, event: Event, *, token: str, digest: str, expires_at: datetime, now: datetime) -> None:
        """Record a consultation.

        Raises:
            NotAuthenticated: `nonce_reused`.
            Unavailable: `store_unavailable`.

        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                NonceStore().claim_in(transaction, token, digest=digest, expires_at=expires_at, now=now)
                EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            reasons = error.cancellation_reasons
            if any(reason and reason.code == "ConditionalCheckFailed" for reason in reasons):
                raise nonce_reused() from error
            raise store_unavailable() from error

    def record_use(self, event: Event, use: KeyUse, **taken: Any) -> None:
        """Record one as `record` does, and note the key's use with it; where that cannot be noted, without it.

        Raises:
            NotAuthenticated, Unavailable: as `record`.

        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                NonceStore().claim_in(transaction, **taken)
                EventStore().add_in(transaction, event)
                note_use_in(transaction, use)
        except TransactWriteError as error:
            if not vendor_code(error):  # no answer came
                raise store_unavailable() from error
            self.record(event, **taken)
