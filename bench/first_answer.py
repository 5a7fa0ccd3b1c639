"""The first answer of a fresh process, from the interpreter's start on, over the floor under it and another revision's.

Every side is a process of its own with the same package tree (the other revision's has its own), asked the very same
at the same state of the stub.
"""

from __future__ import annotations

import marshal
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.figures import Figure
from bench.first_floor import Answered, floor_of, templates_of, with_templates
from bench.fresh_process import Told, output_of, start
from bench.packaged import Package, commit_of, package_of, package_of_this_tree
from bench.people import People, people_of
from bench.world import BenchWorld, bench_world, calls_of, stream_event
from infra.programs import PackageError

_BASE = os.environ.get("BASE", "")
_TODAY = "22ad5c1"
"""The revision that goals compare with: the last one without bytecode, which loaded every door at its start."""
_ROUNDS = 7
_OVER_FLOOR = 1.25
Side = Callable[[], Told]


@dataclass(frozen=True, slots=True)
class Case:
    """One first answer. `function` is its logical id; `ask` writes the event; `goal` is over the revision of goals."""

    name: str
    function: str
    ask: Callable[[People], dict[str, Any]]
    goal: float | None = None


def _full_list(people: People) -> dict[str, Any]:
    people.world.stub.fill("notices_table", 50, {"notice_id": people.world.deposit()})
    return people.page_event("/casilla", people.token())


CASES: Sequence[Case] = (
    Case("home page", "APIHandler", lambda people: people.page_event("/", ""), 0.35),
    Case("login form", "APIHandler", lambda people: people.page_event("/ingresar", "")),
    Case("list", "APIHandler", _full_list, 0.5),
    Case("deposit", "APIHandler", lambda people: people.world.deposit_event(people.world.uploaded_body()), 0.5),
    Case("alert worker", "SendAlerts", lambda people: stream_event(people.world.deposit())),
)


def measure() -> Iterator[Figure]:
    """Yield ratios, costs and modules of every case, in a world of the present: what is deployed has its own clock."""
    try:
        package = package_of_this_tree()
        base = package_of(_BASE) if _BASE else None
    except PackageError as error:
        print(f"  without a package there is no figure: {error}")
        return
    with bench_world(datetime.now(UTC)) as world:
        yield from _imports(package, base, world)
        people = people_of(world)
        for case in CASES:
            world.signer.clock.now = datetime.now(UTC)
            event = case.ask(people)
            world.stub.keep()
            yield from _figures(case, _sides(case, event, package, base, world))


def _sides(
    case: Case, event: dict[str, Any], package: Package, base: Package | None, world: BenchWorld
) -> dict[str, Side]:
    def asked(of: Package) -> dict[str, Any]:
        return {"handler": of.handlers[case.function], "event": event}

    def side(program: str, of: Package, given: Any) -> Side:
        return lambda: _at_the_kept_state(world, lambda: start(program, of, world.environment, given))

    first = side("captured", package, asked(package))()
    answered = Answered(event, first.answer, marshal.loads(first.rest))  # noqa: S302 - our own
    plain = floor_of(case.name, answered, package, world)
    sides = {"ours": side("service", package, asked(package)), "floor": side("floor", package, plain)}
    sources = templates_of(plain)
    if sources:
        compiled = marshal.loads(output_of("compiled", package, world.environment, sources))  # noqa: S302 - as above
        sides["compiled"] = side("floor", package, with_templates(plain, compiled))
    _hold_the_same_calls(sides, world)
    if base is not None:
        sides["base"] = side("service", base, asked(base))
    return sides


def _at_the_kept_state(world: BenchWorld, side: Side) -> Told:
    """Ask one side, and hold that it answers and does not refuse."""
    world.stub.restore()
    told = side()
    answer = told.answer if isinstance(told.answer, dict) else {}
    if answer.get("statusCode", 200) not in {200, 201} or answer.get("batchItemFailures"):
        raise AssertionError(told.answer)
    return told


def _hold_the_same_calls(sides: dict[str, Side], world: BenchWorld) -> None:
    made = {name: calls_of(side, world)["calls"] for name, side in sides.items()}
    if any(calls != made["ours"] for calls in made.values()):
        raise AssertionError(made)


def _rounds(sides: dict[str, Side]) -> dict[str, list[Told]]:
    """Run all sides in turn, each round beginning with another one; a first round warms up and is dropped."""
    told: dict[str, list[Told]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(_ROUNDS + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            one = sides[name]()
            told[name] += [one] if number else []
    return told


def _figures(case: Case, sides: dict[str, Side]) -> Iterator[Figure]:
    told = _rounds(sides)
    name = f"first answer, {case.name}"
    yield Figure(f"{name} ÷ floor", _ratio(told, "floor"), "x", _OVER_FLOOR)
    if "compiled" in told:
        yield Figure(f"{name} ÷ floor, its templates compiled before", _ratio(told, "compiled"), "x")
    if "base" in told:
        yield Figure(f"{name} ÷ {_BASE}", _ratio(told, "base"), "x", case.goal if _is_today() else None)
    yield from _costs(name, told)


def _imports(package: Package, base: Package | None, world: BenchWorld) -> Iterator[Figure]:
    packages = {"ours": package, **({"base": base} if base else {})}
    told = _rounds({name: partial(start, "imported", of, world.environment) for name, of in packages.items()})
    if base:
        yield Figure(f"importing the app ÷ {_BASE}", _ratio(told, "base"), "x")
    yield from _costs("importing the app", told)


def _ratio(told: dict[str, list[Told]], other: str) -> float:
    return statistics.median(one.cpu / two.cpu for one, two in zip(told["ours"], told[other], strict=True))


def _costs(name: str, told: dict[str, list[Told]]) -> Iterator[Figure]:
    whose = {"ours": "", "floor": ", floor", "compiled": ", floor with compiled templates", "base": f", {_BASE}"}
    for side, found in told.items():
        yield Figure(f"{name}{whose[side]}: CPU", statistics.median(one.cpu for one in found) * 1e3, "ms")
    for side, found in told.items():
        if side != "compiled":
            yield Figure(f"{name}{whose[side]}: modules", found[0].modules, "")


def _is_today() -> bool:
    return commit_of(_BASE) == commit_of(_TODAY)
