"""Delete receipts and files that were stored for a deposit, or a filing, that never committed.

Each night goes on where the one before stopped, day by day, until it has swept the day that came of age. That is long
enough ago that no request of it can still be running and that the bucket's default retention is over. An object is
deleted only after a strongly consistent read showed that its notice, or filing, does not exist. What fails is kept by
its key and tried again when the days are swept. If too many fail, the sweep stays where it is, and tries those first.

Days that a restore of the tables lost are left alone for ever: what lies there may be all that is left of deposits
whose senders have a receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.deposit.orphan_position import OrphanPosition
from chalicelib.domain.hold import Hold
from chalicelib.gateways.files import Files
from chalicelib.services.work_through import log_failed
from chalicelib.store.position_store import PositionStore

AGE = timedelta(days=8)
FIRST_LOOK_BACK = timedelta(days=30)
"""Where the first sweep of all begins, before the day that came of age."""
MOST_AGAIN = 200
"""Keys that one item holds with ease; so many failures are no bad record but an outage."""
_PAGE = 200
"""What a sweep that dies has to look at again."""


class Committed(Protocol):
    """Knows what was committed, by the id that keys of its objects have."""

    def exists(self, own_id: str, /) -> bool:
        """Tell by a strongly consistent read."""


@dataclass(frozen=True, slots=True)
class OrphanSweep:
    """How many objects were looked at and deleted, and how many wait to be tried again.

    Complete when every day that came of age was swept and nothing waits.
    """

    seen: int
    deleted: int
    failed: int
    is_complete: bool


def added_up(sweeps: Iterable[OrphanSweep]) -> OrphanSweep:
    """Return what several sweeps did together; complete where all of them are."""
    each = tuple(sweeps)
    return OrphanSweep(
        sum(one.seen for one in each),
        sum(one.deleted for one in each),
        sum(one.failed for one in each),
        all(one.is_complete for one in each),
    )


def sweep_orphans(  # noqa: PLR0913 - the stores, and how far to go
    *,
    files: Files,
    notices: Committed,
    positions: PositionStore[OrphanPosition],
    now: Callable[[], datetime],
    until: datetime,
    hold: Hold | None = None,
    root: str = "notices",
) -> OrphanSweep:
    """Sweep on, beginning no object after `until`. Two at once do the same work twice, and no harm.

    `notices` knows what was committed of what lies under `root`. `hold` tells of the days that restores lost.
    """
    run = _Run(files, notices, positions, now, until)
    position = positions.find() or OrphanPosition((now() - AGE - FIRST_LOOK_BACK).date(), root=root)
    again, is_stuck = position.again, len(position.again) >= MOST_AGAIN
    last = (now() - AGE).date()
    if is_stuck:
        position = run.move(run.try_again(position, again))
    while position.day <= last and run.has_time and len(position.again) < MOST_AGAIN:
        is_lost = hold is not None and hold.spares(position.day)
        position = run.move(position.next_day() if is_lost else run.sweep_page(position))
    if again and not is_stuck and run.has_time:
        position = run.move(run.try_again(position, again))
    is_complete = position.day > last and not position.again
    return OrphanSweep(run.seen, run.deleted, len(position.again), is_complete)


@dataclass
class _Run:
    files: Files
    notices: Committed
    positions: PositionStore[OrphanPosition]
    now: Callable[[], datetime]
    until: datetime
    seen: int = 0
    deleted: int = 0
    committed: dict[str, bool] = field(default_factory=dict)
    """Of the notice whose objects are at hand."""

    @property
    def has_time(self) -> bool:
        return self.now() < self.until

    def move(self, position: OrphanPosition) -> OrphanPosition:
        """Keep how far it is; what another sweep kept meanwhile is where both go on."""
        return self.positions.move(position, self.now()) or self.positions.find() or position

    def sweep_page(self, position: OrphanPosition) -> OrphanPosition:
        keys = self.files.list_documents(position.prefix, start_after=position.after, limit=_PAGE)
        for key in keys:
            if not self.has_time or len(position.again) >= MOST_AGAIN:
                return position
            again = position.again if self.settle(key) else (*position.again, key)
            position = replace(position, after=key, again=again)
        return position if len(keys) == _PAGE else position.next_day()

    def try_again(self, position: OrphanPosition, keys: tuple[str, ...]) -> OrphanPosition:
        settled = {key for key in keys if self.has_time and self.settle(key)}
        return replace(position, again=tuple(key for key in position.again if key not in settled))

    def settle(self, key: str) -> bool:
        """Delete an object whose notice or filing does not exist; False when it has to be tried again."""
        notice_id = key.split("/")[4]
        try:
            if notice_id not in self.committed:
                self.committed = {notice_id: self.notices.exists(notice_id)}
            if not self.committed[notice_id]:
                self.files.delete_document(key)
                self.deleted += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log_failed("sweep_orphans", notice_id, error)
            return False
        self.seen += 1
        return True
