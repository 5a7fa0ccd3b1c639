"""Tokens to items and back. Instants are microseconds since 1970, so that DynamoDB compares them exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.access.token import KEPT_FOR, NewToken, Token, TokenKind
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.shards import expiry_shard
from chalicelib.store.tables import TokenItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def token_key(pepper: bytes, kind: TokenKind, name: str) -> str:
    """Return `<kind>#<keyed hash of the name>`."""
    return f"{kind}#{keyed_hash(pepper, 'name', kind, name)}"


def token_keys(pepper: bytes, kind: TokenKind, name: str) -> tuple[str, ...]:
    """Return what the key may be: under the pepper, then under each one beside it."""
    return tuple(token_key(one, kind, name) for one in every_pepper(pepper))


def token_digest(pepper: bytes, kind: TokenKind, name: str, answer: str) -> str:
    """Hash name and answer together, so that one code made for two people looks like two."""
    return keyed_hash(pepper, "answer", kind, name, answer)


def subject_key(kind: TokenKind, subject: str) -> str:
    """Scope a subject by kind: a query finds exactly what is listed or revoked together."""
    return f"{kind}#{subject}"


def micros(instant: datetime) -> int:
    """Return whole microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_from_micros(number: float) -> datetime:
    """Undo `micros`."""
    return _EPOCH + int(number) * _MICROSECOND


def item_from_new(pepper: bytes, new: NewToken) -> TokenItem:
    """Write a new token, secrets hashed."""
    key = token_key(pepper, new.kind, new.name)
    expires_at = (new.valid_until + KEPT_FOR[new.kind]).astimezone(UTC)
    return TokenItem(
        key,
        digest=token_digest(pepper, new.kind, new.name, new.answer),
        expires_at=expires_at,
        valid_until=micros(new.valid_until),
        issued_at=micros(new.issued_at),
        subject=None if new.subject is None else subject_key(new.kind, new.subject),
        expiry_shard=expiry_shard(expires_at, key),
        attempts=0,
        data=dict(new.data),
    )


def update_token(item: TokenItem, actions: list[Action], condition: Condition | None) -> bool:
    """Apply the update, after which `item` is as stored; False when the condition does not hold."""
    try:
        item.update(actions, condition=condition)
    except UpdateError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True


def token_from_item(item: Model) -> Token:
    """Read a token out of an item."""
    if not isinstance(item, TokenItem):
        raise TypeError(type(item).__name__)
    kind, _, token_id = item.token.partition("#")
    return Token(
        kind=TokenKind(kind),
        token_id=token_id,
        digest=item.digest,
        issued_at=instant_from_micros(item.issued_at),
        valid_until=instant_from_micros(item.valid_until),
        subject=None if item.subject is None else item.subject.partition("#")[2],
        attempts=int(item.attempts),
        data=item.data,
    )
