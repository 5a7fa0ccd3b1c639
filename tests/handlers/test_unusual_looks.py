"""The stream's job counts looks by looker and hour, and tells of unusually many; nobody is stopped."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.institution import look_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config, ConfigError
from chalicelib.domain.event import Event, EventType
from tests.alert_world import refusing
from tests.audit_world import LOOKED_AT, a_look
from tests.deposit_world import World
from tests.handlers.test_count_activity_worker import records, run

KEY = "institution:entidad-demo:2026-1"


def keep(world: World, *events: Event) -> list[dict[str, Any]]:
    """Write events, and return the records of the stream that tell of them."""
    for event in events:
        event_store(world.container).add(event)
    return records(world)


def warned(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    lines: list[Any] = [one for one in caplog.records if one.message == "unusual looks"]
    return [(one.looker, one.count) for one in lines]


def test_each_multiple_of_what_is_usual_in_an_hour_is_told_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    seconds = [LOOKED_AT + timedelta(seconds=number) for number in range(205)]
    handed = keep(world, *(a_look(number, occurred_at=at) for number, at in enumerate(seconds)))
    caplog.set_level(logging.WARNING)
    reports = []
    for first in range(0, len(handed), 50):
        before = len(warned(caplog))
        world.client.lambda_.invoke("count_activity", {"Records": handed[first : first + 50]})
        reports.append(len(warned(caplog)) - before)

    assert warned(caplog) == [("staff:s40000100", 100), ("staff:s40000100", 200)]
    assert reports == [0, 1, 0, 1, 0]


def test_hours_and_lookers_are_apart_and_what_is_no_look_counts_for_nobody(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    hour = timedelta(hours=1)
    own = [a_look(number, occurred_at=LOOKED_AT + (number % 2) * hour) for number in range(120)]
    others = [a_look(200 + number, actor=KEY) for number in range(120)]
    noise = [a_look(400 + number, type=EventType.USER_ADDED) for number in range(120)]
    caplog.set_level(logging.WARNING)
    assert run(world, keep(world, *own, *others, *noise)) == {"batchItemFailures": []}

    assert warned(caplog) == []


def test_what_could_not_be_counted_comes_again_and_the_rest_does_not(world: World) -> None:
    handed = keep(world, a_look(1), a_look(2, actor=KEY))
    with refusing(connection(world.container).client, "UpdateItem", "InternalServerError", only="looks#staff"):
        failed = run(world, handed)["batchItemFailures"]

    assert len(failed) == 1
    assert run(world, handed) == {"batchItemFailures": []}


def test_the_numbers_come_from_the_configuration(world: World) -> None:
    assert look_tools(world.container).thresholds == {"staff": 100, "institution": 2000, "operator": 30}


@pytest.mark.parametrize("wrong", ["", "staff", "staff:0", "staff:1,", "user:5", "staff:1;operator:2"])
def test_numbers_that_cannot_be_read_stop_the_start(world: World, wrong: str) -> None:
    config = world.container.config
    given = {name.upper(): str(getattr(config, name)) for name in config.__dataclass_fields__}
    with pytest.raises(ConfigError, match="LOOKS_AN_HOUR"):
        Config.from_env({**given, "LOOKS_AN_HOUR": wrong})
