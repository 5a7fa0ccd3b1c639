"""What is told of restored passwords that are about to be late, as Lambda runs the job."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest

from chalicelib.bootstrap.desk import recovery_store
from chalicelib.services.desk.watch_recoveries import WatchedRecoveries, watch_recoveries
from tests.alarms import Line, State, watch
from tests.deposit_world import NOW, World
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.store.desk.test_recovery_store import a_recovery, an_event

QUIET = {"late": 0, "pressing": 0, "failed": 0, "calling": 0, "is_complete": True}


def test_nothing_waits(world: World) -> None:
    assert world.client.lambda_.invoke("watch_recoveries", SCHEDULED).payload == QUIET


@pytest.mark.parametrize(
    ("since", "late", "pressing", "calling"),
    [
        (timedelta(hours=20), 0, 0, 0),
        (timedelta(hours=20, seconds=1), 0, 1, 0),
        (timedelta(hours=22, seconds=-1), 0, 1, 0),
        (timedelta(hours=22), 0, 1, 1),
        (timedelta(hours=22, minutes=20, seconds=-1), 0, 1, 1),
        (timedelta(hours=22, minutes=20), 0, 1, 0),
        (timedelta(hours=24), 0, 1, 0),
        (timedelta(hours=24, seconds=1), 1, 0, 0),
        (timedelta(hours=29, minutes=5), 1, 1, 1),
        (timedelta(days=10, hours=22), 2, 0, 1),
    ],
)
def test_what_is_due_is_told_by_how_much_is_left(
    world: World, since: timedelta, late: int, pressing: int, calling: int
) -> None:
    store = recovery_store(world.container)
    assert store.add(a_recovery("R1", 0, "u1"), an_event("e1"))
    assert store.add(a_recovery("R2", 7, "u2"), an_event("e2"))
    now: datetime = NOW + since

    assert watch_recoveries(recoveries=store, now=now) == WatchedRecoveries(
        late, pressing, 0, calling, is_complete=True
    )


def test_one_that_nobody_settles_hides_none_that_comes_after_it_and_rings_each_day(world: World) -> None:
    store = recovery_store(world.container)
    assert store.add(a_recovery("R1", 0, "u1"), an_event("e1"))
    assert store.add(a_recovery("R2", 5 * 24 + 7, "u2"), an_event("e2"))
    lines = []
    for minutes in range(0, 7 * 24 * 60, 5):
        now = NOW + timedelta(minutes=minutes)
        told = watch_recoveries(recoveries=store, now=now)
        lines.append(Line(now, "watch_recoveries", json.dumps({"message": "job done", **asdict(told)})))

    found = watch(lines, since=NOW, until=NOW + timedelta(days=7))["RecoveriesPressing"]

    rings = [one.at for one in found if one.state is State.ALARM]
    first, second = NOW + timedelta(hours=22), NOW + timedelta(days=5, hours=29)
    expected = [first + timedelta(days=day) for day in range(7)] + [second + timedelta(days=day) for day in range(1)]
    assert [round((at - NOW) / timedelta(minutes=10)) for at in rings] == [
        round((at - NOW) / timedelta(minutes=10)) for at in sorted(expected)
    ]
