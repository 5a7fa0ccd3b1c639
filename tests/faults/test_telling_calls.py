"""Whatever goes wrong at any call of telling that a filing lapsed, later runs end it: both are told, once noted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.domain.filing.observation import lapses_at
from chalicelib.domain.institution.permission import Act
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing
from tests.composition_world import a_member
from tests.deposit_world import an_institution, put_institution
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab, job_event
from tests.faults.matrix import Call, each_call
from tests.faults.strike import SENDING, Effect, Fault, ProcessDied, Strike
from tests.filing_world import file_it, seed_filing

_FAULTS = (DEATHS[0], DEATHS[2], LOST_ANSWERS[0], LOST_ANSWERS[2], REFUSALS[0], REFUSALS[1], REFUSALS[3])
_THERE = "avisos@entidad.example"
_TOLD = Counter({"usuaria1@ejemplo.pe": 1, "usuaria2@ejemplo.pe": 1, "+51900000001": 1, _THERE: 1})
_RUNS = 12


def begin(lab: Lab, *strikes: Strike) -> Container:
    """Have a filing that lapsed two minutes ago, with all told that is to be told of it before."""
    lab.reset()
    box = lab.process("telling")
    with using(box):
        seed_filing(box)
        put_institution(box, an_institution(digest_email=_THERE))
        filing = file_it(box)
        lab.clock.advance(minutes=5)
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        observed = observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(box)).observation
        assert observed is not None
        assert observed.remind_at is not None
        lab.clock.advance(minutes=5)
        run(lab, box, "sweep_alerts", "before")
        lab.clock.now = observed.remind_at
        run(lab, box, "send_reminders", "before")
    lab.clock.now = lapses_at(observed.until) + timedelta(minutes=2)
    lab.wire.clear()
    lab.wire.strikes = list(strikes)
    return box


def run(lab: Lab, box: Container, job: str, name: str) -> None:
    with suppress(ProcessDied, Exception), using(box), lab.wire.running(job, name):
        lab.client.lambda_.invoke(job, job_event())


def wrong_after(lab: Lab, *strikes: Strike, most: int = 1) -> list[str]:
    box = begin(lab, *strikes)
    before = lab.messages()
    run(lab, box, "send_reminders", "first")
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    for number in range(_RUNS):
        lab.clock.advance(minutes=20)
        box = lab.process("telling")
        run(lab, box, "send_reminders", f"again {number}")
        run(lab, box, "sweep_alerts", f"again {number}")
    told = lab.messages() - before
    events = [item for item in lab.items("events") if item["type"]["S"] == "filing.lapse_told"]
    doubled = {to: count for to, count in told.items() if count > _TOLD[to]}
    wrong = {
        "not struck: the call never came": not has_struck,
        f"lost: {_TOLD - told}": bool(_TOLD - told),
        f"doubled: {doubled}": sum(doubled.values()) - len(doubled) > most - 1,
        f"{len(events)} events": len(events) != 1,
        "left to be told": any("due_shard" in item for item in lab.items("filings")),
        "left to be sent": lab.is_due(),
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{met}]" for what, is_so in wrong.items() if is_so]


def most_sent(fault: Fault, call: Call) -> int:
    """Return how often one place may be told: again where nobody can know that it was."""
    may_have_gone = fault.kills or fault.effect is not Effect.NEVER
    is_of_sending = call.operation.startswith(SENDING) or call.label.startswith("dynamodb.TransactWriteItems alerts")
    return 5 if may_have_gone and (is_of_sending or fault.kills) else 1


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[], tuple[Call, ...]]:
    @cache
    def found() -> tuple[Call, ...]:
        box = begin(lab)
        run(lab, box, "send_reminders", "first")
        return each_call(tuple(lab.wire.attempts))

    return found


def test_without_a_fault_each_is_told_once(lab: Lab) -> None:
    assert wrong_after(lab) == []


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
def test_any_fault_at_any_call_loses_nothing_and_doubles_what_nobody_can_know_alone(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    assert struck
    wrong = [
        one
        for call in struck
        for one in wrong_after(lab, Strike(fault, call.label, call.siblings), most=most_sent(fault, call))
    ]
    assert wrong == []
