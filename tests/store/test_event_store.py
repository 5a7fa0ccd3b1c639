from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.store.event_store import EventStore
from tests.alert_world import World, alert_world, refusing

EVENT = Event(
    subject="notice#N",
    type=EventType.NOTICE_DEPOSITED,
    occurred_at=datetime(2026, 3, 9, 20, 15, 30, 120_000, UTC),
    event_id="e1",
    actor="institution:20:k1",
    origin="203.0.113.7",
    data={"case": "x"},
)


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def test_an_event_comes_back_as_it_was_written(world: World) -> None:
    world.events.add(EVENT)
    worker = replace(EVENT, event_id="e2", origin="", data={})
    world.events.add(worker)
    assert world.events.list_for_subject("notice#N") == (EVENT, worker)


def test_those_of_some_kinds_are_listed_from_an_instant_on(world: World) -> None:
    kinds = (EventType.USER_ADDED, EventType.MAILBOX_CONSULTED, EventType.USER_REMOVED)
    events = tuple(
        replace(
            EVENT,
            event_id=f"e{number}",
            type=kinds[number % 3],
            occurred_at=EVENT.occurred_at + timedelta(seconds=number),
        )
        for number in range(9)
    )
    for event in events:
        world.events.add(event)
    since, listed = events[3].occurred_at, (EventType.USER_ADDED, EventType.USER_REMOVED)
    assert world.events.list_since("notice#N", since, listed) == (events[3], events[5], events[6], events[8])
    assert world.events.list_since("notice#M", since, listed) == ()


def test_events_are_listed_in_the_order_they_happened(world: World) -> None:
    lima = timezone(timedelta(hours=-5))
    moments = [
        datetime(2026, 3, 9, 20, 15, 31, tzinfo=UTC),
        EVENT.occurred_at,
        datetime(2026, 3, 9, 15, 15, tzinfo=lima),
    ]
    for number, moment in enumerate(moments):
        world.events.add(replace(EVENT, occurred_at=moment, event_id=f"e{number}"))
    assert [event.event_id for event in world.events.list_for_subject("notice#N")] == ["e2", "e1", "e0"]
    assert len(world.events.list_for_subject("notice#N", limit=2)) == 2
    assert world.events.list_for_subject("notice#M") == ()


def test_of_a_long_log_either_end_can_be_read_and_all_of_it_piece_by_piece(world: World) -> None:
    events = tuple(
        replace(EVENT, occurred_at=EVENT.occurred_at + timedelta(seconds=number), event_id=f"e{number}")
        for number in range(5)
    )
    for event in events:
        world.events.add(event)

    assert world.events.newest_for_subject("notice#N", limit=3) == events[-3:]
    assert world.events.newest_for_subject("notice#N", limit=9) == events
    assert world.events.list_for_subject("notice#N", limit=3) == events[:3]
    assert tuple(world.events.each_of_subject("notice#N")) == events
    assert world.events.newest_for_subject("notice#M", limit=3) == tuple(world.events.each_of_subject("notice#M")) == ()


def test_an_event_is_never_overwritten(world: World) -> None:
    world.events.add(EVENT)
    forged = replace(EVENT, actor="institution:20:other")
    with pytest.raises(Conflict, match="event_exists"):
        world.events.add(forged)
    with pytest.raises(TransactWriteError), TransactWrite(connection=world.connection) as transaction:
        world.events.add_in(transaction, forged)
    assert world.events.list_for_subject("notice#N") == (EVENT,)


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("PutItem", lambda events: events.add(EVENT)),
        ("Query", lambda events: events.list_for_subject("notice#N")),
        ("Query", lambda events: events.newest_for_subject("notice#N", limit=3)),
        ("Query", lambda events: list(events.each_of_subject("notice#N"))),
    ],
)
def test_an_engine_that_does_not_answer_is_unavailable(
    world: World, operation: str, action: Callable[[EventStore], object]
) -> None:
    refused = refusing(world.connection.client, operation, "InternalServerError", status=500)
    with refused, pytest.raises(Unavailable, match="store_unavailable"):
        action(world.events)
