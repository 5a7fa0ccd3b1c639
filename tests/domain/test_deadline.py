"""Legal dates: what is expected was counted by hand; test_deadline_oracle.py has another counter for thousands more."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import product
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.calendar import NonWorkingDay, OfficeHours
from chalicelib.domain.deadline import (
    Counting,
    Deadline,
    Regime,
    Term,
    TermUnit,
    decide_deadline,
    legal_date,
    parse_term,
)
from chalicelib.domain.errors import InvalidInput
from tests.calendars import PERU

LIMA = ZoneInfo("America/Lima")
MONDAY = date(2026, 11, 23)
HOURS = OfficeHours(time(8, 30), time(16, 30), "")
ALL_DAY = OfficeHours(time(0), time(23, 59, 59), "")


def at(day: date, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    """Turn a time on Lima's clock into the UTC instant that the service stores."""
    return datetime.combine(day, time(hour, minute, second), LIMA).astimezone(UTC)


def business_days(amount: int) -> Term:
    return Term(amount, TermUnit.BUSINESS_DAYS)


def calendar_days(amount: int) -> Term:
    return Term(amount, TermUnit.CALENDAR_DAYS)


def months(amount: int) -> Term:
    return Term(amount, TermUnit.MONTHS)


def a_deadline(deposited: date | datetime = MONDAY, **overrides: Any) -> Deadline:
    instant = deposited if isinstance(deposited, datetime) else at(deposited)
    calendar = overrides.pop("calendar", PERU)
    counting = Counting(calendar, overrides.pop("hours", HOURS), overrides.pop("distance", 0))
    facts: dict[str, Any] = {"regime": Regime.DEPOSIT, "term": None, "counting": counting}
    return decide_deadline(deposited_at=instant, **(facts | overrides))


# The deposit regime


def test_deposit_takes_effect_that_day_and_its_term_starts_the_next_business_day() -> None:
    assert a_deadline(MONDAY, term=business_days(5)) == Deadline(
        effective_on=MONDAY,
        term_starts_on=date(2026, 11, 24),
        term_ends_on=date(2026, 11, 30),
        starts_by=date(2026, 11, 24),
        ends_by=date(2026, 11, 30),
        calendar_version=PERU.version,
        confirmed_until=2025,
    )


def test_a_notice_without_term_starts_but_never_ends() -> None:
    deadline = a_deadline(MONDAY)
    assert deadline.term_starts_on == date(2026, 11, 24)
    assert deadline.term_ends_on is None
    assert deadline.ends_by is None


def test_an_opening_changes_nothing_under_deposit() -> None:
    opened = a_deadline(MONDAY, term=months(1), opened_at=at(date(2026, 11, 26)))
    assert opened == a_deadline(MONDAY, term=months(1))


# The country's zone


def test_a_deposit_late_in_the_evening_of_lima_counts_that_day_though_utc_says_the_next() -> None:
    deadline = a_deadline(datetime(2026, 11, 24, 4, 30, tzinfo=UTC), hours=ALL_DAY)
    assert deadline.effective_on == MONDAY
    assert deadline.term_starts_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 23, 5, 0, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 5, 0, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
    ],
)
def test_days_change_at_midnight_of_lima(instant: datetime, day: date) -> None:
    assert a_deadline(instant, hours=ALL_DAY).effective_on == day
    assert a_deadline(instant, regime=Regime.IMMEDIATE).effective_on == day


