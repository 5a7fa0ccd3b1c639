from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.alert.alert import GIVE_UP_AFTER, AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.alert.retry import LEASE
from chalicelib.domain.event import Event, EventType
from chalicelib.services.alert.sweep_alerts import Sweep, sweep_alerts
from chalicelib.store.alert.alert_batch_item import SWEEP_AFTER
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import NOTICE_ID, World, a_batch, alert_world, an_alert, refusing, states


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def sweep(world: World, *, minutes: int = 1) -> Sweep:
    until = world.now + timedelta(minutes=minutes)
    return sweep_alerts(batches=world.batches, send=world.send, now=world.clock, until=until)


def told(report: Sweep) -> dict[str, Any]:
    """Return the counts that are not nothing; a report that is not complete says so."""
    return {name: value for name, value in asdict(report).items() if value} | (
        {} if report.is_complete else {"is_complete": False}
    )


COMPLETE = {"is_complete": True}


def deposit(world: World, count: int) -> list[str]:
    return [world.deposit(replace(a_batch(), notice_id=f"N{n:02}")).notice_id for n in range(count)]


def test_sweeper_finds_what_the_stream_missed_but_leaves_the_stream_time(world: World) -> None:
    notices = deposit(world, 12)
    world.now += SWEEP_AFTER - timedelta(seconds=1)
    assert told(sweep(world)) == COMPLETE | {"oldest_waiting_s": 119}
    world.pass_time(1)
    assert told(sweep(world)) == COMPLETE | {"sent": 24}
    assert {state for notice in notices for state in states(world.batch(notice))} == {AlertState.ACCEPTED}
    assert told(sweep(world)) == COMPLETE


def test_sweeper_comes_back_to_messages_that_wait_and_tells_how_long_they_have(world: World) -> None:
    deposit(world, 1)
    with refusing(world.ses, "SendEmail", "TooManyRequestsException", status=429):
        world.send("N00")
        world.pass_time(60)
        assert told(sweep(world)) == COMPLETE | {"waiting": 1, "oldest_waiting_s": 60}
        assert told(sweep(world)) == COMPLETE | {"oldest_waiting_s": 60}, "it is not due yet, and waits all the same"
    world.pass_time(120)
    assert told(sweep(world)) == COMPLETE | {"sent": 1}


def test_a_weekend_of_refusals_is_told_by_every_sweep(world: World) -> None:
    deposit(world, 2)
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        world.send("N00")
        world.send("N01")
        world.now = a_batch().gives_up_at - timedelta(seconds=1)
        assert told(sweep(world)) == COMPLETE | {"waiting": 2, "oldest_waiting_s": 72 * 3600 - 1, "overdue": 2}
        world.pass_time(1)
        assert told(sweep(world)) == COMPLETE | {"gave_up": 2, "on_list": 2}
        world.now += GIVE_UP_AFTER
        assert told(sweep(world)) == COMPLETE | {"on_list": 2}, "until an operator has seen to it"


def test_many_that_wait_are_told_from_one(world: World) -> None:
    deposit(world, 30)
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        for n in range(30):
            world.send(f"N{n:02}")
        world.pass_time(15 * 60 - 1)
        assert sweep(world).overdue == 0
        world.pass_time(1)
        assert sweep(world).overdue == 30


def test_an_alert_given_up_hides_no_other_of_its_notice(world: World) -> None:
    rejected = AlertReport(ReportKind.REJECTED, world.now, "m-1", "rejected_by_provider")
    world.deposit(a_batch(alerts=(an_alert(sending=AlertState.ACCEPTED, message_id="m-1"), an_alert("u2"))))
    told_of = Event(f"notice#{NOTICE_ID}", EventType.ALERT_REPORTED, world.now, "e-1", "worker:test")
    world.batches.record_report(DeliveryReport(NOTICE_ID, "u1.email", world.now, rejected), told_of)
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        world.pass_time(3600)
        assert told(sweep(world)) == COMPLETE | {"waiting": 1, "on_list": 1, "oldest_waiting_s": 3600, "overdue": 1}


def test_what_a_package_before_ended_waits_no_longer(world: World) -> None:
    deposit(world, 1)
    item = AlertBatchItem.get("N00")
    ended = [{**alert, "state": "accepted", "message_id": "m"} for alert in item.alerts]
    gone = [AlertBatchItem.due_shard.remove(), AlertBatchItem.due_at.remove()]
    item.update([AlertBatchItem.attempts.set(1), AlertBatchItem.alerts.set(ended), *gone])
    world.pass_time(3600)
    assert told(sweep(world)) == COMPLETE
    assert states(world.batch("N00")) == [AlertState.ACCEPTED] * 2


def test_what_a_worker_left_that_died_is_sent_by_the_sweeper(world: World) -> None:
    deposit(world, 1)
    world.batches.claim("N00", now=world.now)
    world.now += LEASE
    assert told(sweep(world))["oldest_waiting_s"] == LEASE.total_seconds()
    world.now += timedelta(minutes=2)
    assert told(sweep(world)) == COMPLETE | {"sent": 2}


def test_a_batch_that_fails_as_a_whole_stops_no_other(world: World) -> None:
    deposit(world, 3)
    world.now += SWEEP_AFTER
    only = refusing(world.connection.client, "UpdateItem", "InternalServerError", status=500, only='"N01"')
    with only:
        assert told(sweep(world)) == {"sent": 4, "failed": 1, "oldest_waiting_s": 120, "is_complete": False}


def test_a_batch_that_another_worker_took_meanwhile_is_not_counted(world: World) -> None:
    deposit(world, 1)
    world.now += SWEEP_AFTER
    until = world.now + timedelta(minutes=1)
    report = sweep_alerts(batches=world.batches, send=lambda _: Counter(), now=world.clock, until=until)
    assert told(report) == COMPLETE | {"oldest_waiting_s": 120}


def test_an_outcome_that_could_not_be_written_leaves_the_sweep_unfinished(world: World) -> None:
    deposit(world, 1)
    world.now += SWEEP_AFTER
    until = world.now + timedelta(minutes=1)
    report = sweep_alerts(
        batches=world.batches, send=lambda _: Counter(sent=2, unwritten=1), now=world.clock, until=until
    )
    assert (report.unwritten, report.is_complete) == (1, False)


def test_a_sweep_is_bounded_in_time_and_says_what_is_left(world: World) -> None:
    deposit(world, 20)
    world.now += SWEEP_AFTER
    assert told(sweep(world, minutes=0)) == {"left": 20, "oldest_waiting_s": 120, "is_complete": False}


def test_records_that_cannot_be_read_keep_nobody_waiting_however_many_they_are(world: World) -> None:
    notices = deposit(world, 60)
    for notice_id in notices[:-1]:
        AlertBatchItem(notice_id).update([AlertBatchItem.alerts.set([{"state": "of tomorrow"}])])
    world.now += SWEEP_AFTER
    report = sweep(world)
    assert (report.sent, report.failed, report.left) == (2, 59, 0)
    assert states(world.batch(notices[-1])) == [AlertState.ACCEPTED] * 2
