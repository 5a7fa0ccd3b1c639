"""Looks by looker and by mailbox: whole, in order, within their bounds, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.event import LOOKS, Event, EventType
from chalicelib.store.audit.look_log import LookLog, LookPage, Shard
from chalicelib.store.tables import EventItem
from tests.alert_world import World, alert_world
from tests.audit_world import LOOKED_AT, a_look

KEY = "institution:20131370645:k1"
SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


@pytest.fixture
def log(world: World) -> LookLog:
    return LookLog(world.connection)


def kept(world: World, *events: Event) -> tuple[Event, ...]:
    for event in events:
        world.events.add(event)
    return events


def many(count: int, **changes: object) -> list[Event]:
    return [a_look(number, occurred_at=LOOKED_AT + number * SECOND, **changes) for number in range(count)]


def page_at(log: LookLog, names: tuple[str, ...], *, after: str | None, limit: int) -> LookPage:
    return log.page_at([log.read_mailbox(name, after=after, limit=limit) for name in names], limit=limit)


def test_the_looks_of_one_looker_come_in_order_from_all_shards_and_nobody_elses(world: World, log: LookLog) -> None:
    own = kept(world, *many(40))
    kept(world, a_look(90, actor="staff:s4000010"), a_look(91, actor=KEY), a_look(92, type=EventType.USER_ADDED))
    shards = {str(item.looker).rpartition("#")[2] for item in EventItem.scan() if item.looker}

    assert len(shards) == 8
    assert tuple(log.each_of_looker("staff:s40000100", LOOKED_AT, LOOKED_AT + 60 * SECOND)) == own


def test_a_span_has_its_first_instant_and_not_its_last(world: World, log: LookLog) -> None:
    before, first, last, after = kept(
        world,
        a_look(1, occurred_at=LOOKED_AT - timedelta(microseconds=1)),
        a_look(2),
        a_look(3, occurred_at=LOOKED_AT + SECOND - timedelta(microseconds=1)),
        a_look(4, occurred_at=LOOKED_AT + SECOND),
    )

    assert tuple(log.each_of_looker(first.actor, LOOKED_AT, LOOKED_AT + SECOND)) == (first, last)
    assert before.actor == after.actor == first.actor


def test_pages_of_a_looker_leave_none_out_and_show_none_twice(world: World, log: LookLog) -> None:
    own, after = kept(world, *many(25)), None
    found: list[Event] = []
    while True:
        shards: list[Shard] = []
        span = LOOKED_AT, LOOKED_AT + 60 * SECOND
        for read in log.reads_of_looker(own[0].actor, *span, after=after, limit=10, into=shards):
            read()
        page = log.page_of(shards, limit=10)
        found += page.looks
        after = page.next_after
        if after is None:
            break

    assert tuple(found) == own


@pytest.mark.parametrize("kind", sorted(set(EventType) - LOOKS))
def test_what_is_no_look_is_in_no_index(kind: EventType) -> None:
    assert a_look(type=kind).looker is None


@pytest.mark.parametrize("actor", ["user:u1", "worker:sweep", "applicant:a", "unknown"])
def test_nor_is_what_the_holder_or_a_job_does(actor: str) -> None:
    assert a_look(actor=actor).looker is None


@pytest.mark.parametrize("others", [0, 300])
def test_looks_at_a_mailbox_come_by_both_its_names_and_whatever_else_happened(
    world: World, log: LookLog, others: int
) -> None:
    names = ("1-40000002", "8-10400000021")
    own = [
        a_look(number, subject=f"mailbox#{names[number % 2]}", occurred_at=LOOKED_AT + number * SECOND)
        for number in range(30)
    ]
    noise = [
        a_look(1000 + number, subject=f"mailbox#{names[0]}", type=EventType.USER_ADDED, occurred_at=LOOKED_AT)
        for number in range(others)
    ]
    kept(world, *own, *noise, a_look(99))
    after = None
    found: list[Event] = []
    for _ in range(10):
        page = page_at(log, names, after=after, limit=7)
        found += page.looks
        after = page.next_after
        if after is None:
            break

    assert found == own[::-1]


def test_a_log_full_of_other_things_is_read_in_bounded_parts(world: World, log: LookLog) -> None:
    names = ("1-40000002", "8-10400000021")
    subject, other = (f"mailbox#{name}" for name in names)
    older = a_look(1, subject=subject, occurred_at=LOOKED_AT - SECOND)
    oldest = a_look(2, subject=other, occurred_at=LOOKED_AT - 2 * SECOND)
    noise = [
        a_look(3 + number, subject=subject, type=EventType.USER_ADDED, occurred_at=LOOKED_AT + number * SECOND)
        for number in range(1100)
    ]
    kept(world, older, oldest)
    with EventItem.batch_write() as batch:
        for event in noise:
            batch.save(_item(event))
    first = page_at(log, names, after=None, limit=20)
    second = page_at(log, names, after=first.next_after, limit=20)

    assert first.looks == ()
    assert (second.looks, second.next_after) == ((older, oldest), None)


def _item(event: Event) -> EventItem:
    at = f"{event.occurred_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    return EventItem(
        event.subject, f"{at}#{event.event_id}", type=event.type.value, actor=event.actor, origin="x", data={}
    )