def test_the_same_moment_in_another_zone_gives_the_same_dates() -> None:
    moment = at(MONDAY, 23, 30)
    assert a_deadline(moment.astimezone(ZoneInfo("Asia/Tokyo"))) == a_deadline(moment)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        a_deadline(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - the very thing refused


# Hours of attention


@pytest.mark.parametrize("hour", [(8, 30, 0), (12, 0, 0), (16, 29, 59)])
def test_a_deposit_within_the_hours_of_a_business_day_counts_that_day(hour: tuple[int, int, int]) -> None:
    assert a_deadline(at(MONDAY, *hour)).effective_on == MONDAY


@pytest.mark.parametrize("hour", [(0, 0, 0), (7, 0, 0), (8, 29, 59)])
def test_a_deposit_before_opening_counts_as_of_the_next_business_day(hour: tuple[int, int, int]) -> None:
    """The law does not say which: the later day harms nobody."""
    assert a_deadline(at(MONDAY, *hour)).effective_on == date(2026, 11, 24)


def test_a_deposit_on_the_second_of_closing_is_in_time() -> None:
    assert a_deadline(at(MONDAY, 16, 30)).effective_on == MONDAY


def test_a_deposit_after_closing_counts_as_of_the_next_business_day() -> None:
    deadline = a_deadline(at(MONDAY, 16, 30, 1))
    assert deadline.effective_on == date(2026, 11, 24)
    assert deadline.term_starts_on == date(2026, 11, 25)


def test_a_deposit_on_friday_evening_counts_as_of_monday() -> None:
    deadline = a_deadline(at(date(2026, 11, 27), 20))
    assert deadline.effective_on == date(2026, 11, 30)
    assert deadline.term_starts_on == date(2026, 12, 1)


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_a_deposit_on_a_saturday_counts_as_of_monday(hour: int) -> None:
    assert a_deadline(at(date(2026, 11, 21), hour)).effective_on == MONDAY


def test_a_deposit_on_a_declared_day_counts_as_of_the_next_business_day() -> None:
    assert legal_date(at(date(2026, 1, 2), 9), PERU, HOURS) == date(2026, 1, 5)


def test_an_evening_before_holy_thursday_counts_as_of_the_monday_after_easter() -> None:
    assert legal_date(at(date(2026, 4, 1), 18), PERU, HOURS) == date(2026, 4, 6)


# The immediate regime, for precautionary measures


def test_immediate_takes_effect_and_starts_on_the_day_of_deposit_at_any_hour() -> None:
    deadline = a_deadline(at(date(2026, 11, 21), 22), regime=Regime.IMMEDIATE)
    assert deadline.effective_on == deadline.term_starts_on == deadline.starts_by == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("term", "ends"),
    [
        (business_days(1), MONDAY),
        (business_days(3), date(2026, 11, 25)),
        (calendar_days(1), MONDAY),
        (calendar_days(4), date(2026, 11, 24)),
        (months(1), date(2026, 12, 21)),
    ],
)
def test_an_immediate_term_from_a_saturday(term: Term, ends: date) -> None:
    assert a_deadline(date(2026, 11, 21), regime=Regime.IMMEDIATE, term=term).term_ends_on == ends


def test_an_immediate_term_of_one_business_day_ends_the_same_business_day() -> None:
    assert a_deadline(MONDAY, regime=Regime.IMMEDIATE, term=business_days(1)).term_ends_on == MONDAY


# The acknowledgement regime, where the opening counts


def acknowledged(opened: datetime | date | None, **overrides: Any) -> Deadline:
    instant = at(opened) if opened is not None and not isinstance(opened, datetime) else opened
    return a_deadline(
        **({"regime": Regime.ACKNOWLEDGEMENT, "opened_at": instant, "term": business_days(5)} | overrides)
    )


def test_until_opened_only_the_latest_dates_are_known() -> None:
    assert acknowledged(None) == Deadline(None, None, None, date(2026, 12, 1), date(2026, 12, 7), PERU.version, 2025)


def test_until_opened_a_notice_without_term_has_only_a_latest_start() -> None:
    assert acknowledged(None, term=None) == Deadline(None, None, None, date(2026, 12, 1), None, PERU.version, 2025)


@pytest.mark.parametrize(
    ("opened", "effective", "starts", "ends"),
    [
        (MONDAY, MONDAY, date(2026, 11, 24), date(2026, 11, 30)),
        (date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 2)),
        (date(2026, 11, 28), date(2026, 11, 28), date(2026, 11, 30), date(2026, 12, 4)),
        (date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 7)),
    ],
)
def test_an_opening_within_five_business_days_starts_the_term_the_next_business_day(
    opened: date, effective: date, starts: date, ends: date
) -> None:
    assert acknowledged(opened) == Deadline(effective, starts, ends, starts, ends, PERU.version, 2025)


