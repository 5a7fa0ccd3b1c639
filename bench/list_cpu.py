"""CPU of `/casilla` with 50 notices, the whole request, over the floor under it."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figures import Figure, Work, alternate
from bench.list_floor import ListFloor
from bench.mailbox_calls import mailbox_page
from bench.people import USERNAME, people_of
from bench.world import BenchWorld, handle

_ROUNDS, _BATCH, _ROWS = 11, 15, 50


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios and costs, of a mailbox that holds more than a page."""
    world.stub.fill("notices_table", _ROWS, {"notice_id": world.deposit()})
    people = people_of(world)
    logged_in = handle(people.login(captcha=people.captcha()))
    ours = mailbox_page(people, logged_in["token"]).run
    floor = ListFloor(f"{USERNAME}#pending", _ROWS, logged_in["session_id"], USERNAME)
    ours()
    if floor.admitted_query().count("<tr") != _ROWS + 1:
        raise AssertionError(floor.admitted_query())
    yield from _figures(f"list page of {_ROWS} ÷ query and table alone", ours, floor.query)
    yield from _figures(f"list page of {_ROWS} ÷ its three calls and table", ours, floor.admitted_query)


def _figures(name: str, ours: Work, floor: Work) -> Iterator[Figure]:
    taken = alternate(lambda count: [ours] * count, lambda count: [floor] * count, rounds=_ROUNDS, batch=_BATCH)
    yield Figure(name, taken.ratio, "x", 1.6)
    yield Figure(f"{name}: ours CPU", taken.ours * 1e3, "ms")
    yield Figure(f"{name}: floor CPU", taken.floor * 1e3, "ms")
