"""Fallbacks and reminders, whatever order things happen in, by eight workers of which any may die at any call."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.alert import follow_up
from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.channels import Reachable, SmsReach, reachable
from chalicelib.services.alert import record_delivery
from chalicelib.services.alert import send_alerts as sending
from tests.cloud import Engine
from tests.deposit_world import NOW
from tests.faults.follow_up_verdict import violations
from tests.faults.follow_ups import DAY_S, MINUTE_S, Chances, World, follow_ups

_NOTICES = 2
_HOUR_S = 60 * MINUTE_S


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def live(world: World) -> None:
    """Let two notices come, be opened or not, and be reminded of; schedules collide on purpose."""
    chance, simulation = world.chance, world.simulation
    for number in range(_NOTICES):
        simulation.at(number * chance.choice((1, 900)), partial(world.deposit, number))
    simulation.at(901, partial(_plan, world))
    for minute in range(2, 40, 2):
        simulation.at(minute * MINUTE_S, partial(world.job, "sweep_alerts"))
    for _ in range(12):
        simulation.at(chance.uniform(0, 30 * MINUTE_S), partial(world.job, "sweep_alerts"))
    simulation.run()
    _come_to_rest(world)


def _plan(world: World) -> None:
    chance, simulation = world.chance, world.simulation
    for notice_id, reminder in world.reminders.items():
        due = (reminder.at - NOW).total_seconds()
        for seconds in (-300, -1, 0, 0, 0, 0.2, 1, 5, 300, 600, 3600):
            simulation.at(due + seconds, partial(world.job, "send_reminders"))
        for seconds in (1, 60, 120, 240, 600, 1200, 2400, 4000, 3 * DAY_S):
            simulation.at(due + seconds, partial(world.job, "sweep_alerts"))
        when = chance.choice((None, 910, 1030, DAY_S, due - 1, due, due + 0.05, due + 0.5, due + 100, due + DAY_S))
        if when is not None:
            for _ in range(2):
                simulation.at(when + chance.uniform(0, 0.05), partial(world.open, notice_id))


def _come_to_rest(world: World) -> None:
    """Have nothing go wrong any more, and everything called until nothing is left to do."""
    world.is_calm = True
    for _ in range(100):
        world.job("send_reminders")
        world.simulation.after(10, partial(world.job, "sweep_alerts"))
        world.simulation.run()
        batches = [world.batch(notice_id) for notice_id in world.notices]
        if not world.unreported and not any(one.open or one.is_to_follow or one.leased_until for one in batches):
            return
        world.simulation.elapsed += _HOUR_S


def hours_until_reminder(engine: Engine) -> float:
    """Return the hours from a deposit until its reminder is due."""
    with follow_ups(engine, 0) as world:
        world.deposit(0)
        [reminder] = world.reminders.values()
        return (reminder.at - NOW) / timedelta(hours=1)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(n, marks=pytest.mark.deep) for n in range(4, 24))])
def test_nobody_is_reminded_twice_or_in_vain_and_no_dead_address_is_tried(moto_engine: Engine, seed: int) -> None:
    with follow_ups(moto_engine, seed) as world:
        live(world)
        assert violations(world) == []
        assert world.taken, "messages went out"


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("what", ["no provider for a weekend", "no job for two days", "neither, and deaths"])
def test_a_reminder_comes_late_rather_than_never(moto_engine: Engine, what: str, seed: int) -> None:
    due = hours_until_reminder(moto_engine)
    down = (due - 1, due + 60) if what != "no job for two days" else (0, 0)
    idle = (due - 1, due + 48) if what != "no provider for a weekend" else (0, 0)
    chances = Chances(death=0.1 if "deaths" in what else 0.01, down=down, idle=idle)
    with follow_ups(moto_engine, seed, chances) as world:
        live(world)
        assert violations(world) == []


def never(*_: Any, **__: Any) -> None:
    """Find no reason not to send."""


def unlearned(mailbox: Mailbox, *_: Any, **__: Any) -> Mailbox:
    return mailbox


def to_the_dead(mailbox: Mailbox, channel: Channel, reach: SmsReach) -> list[Reachable]:
    return [one for one in reachable(mailbox, reach) if one.channel is channel]


def again_and_again(batch: AlertBatch, added: list[Alert]) -> AlertBatch:
    number = len(batch.alerts)
    return replace(batch, alerts=(*batch.alerts, *(replace(one, alert_id=f"{one.alert_id}-{number}") for one in added)))


DEFECTS = {
    "sends without looking": ((sending, "reason_not_to_send", never), "after the opening"),
    "learns nothing of reports": ((record_delivery, "learn", unlearned), "known of"),
    "falls back to dead addresses": ((follow_up, "_live", to_the_dead), "for a dead address"),
    "follows nothing": ((sending, "_followed", lambda settled, *_: settled), "not at rest"),
    "takes a second reminder for another one": ((follow_up, "_with", again_and_again), ""),
}


@pytest.mark.deep
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_seen(moto_engine: Engine, monkeypatch: pytest.MonkeyPatch, defect: str) -> None:
    (module, name, wrong), complaint = DEFECTS[defect]
    monkeypatch.setattr(module, name, wrong)
    for seed in range(30):
        with follow_ups(moto_engine, seed) as world:
            live(world)
            if any(complaint in found for found in violations(world)):
                return
    pytest.fail(f"not seen: {defect}")
