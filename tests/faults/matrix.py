"""Every fault at every call of a journey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.journey import Alteration, Journey, Lab, Route
from tests.faults.strike import Attempt, Fault, Order, Strike
from tests.faults.verdict import violations

_HOLD_S = 0.02


@dataclass(frozen=True)
class Call:
    """One call of a journey without faults, and those that ran at the same time."""

    label: str
    siblings: frozenset[str]
    kind: str
    """Of the run it is made in."""

    @property
    def operation(self) -> str:
        return self.label.partition(" ")[0]


def calls_of(lab: Lab, route: Route, alter: Alteration | None = None) -> tuple[Call, ...]:
    """Find out, by going once with no fault, which calls there are; of a row of equal ones, the first and the last."""
    journey = Journey(lab, route, alter)
    lab.wire.hold_s = _HOLD_S
    journey.finish()
    attempts = tuple(lab.wire.attempts)
    chosen = [attempt for attempt in attempts if attempt.kind in route.struck]
    first = {(attempt.kind, attempt.call): attempt for attempt in reversed(chosen)}
    last = {(attempt.kind, attempt.call): attempt for attempt in chosen}
    return tuple(
        {a.label: Call(a.label, siblings_of(a, attempts), a.kind) for a in (*first.values(), *last.values())}.values()
    )


def each_call(attempts: tuple[Attempt, ...]) -> tuple[Call, ...]:
    """Return the calls of a run that was tapped, each once."""
    return tuple({a.label: Call(a.label, siblings_of(a, attempts), a.kind) for a in attempts}.values())


def siblings_of(attempt: Attempt, attempts: tuple[Attempt, ...]) -> frozenset[str]:
    """Return the labels of those that ran at the same time."""
    return frozenset(
        other.label
        for other in attempts
        if other is not attempt and other.started < attempt.ended and attempt.started < other.ended
    )


def strike(lab: Lab, route: Route, call: Call, fault: Fault, alter: Alteration | None = None) -> list[str]:
    """Go with one fault at one call, and return what does not hold afterwards."""
    journey = Journey(lab, route, alter)
    lab.wire.strikes = [Strike(fault, call.label, call.siblings)]
    journey.finish()
    found = violations(journey) if lab.wire.has_struck else ["not struck: the call never came"]
    return [f"{violation} [{fault} at {call.label}]" for violation in found]


def strike_all(
    lab: Lab, route: Route, calls: tuple[Call, ...], fault: Fault, alter: Alteration | None = None
) -> Iterator[str]:
    """Go once for each call that can fail like this."""
    for call in calls:
        if fault.operations.match(call.operation) and (fault.order is not Order.LAST or call.siblings):
            yield from strike(lab, route, call, fault, alter)
