"""A statement of 100,000 deposits: what closing it asks and reads for each deposit, over the same for 10,000."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from bench.figures import Figure
from bench.world import BenchWorld, bench_world, calls_of
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.usage import usage_tools
from chalicelib.domain.usage.month import month_of
from chalicelib.services.usage.count_deposits import count_deposits
from tests.deposit_world import INSTITUTION_ID

_FEW, _MANY = 10_000, 100_000


def growth() -> Iterator[Figure]:
    """Yield the ratios, over a stub of its own: it has no counters, which are one call whatever they hold."""
    with bench_world() as world:
        yield from _growth(world)


def _growth(world: BenchWorld) -> Iterator[Figure]:
    if institution_store(world.container).find(INSTITUTION_ID) is None:
        raise AssertionError(INSTITUTION_ID)
    notice_id = world.deposit()
    few = _spent(world, _FEW - 1, _FEW, notice_id)
    many = _spent(world, _MANY - _FEW, _MANY, notice_id)
    for kind, word in (("calls", "calls"), ("read", "read units")):
        ratio = (many[kind] / _MANY) / (few[kind] / _FEW)
        yield Figure(f"statement of 100,000 ÷ of 10,000 deposits, for each: {word}", ratio, "x", 1.1)
    yield Figure("statement of 100,000 deposits: calls", many["calls"], "calls")


def _spent(world: BenchWorld, more: int, count: int, notice_id: str) -> dict[str, float]:
    """Return what counting a month costs once there are so many more deposits in it, and hold it to their number."""
    world.stub.stand_sent(more, notice_id)
    tools = usage_tools(world.container)
    until, month = tools.now() + timedelta(hours=1), month_of(tools.today)
    counted: list[int] = []

    def work() -> None:
        days = count_deposits(INSTITUTION_ID, month, tools=tools.deposits, until=until)
        counted.append(sum((days or {}).values()))

    spent = calls_of(partial(work), world)
    if counted != [count]:
        raise AssertionError(counted)
    return spent
