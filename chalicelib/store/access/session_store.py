"""Sessions: one read per request, rotated by one transaction, all of a user's ended by one write.

The cookie is `<secret>.<tag>`. The secret's keyed hash finds the session; the tag, a keyed hash of the user, finds in
the same read the mark that ends every session of the user begun before an instant. So ending them all does not
depend on an index that is a moment late, and the tag tells no one who the user is.

A cookie carries the tag of the pepper it was made under. So the mark is written under every pepper there is, and ends
the sessions of all of them; a session, whose secret is at hand, is asked for under all in that one read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import is_same_secret, keyed_hashes
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.session import LIFETIME, Access, Session, session_ended
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import micros, subject_key, token_from_item, token_key, token_keys, update_token
from chalicelib.store.vendor_errors import TRANSACTION_LOST, vendor_code

_COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{32})")
_MARK_MARGIN = timedelta(hours=1)
_SHUT_OUT = datetime(2200, 1, 1, tzinfo=UTC)
"""The mark that ends sessions begun since as well; its microseconds are still exact as a float."""
_MOST_LISTED = 50
"""More than a user can have open but for races and sessions from before there was a limit."""


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
        return f"{secret}.{self._tags(user_id)[0]}"

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
        names = [(TokenItem, key, None) for key in token_keys(self._pepper, TokenKind.SESSION, parts[1])]
        mark = (TokenItem, _mark_key(parts[2]), None)
        found = read_together(self._connection, [*names, mark, *keys])
        item = next((found[name] for name in names if name in found), None)
        if item is None:
            return None, {}
        session = _from_token(token_from_item(item))
        is_own = self.is_tag_of(parts[2], session.user_id)
        return (session, found) if is_own and _is_alive(session, [found.get(mark)], now) else (None, {})

    def is_tag_of(self, tag: str, user_id: str) -> bool:
        """Tell whether this is the part of a cookie that stays the same for this user, under whichever pepper."""
        return any(is_same_secret(tag, own) for own in self._tags(user_id))

    def existed(self, cookie: str) -> bool:
        """Tell whether a cookie opened a session in the last 30 days, over or not; one call at most."""
        parts = _COOKIE.fullmatch(cookie)
        token = None if parts is None else self._tokens.find(TokenKind.SESSION, parts[1])
        return parts is not None and token is not None and self.is_tag_of(parts[2], str(token.subject))

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

    def rotate_in(self, transaction: TransactWrite, old: Session, new: Session, secret: str) -> None:
        """Replace a session as part of a transaction, which fails when it was rotated or ended meanwhile."""
        transaction.delete(TokenItem(_key(old)), condition=TokenItem.token.exists())
        self._tokens.issue_in(transaction, _new_token(new, secret))

    def _rotate(self, old: Session, new: Session, secret: str, *, is_alone: bool, event: Event | None = None) -> None:
        try:
            with TransactWrite(connection=self._connection) as transaction:
                self.rotate_in(transaction, old, new, secret)
                if is_alone:
                    self.end_all_in(transaction, old.user_id, before=new.created_at)
                if event is not None:
                    EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) in TRANSACTION_LOST:
                raise session_ended() from error
            raise store_unavailable() from error

    def end(self, session_id: str, user_id: str, event: Event) -> bool:
        """End one session of this user and log it in one transaction; False when it is not theirs or had ended.

        Raises:
            Unavailable: `store_unavailable`, also where something else was done to it at that instant.

        """
        key, theirs = f"{TokenKind.SESSION}#{session_id}", subject_key(TokenKind.SESSION, user_id)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.delete(TokenItem(key), condition=TokenItem.subject == theirs)
                EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            there = (
                read_together(self._connection, [(TokenItem, key, None)])
                if vendor_code(error) in TRANSACTION_LOST
                else None
            )
            if there is not None and all(item.subject != theirs for item in there.values()):
                return False
            raise store_unavailable() from error
        return True

    def end_opened_by(self, cookie: str) -> None:
        """End the session that a cookie opens, whosever it is: who has its secret may. No cookie costs no call."""
        parts = _COOKIE.fullmatch(cookie)
        if parts is not None:
            self._tokens.revoke(TokenKind.SESSION, parts[1])

    def displace(self, session: Session, event: Event) -> bool:
        """End a session and log it in one transaction; False when it was ended or rotated meanwhile."""
        is_there = TokenItem.token.exists()
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.delete(TokenItem(_key(session)), condition=is_there)
                EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) in TRANSACTION_LOST:
                return False
            raise store_unavailable() from error
        return True

    def end_all(self, user_id: str, *, before: datetime) -> None:
        """End every session of a user begun before an instant, at once and for good; a later mark is never undone."""
        for mark, actions, is_earlier in self._marks(user_id, before):
            update_token(mark, actions, is_earlier)

    def end_all_in(self, transaction: TransactWrite, user_id: str, *, before: datetime) -> None:
        """End them as part of a transaction, which fails when a later mark is there: decide anew with a new clock."""
        for mark, actions, is_earlier in self._marks(user_id, before):
            transaction.update(mark, actions=actions, condition=is_earlier)

    def shut_out_in(self, transaction: TransactWrite, user_id: str) -> None:
        """Have no session of a user count, as part of a transaction: none begun before, none begun from now on."""
        for mark, actions, _ in self._marks(user_id, _SHUT_OUT):
            transaction.update(mark, actions=actions)

    def let_in_in(self, transaction: TransactWrite, user_id: str, *, before: datetime) -> None:
        """Have the sessions count that a user begins from an instant on, as part of a transaction."""
        for mark, actions, is_earlier in self._marks(user_id, before):
            is_shut_out = TokenItem.issued_at == micros(_SHUT_OUT)
            transaction.update(mark, actions=actions, condition=is_earlier | is_shut_out)

    def let_back_in(self, transaction: TransactWrite, user_id: str, *, before: datetime) -> None:
        """Do so for who was taken out, whose mark is later than any login that was under way then."""
        for mark, actions, _ in self._marks(user_id, before):
            transaction.update(mark, actions=actions)

    def list_for_user(self, user_id: str, *, now: datetime, limit: int) -> tuple[Access, ...]:
        """Return the user's logins of the last 30 days, newest first, without those ended one by one."""
        listed = self._tokens.list_for_subject(TokenKind.SESSION, user_id, limit=limit)
        found = read_together(self._connection, [(TokenItem, _mark_key(tag), None) for tag in self._tags(user_id)])
        sessions, marks = [_from_token(token) for token in listed], [*found.values()]
        return tuple(Access(session, _is_alive(session, marks, now)) for session in sessions)

    def list_lately_begun(self, user_id: str, *, now: datetime) -> tuple[Session, ...]:
        """Return the user's sessions that can be open, newest first, as the index knows them: a moment late at times.

        Those ended one by one are missing; those that a mark ended are not.
        """
        listed = self._tokens.list_for_subject(TokenKind.SESSION, user_id, limit=_MOST_LISTED, since=now - LIFETIME)
        return tuple(_from_token(token) for token in listed)

    def still_open(self, listed: Iterable[Session], *, now: datetime) -> tuple[Session, ...]:
        """Return those of one user's sessions that are open, by one strongly consistent read."""
        keys: dict[ItemKey, Session] = {(TokenItem, _key(session), None): session for session in listed}
        users = {session.user_id for session in keys.values()}
        marks = [(TokenItem, _mark_key(tag), None) for user_id in users for tag in self._tags(user_id)]
        found = read_together(self._connection, [*keys, *marks])
        ends = [found.get(key) for key in marks]
        return tuple(session for key, session in keys.items() if key in found and _is_alive(session, ends, now))

    def _marks(self, user_id: str, before: datetime) -> Iterator[tuple[TokenItem, list[Action], Condition]]:
        actions: list[Action] = [
            TokenItem.issued_at.set(micros(before)),
            TokenItem.expires_at.set(before + LIFETIME + _MARK_MARGIN),
        ]
        is_earlier = TokenItem.issued_at.does_not_exist() | (TokenItem.issued_at <= micros(before))
        for tag in self._tags(user_id):
            yield TokenItem(_mark_key(tag)), actions, is_earlier

    def _tags(self, user_id: str) -> list[str]:
        return [tag[:32] for tag in keyed_hashes(self._pepper, "session-user", user_id)]


def _is_alive(session: Session, marks: Iterable[TokenItem | None], now: datetime) -> bool:
    is_ended = any(mark is not None and micros(session.created_at) < mark.issued_at for mark in marks)
    return now <= session.valid_until and not is_ended


def _key(session: Session) -> str:
    return f"{TokenKind.SESSION}#{session.session_id}"


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
