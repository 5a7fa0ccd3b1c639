"""What a deposit, a page of the list and an opening cost among 100,000 notices, over the same among 10."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bench.figures import Figure
from bench.mailbox_calls import listing, opening, opening_again
from bench.people import people_of
from bench.world import BenchWorld, calls_of, handle

_FEW, _MANY = 10, 100_000


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios of calls and of capacity; the stub holds every one of the notices."""
    filled_with, token = world.deposit(), people_of(world).token()
    few, many = (
        {name: calls_of(work, world) for name, work in _filled(world, count, filled_with, token)}
        for count in (_FEW, _MANY - _FEW)
    )
    for name, spent in many.items():
        yield Figure(f"{name} among 100,000 ÷ among 10: calls", spent["calls"] / few[name]["calls"], "x", 1.1)
        for kind in ("read", "write"):
            if spent[kind]:
                yield Figure(f"{name} among 100,000 ÷ among 10: {kind} units", spent[kind] / few[name][kind], "x", 1.1)
                yield Figure(f"{name}: {kind} units", spent[kind], "units")


def _filled(world: BenchWorld, count: int, notice_id: str, token: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Copy a notice so many times, and yield what to do among them."""
    world.stub.fill("notices_table", count, {"notice_id": notice_id})
    people, event, newest = people_of(world), world.deposit_event(world.uploaded_body()), world.deposit()
    yield "deposit", partial(handle, event)
    yield "list page of 10", listing(people, token, limit=10).run
    yield "first opening", opening(people, token, newest).run
    yield "opening again", opening_again(people, token, newest).run
