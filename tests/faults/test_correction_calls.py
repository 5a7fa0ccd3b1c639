"""Whatever goes wrong at any call of a correction, sent again it ends: corrected once, whole, its number kept.

Also where an officer sends it elsewhere, or another draft corrects the same, in the middle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import attend_tools, draft_tools, file_tools, filing_draft_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft, with_file
from chalicelib.domain.institution.permission import Act
from chalicelib.services.filing.attend_filing import ByOfficerAct, derive_filing, observe_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.filing_drafts import begin_to_correct, change_draft
from tests.composition_world import a_member
from tests.deposit_world import PDF
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, FAULTS, LOST_ANSWERS
from tests.faults.defects import Defect
from tests.faults.filing_defects import BLIND_CORRECTION, FOUND_IN_CORRECTIONS
from tests.faults.filing_journey import filings_in
from tests.faults.journey import Alteration, Lab, job_event
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Effect, Fault, ProcessDied, Strike
from tests.filing_world import a_session, an_attached, an_upload, file_it, seed_filing
from tests.officer_world import an_office, put_office

_MOST_SENT = 3
_SOUTH = "sur"
_UPLOAD_ID = "7" * 32
"""Of a file that nothing but the correction uses."""


def begin(lab: Lab, *strikes: Strike, alter: Alteration | None = None) -> tuple[Container, FilingDraft]:
    lab.reset()
    box = lab.process("correction", alter)
    with using(box):
        seed_filing(box)
        filing = file_it(box)
        lab.clock.advance(minutes=5)
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        told = observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(box))
        begun = begin_to_correct(a_session(), told, tools=draft_tools(box))
        upload = an_upload(_UPLOAD_ID)
        upload_store(box).add(upload)
        files(box).put_document(upload.object_key, PDF, upload.declared.media_type)
        attach = lambda it: with_file(it, FilePart.ANNEX, an_attached(_UPLOAD_ID), lab.clock.now)  # noqa: E731
        store = filing_draft_store(box)
        draft = change_draft(begun.draft_id, a_session(), attach, seen_version=1, store=store)
    lab.wire.clear()
    lab.wire.strikes = list(strikes)
    return box, draft


def ask(lab: Lab, box: Container, draft: FilingDraft, kind: str) -> Filing | None:
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        return correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))
    return None


def wrong_after(lab: Lab, *strikes: Strike, alter: Alteration | None = None) -> list[str]:
    """Send once with each of these faults, send again until it is taken, and once more; tell what does not hold."""
    box, draft = begin(lab, alter=alter)
    unstruck, halfway = 0, list[str]()
    for place, strike in enumerate(strikes):
        lab.wire.clear()
        lab.wire.strikes = [strike]
        ask(lab, box, draft, "first")
        unstruck += place == 0 and not lab.wire.has_struck  # an SDK may have got over it
        halfway += half_corrected(lab, draft)
    lab.wire.strikes = []
    told = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        told.append(ask(lab, box, draft, "again"))
    halfway += half_corrected(lab, draft)
    wrong = {
        "not struck: the call never came": unstruck > 0,
        "never taken": None in told,
        "told of another than is kept": {one for one in told if one} != set(filings_in(lab)),
        "another number": [one.number for one in filings_in(lab)] != ["2026-000001"],
        "lost: nothing was corrected": filings_in(lab)[0].correction is None,
    }
    met = "; ".join(map(str, strikes))
    found = [what for what, is_so in wrong.items() if is_so]
    return [f"{what} [{met}]" for what in (*found, *halfway, *of_the_nights(lab, box))]


def half_corrected(lab: Lab, draft: FilingDraft) -> Iterator[str]:
    """Tell where a part of a correction is kept without the others, at whatever moment."""
    [filing] = filings_in(lab)
    correction = filing.correction
    drafts = {item["composition_id"]["S"]: item["state"]["S"] for item in lab.items("compositions")}
    if (drafts[f"filing#{draft.draft_id}"] == "filed") is not (correction is not None):
        yield "half done: the draft and the filing differ"
    events = [item for item in lab.items("events") if item["type"]["S"] == "filing.corrected"]
    if len(events) != (correction is not None):
        yield f"half done: {len(events)} events"
    batches = [item for item in lab.items("alerts") if item["notice_id"]["S"].endswith("_corrected")]
    if len(batches) != (correction is not None):
        yield f"half done: {len(batches)} alerts"
    if correction is None:
        return
    keys = {item["filing_id"]["S"] for item in lab.items("filings") if "leads_to" in item}
    own = {correction.correction_id, f"code#{correction.verification_code}", f"receipt#{correction.receipt_sha256}"}
    if not own <= keys:
        yield "half done: nothing leads to it"
    receipt = lab.document(correction.receipt_key)
    if receipt is None or hashlib.sha256(receipt).hexdigest() != correction.receipt_sha256:
        yield "receipt: missing, or another"


def of_the_nights(lab: Lab, box: Container) -> Iterator[str]:
    """Let uploads expire and orphans go: nothing of the filing or its correction may."""
    lab.clock.now += timedelta(days=9)
    with using(box):
        for job in ("expire_uploads", "sweep_orphans"):
            lab.client.lambda_.invoke(job, job_event())
        left, kept = (set(files(box).list_documents(root)) for root in ("filings/", "files/"))
    [filing] = filings_in(lab)
    if not {one.object_key for one in filing.all_documents} <= kept:
        yield "files: those of a filing went"
    corrected = () if filing.correction is None else (filing.correction.receipt_key,)
    if left != {filing.receipt_key, *corrected}:
        yield f"receipts: {sorted(left)} are left"


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


@pytest.mark.parametrize("fault", [*DEATHS, *LOST_ANSWERS], ids=str)
def test_one_after_the_other_at_any_call_leave_one_correction(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    """The same fault twice, then another one at the commit."""
    struck = [call for call in calls() if can_strike(fault, call)]
    [commit] = [call for call in calls() if "TransactWriteItems" in call.label]
    last = Strike(LOST_ANSWERS[0], commit.label, commit.siblings)
    wrong = []
    for call in struck:
        strike = Strike(fault, call.label, call.siblings)
        if not is_done_by(fault, call):
            wrong += wrong_after(lab, strike, strike, last)
    assert wrong == []


def is_done_by(fault: Fault, call: Call) -> bool:
    """Tell whether the correction is made although its call failed: then it is not called again."""
    return fault.effect is not Effect.NEVER and "TransactWriteItems" in call.label


def interrupted(lab: Lab, call: Call, deed: str, *, is_after: bool, alter: Alteration | None = None) -> list[str]:
    """Have an officer send it to another office, or another draft correct it, in the middle of a correction."""
    box, draft = begin(lab, alter=alter)
    other = lab.process("in the middle", alter)
    [filing] = filings_in(lab)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
    with using(other):
        put_office(other, an_office(office_id=_SOUTH))

    def happens() -> None:
        with suppress(CasillaError), using(other):
            if deed == "derived":
                derive_filing(filing.filing_id, _SOUTH, by, reason="Es de ellos", tools=attend_tools(other))
            else:
                ask(lab, other, draft, "other")

    lab.wire.interrupt, lab.wire.target, lab.wire.interrupts_after = happens, call.label, is_after
    ask(lab, box, draft, "first")
    has_struck = lab.wire.has_struck
    lab.wire.interrupt = None
    ask(lab, box, draft, "again")
    [kept] = filings_in(lab)
    wrong = {
        "not struck: the call never came": not has_struck,
        "doubled: the officer's deed is gone": deed == "derived" and kept.office_id != _SOUTH,
        "lost: nothing was corrected": kept.correction is None,
    }
    found = [what for what, is_so in wrong.items() if is_so]
    return [f"{one} [{call.label}, {deed}, after: {is_after}]" for one in (*found, *half_corrected(lab, draft))]


@pytest.mark.parametrize("deed", ["derived", "corrected"])
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_what_happens_in_the_middle_is_kept(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], deed: str, is_after: bool
) -> None:
    assert [one for call in calls() for one in interrupted(lab, call, deed, is_after=is_after)] == []


@pytest.mark.deep
@pytest.mark.parametrize("defect", FOUND_IN_CORRECTIONS, ids=str)
def test_faults_at_every_call_reveal(lab: Lab, defect: Defect) -> None:
    box, draft = begin(lab, alter=defect.seed)
    ask(lab, box, draft, "first")
    found = [
        one
        for call in each_call(tuple(lab.wire.attempts))
        for fault in (DEATHS[0], DEATHS[2], LOST_ANSWERS[2])
        if can_strike(fault, call)
        for one in wrong_after(lab, Strike(fault, call.label, call.siblings), alter=defect.seed)
    ]
    assert any(one.startswith(defect.kind) for one in found), found


@pytest.mark.deep
def test_a_deed_in_the_middle_reveals_a_correction_that_overwrites_it(lab: Lab) -> None:
    box, draft = begin(lab, alter=BLIND_CORRECTION.seed)
    ask(lab, box, draft, "first")
    found = [
        one
        for call in each_call(tuple(lab.wire.attempts))
        for one in interrupted(lab, call, "derived", is_after=False, alter=BLIND_CORRECTION.seed)
    ]
    assert any(one.startswith(BLIND_CORRECTION.kind) for one in found), found
