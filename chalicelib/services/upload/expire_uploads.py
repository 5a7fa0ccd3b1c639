"""Every night: forget uploads that no deposit used within their time.

An upload is marked first, under the condition that nothing uses it, and only then is its object deleted; it leaves
the list last. Stopped anywhere, the next run goes on; two runs at once do the same work twice, without harm.

What expired on days that a restore of the tables lost, or could have been used on them, stays: a deposit may have used
it that the tables do not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.hold import Hold
from chalicelib.domain.upload.upload import UPLOAD_LIFETIME
from chalicelib.gateways.files import Files
from chalicelib.services.overdue import overdue
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.upload_store import UploadStore

_DAYS_BACK = 30
"""How long the nightly run may have been down without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class ExpiredUploads:
    """What one run did: `used` were used at the last moment; complete when it saw all and none failed."""

    expired: int
    used: int
    failed: int
    is_complete: bool


def expire_uploads(  # noqa: PLR0913 - the stores, and how far to go
    *,
    uploads: UploadStore,
    files: Files,
    now: Callable[[], datetime],
    until: datetime,
    days_back: int = _DAYS_BACK,
    hold: Hold | None = None,
) -> ExpiredUploads:
    """Expire those whose time ended before today, in UTC, since `days_back` days; oldest first, none after `until`.

    `hold` tells of the days that restores lost.
    """
    started = now()

    def expire(upload_id: str) -> str:
        expired = uploads.expire(upload_id, started)
        if expired is None:
            return "used"
        files.delete_document(expired.object_key)
        uploads.finish_expiry(upload_id)
        return "expired"

    days = [back for back in range(days_back, 0, -1) if not _is_lost(started - timedelta(days=back), hold)]
    due = overdue(uploads.list_expiring, now=started, days_back=days)
    done = work_through(due, expire, job="expire_uploads", now=now, until=until)
    return counted(ExpiredUploads, done.outcomes, is_complete=done.is_complete)


def _is_lost(expired: datetime, hold: Hold | None) -> bool:
    """Tell whether what expired then could have been used on a lost day: it could be from a week before on."""
    if hold is None:
        return False
    usable = range(UPLOAD_LIFETIME.days + 1)
    return any(hold.spares((expired - timedelta(days=before)).date()) for before in usable)
