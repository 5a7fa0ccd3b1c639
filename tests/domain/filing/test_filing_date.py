"""When filings count: each border to the second, and what the law and the office's configuration make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.calendar import CalendarEntries, CountsUntil, FilingRule, NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.filing.filing_date import FilingDates, answer_due, settle
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office
from tests.calendars import PERU

LIMA = ZoneInfo("America/Lima")
HOURS = OfficeHours(time(8, 30), time(16, 30), "")
MIDNIGHT = PERU.filing.rule
CLOSING = FilingRule(CountsUntil.CLOSING, "Ordenanza de ejemplo", 3)
REGIONAL = RegionalDay("arequipa", date(2026, 8, 14), "Día de ejemplo", "Ley de ejemplo")
WHOLE = PERU.with_entries(CalendarEntries(1, regional=(REGIONAL,)))
INSTITUTION = Institution("demo", "Entidad", "Av. 1", "", InstitutionState.ACTIVE)

MON, TUE, WED = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)
FRI, SAT, NEXT_MON, NEXT_TUE = date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 16), date(2026, 3, 17)


def at(day: date, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second, micro), LIMA).astimezone(UTC)


def dates_of(
    arrived: datetime, rule: FilingRule = MIDNIGHT, calendar: object = PERU
) -> tuple[date, tuple[date, time], date]:
    dates = settle(arrived, rule, HOURS, calendar)  # type: ignore[arg-type]
    attended = dates.attended_from.astimezone(LIMA)
    return dates.legal_date, (attended.date(), attended.time()), dates.term_starts


OPENS = HOURS.opens_at


@pytest.mark.parametrize(
    ("arrived", "counts", "attended"),
    [
        (at(MON, 23, 59, 59), MON, (TUE, OPENS)),
        (at(MON, 23, 59, 59, 999_999), MON, (TUE, OPENS)),
        (at(TUE, 0, 0, 0), TUE, (TUE, OPENS)),
        (at(TUE, 8, 29, 59, 999_999), TUE, (TUE, OPENS)),
        (at(TUE, 8, 30), TUE, (TUE, time(8, 30))),
        (at(TUE, 16, 29, 59), TUE, (TUE, time(16, 29, 59))),
        (at(TUE, 16, 30), TUE, (WED, OPENS)),
        (at(FRI, 20, 0), FRI, (NEXT_MON, OPENS)),
        (at(SAT, 10, 0), NEXT_MON, (NEXT_MON, OPENS)),
        (at(SAT, 0, 0), NEXT_MON, (NEXT_MON, OPENS)),
    ],
)
def test_until_the_last_second_of_a_business_day_it_counts_that_day(
    arrived: datetime, counts: date, attended: tuple[date, time]
) -> None:
    assert dates_of(arrived)[:2] == (counts, attended)


@pytest.mark.parametrize(
    ("arrived", "counts"),
    [
        (at(MON, 0, 0), MON),
        (at(MON, 8, 0), MON),
        (at(MON, 16, 30), MON),
        (at(MON, 16, 30, 0, 999_999), MON),
        (at(MON, 16, 30, 1), TUE),
        (at(MON, 23, 59, 59), TUE),
        (at(FRI, 16, 30, 1), NEXT_MON),
        (at(SAT, 9, 0), NEXT_MON),
    ],
)
def test_under_closing_only_what_comes_after_the_second_of_closing_waits_for_the_next_day(
    arrived: datetime, counts: date
) -> None:
    assert dates_of(arrived, CLOSING)[0] == counts


def test_the_term_starts_on_the_business_day_after_the_legal_date() -> None:
    assert dates_of(at(FRI, 20, 0)) == (FRI, (NEXT_MON, OPENS), NEXT_MON)
    assert dates_of(at(SAT, 20, 0)) == (NEXT_MON, (NEXT_MON, OPENS), NEXT_TUE)


def test_friday_evening_before_a_long_weekend_counts_on_friday() -> None:
    wednesday = date(2026, 4, 1)  # Holy Thursday and Friday follow
    monday = date(2026, 4, 6)
    assert dates_of(at(wednesday, 22, 0)) == (wednesday, (monday, OPENS), monday)
    assert dates_of(at(wednesday + timedelta(1), 9, 0)) == (monday, (monday, OPENS), date(2026, 4, 7))


def test_the_last_business_day_of_the_year_lasts_until_its_midnight() -> None:
    last, first = date(2026, 12, 31), date(2027, 1, 4)
    assert dates_of(at(last, 23, 59, 59)) == (last, (first, OPENS), first)
    assert dates_of(at(date(2027, 1, 1), 0, 0)) == (first, (first, OPENS), date(2027, 1, 5))


def test_a_regional_holiday_counts_where_the_office_stands_alone() -> None:
    friday, monday = REGIONAL.day, date(2026, 8, 17)
    south = Office("K7M3", "demo", "Sur", "Jr. 4", region="arequipa")
    assert receiving_of(INSTITUTION, south, WHOLE).settle(at(friday, 10, 0)).legal_date == monday
    assert receiving_of(INSTITUTION, None, WHOLE).settle(at(friday, 10, 0)).legal_date == friday


def test_a_day_declared_later_moves_what_comes_then_and_not_what_was_settled() -> None:
    before = settle(at(MON, 10, 0), MIDNIGHT, HOURS, PERU)
    declared = PERU.with_entries(
        CalendarEntries(1, declared=(NonWorkingDay(MON, "Duelo nacional", "D.S. de ejemplo"),))
    )
    after = settle(at(MON, 10, 0), MIDNIGHT, HOURS, declared)
    assert (before.legal_date, after.legal_date) == (MON, TUE)
    assert before.calendar_version != after.calendar_version


def test_an_office_receives_by_its_own_rule_hours_and_region_and_else_by_those_of_the_institution() -> None:
    own = FilingRule(CountsUntil.MIDNIGHT, "Res. de ejemplo", 2)
    institution = replace(INSTITUTION, filing_rule=CLOSING, opens_at=time(9), closes_at=time(15))
    plain = Office("K7M3", "demo", "Sur", "Jr. 4")
    office = replace(plain, filing_rule=own, opens_at=time(7), closes_at=time(13))
    assert receiving_of(INSTITUTION, None, PERU).rule == PERU.filing.rule
    assert receiving_of(INSTITUTION, None, PERU).hours == PERU.hours
    for which in (None, plain):
        found = receiving_of(institution, which, PERU)
        assert (found.rule, found.hours.opens_at, found.hours.closes_at) == (CLOSING, time(9), time(15))
    found = receiving_of(institution, office, PERU)
    assert (found.rule, found.hours.opens_at, found.hours.closes_at) == (own, time(7), time(13))


def test_what_settled_the_dates_is_kept_with_them() -> None:
    dates = settle(at(MON, 10, 0), CLOSING, HOURS, PERU)
    assert (dates.rule, dates.calendar_version, dates.confirmed_until) == (CLOSING, PERU.version, PERU.declared_until)
    assert dates.received_at.tzinfo is UTC
    assert dates.attended_from.tzinfo is UTC


@pytest.mark.parametrize(("confirmed", "year"), [(2024, 2025), (2025, 2026), (2026, None), (None, None)])
def test_dates_in_a_year_whose_declared_days_are_unknown_say_so(confirmed: int | None, year: int | None) -> None:
    dates = replace(settle(at(MON, 10, 0), MIDNIGHT, HOURS, PERU), confirmed_until=confirmed)
    assert dates.unconfirmed_year == year


def test_what_is_filed_on_the_last_day_of_a_confirmed_year_reaches_the_unknown_one() -> None:
    dates = settle(at(date(2025, 12, 31), 10, 0), MIDNIGHT, HOURS, PERU)
    assert (dates.legal_date.year, dates.unconfirmed_year) == (2025, 2026)


def test_an_instant_without_a_zone_settles_nothing() -> None:
    with pytest.raises(ValueError, match="zone"):
        settle(datetime(2026, 3, 9, 10), MIDNIGHT, HOURS, PERU)  # noqa: DTZ001 - what is refused


def test_the_general_rule_is_data_with_its_norm() -> None:
    law = PERU.filing
    assert (law.rule.counts_until, law.rule.version) == (CountsUntil.MIDNIGHT, 0)
    assert (law.observe_within, law.correct_within) == (2, 2)
    assert "0518-2024/SEL" in law.rule.norm
    assert "0518-2024/SEL" in law.against_closing
    assert "136.6" in law.norm


def test_the_answer_is_due_on_the_last_business_day_of_its_term() -> None:
    dates = settle(at(FRI, 20, 0), MIDNIGHT, HOURS, PERU)
    assert answer_due(dates, 1, PERU) == NEXT_MON
    assert answer_due(dates, 30, PERU) == date(2026, 4, 28)  # Holy Week is out of it


def test_dates_can_be_written_by_their_four_facts_alone() -> None:
    dates = FilingDates(at(MON, 10), MON, at(MON, 10), TUE)
    assert (dates.rule, dates.calendar_version, dates.unconfirmed_year) == (None, "", None)
