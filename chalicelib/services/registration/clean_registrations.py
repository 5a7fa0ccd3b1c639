"""Every night: delete registrations that were never completed and whose time is over.

Found by index, never by scan; each is deleted only if its time is still over. What was deleted is out of the index:
stopped anywhere, the next run goes on.

Of one that a desk took and nobody proved the scan of its form goes first, then what else nobody needs: the desk is
told for thirty days that it ended, and then it is deleted as the others. Stopped between, the next run deletes a scan
that is gone already, which is no error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.registration.registration import RegistrationChanged
from chalicelib.domain.registration.taken import forgotten, is_ended_by_desk, scan_to_forget
from chalicelib.gateways.files import Files
from chalicelib.services.overdue import overdue
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.registration_store import RegistrationStore

_DAYS_BACK = 30
"""How long the nightly run may have been down; after that the time to live deletes."""


@dataclass(frozen=True, slots=True)
class CleanedRegistrations:
    """What one run did: `kept` got more time or were gone; complete when it saw all and none failed.

    `forgotten` lost the scan of their form, and all that their desk is not told.
    """

    deleted: int
    kept: int
    failed: int
    is_complete: bool
    forgotten: int = 0


def clean_registrations(
    *,
    registrations: RegistrationStore,
    files: Files,
    now: Callable[[], datetime],
    until: datetime,
    days_back: int = _DAYS_BACK,
) -> CleanedRegistrations:
    """Delete those whose time ended before today, since `days_back` days; oldest days first, none after `until`."""
    started = now()

    def delete(key: str) -> str:
        is_deleted = registrations.delete_expired(key, started)
        return "deleted" if is_deleted else _forget_scan(key, started, registrations, files)

    due = overdue(registrations.list_expiring, now=started, days_back=range(days_back, 0, -1))
    done = work_through(due, delete, job="clean_registrations", now=now, until=until)
    return counted(CleanedRegistrations, done.outcomes, is_complete=done.is_complete)


def _forget_scan(key: str, now: datetime, registrations: RegistrationStore, files: Files) -> str:
    """Delete the scan of one whose time is over, and then the registration, or what its desk is not told of it."""
    found = registrations.find(key)
    scan = "" if found is None or found.is_open_at(now) else scan_to_forget(found)
    if found is None or not scan:
        return "kept"
    files.delete_document(scan)
    if is_ended_by_desk(found):
        return "deleted" if registrations.delete_expired(key, now, is_scan_gone=True) else "kept"
    try:
        registrations.update(forgotten(found))
    except RegistrationChanged:
        return "kept"
    return "forgotten"
