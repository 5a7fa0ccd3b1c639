"""Every night: delete expired tokens that the time to live left behind.

Found by index, never by scan; each is deleted only if it is still expired, so a token issued anew meanwhile stays.
What was deleted is out of the index: stopped anywhere, the next run goes on. Two at once share the work. Nonces and
counters are not looked at: they hold nothing that matters and go by time to live alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.services.overdue import overdue
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.access.token_store import TokenStore

_DAYS_BACK = 30
"""How long the nightly run may have been down without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class CleanedTokens:
    """What one run did: `gone` were deleted or issued anew by others; complete when it saw all and none failed."""

    deleted: int
    gone: int
    failed: int
    is_complete: bool


def clean_tokens(
    *, tokens: TokenStore, now: Callable[[], datetime], until: datetime, days_back: int = _DAYS_BACK
) -> CleanedTokens:
    """Delete tokens whose time to live is over since `days_back` days, the oldest days first, none after `until`."""
    started = now()

    def delete(key: str) -> str:
        return "deleted" if tokens.delete_expired(key, now=started) else "gone"

    due = overdue(partial(tokens.list_expired, now=started), now=started, days_back=range(days_back, -1, -1))
    done = work_through(due, delete, job="clean_tokens", now=now, until=until)
    return counted(CleanedTokens, done.outcomes, is_complete=done.is_complete)
