"""What grows: what a burst asks of one partition key, and what is asked of 100,000 notices, over the same among few.

Of notices: a deposit, a page of the list and an opening. Few are 10, as the API lists pages of 10 too; the portal's
page of 50 has to be full, so that among few it is 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bench import bursts
from bench.figures import Figure
from bench.mailbox_calls import listing, mailbox_page, notice_page, opening, opening_again
from bench.people import People, people_of
from bench.world import BenchWorld, calls_of, handle

_FEW, _FULL, _MANY = 10, 100, 100_000
Works = Iterator[tuple[str, Callable[[], object]]]


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield how full bursts make a partition, then ratios of calls and of capacity; the stub holds every notice."""
    yield from bursts.measure(world)
    people, notice_id = people_of(world), world.deposit()
    token = people.token()

    def spent(count: int, works: Callable[[People, str], Works]) -> dict[str, dict[str, float]]:
        world.stub.fill("notices_table", count, {"notice_id": notice_id})
        return {name: calls_of(work, world) for name, work in works(people, token)}

    few, full = spent(_FEW, _of_any_size), spent(_FULL - _FEW, _of_full_pages)
    world.stub.fill("notices_table", _MANY - _FULL, {"notice_id": notice_id})
    yield from _figures(_FEW, few, spent(0, _of_any_size))
    yield from _figures(_FULL, full, spent(0, _of_full_pages))


def _figures(count: int, few: dict[str, dict[str, float]], many: dict[str, dict[str, float]]) -> Iterator[Figure]:
    for name, spent in many.items():
        yield Figure(f"{name} among 100,000 ÷ among {count}: calls", spent["calls"] / few[name]["calls"], "x", 1.1)
        for kind in ("read", "write"):
            if spent[kind]:
                ratio = spent[kind] / few[name][kind]
                yield Figure(f"{name} among 100,000 ÷ among {count}: {kind} units", ratio, "x", 1.1)
                yield Figure(f"{name}: {kind} units", spent[kind], "units")


def _of_any_size(people: People, token: str) -> Works:
    world = people.world
    event, newest = world.deposit_event(world.uploaded_body()), world.deposit()
    yield "deposit", partial(handle, event)
    yield "list page of 10", listing(people, token, limit=10).run
    yield "first opening", opening(people, token, newest).run
    yield "opening again", opening_again(people, token, newest).run
    yield "page of an opened notice", notice_page(people, token, newest).run


def _of_full_pages(people: People, token: str) -> Works:
    yield "mailbox page", mailbox_page(people, token).run
