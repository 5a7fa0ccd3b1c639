"""CPU of a request with a session over the floor under it: `GET /v1/sessions/current`, which does nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app import app
from bench.access_floor import floor_app
from bench.figures import Figure, alternate
from bench.people import people_of
from bench.world import BenchWorld, answer_of

_ROUNDS, _BATCH = 15, 100


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratio and both costs; both apps get the same event and give the same answer."""
    people = people_of(world)
    event = people.event("GET", "/v1/sessions/current", token=people.token())
    ours, floor = partial(answer_of, app, event), partial(answer_of, floor_app(world), event)
    if ours() != floor():
        raise AssertionError((ours(), floor()))
    taken = alternate(lambda count: [ours] * count, lambda count: [floor] * count, rounds=_ROUNDS, batch=_BATCH)
    yield Figure("authenticated request ÷ floor", taken.ratio, "x", 1.15)
    yield Figure("authenticated request CPU", taken.ours * 1e3, "ms")
    yield Figure("authenticated request floor CPU", taken.floor * 1e3, "ms")
