"""Sessions: one read per request, rotated by one transaction, all of a user's ended by one write.

The cookie is `<secret>.<tag>`. The secret's keyed hash finds the session; the tag, a keyed hash of the user, finds in
the same read the mark that ends every session of the user begun before an instant. So ending them all does not
depend on an index that is a moment late, and the tag tells no one who the user is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import is_same_secret, keyed_hash
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.session import LIFETIME, Access, Session, session_ended
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import item_from_new, micros, token_from_item, token_key, update_token
from chalicelib.store.vendor_errors import vendor_code

_COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{32})")
_MARK_MARGIN = timedelta(hours=1)
_LOST = ("TransactionCanceledException", "TransactionConflictException")


class SessionStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._pepper = pepper
        self._tokens = TokenStore(connection, pepper)

    def session_id(self, secret: str) -> str:
        """Return the public name of the session that this secret opens."""
        return token_key(self._pepper, TokenKind.SESSION, secret).partition("#")[2]

    def cookie(self, secret: str, user_id: str) -> str:
        """Return what the person's browser keeps."""
        return f"{secret}.{self._tag(user_id)}"

    def add(self, session: Session, secret: str) -> None:
        """Keep a new session."""
        self._tokens.issue(_new_token(session, secret))

    def find(self, cookie: str, now: datetime) -> Session | None:
        """Return the session that a cookie opens, by one strongly consistent read; None unless it is alive."""
        return self.find_with(cookie, [], now)[0]

    def find_with(
        self, cookie: str, keys: Iterable[ItemKey], now: datetime
    ) -> tuple[Session | None, dict[ItemKey, Any]]:
        """Do the same, and read other items in the same round trip; who asks may not be allowed to see them."""
        parts = _COOKIE.fullmatch(cookie)
        if parts is None:
            return None, {}
        key = (TokenItem, token_key(self._pepper, TokenKind.SESSION, parts[1]), None)
        mark = (TokenItem, _mark_key(parts[2]), None)
        found = read_together(self._connection, [key, mark, *keys])
        if key not in found:
            return None, {}
        session = _from_token(token_from_item(found[key]))
        is_own_tag = is_same_secret(parts[2], self._tag(session.user_id))
        return (session, found) if is_own_tag and _is_alive(session, found.get(mark), now) else (None, {})

    def existed(self, cookie: str) -> bool:
        """Tell whether a cookie opened a session in the last 30 days, over or not; one call at most."""
        parts = _COOKIE.fullmatch(cookie)
        token = None if parts is None else self._tokens.find(TokenKind.SESSION, parts[1])
        return parts is not None and token is not None and is_same_secret(parts[2], self._tag(str(token.subject)))

    def rotate(self, old: Session, new: Session, secret: str) -> None:
        """Replace a session by its successor in one transaction.

        Raises:
            SessionEnded: `session_ended` when it was rotated or ended meanwhile; nothing was written.

        """
        self._rotate(old, new, secret, is_alone=False)

    def rotate_alone(self, old: Session, new: Session, secret: str, event: Event | None = None) -> None:
        """Do the same and end every other session of the user begun before the new one's instant; log it if told to.

        Raises:
            SessionEnded: `session_ended` when it was rotated or ended meanwhile; nothing was written.

        """
        self._rotate(old, new, secret, is_alone=True, event=event)

    def _rotate(self, old: Session, new: Session, secret: str, *, is_alone: bool, event: Event | None = None) -> None:
        is_there = TokenItem.token.exists()
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.delete(TokenItem(f"{TokenKind.SESSION}#{old.session_id}"), condition=is_there)
                transaction.save(item_from_new(self._pepper, _new_token(new, secret)))
                if is_alone:
                    self.end_all_in(transaction, old.user_id, before=new.created_at)
                if event is not None:
                    EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) in _LOST:
                raise session_ended() from error
            raise store_unavailable() from error

    def end(self, session_id: str, user_id: str) -> bool:
        """End one session of this user; False when it is not theirs or had ended."""
        return self._tokens.revoke_listed(TokenKind.SESSION, session_id, user_id)

    def end_all(self, user_id: str, *, before: datetime) -> None:
        """End every session of a user begun before an instant, at once and for good; a later mark is never undone."""
        mark, actions, is_earlier = self._mark(user_id, before)
        update_token(mark, actions, is_earlier)

    def end_all_in(self, transaction: TransactWrite, user_id: str, *, before: datetime) -> None:
        """End them as part of a transaction, which fails when a later mark is there: decide anew with a new clock."""
        mark, actions, is_earlier = self._mark(user_id, before)
        transaction.update(mark, actions=actions, condition=is_earlier)

    def list_for_user(self, user_id: str, *, now: datetime, limit: int) -> tuple[Access, ...]:
        """Return the user's logins of the last 30 days, newest first, without those ended one by one."""
        listed = self._tokens.list_for_subject(TokenKind.SESSION, user_id, limit=limit)
        mark = (TokenItem, _mark_key(self._tag(user_id)), None)
        found = read_together(self._connection, [mark])
        sessions = [_from_token(token) for token in listed]
        return tuple(Access(session, _is_alive(session, found.get(mark), now)) for session in sessions)

    def _mark(self, user_id: str, before: datetime) -> tuple[TokenItem, list[Action], Condition]:
        actions: list[Action] = [
            TokenItem.issued_at.set(micros(before)),
            TokenItem.expires_at.set(before + LIFETIME + _MARK_MARGIN),
        ]
        is_earlier = TokenItem.issued_at.does_not_exist() | (TokenItem.issued_at <= micros(before))
        return TokenItem(_mark_key(self._tag(user_id))), actions, is_earlier

    def _tag(self, user_id: str) -> str:
        return keyed_hash(self._pepper, "session-user", user_id)[:32]


def _is_alive(session: Session, mark: TokenItem | None, now: datetime) -> bool:
    return now <= session.valid_until and (mark is None or micros(session.created_at) >= mark.issued_at)


def _mark_key(tag: str) -> str:
    return f"ended#{tag}"


def _new_token(session: Session, secret: str) -> NewToken:
    return NewToken(
        kind=TokenKind.SESSION,
        name=secret,
        issued_at=session.created_at,
        valid_until=session.valid_until,
        subject=session.user_id,
        data=to_data(session),
    )


def _from_token(token: Token) -> Session:
    return from_data(Session, {**token.data, "session_id": token.token_id})
