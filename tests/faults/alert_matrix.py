"""Faults on the way of alerts: each at every call, several in a row, and in pairs."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from tests.deposit_world import NOW
from tests.faults.alert_journey import RECORD, AlertJourney, Course
from tests.faults.alert_verdict import alert_violations
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Alteration, Lab
from tests.faults.matrix import Call, siblings_of
from tests.faults.strike import Attempt, Fault, Order, Outage, Strike

_HOLD_S = 0.02

T = TypeVar("T")

DELIVERED = Course("delivered", streams_again=True)
SWEPT = Course("swept", streams=False)
REPAIRED = Course("delivered, then swept")
TAKEN_OVER = Course("taken over", comes_again_late=True)
TAKEN_OVER_FORMER = Course("taken over, written by the package before", is_former=True, comes_again_late=True)
HOURLY = Course("delivered, then swept every hour", every=timedelta(hours=1))
SELDOM = Course("swept every few hours", every=timedelta(hours=20))
FORMER = Course("written by the package before", is_former=True, streams_again=True)
REPORTED = Course("reported", reports=("Delivery", "DeliveryDelay"))
REPORTED_EARLY = Course(
    "reported before the outcome is written", reports=("DeliveryDelay", "Delivery"), reports_at=RECORD
)

FOLLOWING = ("dynamodb.GetItem alerts#1", "dynamodb.UpdateItem alerts#2")
"""Calls that a worker makes only where another worker was before it, or where its record failed."""
PAIRED = (DEATHS[0], DEATHS[2], DEATHS[3], LOST_ANSWERS[0], LOST_ANSWERS[2], LATE_EFFECTS[1], LATE_EFFECTS[2],
          REFUSALS[1], REFUSALS[3])  # fmt: skip


def alert_calls(lab: Lab, course: Course, kind: str, alter: Alteration | None = None) -> tuple[Call, ...]:
    """Find out which calls the runs of a kind make where nothing goes wrong; of equal ones the first and the last."""
    journey = AlertJourney(lab, course, alter)
    lab.wire.hold_s = _HOLD_S
    journey.finish()
    attempts = tuple(attempt for attempt in lab.wire.attempts if attempt.kind == kind)
    first_run = tuple(attempt for attempt in attempts if attempt.run == attempts[0].run)
    chosen = [*{a.call: a for a in reversed(first_run)}.values(), *{a.call: a for a in first_run}.values()]
    calls = {a.label: Call(a.label, siblings_of(a, first_run), kind) for a in chosen}
    return tuple(calls[label] for label in sorted(calls))


def can_strike(fault: Fault, call: Call) -> bool:
    """Tell whether a call can fail like this."""
    return bool(fault.operations.match(call.operation)) and (fault.order is not Order.LAST or bool(call.siblings))


def go(
    lab: Lab,
    course: Course,
    *strikes: Strike | Outage,
    alter: Alteration | None = None,
    refused: frozenset[str] = frozenset(),
    lapses: bool = False,
) -> tuple[AlertJourney, list[str]]:
    """Go with some faults, and return what does not hold afterwards."""
    journey = AlertJourney(lab, course, alter, strikes, refused, lapses=lapses)
    journey.finish()
    met = "; then ".join(str(strike) for strike in strikes)
    return journey, [f"{violation} [{course}: {met}]" for violation in alert_violations(journey)]


def strike_calls(lab: Lab, course: Course, calls: Iterable[Call], fault: Fault, *, runs: int = 1) -> Iterator[str]:
    """Go once for each call that can fail like this, in so many runs in a row."""
    for call in calls:
        if not can_strike(fault, call):
            continue
        strike = Strike(fault, call.label, call.siblings, runs)
        _, found = go(lab, course, strike)
        yield from found
        if not strike.struck:
            yield f"not struck: {strike} [{course}]"


@dataclass(frozen=True)
class Pair:
    """Two faults, each at its call: the second comes in the same run or in a later one."""

    first: tuple[Fault, Call]
    second: tuple[Fault, Call]

    def __str__(self) -> str:
        return ", ".join(f"{fault} at {call.label}" for fault, call in (self.first, self.second))

    def strikes(self) -> tuple[Strike, Strike]:
        first = Strike(self.first[0], self.first[1].label, self.first[1].siblings)
        return first, Strike(self.second[0], self.second[1].label, self.second[1].siblings, after=first)


def pairs(calls: Iterable[Call], size: int, seed: int) -> list[Pair]:
    """Draw ordered pairs of faults at a worker's calls, also at those that only come after something went wrong."""
    more = [Call(label, frozenset(), "") for label in FOLLOWING]
    single = [(fault, call) for call in (*calls, *more) for fault in PAIRED if can_strike(fault, call)]
    everyone = [Pair(first, second) for first in single if first[1] not in more for second in single]
    return drawn(everyone, size, seed)


def drawn(items: Iterable[T], size: int, seed: int) -> list[T]:
    """Draw some of many; the same for the same seed, which tells them apart from those of another."""
    return sorted(items, key=lambda item: zlib.crc32(f"{seed} {item}".encode()))[:size]


_MESSAGE_ID = re.compile(r'message_id\\*": \\*"')
"""A message's id in JSON within JSON; `null` stands where there is none."""


def writes_outcome(attempt: Attempt) -> bool:
    """Tell a write of what became of messages from the claim that came before them."""
    is_write = attempt.operation in ("dynamodb.TransactWriteItems", "dynamodb.UpdateItem")
    return is_write and _MESSAGE_ID.search(attempt.body) is not None


def writes_alerts(attempt: Attempt) -> bool:
    """Tell whatever changes alerts."""
    return attempt.operation in ("dynamodb.TransactWriteItems", "dynamodb.UpdateItem")


def writes_events(attempt: Attempt) -> bool:
    """Tell whatever appends to the log."""
    return attempt.operation == "dynamodb.TransactWriteItems"


def is_of_the_first(attempt: Attempt) -> bool:
    """Tell what the worker that the stream started needs to write its outcome, or to take over again."""
    return attempt.kind == "delivery" and (writes_outcome(attempt) or attempt.label in FOLLOWING[1:])


def asks_the_store(attempt: Attempt) -> bool:
    """Tell whatever asks DynamoDB."""
    return attempt.operation.startswith("dynamodb")


def sends(attempt: Attempt) -> bool:
    """Tell whatever hands a message over."""
    return attempt.is_sending


def outage(lab: Lab, fault: Fault, concerns: Callable[[Attempt], bool], **lasting: float) -> Outage:
    """Make a fault that lasts from the deposit on."""
    return Outage(fault, concerns, NOW + timedelta(**lasting), lab.clock)
