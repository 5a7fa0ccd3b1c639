"""Sessions of the staff: one read finds the session, who it is of, and their institution, as they are now.

The cookie is `<secret>.<whose>`. The secret's keyed hash finds the session. `whose` names the person's item, so that
it is read in the same round trip. It proves nothing: the session says whose it is. So who is disabled, or given other
permissions, is so at the next click. Idle time is kept in `issued_at`, the last use, and `valid_until`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.institution.staff import PLATFORM, StaffMember
from chalicelib.domain.institution.staff_session import SignedIn, StaffSession
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import ItemKey, read_together
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.institution.staff_item import staff_from, staff_item
from chalicelib.store.sender.institution_store import PROFILE, institution_from
from chalicelib.store.tables import InstitutionItem, StaffItem, TokenItem
from chalicelib.store.token_item import micros, token_from_item, token_key, token_keys, update_token

_COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{4,160})")
_KIND = TokenKind.STAFF_SESSION


class StaffSessionStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._pepper = pepper
        self._tokens = TokenStore(connection, pepper)

    def session_id(self, secret: str) -> str:
        """Return the public name of the session that this secret opens."""
        return token_key(self._pepper, _KIND, secret).partition("#")[2]

    def find(self, cookie: str, now: datetime) -> SignedIn | None:
        """Return who a cookie lets in, by one strongly consistent read; None unless both are alive."""
        parts = _COOKIE.fullmatch(cookie)
        whose = None if parts is None else _whose(parts[2])
        if parts is None or whose is None:
            return None
        names: list[ItemKey] = [(TokenItem, key, None) for key in token_keys(self._pepper, _KIND, parts[1])]
        person: ItemKey = (StaffItem, whose[0], staff_item(whose[1]))
        profile: ItemKey = (InstitutionItem, whose[0], PROFILE)
        found = read_together(self._connection, [*names, person, *([] if whose[0] == PLATFORM else [profile])])
        item = next((found[name] for name in names if name in found), None)
        member, institution = staff_from(found.get(person)), institution_from(found.get(profile))
        if item is None or member is None or (institution is None) is not (whose[0] == PLATFORM):
            return None
        session = _session_from(item)
        is_own = session.staff_id == member.staff_id and member.is_active
        is_ended = member.sessions_from is not None and session.opened_at < member.sessions_from
        if not is_own or is_ended or now > session.valid_until:
            return None
        return SignedIn(session, member, institution)

    def open_in(self, transaction: TransactWrite, session: StaffSession, secret: str) -> None:
        """Keep a new session as part of a transaction."""
        self._tokens.issue_in(transaction, _new_token(session, secret))

    def end_in(self, transaction: TransactWrite, session: StaffSession) -> None:
        """End one as part of a transaction, which fails when it ended meanwhile."""
        transaction.delete(TokenItem(_key(session)), condition=TokenItem.token.exists())

    def note_use(self, session: StaffSession, now: datetime) -> None:
        """Let a session that is alive go on from this use; one call. One that ended meanwhile stays ended."""
        later = replace(session, seen_at=now)
        actions: list[Action] = [
            TokenItem.issued_at.set(micros(later.seen_at)),
            TokenItem.valid_until.set(micros(later.valid_until)),
        ]
        update_token(TokenItem(_key(session)), actions, TokenItem.valid_until >= micros(now))


def cookie_of(secret: str, member: StaffMember) -> str:
    """Return what the person's browser keeps."""
    whose = f"{member.institution_id}/{member.document_number}".encode()
    return f"{secret}.{base64.urlsafe_b64encode(whose).decode().rstrip('=')}"


def _whose(text: str) -> tuple[str, str] | None:
    try:
        institution_id, slash, document_number = (
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("/")
        )
    except (binascii.Error, ValueError):
        return None
    return (institution_id, document_number) if slash and institution_id and document_number else None


def _key(session: StaffSession) -> str:
    return f"{_KIND}#{session.session_id}"


def _new_token(session: StaffSession, secret: str) -> NewToken:
    return NewToken(
        kind=_KIND,
        name=secret,
        issued_at=session.seen_at,
        valid_until=session.valid_until,
        subject=session.staff_id,
        data=to_data(session),
    )


def _session_from(item: TokenItem) -> StaffSession:
    token = token_from_item(item)
    kept = from_data(StaffSession, {**token.data, "session_id": token.token_id})
    return replace(kept, seen_at=token.issued_at)
