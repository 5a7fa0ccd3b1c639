"""What a first opening fixes was decided at the deposit, and is what deciding it anew would say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import BusinessCalendar, NonWorkingDay, OfficeHours
from chalicelib.domain.deadline import (
    Counting,
    Deadline,
    OpeningDates,
    Regime,
    Term,
    TermStart,
    TermUnit,
    deadline_on,
    decide_deadline,
    fix_deadline,
    foresee_openings,
)
from chalicelib.domain.errors import Conflict
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Reading, ReadingCounts, Seen, require_opened
from tests.builders import a_notice
from tests.calendars import PERU

REGIONAL = PERU.with_regional((NonWorkingDay(date(2026, 8, 31), "Aniversario regional", "Ordenanza de ejemplo"),))
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
STARTS_BY = date(2026, 12, 1)


def facts(deposited_at: datetime = MONDAY, **overrides: Any) -> dict[str, Any]:
    term = Term(5, TermUnit.BUSINESS_DAYS)
    return {"deposited_at": deposited_at, "term": term, "counting": Counting(PERU, PERU.hours), **overrides}


@pytest.mark.parametrize("unit", [None, *TermUnit])
@pytest.mark.parametrize("calendar", [PERU, REGIONAL])
@pytest.mark.parametrize("hours", [PERU.hours, OfficeHours(time(0), time(12, 30), "")])
def test_looking_up_an_opening_is_deciding_it_anew(
    hours: OfficeHours, calendar: BusinessCalendar, unit: TermUnit | None
) -> None:
    term = None if unit is None else Term(3, unit)
    for passed in range(0, 24 * 14, 7):
        deposited_at = datetime(2026, 8, 19, 1, tzinfo=UTC) + timedelta(hours=passed)
        given = facts(deposited_at, term=term, counting=Counting(calendar, hours, distance=passed % 3))
        unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **given)
        openings = foresee_openings(**given)
        for later in range(0, 24 * 20, 11):
            opened_at = deposited_at + timedelta(hours=later)
            fixed = fix_deadline(unopened, openings, calendar.local(opened_at).date())
            assert fixed == decide_deadline(regime=Regime.ACKNOWLEDGEMENT, opened_at=opened_at, **given)


def test_what_a_package_before_foresaw_is_looked_up_as_it_was() -> None:
    """It named the six business days on which the term can start, and no day of an opening."""
    unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **facts())
    days = [date(2026, 11, day) for day in (24, 25, 26, 27, 30)] + [STARTS_BY]
    former = OpeningDates(MONDAY.date(), tuple(TermStart(day, day + timedelta(days=7)) for day in days))
    fixed = fix_deadline(unopened, former, date(2026, 11, 28))
    assert (fixed.effective_on, fixed.term_starts_on, fixed.term_ends_on) == (
        date(2026, 11, 28),
        date(2026, 11, 30),
        date(2026, 12, 7),
    )


def test_a_notice_that_nobody_opens_takes_effect_on_the_sixth_business_day() -> None:
    unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **facts())
    assert deadline_on(unopened, STARTS_BY - timedelta(days=1)) == unopened
    assert foresee_openings(**facts()).starts[-1].starts_on == STARTS_BY
    sixth = deadline_on(unopened, STARTS_BY)
    ends = date(2026, 12, 7)
    assert sixth == Deadline(STARTS_BY, STARTS_BY, ends, STARTS_BY, ends, PERU.version, PERU.declared_until)


def test_without_foreseen_dates_an_opening_fixes_the_latest() -> None:
    unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **facts())
    assert fix_deadline(unopened, None, MONDAY.date()).effective_on == STARTS_BY


@pytest.mark.parametrize("regime", [Regime.DEPOSIT, Regime.IMMEDIATE])
def test_other_regimes_look_at_no_opening(regime: Regime) -> None:
    frozen = decide_deadline(regime=regime, **facts())
    assert fix_deadline(frozen, None, date(2027, 1, 1)) == deadline_on(frozen, date(2027, 1, 1)) == frozen


def test_an_opened_notice_keeps_the_dates_that_its_opening_fixed() -> None:
    unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **facts())
    fixed = fix_deadline(unopened, foresee_openings(**facts()), date(2026, 11, 24))
    notice = a_notice(regime=Regime.ACKNOWLEDGEMENT, deadline=unopened)
    opening = Opening("e1", MONDAY + timedelta(days=1), "u1", fixed)
    opened = DeliveredNotice(notice, opening, (Seen("u1", "Rosa", opening.opened_at),))
    assert opened.deadline_on(date(2030, 1, 1)) == fixed
    assert (opened.reading, opened.was_seen_by("u1"), opened.was_seen_by("u2")) == (Reading.READ, True, False)
    require_opened(opened)
    assert DeliveredNotice(notice).deadline_on(STARTS_BY).effective_on == STARTS_BY
    other = replace(opened, notice=a_notice(), opening=replace(opening, deadline=None))
    assert other.deadline_on(date(2030, 1, 1)) == a_notice().deadline


def test_documents_wait_for_the_opening() -> None:
    with pytest.raises(Conflict, match="notice_not_opened"):
        require_opened(DeliveredNotice(a_notice()))


def test_pending_are_those_that_nobody_opened_and_never_fewer_than_none() -> None:
    assert [ReadingCounts(3, 1).pending, ReadingCounts(0, 1).pending] == [2, 0]
