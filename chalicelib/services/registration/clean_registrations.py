"""Every night: delete registrations that were never completed and whose time is over.

Found by index, never by scan; each is deleted only if its time is still over. Stopped anywhere, the next run goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.services.overdue import list_overdue
from chalicelib.store.registration_store import RegistrationStore

_DAYS_BACK = 30
"""How long the nightly run may have been down; after that the time to live deletes."""


@dataclass(frozen=True, slots=True)
class CleanedRegistrations:
    """What one run did: `kept` got more time or were gone; `is_complete` is False when the limit stopped it."""

    deleted: int
    kept: int
    is_complete: bool


def clean_registrations(
    *, registrations: RegistrationStore, now: datetime, limit: int = 1000, days_back: int = _DAYS_BACK
) -> CleanedRegistrations:
    """Delete up to `limit` registrations whose time ended before today, since `days_back` days; oldest days first."""
    due = list_overdue(registrations.list_expiring, now=now, days_back=range(days_back, 0, -1), limit=limit)
    deleted = sum(registrations.delete_expired(key, now) for key in due)
    return CleanedRegistrations(deleted, len(due) - deleted, len(due) < limit)
