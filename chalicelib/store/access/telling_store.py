"""What is still to be told of changes: written with the change, claimed before it is sent, gone once it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.owed_telling import FIRST_WAIT, OwedTelling
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.access.token import VALID_FOR, NewToken, Token, TokenKind
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import micros, token_key
from chalicelib.store.vendor_errors import TRANSACTION_LOST, vendor_code

_KIND = TokenKind.TELLING


@dataclass(frozen=True, slots=True)
class ListedTelling:
    """What is owed as the index knows it, a moment late; `token` keeps it, issued at the instant when it is due."""

    owed: OwedTelling
    token: Token

    @property
    def key(self) -> str:
        """Return what the item is found by."""
        return _key(self.token)


def as_token(owed: OwedTelling) -> NewToken:
    """Return what keeps it, in the transaction of the change; whoever makes that has some minutes to tell it."""
    subject = _subject(shard_of_code(owed.telling_id))
    until = owed.since + VALID_FOR[_KIND]
    return NewToken(_KIND, owed.telling_id, owed.since + FIRST_WAIT, until, subject=subject, data=to_data(owed))


class TellingStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._pepper = pepper
        self._tokens = TokenStore(connection, pepper)

    def list_owed(self) -> tuple[ListedTelling, ...]:
        """Return all that is owed, the one due first at the top; a query for each of eight shards."""
        listed = [token for shard in SHARDS for token in self._tokens.list_for_subject(_KIND, _subject(shard))]
        found = [ListedTelling(from_data(OwedTelling, one.data), one) for one in listed]
        return tuple(sorted(found, key=lambda one: one.token.issued_at))

    def is_being_told(self, telling_id: str) -> bool:
        """Tell whether nobody was told yet who may still be; one call."""
        token = self._tokens.find(_KIND, telling_id)
        owed = None if token is None else from_data(OwedTelling, token.data)
        return owed is not None and not owed.is_reached and bool(owed.channels)

    def claim(self, token: Token, issued: Iterable[NewToken] = (), *, due_at: datetime) -> bool:
        """Keep what it is to be told with, and have it due to others at an instant; True for one caller only.

        When DynamoDB's answer is lost, it was True for no one, and is tried again then.
        """
        actions: list[Action] = [TokenItem.issued_at.set(micros(due_at)), TokenItem.attempts.add(1)]
        try:
            with TransactWrite(connection=self._connection) as transaction:
                is_as_listed = TokenItem.issued_at == micros(token.issued_at)
                transaction.update(TokenItem(_key(token)), actions=actions, condition=is_as_listed)
                for new in issued:
                    self._tokens.issue_in(transaction, new)
        except TransactWriteError as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error
            return False
        return True

    def record(self, owed: OwedTelling, void: Iterable[NewToken] = (), *, key: str = "") -> None:
        """Write what is left of it, delete it where nothing is; `void` went to nobody, and is deleted too.

        What another wrote meanwhile stays deleted.
        """
        key = key or token_key(every_pepper(self._pepper)[0], _KIND, owed.telling_id)
        gone = tuple(void)
        try:
            if owed.is_settled and not gone:
                TokenItem(key).delete()
                return
            with TransactWrite(connection=self._connection) as transaction:
                if owed.is_settled:
                    transaction.delete(TokenItem(key))
                else:
                    is_there = TokenItem.token.exists()
                    transaction.update(TokenItem(key), actions=[TokenItem.data.set(to_data(owed))], condition=is_there)
                for token in gone:
                    self._tokens.revoke_in(transaction, token.kind, token.name)
        except PynamoDBException as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error

    def close(self, key: str) -> None:
        """Forget it: somebody was told in another way."""
        try:
            TokenItem(key).delete()
        except PynamoDBException as error:
            raise store_unavailable() from error


def _key(token: Token) -> str:
    return f"{token.kind}#{token.token_id}"


def _subject(shard: str) -> str:
    return f"owed-{shard}"
