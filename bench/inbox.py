"""Lists of filings: the officers' inbox over its floor, and what lists and a filing cost among few and many.

The floor under the inbox is what no page can leave out: its own calls by one bare client, and its own table by Jinja2,
with the values as they are stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader

from bench.call_ledger import Action, figures_of
from bench.figures import Figure, alternate
from bench.filing import METHODS, Filer, clients
from bench.floor import Sent, captured
from bench.sent import an_officer, page_event
from bench.world import BenchWorld, bench_world, calls_of, show
from chalicelib.bootstrap.filing import system_tools
from chalicelib.domain.deposit.local_month import parts_of
from tests.deposit_world import INSTITUTION_ID
from tests.officer_world import OFFICE_ID

_ROUNDS, _BATCH, _ROWS, _OWN_ROWS = 11, 15, 50, 20
_FEW, _TIMES = 1_000, (10, 100)
"""Filings: as many as a search without a hit looks at, and more than any page shows."""
_GOAL, _GROWTH = 1.4, 1.1
_AT = "/entidad/presentados"


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls, then the ratio over the floor with a full page of one office."""
    filer = Filer(world)
    filing_id = filer.file(filer.post(filer.draft()))
    _, cookie, _ = an_officer(world)
    world.stub.stand_filings(2 * _ROWS, filing_id)
    for action in actions(filer, cookie, filing_id):
        yield from figures_of(iter([action]))
    ours, floor = inbox(cookie).run, floor_of(cookie)
    if not str(ours()).count("<tr") == floor.page().count("<tr") == _ROWS + 1:
        raise AssertionError(floor.page())
    taken = alternate(lambda count: [ours] * count, lambda count: [floor.page] * count, rounds=_ROUNDS, batch=_BATCH)
    name = f"inbox page of {_ROWS} ÷ its own calls and table"
    yield Figure(name, taken.ratio, "x", _GOAL)
    yield Figure(f"{name}: ours CPU", taken.ours * 1e3, "ms")
    yield Figure(f"{name}: floor CPU", taken.floor * 1e3, "ms")


def growth() -> Iterator[Figure]:
    """Yield what each list and a filing cost among 10 and 100 times as many filings, over a stub of its own."""
    with bench_world() as world:
        yield from growth_of(world, _FEW, _TIMES)


def growth_of(world: BenchWorld, count: int, times: Sequence[int]) -> Iterator[Figure]:
    """Yield the same of so many filings, and of so many times as many."""
    filer = Filer(world)
    filing_id = filer.file(filer.post(filer.draft()))
    _, cookie, _ = an_officer(world)
    world.stub.stand_filings(count - 1, filing_id)
    for _, work in _works(filer, cookie):
        work()  # the outages are asked for once a minute
    few = {name: _spent(work, world) for name, work in _works(filer, cookie)}
    there = 1
    for more in times:
        world.stub.stand_filings(count * (more - there), filing_id)
        there = more
        for name, work in _works(filer, cookie):
            many = _spent(work, world)
            for kind, before in few[name].items():
                if before:
                    title = f"{name} among {count * more:,} ÷ among {count:,} filings: {kind}"
                    yield Figure(title, many[kind] / before, "x", _GROWTH)
    for name, spent in few.items():
        yield Figure(f"{name}: read units", spent["read units"], "units")


def actions(filer: Filer, cookie: str, filing_id: str) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    for action in (
        inbox(cookie),
        inbox_of_all(cookie),
        received(cookie, filing_id),
        own_list(filer),
        own_search(filer),
    ):
        action.run()
        yield action


def inbox(cookie: str) -> Action:
    """Show what one office got."""
    event = page_event(f"{_AT}?oficina={OFFICE_ID}", cookie, _AT)
    return Action("inbox page of an office", lambda: show(event), hops=4, calls=4)


def inbox_of_all(cookie: str) -> Action:
    """Show what the institution and its one office got."""
    event = page_event(_AT, cookie)
    return Action("inbox page of the institution and its office", lambda: show(event), hops=4, calls=5)


