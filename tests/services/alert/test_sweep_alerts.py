from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.alert.alert import AlertBatch, AlertState
from chalicelib.services.alert.sweep_alerts import Sweep, sweep_alerts
from chalicelib.store.alert.alert_batch_item import SWEEP_AFTER_S
from tests.alert_world import World, a_batch, alert_world, refusing, states


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def sweep(world: World, *, minutes: int = 1, per_shard: int = 100) -> Sweep:
    until = world.now + timedelta(minutes=minutes)
    return sweep_alerts(batches=world.batches, send=world.send, now=world.clock, until=until, per_shard=per_shard)


def deposit(world: World, count: int) -> list[str]:
    return [world.deposit(replace(a_batch(), notice_id=f"N{n:02}")).notice_id for n in range(count)]


def test_sweeper_finds_what_the_stream_missed_but_leaves_the_stream_time(world: World) -> None:
    notices = deposit(world, 12)
    world.pass_time(SWEEP_AFTER_S - 1)
    assert sweep(world) == Sweep()
    world.pass_time(1)
    assert sweep(world) == Sweep(due=12, settled=12)
    assert {state for notice in notices for state in states(world.batch(notice))} == {AlertState.ACCEPTED}
    assert sweep(world) == Sweep()


def test_sweeper_comes_back_to_messages_that_wait(world: World) -> None:
    deposit(world, 1)
    with refusing(world.ses, "SendEmail", "TooManyRequestsException", status=429):
        world.send("N00")
        world.pass_time(60)
        assert sweep(world) == Sweep(due=1, waiting=1)
    world.pass_time(119)
    assert sweep(world) == Sweep()
    world.pass_time(1)
    assert sweep(world) == Sweep(due=1, settled=1)


def test_a_batch_that_fails_as_a_whole_stops_no_other(world: World) -> None:
    deposit(world, 3)
    world.pass_time(SWEEP_AFTER_S)
    only = refusing(world.connection.client, "UpdateItem", "InternalServerError", status=500, only='"N01"')
    with only:
        assert sweep(world) == Sweep(due=3, settled=2, failed=1)


def test_a_batch_that_another_worker_took_meanwhile_is_only_counted_as_due(world: World) -> None:
    deposit(world, 1)
    world.pass_time(SWEEP_AFTER_S)

    def taken(_: str) -> AlertBatch | None:
        return None

    until = world.now + timedelta(minutes=1)
    assert sweep_alerts(batches=world.batches, send=taken, now=world.clock, until=until) == Sweep(due=1)


def test_a_sweep_is_bounded_in_time_and_number(world: World) -> None:
    deposit(world, 20)
    world.pass_time(SWEEP_AFTER_S)
    assert sweep(world, minutes=0) == Sweep(due=20, left=20)
    assert sweep(world, per_shard=1).settled <= 8
