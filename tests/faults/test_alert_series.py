"""Several faults in a row: deaths again and again, two faults in turn, and what lasts for hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from chalicelib.domain.alert.alert import AlertState
from tests.faults.alert_journey import MOBILE, OTHER_MAIL, RECORD, Course
from tests.faults.alert_matrix import (
    DELIVERED,
    FORMER,
    HOURLY,
    REPAIRED,
    SELDOM,
    SWEPT,
    TAKEN_OVER,
    TAKEN_OVER_FORMER,
    alert_calls,
    asks_the_store,
    can_strike,
    drawn,
    go,
    is_of_the_first,
    outage,
    pairs,
    sends,
    strike_calls,
    writes_alerts,
    writes_events,
    writes_outcome,
)
from tests.faults.catalogue import ADDRESS_REFUSED, DEATHS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import RECIPIENTS, Lab
from tests.faults.matrix import Call
from tests.faults.strike import Attempt, Fault, Outage, Strike

_SEED = 20260309
_CLAIM, _FALLBACK = "dynamodb.UpdateItem alerts#1", "dynamodb.UpdateItem alerts#2"
_LOST, _REFUSED = LOST_ANSWERS[2], REFUSALS[1]
_ONCE_EACH = Counter(RECIPIENTS)


@pytest.fixture(scope="module")
def calls(lab: Lab) -> tuple[Call, ...]:
    return alert_calls(lab, DELIVERED, "delivery")


@pytest.fixture(scope="module")
def sweep_calls(lab: Lab) -> tuple[Call, ...]:
    return alert_calls(lab, SWEPT, "sweep")


def test_two_workers_that_die_at_the_same_call_lose_nothing(lab: Lab, calls: tuple[Call, ...]) -> None:
    struck = [call for call in calls if call.label == RECORD or call.operation == "sns.Publish"]

    assert list(strike_calls(lab, DELIVERED, struck, DEATHS[2], runs=2)) == []


@pytest.mark.deep
@pytest.mark.parametrize("course", [DELIVERED, FORMER], ids=str)
@pytest.mark.parametrize("fault", [*DEATHS, _LOST, _REFUSED], ids=str)
def test_ten_workers_in_a_row_that_meet_it_at_the_same_call_lose_nothing(
    lab: Lab, calls: tuple[Call, ...], course: Course, fault: Fault
) -> None:
    struck = calls if course is DELIVERED else [call for call in calls if call.label in (_CLAIM, RECORD)]

    assert list(strike_calls(lab, course, struck, fault, runs=10)) == []


@pytest.mark.deep
@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_ten_sweepers_that_die_at_the_same_call_lose_nothing(
    lab: Lab, sweep_calls: tuple[Call, ...], death: Fault
) -> None:
    struck = [call for call in sweep_calls if call.operation in ("dynamodb.Query", "sns.Publish")]

    assert list(strike_calls(lab, SWEPT, struck, death, runs=10)) == []


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(_SEED, _SEED + 3))
def test_two_faults_at_any_two_calls_of_a_worker_lose_nothing(lab: Lab, calls: tuple[Call, ...], seed: int) -> None:
    found, struck = [], []
    for pair in pairs(calls, 25, seed):
        strikes = pair.strikes()
        found += go(lab, DELIVERED, *strikes)[1]
        struck += [strike for strike in strikes if strike.struck]

    assert found == []
    assert len(struck) > 35  # some second calls never come


@pytest.mark.deep
def test_a_death_in_the_sweep_that_repairs_a_death_loses_nothing(
    lab: Lab, calls: tuple[Call, ...], sweep_calls: tuple[Call, ...]
) -> None:
    found = []
    both = [(call, again) for call in calls for again in sweep_calls]
    for call, again in drawn(both, 20, _SEED):
        first = Strike(DEATHS[2], call.label, call.siblings)
        found += go(lab, REPAIRED, first, Strike(DEATHS[2], again.label, again.siblings, after=first))[1]

    assert found == []


@pytest.mark.deep
@pytest.mark.parametrize("runs", [1, 3, 10])
def test_answers_of_claim_record_and_fallback_lost_in_a_row_lose_nothing(lab: Lab, runs: int) -> None:
    """The record is refused, so that the fallback is what loses its answer."""
    claim = Strike(_LOST, _CLAIM, runs=runs)
    record = Strike(_LOST, RECORD, runs=runs, after=claim)
    chains = ((claim, record), (Strike(_REFUSED, RECORD, runs=runs), Strike(_LOST, _FALLBACK, runs=runs)),
              (claim, record, Strike(DEATHS[2], "dynamodb.GetItem alerts#1", after=record)))  # fmt: skip
    for chain in chains:
        for strike in chain:
            strike.struck.clear()
        _, found = go(lab, REPAIRED, *chain)
        assert found == []
        assert chain[0].struck


@pytest.mark.deep
@pytest.mark.parametrize("concerns", [writes_events, writes_alerts, asks_the_store], ids=lambda one: one.__name__)
def test_a_store_that_fails_for_five_hours_doubles_nothing(lab: Lab, concerns: Callable[[Attempt], bool]) -> None:
    journey, found = go(lab, HOURLY, outage(lab, _REFUSED, concerns, hours=5))

    assert found == []
    assert journey.lab.messages() == _ONCE_EACH


@pytest.mark.parametrize("course", [REPAIRED, pytest.param(SWEPT, marks=pytest.mark.deep)], ids=str)
@pytest.mark.parametrize("concerns", [writes_events, writes_alerts, asks_the_store], ids=lambda one: one.__name__)
def test_a_store_that_fails_for_twelve_minutes_doubles_nothing(
    lab: Lab, course: Course, concerns: Callable[[Attempt], bool]
) -> None:
    journey, found = go(lab, course, outage(lab, _REFUSED, concerns, minutes=12))

    assert found == []
    assert journey.lab.messages() == _ONCE_EACH


@pytest.mark.deep
@pytest.mark.parametrize("course", [REPAIRED, SWEPT, FORMER], ids=str)
def test_an_outcome_that_cannot_be_written_is_not_sent_again(lab: Lab, course: Course) -> None:
    """While the process lives that knows it; whoever may take over meanwhile cannot write a claim either."""
    failing = outage(lab, _REFUSED, writes_outcome, minutes=13)
    claiming = Outage(_REFUSED, _claims_again, failing.until, lab.clock)
    journey, found = go(lab, course, failing, claiming)

    assert found == []
    assert failing.struck
    assert journey.lab.messages() == _ONCE_EACH


def _claims_again(attempt: Attempt) -> bool:
    return attempt.label == _FALLBACK


@pytest.mark.deep
@pytest.mark.parametrize("death", DEATHS[::2], ids=str)
def test_the_death_of_the_process_that_knows_an_unwritten_outcome_costs_one_message(lab: Lab, death: Fault) -> None:
    refused = Strike(_REFUSED, RECORD)
    dies = Strike(death, RECORD, after=refused)
    journey, found = go(lab, REPAIRED, refused, dies, outage(lab, _REFUSED, writes_outcome, minutes=3))

    assert found == []
    assert dies.struck
    assert max(journey.lab.messages().values()) <= 2


@pytest.mark.deep
@pytest.mark.parametrize("course", [TAKEN_OVER, TAKEN_OVER_FORMER], ids=str)
def test_a_worker_whose_claim_was_taken_over_still_writes_what_it_knows(lab: Lab, course: Course) -> None:
    journey, found = go(lab, course, outage(lab, _REFUSED, is_of_the_first, minutes=4), lapses=True)

    assert found == []
    assert journey.lab.messages() == Counter(dict.fromkeys(RECIPIENTS, 2))


@pytest.mark.deep
@pytest.mark.parametrize("fault", [_REFUSED, REFUSALS[3]], ids=str)
@pytest.mark.parametrize("only", ["sesv2", "sns", ""], ids=["mail", "sms", "both"])
def test_a_provider_that_refuses_for_hours_loses_nothing(lab: Lab, fault: Fault, only: str) -> None:
    refusing = outage(lab, fault, lambda attempt: sends(attempt) and attempt.label.startswith(only), hours=9)
    journey, found = go(lab, HOURLY, refusing)

    assert found == []
    assert journey.lab.messages() == _ONCE_EACH


@pytest.mark.deep
@pytest.mark.parametrize("fault", [_REFUSED, _LOST], ids=str)
def test_what_was_not_sent_for_three_days_is_given_up_and_on_the_list(lab: Lab, fault: Fault) -> None:
    journey, found = go(lab, SELDOM, outage(lab, fault, lambda attempt: attempt.recipient == MOBILE, hours=90))

    assert found == []
    assert [alert.state for alert in journey.batch().alerts] == [AlertState.ACCEPTED] * 2 + [AlertState.GAVE_UP]


@pytest.mark.deep
def test_an_alert_that_kills_each_of_its_workers_is_given_up_and_on_the_list(lab: Lab, calls: tuple[Call, ...]) -> None:
    [sms] = [call for call in calls if call.operation == "sns.Publish"]
    journey, found = go(lab, DELIVERED, Strike(DEATHS[3], sms.label, sms.siblings, runs=60))

    assert found == []
    assert journey.batch().alerts[2].state is AlertState.GAVE_UP


def test_only_an_address_that_is_refused_for_good_has_failed(lab: Lab) -> None:
    refusing = outage(lab, ADDRESS_REFUSED, lambda attempt: attempt.recipient == OTHER_MAIL, hours=90)
    journey, found = go(lab, DELIVERED, refusing, refused=frozenset({OTHER_MAIL}))

    assert found == []
    assert journey.lab.messages()[OTHER_MAIL] == 0


@pytest.mark.deep
@pytest.mark.parametrize("fault", [DEATHS[2], _LOST], ids=str)
def test_faults_beside_an_address_that_is_refused_for_good_lose_nothing(
    lab: Lab, calls: tuple[Call, ...], fault: Fault
) -> None:
    refusing = outage(lab, ADDRESS_REFUSED, lambda attempt: attempt.recipient == OTHER_MAIL, hours=90)
    for call in calls:
        if call.operation != "s3.GetObject" and can_strike(fault, call):
            strike = Strike(fault, call.label, call.siblings)
            assert go(lab, DELIVERED, strike, refusing, refused=frozenset({OTHER_MAIL}))[1] == []
