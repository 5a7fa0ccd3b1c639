"""A reminder is due at 08:00, two business days before what it warns of ends; against another counter of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random  # noqa: TID251 - a seed makes its chance the same each time
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert.alert_batch import Expiry
from chalicelib.domain.alert.reminder_day import PlannedReminder, end_of_day, plan_reminder
from chalicelib.domain.calendar import OfficeHours
from chalicelib.domain.deadline import Counting, Regime, Term, TermUnit, decide_deadline, fix_deadline
from tests.domain.test_deadline_oracle import CALENDARS, Case, a_case, oracle

LIMA = ZoneInfo("America/Lima")
HOURS = OfficeHours(time(8, 30), time(16, 30), "")
DAYS, CALENDAR_DAYS, MONTHS = TermUnit.BUSINESS_DAYS, TermUnit.CALENDAR_DAYS, TermUnit.MONTHS


def planned(
    deposited: datetime, regime: Regime, term: Term | None, *, region: str | None = None, distance: int = 0
) -> PlannedReminder | None:
    calendar = CALENDARS[region][0]
    counting = Counting(calendar, HOURS, distance)
    deadline = decide_deadline(deposited_at=deposited, regime=regime, term=term, counting=counting)
    return plan_reminder(regime, deadline, deposited_at=deposited, calendar=calendar)


def told(found: PlannedReminder | None) -> tuple[str, str] | None:
    """Return the local day and hour of the reminder, and the day of which it warns."""
    return None if found is None else (f"{found.at.astimezone(LIMA):%Y-%m-%d %H:%M}", f"{found.expiry.day}")


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=LIMA)


def by_hand(case: Case) -> tuple[date, Expiry] | None:
    """Walk back over the days, knowing those excluded and the oracle's dates alone."""
    excluded = CALENDARS[case.region][1]
    _, starts, ends = oracle(case)
    if case.regime is Regime.ACKNOWLEDGEMENT:
        assert starts is not None
        expiry = Expiry(_before(starts, 1, excluded), is_of_term=False)
    elif ends is None:
        return None
    else:
        expiry = Expiry(ends, is_of_term=True)
    day = _before(expiry.day, 2, excluded)
    return (day, expiry) if day > case.deposited.astimezone(LIMA).date() else None


def _before(day: date, number: int, excluded: set[date]) -> date:
    while number:
        day -= timedelta(1)
        number -= day.weekday() < 5 and day not in excluded
    return day


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("unit", [None, *TermUnit])
def test_another_counter_agrees_in_hundreds_of_cases(regime: Regime, unit: TermUnit | None) -> None:
    chance = Random(f"reminder {regime} {unit}")  # noqa: S311 - cases, not secrets
    for number in range(400):
        case = a_case(chance, regime, unit)
        case = Case(case.region, case.hours, case.deposited, regime, _short(case.term, number), case.distance, None)
        deadline = decide_deadline(
            deposited_at=case.deposited, regime=regime, term=case.term, counting=case.counting, opened_at=None
        )
        found = plan_reminder(regime, deadline, deposited_at=case.deposited, calendar=CALENDARS[case.region][0])
        expected = by_hand(case)
        assert (found is None) is (expected is None), case
        if found is not None and expected is not None:
            day, expiry = expected
            assert (found.at, found.expiry) == (datetime.combine(day, time(8), LIMA).astimezone(UTC), expiry), case
            assert found.at.tzinfo is UTC
            assert found.at > case.deposited


