"""Every night: delete expired tokens that the time to live left behind.

Found by index, never by scan; each is deleted only if it is still expired, so a token issued anew meanwhile stays.
Stopped anywhere, the next run goes on; two at once share the work. Nonces and counters are not looked at: they hold
nothing that matters and go by time to live alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.services.overdue import list_overdue
from chalicelib.store.access.token_store import TokenStore

_DAYS_BACK = 30
"""How long the nightly run may have been down without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class CleanedTokens:
    """What one run did: `gone` were deleted or issued anew by others; `is_complete` is False when the limit stopped it.

    `seen` is the sum of both.
    """

    deleted: int
    gone: int
    is_complete: bool

    @property
    def seen(self) -> int:
        """Every token looked at."""
        return self.deleted + self.gone


def clean_tokens(*, tokens: TokenStore, now: datetime, limit: int = 2000, days_back: int = _DAYS_BACK) -> CleanedTokens:
    """Delete up to `limit` tokens whose time to live is over since `days_back` days, the oldest days first."""
    find = partial(tokens.list_expired, now=now)
    due = list_overdue(find, now=now, days_back=range(days_back, -1, -1), limit=limit)
    deleted = sum(tokens.delete_expired(key, now=now) for key in due)
    return CleanedTokens(deleted, len(due) - deleted, len(due) < limit)
