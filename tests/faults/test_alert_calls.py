"""Whatever goes wrong at whichever call of a worker, each alert is sent, and nothing is doubled that need not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import permutations
from typing import Any

import pytest

from tests.faults.alert_journey import RECORD, Course
from tests.faults.alert_matrix import (
    DELIVERED,
    FORMER,
    PAIRED,
    REPORTED,
    REPORTED_EARLY,
    SWEPT,
    alert_calls,
    can_strike,
    drawn,
    go,
    outage,
    strike_calls,
    writes_events,
)
from tests.faults.catalogue import DEATHS, FAULTS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call
from tests.faults.strike import Fault, Strike

_SEED = 20260309
_KINDS = ("Reject", "DeliveryDelay", "Delivery", "Bounce", "Complaint")
_STRUCK = (
    (DELIVERED, "delivery", FAULTS),
    (SWEPT, "sweep", FAULTS),
    (REPORTED, "report", FAULTS),
    (REPORTED_EARLY, "delivery", (*DEATHS[:3], LOST_ANSWERS[2])),
    (FORMER, "delivery", (*DEATHS[:3], LOST_ANSWERS[2])),
)
Calls = Callable[[Course, str], tuple[Call, ...]]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Calls:
    return cache(partial(alert_calls, lab))


@pytest.mark.parametrize("course", [DELIVERED, SWEPT, FORMER, REPORTED, REPORTED_EARLY], ids=str)
def test_alerts_without_faults_leave_nothing_to_complain_of(lab: Lab, course: Course) -> None:
    _, found = go(lab, course)

    assert found == []


def _matrix() -> Iterator[Any]:
    for course, kind, faults in _STRUCK:
        for fault in faults:
            yield pytest.param(course, kind, fault, id=f"{course}-{fault}")


@pytest.mark.deep
@pytest.mark.parametrize(("course", "kind", "fault"), list(_matrix()))
def test_alerts_survive(lab: Lab, calls: Calls, course: Course, kind: str, fault: Fault) -> None:
    assert list(strike_calls(lab, course, calls(course, kind), fault)) == []


def _orders(size: int) -> list[tuple[str, ...]]:
    some = [kinds for number in range(1, len(_KINDS) + 1) for kinds in permutations(_KINDS, number)]
    return [(*kinds, kinds[0]) for kinds in drawn(some, size, _SEED)]


@pytest.mark.deep
@pytest.mark.parametrize("reports_at", ["", RECORD], ids=["after the outcome", "before the outcome"])
@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
@pytest.mark.parametrize("reports", _orders(6), ids=",".join)
def test_reports_settle_an_alert_in_whatever_order_they_come_and_however_often(
    lab: Lab, reports: tuple[str, ...], together: bool, reports_at: str
) -> None:
    course = Course("reported", reports=reports, reports_together=together, reports_at=reports_at)
    _, found = go(lab, course)

    assert found == []


@pytest.mark.parametrize("death", [DEATHS[2], pytest.param(DEATHS[3], marks=pytest.mark.deep)], ids=str)
def test_a_report_settles_what_a_dead_worker_sent_and_it_is_not_sent_again(
    lab: Lab, calls: Calls, death: Fault
) -> None:
    mails = [call for call in calls(DELIVERED, "delivery") if call.operation == "sesv2.SendEmail"]

    assert [
        found for call in mails if can_strike(death, call) for found in strike_calls(lab, REPORTED, [call], death)
    ] == []


@pytest.mark.deep
@pytest.mark.parametrize("course", [REPORTED, REPORTED_EARLY], ids=str)
def test_reports_are_kept_while_the_log_takes_nothing(lab: Lab, course: Course) -> None:
    refusing = outage(lab, REFUSALS[3], writes_events, minutes=9)
    _, found = go(lab, course, refusing)

    assert found == []
    assert refusing.struck


@pytest.mark.deep
@pytest.mark.parametrize("fault", [fault for fault in PAIRED if not fault.kills], ids=str)
def test_a_report_that_comes_while_the_outcome_cannot_be_written_is_kept(lab: Lab, fault: Fault) -> None:
    first = Strike(fault, RECORD)
    _, found = go(lab, REPORTED_EARLY, first, Strike(fault, "dynamodb.UpdateItem alerts#2", after=first))

    assert found == []
