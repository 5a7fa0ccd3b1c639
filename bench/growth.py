"""What a deposit costs into a mailbox of 100,000 notices, over the same into one of 10."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.figures import Figure
from bench.world import BenchWorld, calls_of, handle

_FEW, _MANY = 10, 100_000


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios of calls and of capacity; the stub holds every one of the notices."""
    body = world.uploaded_body()
    notice_id = handle(world.deposit_event(body))["notice_id"]
    spent = []
    for count in (_FEW, _MANY - _FEW):
        world.stub.fill("notices_table", count, {"notice_id": notice_id})
        event = world.deposit_event(body)
        spent.append(calls_of(partial(handle, event), world))
    few, many = spent
    yield Figure("deposit among 100,000 ÷ among 10: calls", many["calls"] / few["calls"], "x", 1.1)
    for kind in ("read", "write"):
        yield Figure(f"deposit among 100,000 ÷ among 10: {kind} units", many[kind] / few[kind], "x", 1.1)
        yield Figure(f"deposit: {kind} units", many[kind], "units")
