"""Whatever goes wrong at any call of a correction, sent again it ends: corrected once, whole, its number kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import attend_tools, draft_tools, file_tools, filing_draft_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft, with_file
from chalicelib.domain.institution.permission import Act
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.filing_drafts import begin_to_correct, change_draft
from tests.composition_world import a_member
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import FAULTS
from tests.faults.filing_journey import filings_in
from tests.faults.journey import Lab, job_event
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.filing_world import ANNEX_ID, a_session, an_attached, file_it, seed_filing

_MOST_SENT = 3


def begin(lab: Lab, *strikes: Strike) -> tuple[Container, FilingDraft]:
    lab.reset()
    box = lab.process("correction")
    with using(box):
        seed_filing(box)
        filing = file_it(box)
        lab.clock.advance(minutes=5)
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        told = observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(box))
        begun = begin_to_correct(a_session(), told, tools=draft_tools(box))
        attach = lambda it: with_file(it, FilePart.ANNEX, an_attached(ANNEX_ID), lab.clock.now)  # noqa: E731
        store = filing_draft_store(box)
        draft = change_draft(begun.draft_id, a_session(), attach, seen_version=1, store=store)
    lab.wire.clear()
    lab.wire.strikes = list(strikes)
    return box, draft


def ask(lab: Lab, box: Container, draft: FilingDraft, kind: str) -> Filing | None:
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        return correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))
    return None


def wrong_after(lab: Lab, *strikes: Strike) -> list[str]:
    box, draft = begin(lab, *strikes)
    ask(lab, box, draft, "first")
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    told = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        told.append(ask(lab, box, draft, "again"))
    lab.clock.now += timedelta(days=9)
    with using(box):
        lab.client.lambda_.invoke("sweep_orphans", job_event())
    [filing] = filings_in(lab)
    correction = filing.correction
    receipt = None if correction is None else lab.document(correction.receipt_key)
    events = [item for item in lab.items("events") if item["type"]["S"] == "filing.corrected"]
    wrong = {
        "not struck: the call never came": not has_struck,
        "never taken": None in told,
        "told of another than is kept": {one for one in told if one} != {filing},
        f"{len(events)} events": len(events) != 1,
        "another number": filing.number != "2026-000001",
        "no receipt, or another": receipt is None
        or correction is None
        or hashlib.sha256(receipt).hexdigest() != correction.receipt_sha256,
        "the first receipt went": lab.document(filing.receipt_key) is None,
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{met}]" for what, is_so in wrong.items() if is_so]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[], tuple[Call, ...]]:
    @cache
    def found() -> tuple[Call, ...]:
        box, draft = begin(lab)
        ask(lab, box, draft, "first")
        return each_call(tuple(lab.wire.attempts))

    return found


def test_without_a_fault_it_is_corrected_once(lab: Lab) -> None:
    assert wrong_after(lab) == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_one_correction(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []
