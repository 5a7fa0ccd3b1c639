"""Whatever goes wrong at any call of a draft's deposit, sent again it ends: one notice, and the draft marked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, CompositionState
from tests.composition_world import a_composition, deposit_draft, store_of
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.officer_world import DRAFT_ID, seed_officers

_FAULTS = (*DEATHS, *LOST_ANSWERS, *LATE_EFFECTS, *REFUSALS)
_MOST_SENT = 4


def begin(lab: Lab, *strikes: Strike) -> Container:
    lab.reset()
    box = lab.process("composition")
    with using(box):
        seed_officers(box)
        store_of(box).add(a_composition())
    lab.wire.strikes = list(strikes)
    return box


def ask(lab: Lab, box: Container, kind: str) -> Composition | None:
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        return deposit_draft(box)
    return None


def wrong_after(lab: Lab, *strikes: Strike) -> list[str]:
    box = begin(lab, *strikes)
    ask(lab, box, "first")
    has_struck = lab.wire.has_struck or not strikes
    with using(box):
        halfway = store_of(box).find(DRAFT_ID)
    found_halfway = len(lab.items("notices"))
    lab.wire.strikes = []
    told = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        told.append(ask(lab, box, "again"))
    with using(box):
        draft = store_of(box).find(DRAFT_ID)
    notices = [item["notice_id"]["S"] for item in lab.items("notices")]
    wrong = {
        "not struck: the call never came": not has_struck,
        "never taken": None in told,
        f"notices {notices}": len(notices) != 1,
        f"told of {told}": {one.notice_id for one in told if one} != set(notices),
        "draft not marked": draft is None
        or (draft.state, draft.notice_id) != (CompositionState.DEPOSITED, notices[0] if notices else None),
        "marked without its notice, or the other way around": halfway is None
        or halfway.is_open is not (found_halfway == 0),
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{met}]" for what, is_so in wrong.items() if is_so]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[], tuple[Call, ...]]:
    @cache
    def found() -> tuple[Call, ...]:
        box = begin(lab)
        ask(lab, box, "first")
        return each_call(tuple(lab.wire.attempts))

    return found


def test_without_a_fault_it_is_deposited_once(lab: Lab) -> None:
    assert wrong_after(lab) == []


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_one_notice_and_a_marked_draft(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []
