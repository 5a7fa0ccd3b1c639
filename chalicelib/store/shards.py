"""Shards: eight index keys where one would take all the writes of a day, or of a sender.

A partition takes 1,000 write units a second, and all entries of one key may lie in one. The shard of an item follows
from its own key, so that it stays there.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

SHARDS = tuple("01234567")


def shard_of_hash(key: str) -> str:
    """Return the shard of what is named by a hash, as the last hexadecimal digit has it."""
    return SHARDS[int(key[-1], 16) % len(SHARDS)]


def shard_of_code(code: str) -> str:
    """Return the shard of what is named by a code that people read aloud, such as a notice."""
    return SHARDS[zlib.crc32(code.encode()) % len(SHARDS)]


def expiry_shard(expires_at: datetime, key: str) -> str:
    """Return the index key, `<UTC day>#<shard>`, of what is named by a hash and expires at this instant."""
    return _part(expires_at.astimezone(UTC).date(), shard_of_hash(key))


def expiry_shards(day: date) -> tuple[str, ...]:
    """Return the index keys of all that expires on a UTC day."""
    return tuple(_part(day, shard) for shard in SHARDS)


def _part(day: date, shard: str) -> str:
    return f"{day.isoformat()}#{shard}"