def received(cookie: str, filing_id: str) -> Action:
    """Show one filing to an officer."""
    event = page_event(f"{_AT}/{filing_id}", cookie, f"{_AT}/{{filing_id}}", filing_id=filing_id)
    return Action("filing received", lambda: show(event), hops=3, calls=3)


def own_list(filer: Filer, query: str = "") -> Action:
    """Show a person what they filed."""
    event = filer.people.page_event(f"/mis-tramites{query}", filer.cookie, resource="/mis-tramites")
    return Action("list of one's filings", lambda: show(event), hops=3, calls=3)


def own_search(filer: Filer) -> Action:
    """Look for words that all of them have."""
    return Action("search of one's filings", own_list(filer, "?q=bodega").run, hops=3, calls=3)


def _works(filer: Filer, cookie: str) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "list of one's filings", own_list(filer).run
    yield "search that finds", own_list(filer, "?q=bodega").run
    yield "search that finds nothing", own_list(filer, "?q=inexistente").run
    yield "inbox page", inbox(cookie).run
    yield "filing", partial(filer.file, filer.post(filer.draft()))
    box = filer.world.container
    months, [part, *_] = system_tools(box).months, parts_of("2026-03", box.calendar.zone)
    yield "page of a month", partial(months.list_part, INSTITUTION_ID, part, until=part.before, limit=_ROWS)


def _spent(work: Callable[[], object], world: BenchWorld) -> dict[str, float]:
    """Return calls, units, and how many partitions of the filings' table and its indexes were asked."""
    world.stub.partitions()
    spent = calls_of(work, world)
    asked = [one for one in world.stub.partitions() if one.of.startswith("filings_table")]
    return {
        "calls": spent["calls"],
        "read units": spent["read"],
        "write units": spent["write"],
        "partitions": len(asked),
    }


@dataclass(frozen=True, slots=True)
class InboxFloor:
    """The page's own calls, by one bare client, and its own table."""

    calls: Sequence[Sent]
    table: Any
    clients: Any = field(default_factory=clients)

    def page(self) -> str:
        """Read the rows and write the page's table."""
        listed: list[dict[str, Any]] = []
        for sent in self.calls:
            answer = getattr(self.clients[sent.service], METHODS[sent.operation])(**sent.parameters)
            items = [*answer.get("Items", ()), *([answer["Item"]] if "Item" in answer else ())]
            items += [item for found in answer.get("Responses", {}).values() for item in found]
            told = [json.loads(item["data"]["S"]) for item in items if "data" in item]
            if sent.parameters.get("IndexName") == "by_office":
                listed += told
        return str(self.table.render(rows=[_row(filing) for filing in listed]))


def floor_of(cookie: str) -> InboxFloor:
    """Take the calls of a page, and its table."""
    with captured() as calls:
        inbox(cookie).run()
    loader = PackageLoader("chalicelib.renderers", "templates/pages")
    environment = Environment(autoescape=True, loader=loader)
    environment.filters["short_moment"] = str
    source, _, _ = loader.get_source(environment, "filing/inbox.html")
    [table] = re.findall(r"<table.*</table>", source, re.DOTALL)
    return InboxFloor(tuple(calls), environment.from_string(table))


def _row(filing: dict[str, Any]) -> SimpleNamespace:
    """Take the cells as they are stored; of a dictionary, a template would look for attributes first, in vain."""
    clock = SimpleNamespace(words=filing["observable_until"], is_late=False)
    return SimpleNamespace(
        filing=SimpleNamespace(
            filing_id=filing["filing_id"],
            number=filing["number"],
            subject=filing["subject"],
            holder=SimpleNamespace(name=filing["holder"]["name"]),
            filed_at=filing["dates"]["received_at"],
            taken=None,
        ),
        procedure=filing["procedure"]["title"],
        state="Presentada",
        is_corrected=False,
        clocks=(clock, clock),
    )
