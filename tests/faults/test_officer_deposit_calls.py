"""Whatever goes wrong at any call of an officer's deposit, the same draft sent again ends it: one notice, whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import Notice
from chalicelib.store.codec import from_data
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import FAULTS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.officer_world import OFFICE_ID, an_officer, seed_officers, send

OFFICER = an_officer(office_id=OFFICE_ID)
_MOST_SENT = 4


def begin(lab: Lab, *strikes: Strike) -> Container:
    lab.reset()
    box = lab.process("officer")
    with using(box):
        seed_officers(box)
    lab.wire.strikes = list(strikes)
    return box


def ask(lab: Lab, box: Container, kind: str) -> bytes | None:
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        return send(box, officer=OFFICER).body
    return None


def wrong_after(lab: Lab, *strikes: Strike) -> list[str]:
    """Send with a fault, send again until it is taken, and once more; return what does not hold."""
    box = begin(lab, *strikes)
    answers = [ask(lab, box, "first")]
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        answers.append(ask(lab, box, "again"))
    told = {answer for answer in answers if answer is not None}
    notices, records, batches = lab.items("notices"), lab.items("deposits"), lab.items("alerts")
    notice = from_data(Notice, json.loads(notices[0]["data"]["S"])) if notices else None
    wrong = {
        "not struck: the call never came": not has_struck,
        "never taken": None in answers[1:],
        f"{len(told)} answers": len(told) != 1,
        f"{len(notices)} notices": len(notices) != 1,
        f"{len(records)} records": len(records) != 1,
        f"{len(batches)} batches of alerts": len(batches) != 1,
        "no receipt": notice is None or lab.document(notice.receipt_key) is None,
        "another office": notice is None or notice.sender.office_id != OFFICE_ID,
        "not the answer that is kept": told != {bytes(one["answer"]["B"]) for one in records},
        "counted otherwise": [one["deposited"]["N"] for one in lab.items("mailboxes")] != ["1"],
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


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_one_notice(lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    if not struck:
        assert fault.order is not None, "none of them goes beside another"
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []
