"""Every night: forget uploads that no deposit used within their time.

An upload is marked first, under the condition that nothing uses it, and only then is its object deleted; it leaves
the list last. Stopped anywhere, the next run goes on; two runs at once do the same work twice, without harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.gateways.files import Files
from chalicelib.store.upload_store import UploadStore

_DAYS_BACK = 30
"""How long the nightly run may have been down without leaving anything behind."""


@dataclass(frozen=True, slots=True)
class ExpiredUploads:
    """What one run did: `used` were used at the last moment; `is_complete` is False when the limit stopped it."""

    expired: int
    used: int
    is_complete: bool


def expire_uploads(*, uploads: UploadStore, files: Files, now: datetime, limit: int = 500) -> ExpiredUploads:
    """Expire up to `limit` uploads whose time ended before today, in UTC; the oldest days first."""
    due = list(_due(uploads, now, limit))
    outcomes = [_expire(upload_id, uploads=uploads, files=files, now=now) for upload_id in due]
    return ExpiredUploads(sum(outcomes), len(outcomes) - sum(outcomes), len(due) < limit)


def _due(uploads: UploadStore, now: datetime, limit: int) -> Iterator[str]:
    today = now.date()
    for days in range(_DAYS_BACK, 0, -1):
        found = uploads.list_expiring(today - timedelta(days=days), limit=limit)
        yield from found
        limit -= len(found)
        if limit <= 0:
            return


def _expire(upload_id: str, *, uploads: UploadStore, files: Files, now: datetime) -> bool:
    expired = uploads.expire(upload_id, now)
    if expired is None:
        return False
    files.delete_document(expired.object_key)
    uploads.finish_expiry(upload_id)
    return True
