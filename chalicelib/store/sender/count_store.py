"""Counts of what an institution's requests ask, in shards, so that their number never meets in one item.

The shard of a request follows from its nonce. Each shard has its part of the limit, so all of them together never let
more pass than the limit; since nonces spread unevenly, a little less may.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action

from chalicelib.domain.limit import Limit, window_at
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.shards import SHARDS, shard_of_hash
from chalicelib.store.tables import TokenItem

_TTL_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """One shard in one window: its key, its part of the limit, and when the window ends."""

    limit: Limit
    token: str
    most: int
    ends_at: datetime


def counter_of(limit: Limit, institution_id: str, nonce: str, now: datetime) -> Counter:
    """Return the counter that a request of the institution with this nonce counts in."""
    number, ends_at = window_at(now, limit.window_s)
    shard = shard_of_hash(hashlib.sha256(nonce.encode()).hexdigest())
    token = f"count#{limit.key(institution_id, str(number), shard)}"
    return Counter(limit, token, limit.limit // len(SHARDS), ends_at)


def counter_of_all(limit: Limit, institution_id: str, now: datetime) -> Counter:
    """Return the one counter of a limit that is counted seldom, by many at once."""
    number, ends_at = window_at(now, limit.window_s)
    return Counter(limit, f"count#{limit.key(institution_id, str(number))}", limit.limit, ends_at)


class CountStore:
    """Counts. Raises `Unavailable` when DynamoDB does not answer."""

    def add(self, counter: Counter, *, uses: int = 1) -> int:
        """Count one, or several, and return how many there are in this shard and window, with these."""
        item = TokenItem(counter.token)
        actions: list[Action] = [TokenItem.attempts.add(uses), TokenItem.expires_at.set(counter.ends_at + _TTL_MARGIN)]
        try:
            item.update(actions)
        except PynamoDBException as error:
            raise store_unavailable() from error
        return int(item.attempts)
