"""What pages see beside their own, without asking at each: once a minute a process, and never for long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.store.page_view import Seen

SEEN_FOR = timedelta(minutes=1)


@dataclass(slots=True)
class SeenByPages:
    """What a process remembers: what it last could read, and when that was last tried."""

    last: Seen = field(default_factory=Seen)
    tried_at: datetime | None = None


def look(*, seen: SeenByPages, read: Callable[[], Seen], now: datetime) -> Seen:
    """Return the board and the calendar's entries, at most a minute old.

    A read that failed is not tried again within that minute either. Until one succeeds, the last board stands.

    Raises:
        Exception: what `read` raises, once a minute; `seen.last` is what to show.

    """
    if seen.tried_at is None or not timedelta(0) <= now - seen.tried_at < SEEN_FOR:
        seen.tried_at = now
        seen.last = read()
    return seen.last
