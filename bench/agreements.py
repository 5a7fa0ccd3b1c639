"""The nightly look at agreements: what it asks and reads for each among 10,000, over the same among 1,000.

Each institution has what one has beside its agreement: a profile and a key that was used. Nothing is due of any.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench.figures import Figure
from bench.world import BenchWorld, bench_world, calls_of
from chalicelib.bootstrap.agreement import agreement_tools, agreement_watch_tools
from chalicelib.domain.agreement.agreement import Agreement
from chalicelib.services.agreement.change_agreement import register_agreement
from chalicelib.services.agreement.watch_agreements import WatchedAgreements, watch_agreements
from tests.deposit_world import INSTITUTION_ID

_FEW, _MANY = 1_000, 10_000


def growth() -> Iterator[Figure]:
    """Yield the ratios, over a stub of its own."""
    with bench_world() as world:
        yield from _growth(world)


def _growth(world: BenchWorld) -> Iterator[Figure]:
    tools = agreement_tools(world.container, "staff:admin", "Medida")
    today = tools.today
    register_agreement(Agreement(INSTITUTION_ID, today, ends_on=today + timedelta(days=400)), tools=tools)
    few = _spent(world, _FEW - 1, _FEW)
    many = _spent(world, _MANY - _FEW, _MANY)
    for kind, word in (("calls", "calls"), ("read", "read units")):
        ratio = (many[kind] / _MANY) / (few[kind] / _FEW)
        yield Figure(f"night over {_MANY:,} agreements ÷ over {_FEW:,}, for each: {word}", ratio, "x", 1.1)
    yield Figure(f"night over {_MANY:,} agreements: calls", many["calls"], "calls", _MANY + 1)
    yield Figure(f"night over {_MANY:,} agreements: read units", many["read"], "units")
    yield Figure(f"night over {_MANY:,} agreements: write units", many["write"], "units", 0)


def _spent(world: BenchWorld, more: int, count: int) -> dict[str, float]:
    """Return what a night costs once there are so many more agreements, and hold it to their number."""
    world.stub.stand_institutions(more, INSTITUTION_ID)
    tools, until = agreement_watch_tools(world.container), world.signer.clock.now + timedelta(minutes=14)
    looked: list[WatchedAgreements] = []
    spent = calls_of(lambda: looked.append(watch_agreements(tools, until=until)), world)
    if (looked[0].quiet, looked[0].is_complete) != (count, True):
        raise AssertionError(looked)
    return spent
