"""Every decision about a filing, in every state it can be in: what it makes of it, or what it tells to do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput
from chalicelib.domain.filing.attending import (
    LONGEST_OBSERVATION,
    LONGEST_REASON,
    answer,
    correct,
    derive,
    hand_over,
    is_said_already,
    observe,
    take,
)
from chalicelib.domain.filing.filing import Correction, Filing, FilingState, MoveKind
from chalicelib.domain.filing.filing_draft import FilePart
from chalicelib.domain.filing.observation import WRITTEN_WITHIN
from chalicelib.domain.filing.received import clocks_of
from tests.calendars import PERU
from tests.deposit_world import NOW
from tests.filing_world import DATES, OFFICER, OTHER_OFFICER, a_document, a_filing
from tests.officer_world import OFFICE_ID

SOON = NOW + timedelta(hours=1)
UNTIL = datetime(2026, 3, 12, 4, 59, 59, tzinfo=UTC)
"""The last second of Wednesday the 11th: two business days after Monday the 9th."""
LATER = UNTIL + timedelta(seconds=1)
WRITTEN = LATER + WRITTEN_WITHIN
"""From now on nothing that was sent in time can still be on its way."""


def observed() -> Filing:
    """Observe it at a quarter past three in the afternoon of Monday, within hours."""
    return observe(a_filing(), "Falta el plano", OFFICER, NOW, calendar=PERU, hours=PERU.hours)


def a_correction(at: datetime = SOON) -> Correction:
    document = a_document(FilePart.ANNEX, filename="plano.pdf", sha256="b" * 64)
    return Correction("C-1", "code", a_filing().filer, (document,), replace(DATES, received_at=at))


def filed() -> Filing:
    return a_filing()


def taken() -> Filing:
    return take(a_filing(), OFFICER, NOW)


def corrected() -> Filing:
    return correct(observed(), a_correction())


def answered() -> Filing:
    return answer(taken(), "N-1", OFFICER, NOW)


def lapsed() -> Filing:
    """Return one that is looked at after its time to be corrected."""
    return observed()


STATES: dict[str, tuple[Callable[[], Filing], datetime]] = {
    "filed": (filed, SOON),
    "in_evaluation": (taken, SOON),
    "observed": (observed, SOON),
    "corrected": (corrected, SOON + timedelta(minutes=1)),
    "answered": (answered, SOON),
    "not_filed": (lapsed, WRITTEN),
}


@pytest.mark.parametrize("state", FilingState)
def test_each_state_follows_from_the_facts_and_the_clock(state: FilingState) -> None:
    make, at = STATES[state]
    assert make().state_at(at) is state


ACTS: dict[str, Callable[[Filing, datetime], Filing]] = {
    "take": lambda it, now: take(it, OFFICER, now),
    "take by another": lambda it, now: take(it, OTHER_OFFICER, now),
    "hand over": lambda it, now: hand_over(it, OTHER_OFFICER, OFFICER, now),
    "derive": lambda it, now: derive(it, "sur", "Oficina Sur", OFFICER, now, reason="Es de allá"),
    "observe": lambda it, now: observe(it, "Falta", OFFICER, now, calendar=PERU, hours=PERU.hours),
    "correct": lambda it, now: correct(it, a_correction(now)),
    "answer": lambda it, now: answer(it, "N-2", OFFICER, now),
}
TABLE = {
    "take": ("in_evaluation", "in_evaluation", "observed", "in_evaluation", "filing_ended", "filing_ended"),
    "take by another": (
        "in_evaluation",
        "filing_taken",
        "filing_taken",
        "filing_taken",
        "filing_ended",
        "filing_ended",
    ),
    "hand over": ("filing_not_taken", "in_evaluation", "observed", "in_evaluation", "filing_ended", "filing_ended"),
    "derive": ("filed", "filed", "observed", "corrected", "filing_ended", "filing_ended"),
    "observe": (
        *("observed", "observed", "filing_observed_already"),
        *("filing_observed_already", "filing_ended", "filing_observed_already"),
    ),
    "correct": (
        *("nothing_to_correct", "nothing_to_correct", "corrected"),
        *("corrected_already", "nothing_to_correct", "correction_too_late"),
    ),
    "answer": (
        *("answered", "answered", "correction_awaited"),
        *("answered", "filing_answered_already", "not_filed"),
    ),
}
CASES = [(act, state, told) for act, row in TABLE.items() for state, told in zip(STATES, row, strict=True)]


@pytest.mark.parametrize(("act", "state", "told"), CASES, ids=lambda one: one)
def test_each_act_in_each_state(act: str, state: str, told: str) -> None:
    make, at = STATES[state]
    before = make()
    if told not in [state.value for state in FilingState]:
        with pytest.raises(Conflict) as refusal:
            ACTS[act](before, at)
        assert refusal.value.code == told
        assert refusal.value.detail.endswith(".")
        return
    after = ACTS[act](before, at)
    assert after.state_at(at) == told
    assert after is before or after.version == before.version + 1


@pytest.mark.parametrize("act", ACTS)
def test_what_was_filed_is_never_changed(act: str) -> None:
    for make, at in STATES.values():
        before = make()
        try:
            after = ACTS[act](before, at)
        except Conflict:
            continue
        for name in ("number", "documents", "dates", "subject", "addressee", "holder", "receipt_sha256", "procedure"):
            assert getattr(after, name) == getattr(before, name)


def test_who_takes_it_again_writes_nothing() -> None:
    assert take(taken(), OFFICER, SOON) == taken()


def test_taking_a_corrected_one_says_that_the_correction_was_seen() -> None:
    seen = take(corrected(), OFFICER, SOON + timedelta(minutes=1))
    assert [move.kind for move in seen.moves] == [MoveKind.TAKEN]


def test_who_does_not_attend_to_it_says_why_they_hand_it_over() -> None:
    with pytest.raises(InvalidInput) as refusal:
        hand_over(taken(), OTHER_OFFICER, OTHER_OFFICER, SOON)
    assert refusal.value.code == "reason_missing"

    given = hand_over(taken(), OTHER_OFFICER, OTHER_OFFICER, SOON, reason=" Está de\nvacaciones ")
    assert given.taken is not None
    assert (given.taken.by, given.moves[-1].reason) == (OTHER_OFFICER, "Está de\nvacaciones")


def test_it_is_not_handed_to_who_has_it_nor_derived_to_where_it_is() -> None:
    with pytest.raises(Conflict) as refusal:
        hand_over(taken(), OFFICER, OFFICER, SOON)
    assert refusal.value.code == "filing_taken"
    with pytest.raises(Conflict) as refusal:
        derive(taken(), OFFICE_ID, "Norte", OFFICER, SOON, reason="x")
    assert refusal.value.code == "filing_there_already"


def test_derived_it_is_nobodys_and_its_receipt_says_the_same() -> None:
    moved = derive(taken(), "sur", "Oficina Sur", OFFICER, SOON, reason="Es de allá")
    assert (moved.taken, moved.office_id, moved.addressee) == (None, "sur", a_filing().addressee)
    assert [move.kind for move in moved.moves] == [MoveKind.TAKEN, MoveKind.DERIVED]


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * (LONGEST_REASON + 1)])
def test_a_derivation_says_why(reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        derive(taken(), "sur", "Oficina Sur", OFFICER, SOON, reason=reason)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("text", ["", " ", "x" * (LONGEST_OBSERVATION + 1)])
def test_an_observation_says_what_is_asked(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        observe(a_filing(), text, OFFICER, SOON, calendar=PERU, hours=PERU.hours)
    assert refusal.value.field == "observation"


def test_it_is_observed_until_the_last_second_of_the_second_business_day() -> None:
    observe(a_filing(), "Falta", OFFICER, UNTIL, calendar=PERU, hours=PERU.hours)
    with pytest.raises(Conflict) as refusal:
        observe(a_filing(), "Falta", OFFICER, LATER, calendar=PERU, hours=PERU.hours)
    assert refusal.value.code == "observation_too_late"
    assert "11/03/2026" in refusal.value.detail


def test_it_is_corrected_until_the_last_second_that_was_told() -> None:
    told = observed()
    assert told.observation is not None
    assert told.observation.until == UNTIL
    assert correct(told, a_correction(UNTIL)).state_at(LATER) is FilingState.CORRECTED
    with pytest.raises(Conflict):
        correct(told, a_correction(LATER))
    assert (told.state_at(UNTIL), told.state_at(LATER)) == (FilingState.OBSERVED, FilingState.NOT_FILED)


def test_a_correction_adds_to_what_was_filed_under_the_same_number() -> None:
    mended = corrected()
    assert mended.number == a_filing().number
    assert [one.filename for one in mended.all_documents] == ["solicitud.pdf", "anexo.txt", "plano.pdf"]
    with pytest.raises(InvalidInput) as refusal:
        correct(observed(), replace(a_correction(), documents=()))
    assert refusal.value.code == "correction_empty"


def test_what_lapsed_stays_not_filed_though_it_was_answered() -> None:
    told = answer(lapsed(), "N-2", OFFICER, WRITTEN)
    assert told.state_at(WRITTEN) is FilingState.NOT_FILED
    assert told.answer is not None


@pytest.mark.parametrize("at", [LATER, WRITTEN - timedelta(seconds=1)])
def test_no_answer_overtakes_a_correction_of_the_last_second(at: datetime) -> None:
    with pytest.raises(Conflict) as refusal:
        answer(lapsed(), "N-2", OFFICER, at)
    assert refusal.value.code == "correction_awaited"
    assert "dos minutos" in refusal.value.detail
    assert correct(lapsed(), a_correction(UNTIL)).state_at(at) is FilingState.CORRECTED


def test_handing_over_twice_with_the_same_words_is_once() -> None:
    told = hand_over(taken(), OTHER_OFFICER, OFFICER, SOON, reason="Sabe  más")
    assert hand_over(told, OTHER_OFFICER, OFFICER, SOON, reason="Sabe más") is told
    for by, reason in ((OFFICER, "Otra razón"), (OTHER_OFFICER, "Sabe más")):
        with pytest.raises(Conflict) as refusal:
            hand_over(told, OTHER_OFFICER, by, SOON, reason=reason)
        assert refusal.value.code == "filing_taken"


@pytest.mark.parametrize("days", [None, 0])
def test_a_procedure_without_a_term_has_no_clock_for_the_answer(days: int | None) -> None:
    filing = replace(a_filing(), procedure=replace(a_filing().procedure, answer_days=days))
    told = clocks_of(filing, WRITTEN + timedelta(days=90), PERU)
    assert (told.answer_until, told.is_answer_late(WRITTEN)) == (None, False)


def test_the_last_second_has_its_fractions_on_every_clock() -> None:
    clocks = clocks_of(a_filing(), NOW, PERU)
    assert clocks.answer_until is not None
    assert not clocks.is_answer_late(clocks.answer_until + timedelta(microseconds=999_999))
    assert clocks.is_answer_late(clocks.answer_until + timedelta(seconds=1))


def test_another_officer_answers_nothing_that_somebody_attends_to() -> None:
    with pytest.raises(CasillaError) as refusal:
        answer(taken(), "N-1", OTHER_OFFICER, SOON)
    assert refusal.value.code == "filing_taken"
    assert OFFICER.name in refusal.value.detail


def test_an_observation_that_came_twice_is_known_by_its_words() -> None:
    assert is_said_already(observed(), " Falta el   plano ", OFFICER)
    assert not is_said_already(observed(), "Falta el plano", OTHER_OFFICER)
    assert not is_said_already(observed(), "Falta otra cosa", OFFICER)
    assert not is_said_already(a_filing(), "Falta el plano", OFFICER)
