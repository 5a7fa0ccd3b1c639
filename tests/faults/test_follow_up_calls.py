"""Each call on the way of a fallback and a reminder fails, once and ten times in a row: neither is lost nor doubled."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.alert.alert import AlertPurpose
from tests.cloud import Engine
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.faults.follow_up_verdict import violations
from tests.faults.follow_ups import MINUTE_S, Chances, Struck, World, follow_ups

HOW = (("dies before", 10), ("dies after", 3), ("refused", 10), ("answer lost", 1))
FUNCTIONS = ("send_alerts", "sweep_alerts", "send_reminders", "record_deliveries")
_CALM = Chances(death=0, lost_answer=0)


@pytest.fixture(scope="module")
def calm(moto_engine: Engine) -> World:
    """Go the way once with nothing that fails: it says which calls there are."""
    return go(moto_engine, None)[0]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def go(engine: Engine, struck: Struck | None) -> tuple[World, list[str]]:
    """Have both e-mails of a notice bounce, the SMS be tried again, and the reminder go by what lives."""
    with follow_ups(engine, 1, _CALM) as world:
        users = (a_user(1), a_user(2, mobile=None), replace(a_user(3), email="tercera@ejemplo.pe", mobile=None))
        world.mailbox = a_mailbox(users=users)
        mailbox_store(world.desk).put(world.mailbox)
        world.fates = dict.fromkeys((user.email for user in users), "dead") | {users[0].mobile or "": "silent"}
        world.struck = struck
        world.simulation.at(0, partial(world.deposit, 0))
        world.simulation.at(1, partial(_schedule, world))
        world.simulation.run()
        found = violations(world)
        [notice_id] = world.notices
        if AlertPurpose.REMINDER not in {alert.purpose for alert in world.batch(notice_id).alerts}:
            found.append("no reminder")
        return world, found


def _schedule(world: World) -> None:
    """Have the jobs fire until everything is over: every two and five minutes at first, then every hour."""
    [reminder] = world.reminders.values()
    due = (reminder.at - NOW).total_seconds()
    for begin in (0.0, due):
        for minute in (0, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60, 120, 180, 300, 480, 960, 1440, 1800, 2400):
            world.simulation.at(begin + minute * MINUTE_S, partial(world.job, "sweep_alerts"))
    for minute in (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60):
        world.simulation.at(due + minute * MINUTE_S, partial(world.job, "send_reminders"))


def test_the_way_is_gone_where_nothing_fails(moto_engine: Engine) -> None:
    world, found = go(moto_engine, None)
    assert found == []
    assert [one.purpose for one in world.taken] == ["deposit"] * 4 + ["fallback", "reminder"]
    assert {label.partition(":")[0] for label in world.labels} == set(FUNCTIONS)


def chosen(labels: Iterable[str], function: str) -> list[str]:
    """Return the first and the last call of each operation of a function."""
    of_function = [label for label in labels if label.startswith(f"{function}:") and "secretsmanager" not in label]
    first = {label.partition("#")[0]: label for label in reversed(of_function)}
    last = {label.partition("#")[0]: label for label in of_function}
    return list(dict.fromkeys((*first.values(), *last.values())))


@pytest.mark.deep
@pytest.mark.parametrize(("how", "times"), HOW)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_call_may_fail_so_many_times_in_a_row(
    moto_engine: Engine, calm: World, function: str, how: str, times: int
) -> None:
    labels = chosen(calm.labels, function)
    assert labels
    for label in labels:
        struck = Struck(label, how, times)
        _, found = go(moto_engine, struck)
        assert found == [], f"{how} {times} times at {label}"
        assert struck.times < times, f"never met: {label}"
