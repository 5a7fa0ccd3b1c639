"""Tokens: kept as keyed hashes, compared with the clock in code, consumed by one caller only.

A used token is gone; an expired one can be read until its TTL. Every change is one conditional call, and both missing
and wrong secrets cost the same number of calls.

A name is kept under one pepper only: what is written takes away what the name had under another, in one transaction.
So what was used, or tried too often, under one is so under all. While there is one pepper, no call is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import is_same_secret
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.key_page import PAGE, KeyIndex, KeyPage, read_keys
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import (
    item_from_new,
    micros,
    subject_key,
    token_digest,
    token_from_item,
    token_key,
    token_keys,
    update_token,
)
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_BY_EXPIRY = KeyIndex(TokenItem, "by_expiry", "token", "expiry_shard = :shard AND expires_at < :now")


class TokenStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, a secret of at least 32 bytes that no table holds."""
        self._connection = connection
        self._pepper = pepper

    def issue(self, new: NewToken) -> Token:
        """Keep a token; one of the same kind and name, such as the code sent before, is replaced."""
        item = item_from_new(self._pepper, new)
        try:
            if len(every_pepper(self._pepper)) == 1:
                item.save()
            else:
                with TransactWrite(connection=self._connection) as transaction:
                    self.issue_in(transaction, new)
        except PynamoDBException as error:
            raise store_unavailable() from error
        return token_from_item(item)

    def issue_once(self, new: NewToken, *, pepper: bytes) -> bool:
        """Keep a token unless one of the same kind and name was kept, expired or not; True for one caller only.

        Its name is hashed under the pepper that whoever made it knows, so that all processes look for the same.

        When DynamoDB's reply is lost, the repeated call finds the token there, and it was True for no one.
        """
        try:
            item_from_new(pepper, new).save(TokenItem.token.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        except PynamoDBException as error:
            raise store_unavailable() from error
        return True

    def issue_in(self, transaction: TransactWrite, new: NewToken) -> None:
        """Keep a token as part of a transaction."""
        transaction.save(item_from_new(self._pepper, new))
        for key in self._keys(new.kind, new.name)[1:]:
            transaction.delete(TokenItem(key))

    def revoke_in(self, transaction: TransactWrite, kind: TokenKind, name: str) -> None:
        """Make a token worthless as part of a transaction, whether it is there or not."""
        for key in self._keys(kind, name):
            transaction.delete(TokenItem(key))

    def find(self, kind: TokenKind, name: str) -> Token | None:
        """Return a token, expired or not, read with strong consistency; None when it was used or never was."""
        return _first(_find(key) for key in self._keys(kind, name))

    def count_attempt(self, kind: TokenKind, name: str, *, limit: int, now: datetime) -> Token | None:
        """Count one attempt before it is judged; None when there is no valid token or `limit` attempts were made."""
        is_open = (TokenItem.valid_until >= micros(now)) & (TokenItem.attempts < limit)
        items = (TokenItem(key) for key in self._keys(kind, name))
        return _first(
            token_from_item(item) if update_token(item, [TokenItem.attempts.add(1)], is_open) else None
            for item in items
        )

    def give_back_attempt(self, kind: TokenKind, name: str) -> None:
        """Take one attempt back that cost nothing."""
        for key in self._keys(kind, name):
            if update_token(TokenItem(key), [TokenItem.attempts.add(-1)], TokenItem.attempts > 0):
                return

    def matches(self, token: Token, name: str, answer: str) -> bool:
        """Tell whether this is the token's answer, in constant time."""
        digests = [token_digest(one, token.kind, name, answer) for one in every_pepper(self._pepper)]
        return any(is_same_secret(token.digest, digest) for digest in digests)

    def matches_one_of(self, token: Token, digests: Iterable[str], name: str, answer: str) -> bool:
        """Tell whether this was the answer of a token before, by the keyed hashes of those."""
        now = [token_digest(one, token.kind, name, answer) for one in every_pepper(self._pepper)]
        return any(is_same_secret(digest, one) for digest in digests for one in now)

    def consume(self, kind: TokenKind, name: str, *, now: datetime, answer: str | None = None) -> Token | None:
        """Use a valid token up and return it; None for all but one caller. With `answer`, only if it is the right one.

        When DynamoDB's reply is lost, the repeated call finds nothing and the token was used by no one: flows that
        cannot ask for another one consume it inside the transaction that does their work (`consume_in`).
        """
        return _first(
            self._take(token_key(one, kind, name), _is_valid(one, kind, name, answer, now))
            for one in every_pepper(self._pepper)
        )

    def consume_in(
        self, transaction: TransactWrite, kind: TokenKind, name: str, *, now: datetime, answer: str | None = None
    ) -> None:
        """Make a transaction fail unless the token is there and valid, with this answer if given, and use it up.

        Which pepper it is kept under is read before, where there is more than one.
        """
        peppers = every_pepper(self._pepper)
        kept_under = peppers[0]
        if len(peppers) > 1:
            kept_under = next((one for one in peppers if _find(token_key(one, kind, name)) is not None), peppers[0])
        item = TokenItem(token_key(kept_under, kind, name))
        transaction.delete(item, condition=_is_valid(kept_under, kind, name, answer, now))

    def consume_expired(self, kind: TokenKind, name: str, *, now: datetime) -> Token | None:
        """Take an expired token away and return it; None for all but one, so that one new link is sent in its place."""
        is_over = TokenItem.valid_until < micros(now)
        return _first(self._take(key, is_over) for key in self._keys(kind, name))

    def revoke(self, kind: TokenKind, name: str) -> None:
        """Make a token worthless, whether it is there or not."""
        for key in self._keys(kind, name):
            self._take(key, None)

    def list_for_subject(
        self,
        kind: TokenKind,
        subject: str,
        *,
        limit: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Token, ...]:
        """Return the subject's tokens, newest first, as the index knows them: a moment late at times.

        With `until` only those issued by then, the oldest first.
        """
        within = None if since is None else TokenItem.issued_at >= micros(since)
        if until is not None:
            within = TokenItem.issued_at <= micros(until)
        try:
            found = TokenItem.by_subject.query(
                subject_key(kind, subject), within, scan_index_forward=until is not None, limit=limit
            )
            return tuple(token_from_item(item) for item in found)
        except PynamoDBException as error:
            raise store_unavailable() from error

    def list_expired(
        self, shard: str, *, now: datetime, after: Mapping[str, Any] | None = None, limit: int = PAGE
    ) -> KeyPage:
        """Return a page of keys of a shard of the index by_expiry whose TTL is over, oldest first."""
        values = {":shard": {"S": shard}, ":now": {"N": str(int(now.timestamp()))}}
        return read_keys(self._connection, _BY_EXPIRY, values, after=after, limit=limit)

    def delete_expired(self, key: str, *, now: datetime) -> bool:
        """Delete a token that `list_expired` named, readable or not, unless it is gone or was issued anew meanwhile."""
        return self._delete(key, TokenItem.expires_at < now) is not None

    def _keys(self, kind: TokenKind, name: str) -> tuple[str, ...]:
        return token_keys(self._pepper, kind, name)

    def _take(self, key: str, condition: Condition | None) -> Token | None:
        gone = self._delete(key, condition)
        return None if gone is None else token_from_item(TokenItem.from_raw_data(gone))

    def _delete(self, key: str, condition: Condition | None) -> dict[str, Any] | None:
        try:
            gone = self._connection.delete_item(
                TokenItem.Meta.table_name, key, condition=condition, return_values="ALL_OLD"
            )
        except DeleteError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise store_unavailable() from error
        return gone.get("Attributes") or None


def _first(tokens: Iterable[Token | None]) -> Token | None:
    """Return the first that there is, and look no further."""
    return next((token for token in tokens if token is not None), None)


def _find(key: str) -> Token | None:
    try:
        return token_from_item(TokenItem.get(key, consistent_read=True))
    except TokenItem.DoesNotExist:
        return None
    except PynamoDBException as error:
        raise store_unavailable() from error


def _is_valid(pepper: bytes, kind: TokenKind, name: str, answer: str | None, now: datetime) -> Condition:
    condition = TokenItem.valid_until >= micros(now)
    if answer is not None:
        condition &= TokenItem.digest == token_digest(pepper, kind, name, answer)
    return condition
