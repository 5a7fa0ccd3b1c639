from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.work_list import Indexed
from chalicelib.services.alert.index_alerts import index_alerts
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import World, a_batch, alert_world, pages_of, states


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def index(world: World, *, after: str | None = None, minutes: int = 1) -> Indexed:
    until = world.now + timedelta(minutes=minutes)
    return index_alerts(batches=world.batches, after=after, now=world.clock, until=until)


def listed(world: World) -> set[str]:
    return {notice_id for shard in SHARDS for _, notice_id in world.batches.given_up(shard)}


def left_by_a_package_before(world: World, notice_id: str) -> None:
    world.deposit(a_batch(notice_id=notice_id))
    item = AlertBatchItem.get(notice_id)
    failed = [{**alert, "state": "failed", "error": "attempts_exhausted"} for alert in item.alerts]
    removed = [
        getattr(AlertBatchItem, name).remove() for name in ("due_shard", "due_at", "waiting_shard", "waiting_since")
    ]
    item.update([AlertBatchItem.attempts.set(11), AlertBatchItem.alerts.set(failed), *removed])


def test_what_a_package_before_gave_up_comes_on_the_list_and_what_stands_right_stays(world: World) -> None:
    for number in range(7):
        left_by_a_package_before(world, f"F{number}")
    world.deposit(a_batch(notice_id="W1"))
    world.give_up("G1", world.now)
    before = world.batch("W1"), world.batch("G1")

    with pages_of(world, 2):
        assert index(world) == Indexed(looked_at=9, moved=7, failed=0, after=None)

    assert listed(world) == {*(f"F{number}" for number in range(7)), "G1"}
    assert states(world.batch("F0")) == [AlertState.GAVE_UP] * 2
    assert (world.batch("W1"), world.batch("G1")) == before
    assert index(world) == Indexed(looked_at=9, moved=0, failed=0, after=None)


def test_it_goes_on_where_its_time_was_over(world: World) -> None:
    for number in range(3):
        left_by_a_package_before(world, f"F{number}")
    until = world.now + timedelta(minutes=1)
    clock = iter([world.now, until, until])

    first = index_alerts(batches=world.batches, after=None, now=lambda: next(clock), until=until)

    assert (first.looked_at, first.moved) == (1, 1)
    assert first.after in listed(world)
    assert index(world, after=first.after) == Indexed(looked_at=2, moved=2, failed=0, after=None)


def test_one_that_cannot_be_read_stops_no_other(world: World) -> None:
    left_by_a_package_before(world, "F1")
    world.deposit(a_batch(notice_id="F2"))
    AlertBatchItem("F2").update([AlertBatchItem.alerts.set([{"state": "of tomorrow"}])])

    assert index(world) == Indexed(looked_at=2, moved=1, failed=1, after=None)


def test_what_a_worker_is_at_is_left_to_it(world: World) -> None:
    world.deposit(a_batch(notice_id="C1"))
    world.batches.claim("C1", now=world.now)
    AlertBatchItem("C1").update([AlertBatchItem.waiting_shard.remove(), AlertBatchItem.waiting_since.remove()])

    assert index(world).moved == 0