@pytest.mark.parametrize("opened", [date(2026, 12, 1), date(2026, 12, 2), date(2027, 6, 1)])
def test_an_opening_from_the_sixth_business_day_on_finds_the_term_started_on_it(opened: date) -> None:
    sixth, ends = date(2026, 12, 1), date(2026, 12, 7)
    assert acknowledged(opened) == Deadline(sixth, sixth, ends, sixth, ends, PERU.version, 2025)


def test_the_day_of_an_opening_is_that_of_lima() -> None:
    deadline = acknowledged(at(date(2026, 11, 30), 23, 59, 59))
    assert deadline.effective_on == date(2026, 11, 30)
    assert acknowledged(at(date(2026, 12, 1), 0)).effective_on == date(2026, 12, 1)


def test_the_five_days_of_an_after_hours_deposit_run_from_its_legal_date() -> None:
    deadline = acknowledged(None, deposited=at(date(2026, 11, 20), 20))
    assert deadline.starts_by == date(2026, 12, 1)


def test_an_opening_before_the_legal_date_of_the_deposit_counts_on_that_date() -> None:
    friday = date(2026, 11, 20)
    deadline = acknowledged(at(friday, 21), deposited=at(friday, 20))
    assert deadline.effective_on == MONDAY
    assert deadline.term_starts_on == date(2026, 11, 24)


def test_the_five_days_skip_holidays() -> None:
    assert acknowledged(None, deposited=at(date(2026, 7, 22))).starts_by == date(2026, 8, 4)


# Counting the term


@pytest.mark.parametrize(
    ("deposited", "amount", "ends"),
    [
        (date(2025, 12, 24), 5, date(2026, 1, 6)),
        (date(2025, 12, 31), 1, date(2026, 1, 5)),
        (date(2025, 4, 30), 1, date(2025, 5, 5)),
        (date(2026, 4, 1), 2, date(2026, 4, 7)),
        (date(2026, 7, 22), 5, date(2026, 8, 3)),
        (date(2026, 12, 4), 15, date(2026, 12, 30)),
        (date(2028, 2, 28), 2, date(2028, 3, 1)),
    ],
    ids=["christmas", "new-year", "labour-day-bridge", "holy-week", "fiestas-patrias", "december", "leap-day"],
)
def test_business_days_skip_whatever_is_none(deposited: date, amount: int, ends: date) -> None:
    assert a_deadline(deposited, term=business_days(amount)).term_ends_on == ends


@pytest.mark.parametrize(
    ("deposited", "amount", "ends"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 15, date(2026, 12, 7)),
        (date(2026, 11, 20), 6, date(2026, 11, 30)),
        (date(2026, 11, 20), 16, date(2026, 12, 10)),
        (date(2025, 12, 22), 11, date(2026, 1, 5)),
    ],
    ids=["one-day", "ends-on-monday", "ends-on-saturday", "ends-on-a-holiday-before-another", "ends-on-declared-day"],
)
def test_calendar_days_count_every_day_and_roll_off_one_that_is_not_business(
    deposited: date, amount: int, ends: date
) -> None:
    assert a_deadline(deposited, term=calendar_days(amount)).term_ends_on == ends


@pytest.mark.parametrize(
    ("deposited", "amount", "ends"),
    [
        (date(2026, 3, 10), 3, date(2026, 6, 10)),
        (date(2026, 11, 20), 1, date(2026, 12, 21)),
        (date(2026, 5, 29), 2, date(2026, 7, 30)),
        (date(2026, 12, 31), 1, date(2027, 2, 1)),
        (date(2026, 12, 31), 2, date(2027, 3, 1)),
        (date(2028, 1, 31), 1, date(2028, 3, 1)),
        (date(2028, 2, 29), 1, date(2028, 3, 29)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2028, 2, 29), 48, date(2032, 3, 1)),
        (date(2026, 8, 31), 8, date(2027, 5, 3)),
        (date(2026, 11, 20), 13, date(2027, 12, 20)),
        (date(2026, 11, 21), 1, date(2026, 12, 23)),
    ],
    ids=[
        "date-to-date",
        "ends-on-sunday",
        "after-fiestas-patrias",
        "31-december-to-31-january-a-sunday",
        "31-december-to-february",
        "31-january-to-leap-february",
        "29-february-to-march",
        "29-february-to-a-common-year",
        "29-february-to-the-next-one-a-sunday",
        "31-august-to-april-then-labour-day-on-saturday",
        "over-a-december",
        "from-a-saturday-which-counts-as-of-monday",
    ],
)
def test_months_run_date_to_date_from_the_notification(deposited: date, amount: int, ends: date) -> None:
    deadline = a_deadline(deposited, term=months(amount))
    assert deadline.term_ends_on == ends
    assert deadline.term_starts_on == deadline.effective_on


