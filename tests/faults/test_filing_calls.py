"""Whatever goes wrong at any call of a filing, sent again it ends: one filing, whole, the next number, no orphans."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from chalicelib.bootstrap import using
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, FAULTS, LOST_ANSWERS
from tests.faults.defects import Defect
from tests.faults.filing_defects import BLIND, FOUND_BY_FAULTS
from tests.faults.filing_journey import OTHER_ID, ask, begin, filings_in, half_done, wrong_after
from tests.faults.journey import Alteration, Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Effect, Fault, Scope, Strike


def calls_of(lab: Lab, alter: Alteration | None = None) -> tuple[Call, ...]:
    box = begin(lab, alter=alter)
    ask(lab, box, "first")
    return each_call(tuple(lab.wire.attempts))


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[], tuple[Call, ...]]:
    return cache(lambda: calls_of(lab))


def test_without_a_fault_it_is_filed_once(lab: Lab) -> None:
    assert wrong_after(lab) == []


def test_it_takes_four_calls(calls: Callable[[], tuple[Call, ...]]) -> None:
    assert [call.operation for call in calls()] == [
        "dynamodb.GetItem",
        "dynamodb.BatchGetItem",
        "s3.PutObject",
        "dynamodb.TransactWriteItems",
    ]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_one_filing(lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    if not struck:
        assert fault.order is not None, "none of them goes beside another"
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []


@pytest.mark.parametrize("fault", [*DEATHS, *LOST_ANSWERS], ids=str)
def test_three_in_a_row_at_any_call_leave_one_filing(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings, runs=3))]
    assert wrong == []


def test_different_ones_one_after_the_other_leave_one_filing(lab: Lab, calls: Callable[[], tuple[Call, ...]]) -> None:
    """A death before the receipt, one after it, a commit that never came about, and one whose answer is lost."""
    by_name = {call.operation: call for call in calls()}
    receipt, commit = by_name["s3.PutObject"], by_name["dynamodb.TransactWriteItems"]
    without = [fault for fault in FAULTS if fault.effect is Effect.NEVER and fault.scope is Scope.RUN]
    never = [fault for fault in without if can_strike(fault, commit)]
    row = [
        *(Strike(fault, receipt.label, receipt.siblings) for fault in DEATHS if can_strike(fault, receipt)),
        *(Strike(fault, commit.label, commit.siblings) for fault in never),
        *(Strike(fault, commit.label, commit.siblings) for fault in LOST_ANSWERS[-1:] if can_strike(fault, commit)),
    ]
    assert len(row) > 4

    box = begin(lab)
    wrong = []
    for strike in row:
        lab.wire.clear()
        lab.wire.strikes = [strike]
        ask(lab, box, "first")
        if not lab.wire.has_struck:
            wrong.append(f"not struck: {strike}")
        wrong += half_done(lab)
    lab.wire.strikes = []
    told = [ask(lab, box, "again") for _ in range(2)]
    other = ask(lab, box, "another", OTHER_ID)

    assert wrong == []
    assert {one.number for one in told if one} == {"2026-000001"}
    assert None not in told
    assert other is not None
    assert [one.number for one in sorted(filings_in(lab), key=lambda one: one.number)] == ["2026-000001", "2026-000002"]


def interrupted(lab: Lab, call: Call, draft_id: str, *, is_after: bool, alter: Alteration | None = None) -> list[str]:
    """File another draft, or the same one, in the middle of a filing."""
    box = begin(lab, alter=alter)
    other = lab.process("other filing", alter)

    def happens() -> None:
        with using(other):
            ask(lab, other, "other", draft_id)

    lab.wire.interrupt, lab.wire.target, lab.wire.interrupts_after = happens, call.label, is_after
    ask(lab, box, "first")
    has_struck = lab.wire.has_struck
    lab.wire.interrupt = None
    wrong = [*half_done(lab)]
    numbers = sorted(one.number for one in filings_in(lab))
    if numbers != ["2026-000001", "2026-000002"][: 2 if draft_id == OTHER_ID else 1]:
        wrong.append(f"gap: {numbers}")
    if not has_struck:
        wrong.append("not struck: the call never came")
    return [f"{one} [{call.label}, after: {is_after}]" for one in wrong]


@pytest.mark.parametrize("draft_id", [OTHER_ID, "c" * 32], ids=["another draft", "the same draft"])
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_another_filing_in_the_middle_takes_the_number_or_the_next(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], draft_id: str, is_after: bool
) -> None:
    assert [one for call in calls() for one in interrupted(lab, call, draft_id, is_after=is_after)] == []


@pytest.mark.deep
@pytest.mark.parametrize("defect", FOUND_BY_FAULTS, ids=str)
def test_faults_at_every_call_reveal(lab: Lab, defect: Defect) -> None:
    found = [
        one
        for call in calls_of(lab, defect.seed)
        for fault in (DEATHS[0], DEATHS[2], LOST_ANSWERS[2])
        if can_strike(fault, call)
        for one in wrong_after(lab, Strike(fault, call.label, call.siblings), alter=defect.seed)
    ]
    assert any(one.startswith(defect.kind) for one in found), found


@pytest.mark.deep
def test_another_filing_in_the_middle_reveals_a_number_that_is_not_looked_at_again(lab: Lab) -> None:
    found = [
        one
        for call in calls_of(lab, BLIND.seed)
        for one in interrupted(lab, call, OTHER_ID, is_after=False, alter=BLIND.seed)
    ]
    assert any(one.startswith(BLIND.kind) for one in found), found