def _short(term: Term | None, number: int) -> Term | None:
    """Make of every second term a very short one, where reminders cease to be."""
    return term if term is None or term.unit is MONTHS or number % 2 else Term(number // 2 % 8 + 1, term.unit)


@pytest.mark.parametrize(
    ("deposited", "regime", "term", "expected"),
    [
        ("2026-03-09", Regime.DEPOSIT, Term(10, DAYS), ("2026-03-19 08:00", "2026-03-23")),
        ("2026-03-09", Regime.IMMEDIATE, Term(10, DAYS), ("2026-03-18 08:00", "2026-03-20")),
        ("2026-03-09", Regime.DEPOSIT, None, None),
        ("2026-03-09", Regime.IMMEDIATE, None, None),
        ("2026-03-09", Regime.ACKNOWLEDGEMENT, Term(10, DAYS), ("2026-03-12 08:00", "2026-03-16")),
        ("2026-03-09", Regime.ACKNOWLEDGEMENT, None, ("2026-03-12 08:00", "2026-03-16")),
        ("2026-03-09", Regime.DEPOSIT, Term(3, MONTHS), ("2026-06-05 08:00", "2026-06-09")),
    ],
)
def test_each_regime_reminds_of_what_ends_under_it(
    deposited: str, regime: Regime, term: Term | None, expected: tuple[str, str] | None
) -> None:
    assert told(planned(noon(deposited), regime, term)) == expected


def test_holy_week_is_no_business_day() -> None:
    """Holy Thursday and Friday of 2026 are 2 and 3 April."""
    assert told(planned(noon("2026-03-27"), Regime.DEPOSIT, Term(4, DAYS))) == ("2026-03-31 08:00", "2026-04-06")
    assert told(planned(noon("2026-03-26"), Regime.ACKNOWLEDGEMENT, None)) == ("2026-03-31 08:00", "2026-04-06")


def test_the_year_s_end_with_its_declared_days() -> None:
    """25 and 26 December 2025, 1 and 2 January 2026 do not count."""
    assert told(planned(noon("2025-12-19"), Regime.DEPOSIT, Term(7, DAYS))) == ("2025-12-30 08:00", "2026-01-05")
    assert told(planned(noon("2025-12-22"), Regime.ACKNOWLEDGEMENT, None)) == ("2025-12-29 08:00", "2025-12-31")


def test_a_regional_day_moves_it_for_that_region_alone() -> None:
    """15 August 2025, a Friday, is Arequipa's."""
    term = Term(14, CALENDAR_DAYS)
    assert told(planned(noon("2025-08-04"), Regime.DEPOSIT, term)) == ("2025-08-14 08:00", "2025-08-18")
    arequipa = planned(noon("2025-08-04"), Regime.DEPOSIT, term, region="arequipa")
    assert told(arequipa) == ("2025-08-13 08:00", "2025-08-18")


def test_what_the_distance_adds_is_waited_for() -> None:
    assert told(planned(noon("2026-03-09"), Regime.DEPOSIT, Term(10, DAYS), distance=3)) == (
        "2026-03-24 08:00",
        "2026-03-26",
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, None),
        (2, None),
        (3, ("2026-03-10 08:00", "2026-03-12")),
        (4, ("2026-03-11 08:00", "2026-03-13")),
    ],
)
def test_a_term_so_short_that_the_alert_itself_comes_late_enough_has_no_reminder(
    days: int, expected: tuple[str, str] | None
) -> None:
    assert told(planned(noon("2026-03-09"), Regime.DEPOSIT, Term(days, DAYS))) == expected


def test_what_is_deposited_outside_hours_is_reminded_of_by_its_legal_date() -> None:
    friday_evening = datetime(2026, 3, 6, 22, tzinfo=LIMA)
    saturday = noon("2026-03-07")
    for deposited in (friday_evening, saturday):
        assert told(planned(deposited, Regime.ACKNOWLEDGEMENT, None)) == ("2026-03-12 08:00", "2026-03-16")
        assert told(planned(deposited, Regime.DEPOSIT, Term(2, DAYS))) == ("2026-03-09 08:00", "2026-03-11")
    before_opening = datetime(2026, 3, 9, 6, tzinfo=LIMA)
    assert told(planned(before_opening, Regime.ACKNOWLEDGEMENT, None)) == ("2026-03-13 08:00", "2026-03-17")


def test_a_deposit_whose_utc_day_is_another_is_measured_by_the_country_s() -> None:
    """At 20:00 of Monday in Lima it is Tuesday in UTC."""
    evening = datetime(2026, 3, 9, 20, tzinfo=LIMA).astimezone(UTC)
    assert evening.date() == date(2026, 3, 10)
    assert told(planned(evening, Regime.DEPOSIT, Term(1, DAYS))) is None
    assert told(planned(evening, Regime.DEPOSIT, Term(2, DAYS))) == ("2026-03-10 08:00", "2026-03-12")


def test_under_acknowledgement_the_day_that_is_warned_of_is_the_last_that_fixes_the_dates() -> None:
    chance = Random("last day")  # noqa: S311 - cases, not secrets
    for _ in range(200):
        case = a_case(chance, Regime.ACKNOWLEDGEMENT, DAYS)
        given = {"deposited_at": case.deposited, "regime": Regime.ACKNOWLEDGEMENT, "counting": case.counting}
        deadline = decide_deadline(term=case.term, **given)  # type: ignore[arg-type]
        found = plan_reminder(
            Regime.ACKNOWLEDGEMENT, deadline, deposited_at=case.deposited, calendar=case.counting.calendar
        )
        assert found is not None
        late = fix_deadline(deadline, None, found.expiry.day + timedelta(1))
        assert late.effective_on == deadline.starts_by
        assert found.expiry.day < deadline.starts_by
        assert end_of_day(found.expiry.day, case.counting.calendar) > found.at


def test_a_day_is_over_at_the_country_s_midnight() -> None:
    calendar = CALENDARS[None][0]
    assert end_of_day(date(2026, 3, 16), calendar) == datetime(2026, 3, 17, 5, tzinfo=UTC)
    assert end_of_day(date(2025, 12, 31), calendar) == datetime(2026, 1, 1, 5, tzinfo=UTC)
