"""Every few minutes: tell how many passwords are about to be restored too late, and who is to be woken anew for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.desk.recovery import PRESSING
from chalicelib.store.desk.recovery_store import RecoveryStore

CALLS_BEFORE = timedelta(hours=2)
_AGAIN_AFTER = timedelta(days=1)
_CALLS_FOR = timedelta(minutes=20)
"""As long as the job may fail to run until that itself wakes somebody."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class WatchedRecoveries:
    """`late` are those whose day is over, `pressing` those with less than four hours left; of any desk, 500 at most.

    `calling` are those for which somebody is woken now: for twenty minutes from two hours before the end on, and each
    day anew while nobody settles it. So one that is neglected hides none that comes after it.
    """

    late: int
    pressing: int
    failed: int
    calling: int
    is_complete: bool


def watch_recoveries(*, recoveries: RecoveryStore, now: datetime) -> WatchedRecoveries:
    """Look at what is due first; one call.

    Raises:
        Unavailable: `store_unavailable`.

    """
    due = recoveries.due_before(now + PRESSING, limit=_MOST)
    late = sum(one < now for one in due)
    calling = sum(_calls(one, now) for one in due)
    return WatchedRecoveries(late, len(due) - late, 0, calling, is_complete=len(due) < _MOST)


def _calls(due_at: datetime, now: datetime) -> bool:
    since = now - (due_at - CALLS_BEFORE)
    return since >= timedelta(0) and since % _AGAIN_AFTER < _CALLS_FOR
