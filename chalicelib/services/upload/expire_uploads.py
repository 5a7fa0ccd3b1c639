"""Every night: forget uploads that no deposit used within their time.

An upload is marked first, under the condition that nothing uses it, and only then is its object deleted; it leaves
the list last. Stopped anywhere, the next run goes on; two runs at once do the same work twice, without harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.gateways.files import Files
from chalicelib.services.overdue import list_overdue
from chalicelib.store.upload_store import UploadStore

_DAYS_BACK = 30
"""How long the nightly run may have been down without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class ExpiredUploads:
    """What one run did: `used` were used at the last moment; `is_complete` is False when the limit stopped it."""

    expired: int
    used: int
    is_complete: bool


def expire_uploads(
    *, uploads: UploadStore, files: Files, now: datetime, limit: int = 500, days_back: int = _DAYS_BACK
) -> ExpiredUploads:
    """Expire up to `limit` uploads whose time ended before today, in UTC, since `days_back` days; oldest days first."""
    due = list_overdue(uploads.list_expiring, now=now, days_back=range(days_back, 0, -1), limit=limit)
    outcomes = [_expire(upload_id, uploads=uploads, files=files, now=now) for upload_id in due]
    return ExpiredUploads(sum(outcomes), len(outcomes) - sum(outcomes), len(due) < limit)


def _expire(upload_id: str, *, uploads: UploadStore, files: Files, now: datetime) -> bool:
    expired = uploads.expire(upload_id, now)
    if expired is None:
        return False
    files.delete_document(expired.object_key)
    uploads.finish_expiry(upload_id)
    return True
