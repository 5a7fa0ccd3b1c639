"""Whatever goes wrong at whichever call, a deposit and its alerts happen once, and every answer is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.catalogue import FAULTS, QUICK
from tests.faults.interruptions import INTERRUPTIONS, Interruption, interrupt, share_a_nonce
from tests.faults.journey import INLINE, SWEPT, TWICE, UPLOADED, Journey, Lab, Route
from tests.faults.matrix import Call, calls_of, strike_all
from tests.faults.strike import Fault
from tests.faults.verdict import violations

ROUTES = (INLINE, UPLOADED)


@pytest.fixture(scope="module")
def calls(lab: Lab) -> dict[Route, tuple[Call, ...]]:
    return {route: calls_of(lab, route) for route in ROUTES}


@pytest.mark.parametrize("route", [*ROUTES, SWEPT, TWICE], ids=str)
def test_a_journey_without_faults_leaves_nothing_to_complain_of(lab: Lab, route: Route) -> None:
    journey = Journey(lab, route)
    journey.finish()

    assert violations(journey) == []


def test_some_faults_are_always_tried() -> None:
    assert {str(fault) for fault in FAULTS} > QUICK


def _matrix() -> Iterator[Any]:
    """Every fault on every route; `make test` tries the quick ones on the first, where most calls are.

    Those struck are the calls of requests: faults of what comes after have journeys of their own (test_alert_calls.py).
    """
    for route in ROUTES:
        for fault in FAULTS:
            is_tried_always = route is INLINE and str(fault) in QUICK
            marks: Any = () if is_tried_always else pytest.mark.deep
            yield pytest.param(route, fault, marks=marks, id=f"{route}-{fault}")


@pytest.mark.parametrize(("route", "fault"), list(_matrix()))
def test_one_deposit_and_its_alerts_survive(
    lab: Lab, calls: dict[Route, tuple[Call, ...]], route: Route, fault: Fault
) -> None:
    requests = tuple(call for call in calls[route] if call.kind == "request")

    assert list(strike_all(lab, route, requests, fault)) == []


@pytest.mark.deep
@pytest.mark.parametrize("interruption", INTERRUPTIONS, ids=str)
def test_the_same_at_the_same_time_changes_nothing(
    lab: Lab, calls: dict[Route, tuple[Call, ...]], interruption: Interruption
) -> None:
    interrupted = [call for call in calls[INLINE] if call.kind == interruption.kind]

    assert [complaint for call in interrupted for complaint in interrupt(lab, INLINE, call, interruption)] == []


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_of_two_deposits_under_one_nonce_one_passes_whenever_the_second_comes(
    lab: Lab, calls: dict[Route, tuple[Call, ...]], is_after: bool
) -> None:
    first_calls = [call for call in calls[INLINE] if call.kind == "request" and call.label.endswith("#1")]

    assert {tuple(share_a_nonce(lab, call, is_after=is_after)) for call in first_calls} == {(201, 401)}
