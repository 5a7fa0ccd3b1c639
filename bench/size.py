"""What a deposit costs with a big file uploaded before, over the same with a small one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.deposit_cpu import deposits_of
from bench.figures import Figure, alternate
from bench.world import BIG, SMALL, BenchWorld, calls_of, handle


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios of calls and of CPU; both objects lie in the stub, should anything read them."""
    big, small = world.uploaded_body(BIG), world.uploaded_body(SMALL)
    spent = [calls_of(partial(handle, world.deposit_event(body)), world) for body in (big, small)]
    yield Figure("deposit of 50 MB ÷ of 200 KB: calls", spent[0]["calls"] / spent[1]["calls"], "x", 1.1)
    taken = alternate(deposits_of(world, big), deposits_of(world, small), rounds=8, batch=6)
    yield Figure("deposit of 50 MB ÷ of 200 KB: CPU", taken.ratio, "x", 1.1)
