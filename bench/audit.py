"""Lists of looks: what a job spends on each look, and what a page of a list costs, among few and among 100,000.

A key's looks stand a second apart in all eight shards, over a stub of its own. Each list has as many as there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from bench.bursts import Burst
from bench.figures import Figure
from bench.sent import an_officer, page_event
from bench.world import BenchWorld, bench_world, calls_of, show
from chalicelib.bootstrap.audit import audit_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.audit.audit import Audit, Looker, LookerKind, Span
from chalicelib.domain.event import Event, EventType
from chalicelib.services.audit.prepare_audits import prepare_audits
from tests.deposit_world import INSTITUTION_ID, KEY_ID

_FEW, _MANY = 10_000, 100_000
_FULL = 1_000
_ACTOR = f"institution:{INSTITUTION_ID}:{KEY_ID}"
_PAGE = "/entidad/auditoria/{reference}"


def growth() -> Iterator[Figure]:
    """Yield what a look costs a job, and a page of fifty, among 100,000 over the same among few."""
    with bench_world() as world:
        yield from _growth(world)


def _growth(world: BenchWorld) -> Iterator[Figure]:
    world.signer.clock.advance(days=2)  # so that all those days are over
    _, cookie, _ = an_officer(world)
    world.stub.stand_looks(_FULL, _ACTOR)
    _made(world, 1)
    page_full = _page(world, 1, cookie)
    world.stub.stand_looks(_FEW - _FULL, _ACTOR)
    few = _made(world, 2)
    world.stub.stand_looks(_MANY - _FEW, _ACTOR)
    many = _made(world, 3)
    page_many = _page(world, 3, cookie)
    for kind in ("calls", "read"):
        word = "read units" if kind == "read" else kind
        a_look = (many[kind] / _MANY) / (few[kind] / _FEW)
        yield Figure(f"list of 100,000 looks ÷ of {_FEW:,}: {word} a look", a_look, "x", 1.1)
        yield Figure(
            f"page of a list of 100,000 looks ÷ of {_FULL:,}: {word}", page_many[kind] / page_full[kind], "x", 1.1
        )
    yield Figure("list of 100,000 looks: calls", many["calls"], "calls")
    yield Figure("list of 100,000 looks: read units", many["read"], "units")
    yield from looks_of_one_key(world).measure(world)


def looks_of_one_key(world: BenchWorld, count: int = 200) -> Burst:
    """Consultations that one key signs."""
    now, new_id = world.signer.clock.now, world.container.chance.new_event_id
    kind, events = EventType.MAILBOX_CONSULTED, event_store(world.container)
    looks = [Event(f"mailbox#1-5{number:07d}", kind, now, new_id(), _ACTOR) for number in range(count)]
    return Burst("looks of one key", 1000, [partial(events.add, look) for look in looks])


def _made(world: BenchWorld, number: int) -> dict[str, float]:
    """Ask for a list of all of them, and return what making it costs."""
    tools, now = audit_tools(world.container), world.signer.clock.now
    audit = Audit(
        INSTITUTION_ID, "Entidad", now.year, number, f"{number:032x}", Looker(LookerKind.KEY, _ACTOR, KEY_ID),
        Span(date(2026, 3, 4), date(2026, 3, 10)), "Medida", now, "staff:s1", "Persona",
    )  # fmt: skip
    if not tools.audits.add(audit, tools.event(EventType.AUDIT_ASKED, audit, audit.asked_by)):
        raise AssertionError(audit.reference)
    spent = calls_of(partial(prepare_audits, tools, until=now + timedelta(minutes=9)), world)
    if tools.audits.find(INSTITUTION_ID, audit.reference).is_open:  # type: ignore[union-attr]
        raise AssertionError(audit.reference)
    return spent


def _page(world: BenchWorld, number: int, cookie: str) -> dict[str, float]:
    reference = f"2026-{number:06d}"
    event = page_event(f"/entidad/auditoria/{reference}", cookie, _PAGE, reference=reference)
    shown = show(event)
    if len(re.findall("<tr ", shown)) != 51:
        raise AssertionError(shown)
    return calls_of(partial(show, event), world)
