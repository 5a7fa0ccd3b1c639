"""What else can happen in the middle of a request or a worker: the same again, from start to end, at every call."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.bootstrap import using
from tests.deposit_world import a_body
from tests.faults.journey import INLINE, RECIPIENTS, Alteration, Journey, Lab, Route
from tests.faults.matrix import Call
from tests.faults.verdict import violations

_PAST_THE_BACK_OFF_S = 430
_NONCE = "nonce-of-both-000001"


@dataclass(frozen=True)
class Interruption:
    """`happens` runs in a process of its own, before the call takes effect, or after."""

    name: str
    happens: Callable[[Journey, Call], None]
    kind: str = "request"
    """Of the runs it interrupts."""
    is_after: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'after' if self.is_after else 'before'} it"


def _same_bytes(journey: Journey, _: Call) -> None:
    _post(journey, fresh=False)


def _signed_again(journey: Journey, _: Call) -> None:
    _post(journey, fresh=True)


def _post(journey: Journey, *, fresh: bool) -> None:
    response = journey.world.send(journey.sign() if fresh else journey.signed)
    if response.status_code == 201:
        journey.answers.append(response.body)
    else:
        journey.refusals.append(str(response.status_code))


def _delivered_again(journey: Journey, _: Call) -> None:
    for number, item in enumerate(journey.lab.items("events")):
        journey.invoke_worker(number, item)


def _lease_over(journey: Journey, _: Call) -> None:
    """Another worker takes over: what this one sent or will send unrecorded is doubled, no more."""
    journey.lab.clock.advance(seconds=_PAST_THE_BACK_OFF_S)
    is_claimed = any(item["attempts"]["N"] != "0" for item in journey.lab.items("alerts"))
    is_recorded = not journey.lab.is_due()
    if is_claimed and not is_recorded:
        journey.doubled = Counter(RECIPIENTS)
    journey.run_job("sweep_alerts")


INTERRUPTIONS = tuple(
    Interruption(name, happens, kind, is_after)
    for name, happens, kind in (
        ("the same request", _same_bytes, "request"),
        ("the request signed again", _signed_again, "request"),
        ("another delivery of the record", _delivered_again, "delivery"),
        ("the end of the lease and of the back-off", _lease_over, "delivery"),
    )
    for is_after in (False, True)
)


def interrupt(
    lab: Lab, route: Route, call: Call, interruption: Interruption, alter: Alteration | None = None
) -> list[str]:
    """Go with one interruption at one call, and return what does not hold afterwards."""
    journey = Journey(lab, route, alter)
    other = lab.container(alter)

    def happens() -> None:
        with using(other):
            interruption.happens(journey, call)

    lab.wire.interrupt, lab.wire.target, lab.wire.interrupts_after = happens, call.label, interruption.is_after
    lab.wire.interrupts_beside = call.siblings if interruption.kind == "delivery" else frozenset()
    journey.finish()
    found = violations(journey) if lab.wire.has_struck else ["not struck: the call never came"]
    return [f"{violation} [{interruption} at {call.label}]" for violation in found]


def share_a_nonce(lab: Lab, call: Call, alter: Alteration | None = None, *, is_after: bool) -> list[int]:
    """Send two deposits under one nonce, one in the middle of the other, and return how each was answered."""
    journey = Journey(lab, INLINE, alter)
    journey.signed = journey.sign(nonce=_NONCE)
    body = json.dumps(a_body()).encode()
    second = journey.world.signed("POST", "/v1/deposits", body, idempotency_key="clave-2", nonce=_NONCE)
    other = lab.container(alter)
    statuses: list[int] = []

    def happens() -> None:
        with using(other):
            statuses.append(journey.world.send(second).status_code)

    lab.wire.interrupt, lab.wire.target, lab.wire.interrupts_after = happens, call.label, is_after
    statuses.append(201 if journey.send(journey.signed) else int(journey.refusals[0].split()[0]))
    return sorted(statuses)
