"""Every night: delete registrations that were never completed and whose time is over.

Found by index, never by scan; each is deleted only if its time is still over. What was deleted is out of the index:
stopped anywhere, the next run goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.services.overdue import overdue
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.registration_store import RegistrationStore

_DAYS_BACK = 30
"""How long the nightly run may have been down; after that the time to live deletes."""


@dataclass(frozen=True, slots=True)
class CleanedRegistrations:
    """What one run did: `kept` got more time or were gone; complete when it saw all and none failed."""

    deleted: int
    kept: int
    failed: int
    is_complete: bool


def clean_registrations(
    *, registrations: RegistrationStore, now: Callable[[], datetime], until: datetime, days_back: int = _DAYS_BACK
) -> CleanedRegistrations:
    """Delete those whose time ended before today, since `days_back` days; oldest days first, none after `until`."""
    started = now()

    def delete(key: str) -> str:
        return "deleted" if registrations.delete_expired(key, started) else "kept"

    due = overdue(registrations.list_expiring, now=started, days_back=range(days_back, 0, -1))
    done = work_through(due, delete, job="clean_registrations", now=now, until=until)
    return counted(CleanedRegistrations, done.outcomes, is_complete=done.is_complete)
