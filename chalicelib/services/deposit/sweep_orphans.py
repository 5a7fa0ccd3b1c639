"""Delete receipts and files that were stored for a deposit that never committed.

A night looks at one day, long enough ago that no request of it can still be running and that the bucket's default
retention is over. An object is deleted only after a strongly consistent read showed that its notice does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.gateways.files import Files
from chalicelib.store.notice_store import NoticeStore

AGE = timedelta(days=8)
DAYS_LOOKED_AT = 3
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class OrphanSweep:
    """How many objects were looked at and deleted; `is_complete` is False when time ran out."""

    seen: int
    deleted: int
    is_complete: bool


def sweep_orphans(*, files: Files, notices: NoticeStore, now: Callable[[], datetime], until: datetime) -> OrphanSweep:
    """Sweep the days that came of age in the last nights; two sweeps at once do no harm."""
    seen = deleted = 0
    for days in range(DAYS_LOOKED_AT):
        prefix = f"notices/{now() - AGE - timedelta(days=days):%Y/%m/%d}/"
        position = ""
        committed: dict[str, bool] = {}
        while keys := files.list_documents(prefix, start_after=position, limit=_PAGE):
            for key in keys:
                if now() >= until:
                    return OrphanSweep(seen, deleted, is_complete=False)
                notice_id = key.removeprefix(prefix).partition("/")[0]
                if notice_id not in committed:
                    committed = {notice_id: notices.exists(notice_id)}
                seen += 1
                if not committed[notice_id]:
                    files.delete_document(key)
                    deleted += 1
            position = keys[-1]
    return OrphanSweep(seen, deleted, is_complete=True)
