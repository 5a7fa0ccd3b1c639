"""Whatever goes wrong at any call of an answer's deposit, sent again it ends: one notice, its filing marked by it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.composition import composition_store, send_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, changed
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.answer_by_notice import begin_answer_to
from chalicelib.services.filing.attend_filing import ByOfficerAct
from chalicelib.services.institution.send_composition import Sender, send_composition
from tests.composition_world import a_composition, a_member
from tests.deposit_world import PDF
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import FAULTS
from tests.faults.filing_journey import filings_in
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Effect, Fault, ProcessDied, Scope, Strike
from tests.filing_world import file_it, seed_filing
from tests.officer_world import an_upload

OFFICER = a_member(permissions=(Permission.ATTEND, Permission.DEPOSIT))
_MOST_SENT = 4


def begin(lab: Lab) -> tuple[Container, Composition]:
    lab.reset()
    box = lab.process("answer")
    with using(box):
        seed_filing(box)
        upload_store(box).add(an_upload())
        files(box).put_document(an_upload().object_key, PDF, "application/pdf")
        filing, store = file_it(box), composition_store(box)
        lab.clock.advance(minutes=5)
        by = ByOfficerAct(OFFICER, Act.ATTEND, "")
        begun = begin_answer_to(
            filing.filing_id, by, new_id=box.chance.new_event_id, compositions=store, tools=attend_tools(box)
        )
        whole = a_composition()
        parts = {name: getattr(whole, name) for name in ("recipient", "heading", "signers", "chosen_term", "files")}
        draft = changed(begun, lab.clock.now, **parts)
        assert store.update(draft)
    lab.wire.clear()
    return box, draft


def ask(lab: Lab, box: Container, draft: Composition, kind: str) -> str | None:
    sender = Sender(OFFICER, "login-1", "")
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        sent = send_composition(draft.composition_id, sender, seen_version=draft.version, tools=send_tools(box))
        return sent.notice_id
    return None


def wrong_after(lab: Lab, *strikes: Strike) -> list[str]:
    """Send once with each of these faults, send again until it is taken, and once more; return what does not hold."""
    box, draft = begin(lab)
    unstruck = []
    for strike in strikes:
        lab.wire.clear()
        lab.wire.strikes = [strike]
        ask(lab, box, draft, "first")
        unstruck += [] if lab.wire.has_struck else [strike]
    lab.wire.strikes = []
    told = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        told.append(ask(lab, box, draft, "again"))
    notices = [item["notice_id"]["S"] for item in lab.items("notices")]
    [filing] = filings_in(lab)
    events = [item for item in lab.items("events") if item["type"]["S"] == "filing.answered"]
    leads = [item for item in lab.items("filings") if "answers" in item]
    wrong = {
        f"{len(unstruck)} never struck": unstruck != [],
        "never taken": None in told,
        f"{len(notices)} notices": len(notices) != 1,
        "told of another": {one for one in told if one} != set(notices),
        "the filing has no answer, or another": filing.answer is None or [filing.answer.notice_id] != notices,
        f"{len(events)} events": len(events) != 1,
        "the notice does not lead to it": [(one["filing_id"]["S"], one["answers"]["SS"]) for one in leads]
        != [(f"answer#{notice_id}", [f"{filing.filing_id}#{filing.mailbox_id}"]) for notice_id in notices],
        "the draft is open": [item["state"]["S"] for item in lab.items("compositions") if "author" in item] != [],
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


def test_without_a_fault_it_is_answered_once(lab: Lab) -> None:
    assert wrong_after(lab) == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_one_answer(lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    if not struck:
        assert fault.order is not None, "none of them goes beside another"
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []


def test_several_failures_in_a_row_leave_one_answer(lab: Lab, calls: Callable[[], tuple[Call, ...]]) -> None:
    """The transaction takes no effect twice, each time by another fault; then it does, and its answer is lost."""
    [commit] = [call for call in calls() if "TransactWriteItems" in call.label]
    able = [fault for fault in FAULTS if can_strike(fault, commit) and fault.scope is Scope.RUN]
    without = [fault for fault in able if fault.effect is Effect.NEVER]
    lost = next(fault for fault in able if fault.effect is not Effect.NEVER)
    row = (*without[:2], lost)
    assert wrong_after(lab, *(Strike(fault, commit.label, commit.siblings) for fault in row)) == []