def test_months_under_acknowledgement_run_from_the_very_day_of_the_opening() -> None:
    saturday = date(2026, 11, 28)
    deadline = acknowledged(saturday, term=months(1))
    assert (deadline.effective_on, deadline.term_starts_on, deadline.term_ends_on) == (
        saturday,
        saturday,
        date(2026, 12, 28),
    )
    unopened = acknowledged(None, term=months(1))
    assert (unopened.starts_by, unopened.ends_by) == (date(2026, 12, 1), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("term", "distance", "ends"),
    [
        (business_days(5), 3, date(2026, 12, 3)),
        (calendar_days(5), 3, date(2026, 12, 3)),
        (months(1), 1, date(2026, 12, 24)),
        (months(1), 0, date(2026, 12, 23)),
    ],
)
def test_the_distance_is_added_in_business_days_after_the_last_day(term: Term, distance: int, ends: date) -> None:
    assert a_deadline(MONDAY, term=term, distance=distance).term_ends_on == ends


def test_a_notice_without_term_gets_no_distance() -> None:
    assert a_deadline(MONDAY, distance=5).term_ends_on is None


@pytest.mark.parametrize(
    ("deposited", "term", "year"),
    [
        (date(2025, 12, 1), business_days(5), None),
        (date(2025, 12, 1), None, None),
        (date(2025, 12, 1), months(2), 2026),
        (date(2025, 12, 31), None, 2026),
        (date(2026, 3, 9), None, 2026),
        (date(2027, 3, 9), business_days(5), 2026),
    ],
)
def test_dates_that_reach_a_year_whose_declared_days_nobody_confirmed_say_which(
    deposited: date, term: Term | None, year: int | None
) -> None:
    assert PERU.declared_until == 2025
    assert a_deadline(deposited, term=term).unconfirmed_year == year


def test_regional_days_move_start_and_end_and_show_in_the_version() -> None:
    tuesday = NonWorkingDay(date(2026, 11, 24), "Aniversario regional", "Ordenanza Regional 001-2026 (ejemplo)")
    calendar = PERU.with_regional((tuesday,))
    deadline = a_deadline(MONDAY, calendar=calendar, term=business_days(2))
    assert (deadline.term_starts_on, deadline.term_ends_on) == (date(2026, 11, 25), date(2026, 11, 26))
    assert deadline.calendar_version == calendar.version != PERU.version


def test_the_longest_term_is_counted_in_no_time() -> None:
    took = []
    for _ in range(7):
        started = perf_counter()
        a_deadline(MONDAY, term=business_days(730))
        took.append(perf_counter() - started)
    assert min(took) < 0.005


# What terms there can be


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        (1, "business_days"),
        (730, "business_days"),
        (1, "calendar_days"),
        (730, "calendar_days"),
        (1, "months"),
        (60, "months"),
    ],
)
def test_a_term_within_its_limits_is_accepted(amount: int, unit: str) -> None:
    assert parse_term(amount, unit) == Term(amount, TermUnit(unit))


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        *product([0, -1, 731, True, 1.0, "5", None], ["business_days", "calendar_days"]),
        *product([0, -1, 61, True, 1.0, "5", None], ["months"]),
    ],
)
def test_a_term_outside_its_limits_is_refused_with_what_is_allowed(amount: object, unit: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_term(amount, unit)
    assert refusal.value.code == "term_invalid"
    assert refusal.value.field == "term.amount"
    assert ("60 meses" if unit == "months" else "730 días") in refusal.value.detail


@pytest.mark.parametrize("unit", ["days", "MONTHS", "", None, 3, ["months"]])
def test_an_unknown_unit_is_refused_with_those_that_exist(unit: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_term(5, unit)
    assert refusal.value.code == "term_invalid"
    assert refusal.value.field == "term.unit"
    assert all(known.value in refusal.value.detail for known in TermUnit)
