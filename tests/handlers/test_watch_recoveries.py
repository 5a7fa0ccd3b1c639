"""What is told of restored passwords that are about to be late, as Lambda runs the job."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.bootstrap.desk import recovery_store
from chalicelib.services.desk.watch_recoveries import WatchedRecoveries, watch_recoveries
from tests.deposit_world import NOW, World
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.store.desk.test_recovery_store import a_recovery, an_event

QUIET = {"late": 0, "pressing": 0, "failed": 0, "pressing_s": 0, "is_complete": True}


def test_nothing_waits(world: World) -> None:
    assert world.client.lambda_.invoke("watch_recoveries", SCHEDULED).payload == QUIET


@pytest.mark.parametrize(
    ("since", "late", "pressing", "pressing_s"),
    [
        (timedelta(hours=20), 0, 0, 0),
        (timedelta(hours=20, seconds=1), 0, 1, 1),
        (timedelta(hours=24), 0, 1, 4 * 3600),
        (timedelta(hours=24, seconds=1), 1, 0, 4 * 3600 + 1),
        (timedelta(hours=30), 1, 1, 10 * 3600),
    ],
)
def test_what_is_due_is_told_by_how_much_is_left(
    world: World, since: timedelta, late: int, pressing: int, pressing_s: int
) -> None:
    store = recovery_store(world.container)
    assert store.add(a_recovery("R1", 0, "u1"), an_event("e1"))
    assert store.add(a_recovery("R2", 7, "u2"), an_event("e2"))
    now: datetime = NOW + since

    assert watch_recoveries(recoveries=store, now=now) == WatchedRecoveries(
        late, pressing, 0, pressing_s, is_complete=True
    )
