"""An agreement's state follows from its dates and causes, whenever anybody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import (
    Addendum,
    Agreement,
    AgreementState,
    Reason,
    Standing,
    beside,
    unregistered,
)
from chalicelib.domain.agreement.allowance import ALLOWANCE_WORDS, ALLOWED_IN, Allowance, is_allowed
from chalicelib.domain.agreement.end_warning import EndWarning, warnings_due
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.sender.institution_changes import change_state
from tests.deposit_world import an_institution

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def an_agreement(**changes: Any) -> Agreement:
    begun = Agreement("entidad-demo", FIRST, LAST, is_begun=True, counted_from=FIRST, version=1)
    return replace(begun, **changes)


def warning_due(agreement: Agreement, today: date, used_on: date | None) -> EndWarning | None:
    """Return the one warning that is due, None where none is."""
    [due] = warnings_due(agreement, today, used_on) or (None,)
    return due


def test_it_holds_through_its_last_day_and_ends_on_the_next() -> None:
    used = LAST - DAY
    assert life.as_of(an_agreement(), LAST, used).state is AgreementState.ACTIVE
    over = life.as_of(an_agreement(), LAST + DAY, used)
    assert over.state is AgreementState.CANCELLED
    assert over.ended == Standing(Reason.EXPIRED, LAST + DAY)


@pytest.mark.parametrize("missed", [1, 3, 40])
def test_it_ends_on_the_day_of_the_rule_however_late_anybody_looks(missed: int) -> None:
    over = life.as_of(an_agreement(), LAST + missed * DAY, LAST)
    assert over.ended == Standing(Reason.EXPIRED, LAST + DAY)


def test_ninety_days_without_use_pass_and_the_next_one_cancels() -> None:
    used = date(2026, 3, 1)
    assert life.as_of(an_agreement(), used + 90 * DAY, used).state is AgreementState.ACTIVE
    over = life.as_of(an_agreement(), used + 91 * DAY, used)
    assert over.ended == Standing(Reason.UNUSED, used + 91 * DAY)
    assert life.as_of(an_agreement(), FIRST + 91 * DAY, None).ended == Standing(Reason.UNUSED, FIRST + 91 * DAY)


def test_what_is_held_up_cannot_be_used_and_disuse_counts_anew_afterwards() -> None:
    held = life.inactivated(an_agreement(), Reason.LATE_PAYMENT, date(2026, 2, 1))
    assert life.as_of(held, date(2026, 8, 1), date(2026, 1, 20)).state is AgreementState.INACTIVE
    back = life.lifted(held, Reason.LATE_PAYMENT, date(2026, 8, 1))
    assert back.state is AgreementState.ACTIVE
    assert life.as_of(back, date(2026, 8, 1) + 90 * DAY, None).state is AgreementState.ACTIVE
    assert life.as_of(back, date(2026, 8, 1) + 91 * DAY, None).state is AgreementState.CANCELLED


def test_it_is_active_again_only_when_the_last_cause_is_gone() -> None:
    held = life.inactivated(an_agreement(), Reason.LATE_PAYMENT, date(2026, 2, 1))
    both = life.inactivated(held, Reason.CLAUSE_BREACHED, date(2026, 2, 2))
    assert life.inactivated(both, Reason.LATE_PAYMENT, date(2026, 2, 9)) is both
    paid = life.lifted(both, Reason.LATE_PAYMENT, date(2026, 2, 3))
    assert paid.state is AgreementState.INACTIVE
    assert life.lifted(paid, Reason.LATE_PAYMENT, date(2026, 2, 4)) is paid
    assert life.lifted(paid, Reason.CLAUSE_BREACHED, date(2026, 2, 4)).state is AgreementState.ACTIVE


def test_a_payment_never_brings_back_what_is_cancelled_and_what_comes_back_still_owes() -> None:
    ended = life.as_of(an_agreement(), LAST + DAY, LAST)
    owing = life.inactivated(ended, Reason.LATE_PAYMENT, LAST)
    assert owing.state is AgreementState.CANCELLED
    assert life.lifted(owing, Reason.LATE_PAYMENT, LAST + DAY).state is AgreementState.CANCELLED
    addendum = Addendum(LAST + 365 * DAY, LAST + DAY)
    assert life.revived(owing, LAST + DAY, addendum).state is AgreementState.INACTIVE


def test_an_addendum_on_the_last_day_extends_and_on_the_day_after_it_does_not() -> None:
    later = Addendum(LAST + 365 * DAY, LAST)
    extended = life.extended(life.as_of(an_agreement(), LAST, LAST), later, LAST)
    assert extended.ends_on == later.ends_on
    assert life.as_of(extended, LAST + DAY, LAST).state is AgreementState.ACTIVE
    with pytest.raises(CasillaError) as over:
        life.extended(life.as_of(an_agreement(), LAST + DAY, LAST), later, LAST + DAY)
    assert over.value.code == "agreement_over"


@pytest.mark.parametrize("ends_on", [LAST, LAST - DAY, FIRST])
def test_an_addendum_goes_beyond_the_last_day(ends_on: date) -> None:
    with pytest.raises(CasillaError) as refused:
        life.extended(an_agreement(), Addendum(ends_on, FIRST), FIRST + DAY)
    assert refused.value.code == "addendum_not_later"


def test_what_expired_comes_back_with_an_addendum_only_and_what_was_unused_as_it_is() -> None:
    ended = life.as_of(an_agreement(), LAST + DAY, LAST)
    with pytest.raises(CasillaError) as refused:
        life.revived(ended, LAST + DAY)
    assert refused.value.code == "addendum_needed"
    back = life.revived(ended, LAST + DAY, Addendum(LAST + 10 * DAY, LAST + DAY))
    assert life.as_of(back, LAST + DAY, None).state is AgreementState.ACTIVE
    unused = life.as_of(an_agreement(), FIRST + 91 * DAY, None)
    assert life.as_of(life.revived(unused, FIRST + 95 * DAY), FIRST + 95 * DAY, None).state is AgreementState.ACTIVE
    with pytest.raises(CasillaError) as active:
        life.revived(an_agreement(), FIRST)
    assert active.value.code == "agreement_not_cancelled"


def test_it_begins_on_its_first_day_and_may_end_before_anybody_looked() -> None:
    approved = an_agreement(is_begun=False, counted_from=None)
    assert life.as_of(approved, FIRST - DAY, None).state is AgreementState.APPROVED
    begun = life.as_of(approved, FIRST + 3 * DAY, None)
    assert (begun.state, begun.counted_from, begun.version) == (AgreementState.ACTIVE, FIRST, 2)
    over = life.as_of(approved, LAST + DAY, LAST)
    assert (over.state, over.version) == (AgreementState.CANCELLED, 2)


def test_what_was_never_registered_has_no_end_and_no_disuse() -> None:
    none = unregistered("entidad-demo", FIRST)
    assert life.as_of(none, FIRST + 4000 * DAY, None).state is AgreementState.ACTIVE
    assert warning_due(none, FIRST + 89 * DAY, None) is None


@pytest.mark.parametrize(("left", "step"), [(31, None), (30, 30), (16, 30), (15, 15), (6, 15), (5, 5), (0, 5)])
def test_a_warning_is_due_thirty_fifteen_and_five_days_before(left: int, step: int | None) -> None:
    due = warning_due(an_agreement(), LAST - left * DAY, LAST - 40 * DAY)
    assert (due and (due.step, due.left)) == (step and (step, left))


def test_an_end_that_moves_is_warned_of_anew() -> None:
    today = LAST - 30 * DAY
    before = warning_due(an_agreement(), today, today)
    moved = life.extended(an_agreement(), Addendum(LAST + 20 * DAY, today), today)
    assert warning_due(moved, today, today) is None
    after = warning_due(moved, LAST, LAST)
    assert before
    assert after
    assert (before.key != after.key, after.left) == (True, 20)


def test_disuse_is_warned_of_unless_it_is_used() -> None:
    due = warning_due(an_agreement(), FIRST + 60 * DAY, None)
    assert due
    assert (due.reason, due.left) == (Reason.UNUSED, 30)
    assert warning_due(an_agreement(), FIRST + 60 * DAY, FIRST + DAY) is None


def test_each_end_is_warned_of_thirty_fifteen_and_five_days_before_whichever_comes_first() -> None:
    agreement = an_agreement(ends_on=FIRST + 110 * DAY)
    told: dict[str, list[int]] = {}
    for day in range(111):
        used = FIRST + (15 if day < 104 else 104) * DAY  # without the deposit of day 104 it ends on day 105
        for due in warnings_due(agreement, FIRST + day * DAY, used):
            if due.left == due.step:
                told.setdefault(f"{due.reason} {(due.last - FIRST).days}", []).append(due.step)
    assert told == {"unused 105": [30, 15, 5], "expired 110": [30, 15, 5]}


def test_what_a_command_stopped_is_not_unused_and_counts_from_the_day_on_which_it_was_started() -> None:
    stopped = an_institution(state=InstitutionState.INACTIVE, is_stopped=True)
    held = beside(an_agreement(), stopped)
    assert life.as_of(held, FIRST + 200 * DAY, None).state is AgreementState.ACTIVE
    assert warnings_due(held, FIRST + 85 * DAY, None) == ()
    started = change_state(stopped, InstitutionState.ACTIVE, FIRST + 200 * DAY).institution
    back = beside(an_agreement(), started)
    assert life.as_of(back, FIRST + 290 * DAY, None).state is AgreementState.ACTIVE
    assert life.as_of(back, FIRST + 291 * DAY, None).ended == Standing(Reason.UNUSED, FIRST + 291 * DAY)
    begun = beside(an_agreement(is_begun=False, counted_from=None), started)
    assert life.as_of(begun, FIRST + 290 * DAY, None).state is AgreementState.ACTIVE


def test_without_an_end_nothing_is_extended() -> None:
    with pytest.raises(CasillaError) as refused:
        life.extended(unregistered("entidad-demo", FIRST), Addendum(LAST, FIRST), FIRST)
    assert refused.value.code == "addendum_not_later"


def test_that_it_is_over_is_told_for_a_month() -> None:
    over = life.as_of(an_agreement(), LAST + DAY, LAST)
    told = warning_due(over, LAST + 4 * DAY, None)
    assert told
    assert (told.step, told.last) == (0, LAST)
    assert warning_due(over, LAST + 31 * DAY, None)
    assert warning_due(over, LAST + 32 * DAY, None) is None


def test_the_same_addendum_sent_twice_is_one() -> None:
    addendum = Addendum(LAST + 20 * DAY, FIRST, "001-2026")
    once = life.extended(an_agreement(), addendum, FIRST)
    assert life.extended(once, addendum, FIRST) is once


def test_every_allowance_has_words_and_only_an_active_institution_deposits_consults_or_attends() -> None:
    assert set(ALLOWED_IN) == set(ALLOWANCE_WORDS) == set(Allowance)
    for state in (InstitutionState.INACTIVE, InstitutionState.CANCELLED):
        refused = {one for one in Allowance if not is_allowed(one, state)}
        assert refused == {Allowance.DEPOSIT, Allowance.CONSULT, Allowance.DESK}
    assert all(is_allowed(one, InstitutionState.ACTIVE) for one in Allowance)
