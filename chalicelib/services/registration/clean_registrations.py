"""Every night: delete registrations that were never completed and whose time is over.

Found by index, never by scan; each is deleted only if its time is still over. Stopped anywhere, the next run goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.store.registration_store import RegistrationStore

_DAYS_BACK = 30
"""How long the nightly run may have been down; after that the time to live deletes."""


@dataclass(frozen=True, slots=True)
class CleanedRegistrations:
    """What one run did: `kept` got more time or were gone; `is_complete` is False when the limit stopped it."""

    deleted: int
    kept: int
    is_complete: bool


def clean_registrations(*, registrations: RegistrationStore, now: datetime, limit: int = 1000) -> CleanedRegistrations:
    """Delete up to `limit` registrations whose time ended before today, in UTC; the oldest days first."""
    due = list(_due(registrations, now, limit))
    deleted = sum(registrations.delete_expired(key, now) for key in due)
    return CleanedRegistrations(deleted, len(due) - deleted, len(due) < limit)


def _due(registrations: RegistrationStore, now: datetime, limit: int) -> Iterator[str]:
    for days in range(_DAYS_BACK, 0, -1):
        found = registrations.list_expiring(now.date() - timedelta(days=days), limit=limit)
        yield from found
        limit -= len(found)
        if limit <= 0:
            return
