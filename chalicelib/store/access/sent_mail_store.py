"""The last e-mail about something, so that the next waits for its end; and which of their codes were used.

Kept in `tokens` as `sent#<keyed hash>`, and a used code as `used#<keyed hash>`. Every change is one conditional call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.exceptions import DeleteError, PutError, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import is_keyed_hash, keyed_hash, keyed_hashes
from chalicelib.domain.access.sent_mail import DAY, SentCode, SentMail
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import instant_from_micros, micros, update_token
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_TTL_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FoundCode:
    """The keyed hash of a code that counts, or none; `is_earlier` of one after which another was sent.

    `sent_at` is when it was sent at the earliest.
    """

    right: str | None
    is_earlier: bool = False
    sent_at: datetime | None = None


class SentMailStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, pepper: bytes) -> None:
        """Hash names and codes with `pepper`."""
        self._pepper = pepper

    def digest(self, about: str, code: str) -> str:
        """Return the keyed hash of a code, for what it is about."""
        return keyed_hash(self._pepper, "sent-code", about, code)

    def look_up(self, about: str, code: str, now: datetime, *, named: str = "") -> FoundCode:
        """Tell what a code is to one of the last e-mails; one call.

        `named` is what their codes are hashed with, where several lists share it. While the pepper changes, what was
        sent under another one is read as well.
        """
        is_earlier = False
        for key in self._keys(about):
            mail = _read(key)
            if mail is None:
                continue
            for sent in mail.counting(now):
                if is_keyed_hash(sent.digest, self._pepper, "sent-code", named or about, code):
                    return FoundCode(sent.digest, sent_at=mail.sent_at_earliest(sent))
            for digest in mail.earlier:
                is_earlier = is_keyed_hash(digest, self._pepper, "sent-code", named or about, code) or is_earlier
        return FoundCode(None, is_earlier=is_earlier)

    def right_code(self, about: str, code: str, now: datetime, *, named: str = "") -> str | None:
        """Return the keyed hash of a code that counts; one call."""
        return self.look_up(about, code, now, named=named).right

    def find(self, about: str) -> SentMail | None:
        """Return the last e-mail, read with strong consistency."""
        return _read(self._keys(about)[0])

    def keep(self, about: str, mail: SentMail, *, instead_of: SentMail | None) -> bool:
        """Put an e-mail in the place of the last one that was read; False when another came first."""
        as_read: Condition = (
            TokenItem.token.does_not_exist() if instead_of is None else TokenItem.digest == instead_of.digest
        )
        return _put(self._item(about, mail), as_read)

    def _item(self, about: str, mail: SentMail) -> TokenItem:
        return TokenItem(
            self._keys(about)[0],
            digest=mail.digest,
            issued_at=micros(mail.sent_at),
            valid_until=micros(mail.serves_until),
            attempts=mail.sent,
            data={
                "day_began": micros(mail.day_began),
                "to": mail.to,
                "codes": [[code.digest, micros(code.until)] for code in mail.codes],
                "earlier": list(mail.earlier),
            },
            expires_at=max(mail.day_began + DAY, mail.serves_until) + _TTL_MARGIN,
        )

    def take_back(self, about: str, mail: SentMail, *, before: SentMail | None) -> None:
        """Put the one before in the place of an e-mail that could not be sent, if nothing was sent after it."""
        is_last: Condition = TokenItem.digest == mail.digest
        if before is None:
            self._delete(self._keys(about)[0], is_last)
        else:
            _put(self._item(about, before), is_last)

    def end_serving(self, about: str, digest: str, *, now: datetime) -> None:
        """Let the next who asks get an e-mail, since this one's code was used; every other code counts as before."""
        for key in self._keys(about):
            update_token(TokenItem(key), [TokenItem.valid_until.set(micros(now))], TokenItem.digest == digest)

    def forget(self, about: str) -> None:
        """Have no code count any more."""
        for key in self._keys(about):
            self._delete(key, None)

    def forget_in(self, transaction: TransactWrite, about: str) -> None:
        """Have no code count any more as part of a transaction."""
        for key in self._keys(about):
            transaction.delete(TokenItem(key))

    def use_up(self, digest: str, *, until: datetime) -> bool:
        """Let a code count once, whatever it was asked for with; False for all but the first."""
        item = TokenItem(f"used#{digest}", digest=digest, expires_at=until + _TTL_MARGIN)
        return _put(item, TokenItem.token.does_not_exist())

    def _delete(self, key: str, condition: Condition | None) -> None:
        try:
            TokenItem(key).delete(condition)
        except DeleteError as error:
            if vendor_code(error) != CONDITION_FAILED:
                raise store_unavailable() from error

    def _keys(self, about: str) -> list[str]:
        return [f"sent#{key}" for key in keyed_hashes(self._pepper, "sent", about)]


def _read(key: str) -> SentMail | None:
    try:
        item = TokenItem.get(key, consistent_read=True)
    except TokenItem.DoesNotExist:
        return None
    except PynamoDBException as error:
        raise store_unavailable() from error
    return SentMail(
        digest=item.digest,
        sent_at=instant_from_micros(item.issued_at),
        serves_until=instant_from_micros(item.valid_until),
        day_began=instant_from_micros(item.data["day_began"]),
        sent=int(item.attempts),
        to=item.data["to"],
        codes=tuple(SentCode(digest, instant_from_micros(until)) for digest, until in item.data["codes"]),
        earlier=tuple(item.data.get("earlier", ())),
    )


def _put(item: TokenItem, condition: Condition) -> bool:
    try:
        item.save(condition)
    except PutError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True
