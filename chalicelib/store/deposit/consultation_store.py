"""Consultations: an event and its request's nonce, written together."""

from __future__ import annotations

from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.nonce_store import NonceStore, nonce_reused


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
