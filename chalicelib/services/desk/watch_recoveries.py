"""Every few minutes: tell for how long a password that is to be restored has been about to be late, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.desk.recovery import PRESSING
from chalicelib.store.desk.recovery_store import RecoveryStore

_MOST = 500


@dataclass(frozen=True, slots=True)
class WatchedRecoveries:
    """`late` are those whose day is over, `pressing` those with less than four hours left; of any desk, 500 at most.

    `pressing_s` is since when the one due first has had so little left, 0 where none has.
    """

    late: int
    pressing: int
    failed: int
    pressing_s: int
    is_complete: bool


def watch_recoveries(*, recoveries: RecoveryStore, now: datetime) -> WatchedRecoveries:
    """Look at what is due first; one call.

    Raises:
        Unavailable: `store_unavailable`.

    """
    due = recoveries.due_before(now + PRESSING, limit=_MOST)
    late = sum(one < now for one in due)
    pressing_s = int((now - (due[0] - PRESSING)).total_seconds()) if due else 0
    return WatchedRecoveries(late, len(due) - late, 0, pressing_s, is_complete=len(due) < _MOST)
