"""CPU of a page of 50 notices by the API over the floor under it."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figures import Figure, Work, alternate
from bench.list_floor import ListFloor
from bench.mailbox_calls import listing
from bench.people import USERNAME, people_of
from bench.world import BenchWorld, handle

_ROUNDS, _BATCH, _ROWS = 11, 15, 50


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios and costs, of a mailbox that holds more than a page."""
    world.stub.fill("notices_table", _ROWS, {"notice_id": world.deposit()})
    people = people_of(world)
    logged_in = handle(people.login(captcha=people.captcha()))
    ours = listing(people, logged_in["token"], limit=_ROWS).run
    floor = ListFloor(f"{USERNAME}#pending", _ROWS, logged_in["session_id"], USERNAME)
    ours()
    if floor.admitted_query().count("<tr>") != _ROWS:
        raise AssertionError(floor.admitted_query())
    yield from _figures(f"list page of {_ROWS} ÷ query and template alone", ours, floor.query)
    yield from _figures(f"list page of {_ROWS} ÷ its three calls and template", ours, floor.admitted_query)


def _figures(name: str, ours: Work, floor: Work) -> Iterator[Figure]:
    taken = alternate(lambda count: [ours] * count, lambda count: [floor] * count, rounds=_ROUNDS, batch=_BATCH)
    yield Figure(name, taken.ratio, "x", 1.6)
    yield Figure(f"{name}: ours CPU", taken.ours * 1e3, "ms")
    yield Figure(f"{name}: floor CPU", taken.floor * 1e3, "ms")
