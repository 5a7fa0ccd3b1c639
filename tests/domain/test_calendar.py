"""The calendar of Peru: which days count, by which norm, and what its version tells."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
import pytest
from dateutil.easter import easter  # type: ignore[import-untyped]

from chalicelib.domain.calendar import NonWorkingDay, calendar_from_json
from tests.calendars import DOCUMENT, PERU

REGIONAL = NonWorkingDay(date(2026, 11, 24), "Aniversario regional", "Ordenanza Regional 001-2026 (ejemplo)")
OTHER_REGIONAL = NonWorkingDay(date(2026, 11, 25), "Fiesta patronal", "Ordenanza Regional 002-2026 (ejemplo)")


def a_document(**overrides: Any) -> dict[str, Any]:
    return {
        "country": "PE",
        "zone": "America/Lima",
        "declared_until": 2025,
        "revision": 1,
        "hours": DOCUMENT["hours"],
        "filing": DOCUMENT["filing"],
    } | {
        "holidays": [],
        "declared": [],
        **overrides,
    }


@pytest.mark.parametrize("year", range(2022, 2031))
def test_statutory_holidays_equal_those_of_an_independent_library(year: int) -> None:
    theirs = {
        day
        for day, name in holidays.country_holidays("PE", years=year, language="es").items()
        if "Resurrección" not in name
    }
    assert set(PERU.statutory(year)) == theirs


@pytest.mark.parametrize(
    ("year", "thursday"),
    [
        (2008, date(2008, 3, 20)),
        (2011, date(2011, 4, 21)),
        (2026, date(2026, 4, 2)),
        (2027, date(2027, 3, 25)),
        (2038, date(2038, 4, 22)),
        (2049, date(2049, 4, 15)),
        (2076, date(2076, 4, 16)),
    ],
)
def test_holy_thursday_and_friday_follow_easter(year: int, thursday: date) -> None:
    named = {holiday.name: holiday.day for holiday in PERU.statutory(year).values()}
    assert named["Jueves Santo"] == thursday
    assert named["Viernes Santo"] == thursday + timedelta(days=1)


def test_easter_falls_as_tables_have_it_wherever_the_last_correction_decides() -> None:
    calendar = calendar_from_json(a_document(holidays=[{"name": "Pascua", "norm": "n", "easter": 0}]))
    for year in range(1583, 4100):
        assert set(calendar.statutory(year)) == {easter(year)}


def test_a_holiday_comes_from_the_year_of_its_law_to_its_last() -> None:
    rule = {"name": "Un día", "norm": "n", "month": 8, "day": 6, "from_year": 2022, "until_year": 2024}
    calendar = calendar_from_json(a_document(holidays=[rule]))
    assert [year for year in range(2020, 2030) if calendar.statutory(year)] == [2022, 2023, 2024]


def test_regional_days_are_told_by_eight_digits() -> None:
    version = PERU.with_regional((REGIONAL,)).version
    assert re.fullmatch(re.escape(PERU.version) + r"\+regional:[0-9a-f]{8}", version)


def test_easter_agrees_with_an_independent_library_for_two_centuries() -> None:
    for year in range(1901, 2100):
        theirs = holidays.country_holidays("PE", years=year, language="es").get_named("Viernes Santo")
        assert [day for day, entry in PERU.statutory(year).items() if entry.name == "Viernes Santo"] == theirs


@pytest.mark.parametrize(
    ("before", "since", "norm"),
    [
        (date(2021, 8, 6), date(2024, 8, 6), "Ley 31530"),
        (date(2021, 12, 9), date(2022, 12, 9), "Ley 31381"),
        (date(2021, 7, 23), date(2024, 7, 23), "Ley 31822"),
        (date(2023, 6, 7), date(2024, 6, 7), "Ley 31788"),
    ],
)
def test_a_holiday_exists_only_since_its_law(before: date, since: date, norm: str) -> None:
    reason = PERU.reason(since)
    assert PERU.is_business_day(before)
    assert not PERU.is_business_day(since)
    assert reason is not None
    assert reason.norm == norm


def test_a_repealed_holiday_ends_after_its_last_year() -> None:
    holiday = {"month": 11, "day": 24, "until_year": 2026, "name": "Derogado", "norm": "Ley de ejemplo"}
    calendar = calendar_from_json(a_document(holidays=[holiday]))
    assert not calendar.is_business_day(date(2026, 11, 24))
    assert calendar.is_business_day(date(2027, 11, 24))


@pytest.mark.parametrize("day", [date(2025, 5, 2), date(2025, 12, 26), date(2026, 1, 2)])
def test_days_declared_by_decree_are_not_business_days(day: date) -> None:
    assert not PERU.is_business_day(day)
    assert PERU.reason(day) == NonWorkingDay(day, "Día no laborable del sector público", "D.S. 042-2025-PCM")


def test_saturdays_and_sundays_are_not_business_days_and_need_no_norm() -> None:
    assert not PERU.is_business_day(date(2026, 11, 21))
    assert not PERU.is_business_day(date(2026, 11, 22))
    assert PERU.reason(date(2026, 11, 21)) is None


def test_an_ordinary_monday_is_a_business_day_without_a_reason() -> None:
    assert PERU.is_business_day(date(2026, 11, 23))
    assert PERU.reason(date(2026, 11, 23)) is None


def test_a_holiday_on_a_sunday_still_says_its_norm() -> None:
    reason = PERU.reason(date(2026, 11, 1))
    assert reason is not None
    assert reason.name == "Todos los Santos"


def test_every_excluded_day_of_the_data_has_a_name_a_norm_and_a_certainty() -> None:
    for entry in (*DOCUMENT["holidays"], *DOCUMENT["declared"]):
        assert entry["name"]
        assert entry["norm"]
        assert entry["certainty"] in DOCUMENT["certainty"]


def test_declared_days_are_weekdays_that_no_statute_excludes_already() -> None:
    for day in PERU.declared:
        assert day.weekday() < 5
        assert day not in PERU.statutory(day.year)


def test_the_next_business_day_is_strictly_after() -> None:
    assert PERU.next_business_day(date(2026, 11, 23)) == date(2026, 11, 24)
    assert PERU.next_business_day(date(2026, 11, 20)) == date(2026, 11, 23)
    assert PERU.next_business_day(date(2026, 11, 21)) == date(2026, 11, 23)


def test_rolling_forward_keeps_a_business_day() -> None:
    assert PERU.roll_forward(date(2026, 11, 23)) == date(2026, 11, 23)
    assert PERU.roll_forward(date(2026, 11, 22)) == date(2026, 11, 23)


def test_the_year_turns_over_new_year_a_declared_day_and_a_weekend() -> None:
    assert PERU.next_business_day(date(2025, 12, 31)) == date(2026, 1, 5)


def test_business_days_go_around_holy_week_and_fiestas_patrias() -> None:
    assert PERU.next_business_day(date(2026, 4, 1)) == date(2026, 4, 6)
    assert PERU.next_business_day(date(2026, 7, 22)) == date(2026, 7, 24)
    assert PERU.next_business_day(date(2026, 7, 27)) == date(2026, 7, 30)
    assert PERU.next_business_day(date(2026, 12, 7)) == date(2026, 12, 10)


def test_the_first_of_n_business_days_is_the_day_itself_if_it_counts() -> None:
    assert PERU.nth_business_day(date(2026, 11, 23), 1) == date(2026, 11, 23)
    assert PERU.nth_business_day(date(2026, 11, 22), 1) == date(2026, 11, 23)
    assert PERU.nth_business_day(date(2026, 11, 23), 6) == date(2026, 11, 30)


def test_the_version_tells_country_last_year_of_decrees_and_revision() -> None:
    assert calendar_from_json(a_document(declared_until=2027, revision=3)).version == "PE-2027.3"
    assert PERU.version == f"PE-{PERU.declared_until}.{DOCUMENT['revision']}"


def test_years_whose_decrees_are_yet_to_come_still_count() -> None:
    assert PERU.next_business_day(date(PERU.declared_until + 20, 12, 31)).year == PERU.declared_until + 21


def test_a_regional_day_is_excluded_for_that_institution_only() -> None:
    regional = PERU.with_regional((REGIONAL,))
    assert not regional.is_business_day(REGIONAL.day)
    assert regional.reason(REGIONAL.day) == REGIONAL
    assert PERU.is_business_day(REGIONAL.day)


def test_the_nation_names_a_day_that_a_region_declares_too() -> None:
    twice = NonWorkingDay(date(2026, 1, 2), "Regional", "Ordenanza (ejemplo)")
    reason = PERU.with_regional((twice,)).reason(twice.day)
    assert reason is not None
    assert reason.norm == "D.S. 042-2025-PCM"


def test_the_version_shows_regional_days_whatever_their_order() -> None:
    one_way = PERU.with_regional((REGIONAL, OTHER_REGIONAL)).version
    assert one_way == PERU.with_regional((OTHER_REGIONAL, REGIONAL)).version
    assert one_way.startswith(f"{PERU.version}+regional:")
    assert one_way != PERU.with_regional((REGIONAL,)).version


def test_without_regional_days_the_calendar_is_the_nations() -> None:
    assert PERU.with_regional(()) is PERU


def test_instants_are_read_on_limas_clock() -> None:
    assert PERU.local(datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC)).date() == date(2026, 11, 23)
    assert PERU.local(datetime(2026, 11, 24, 5, tzinfo=UTC)).date() == date(2026, 11, 24)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        PERU.local(datetime(2026, 11, 24, 5))  # noqa: DTZ001 - the very thing refused


@pytest.mark.parametrize(
    "overrides",
    [
        {"declared": [{"name": "A", "norm": "B", "days": ["2026-02-30"]}]},
        {"declared": [{"name": "A", "norm": "B", "days": ["2026-02-03", "2026-02-03"]}]},
        {"holidays": [{"name": "A", "norm": "B", "month": 2, "day": 29}]},
        {"holidays": [{"name": "A", "norm": "B", "month": 6, "day": 31}]},
    ],
)
def test_a_document_with_an_impossible_day_builds_no_calendar(overrides: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"day|twice"):
        calendar_from_json(a_document(**overrides))


@pytest.mark.parametrize(
    "part", ["country", "zone", "declared_until", "revision", "holidays", "declared", "hours", "filing"]
)
def test_a_document_without_one_of_its_parts_builds_no_calendar(part: str) -> None:
    document = a_document()
    del document[part]
    with pytest.raises(KeyError, match=part):
        calendar_from_json(document)


def test_a_day_without_a_norm_builds_no_calendar() -> None:
    with pytest.raises(KeyError, match="norm"):
        calendar_from_json(a_document(holidays=[{"name": "Inventado", "month": 6, "day": 30}]))
