"""Looks at notices: a session's further looks within a while are one, told by a small item that goes by TTL.

The item is put in the transaction of what the look records, so that it holds neither more nor less than the log does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import keyed_hashes
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import micros

_TTL_MARGIN = timedelta(hours=1)
_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Look:
    """One login's look at one notice; `tokens` are the same whenever it looks, `event_ids` are each look's own.

    Of both the first is the one to write by. The others are what the same look is called under another pepper.
    """

    tokens: tuple[str, ...]
    event_ids: tuple[str, ...]
    at: datetime
    until: datetime

    @property
    def event_id(self) -> str:
        """The id of what the log tells of it."""
        return self.event_ids[0]

    def begin_in(self, transaction: TransactWrite) -> None:
        """Begin it as part of a transaction, which fails while an earlier one of the same login lasts."""
        # TTL deletes late, so a look that is over still lies there.
        is_over = TokenItem.token.does_not_exist() | (TokenItem.valid_until <= micros(self.at))
        for token in self.tokens:
            item = TokenItem(
                token, digest=self.event_id, valid_until=micros(self.until), expires_at=self.until + _TTL_MARGIN
            )
            transaction.save(item, condition=is_over)


class LookStore:
    """Names looks. What is stored names neither the login nor the notice."""

    def __init__(self, pepper: bytes, lasts: timedelta) -> None:
        """Hash with `pepper`; every look lasts as long."""
        self._pepper = pepper
        self._lasts = lasts

    def name_look(self, access_id: str, notice_id: str, at: datetime) -> Look:
        """Name the look at an instant; the same again is the same look."""
        at = at.astimezone(UTC)
        tokens = keyed_hashes(self._pepper, "look", access_id, notice_id)
        event_ids = keyed_hashes(self._pepper, "look", access_id, notice_id, at.isoformat())
        return Look(
            tuple(f"look#{token}" for token in tokens),
            tuple(event_id[:_ID_LENGTH] for event_id in event_ids),
            at,
            at + self._lasts,
        )
