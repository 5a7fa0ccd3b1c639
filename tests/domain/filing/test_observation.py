"""An observation is made in its window or not at all, and lapses on the rule's date, whatever runs when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.calendar import OfficeHours
from chalicelib.domain.deadline import legal_date
from chalicelib.domain.filing.filing_date import settle
from chalicelib.domain.filing.observation import (
    correctable_until,
    lapses_at,
    may_correct,
    may_observe,
    observable_until,
)
from tests.calendars import PERU

LIMA = ZoneInfo("America/Lima")
HOURS = OfficeHours(time(8, 30), time(16, 30), "")
MON, TUE, WED, THU, FRI, SAT = (date(2026, 3, day) for day in range(9, 15))
MOMENT = timedelta(microseconds=1)


def at(day: date, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second, micro), LIMA).astimezone(UTC)


def last_second(day: date) -> datetime:
    return at(day, 23, 59, 59)


@pytest.mark.parametrize(
    ("filed", "until"),
    [
        (at(MON, 0, 0), WED),
        (at(MON, 23, 59, 59), WED),
        (at(THU, 10, 0), date(2026, 3, 16)),
        (at(SAT, 10, 0), date(2026, 3, 18)),
        (at(date(2026, 3, 31), 10, 0), date(2026, 4, 6)),  # Holy Thursday and Friday are no business days
    ],
)
def test_it_is_observed_until_the_second_business_day_after_the_legal_date(filed: datetime, until: date) -> None:
    dates = settle(filed, PERU.filing.rule, HOURS, PERU)
    assert observable_until(dates, PERU) == last_second(until)


def test_outside_its_window_nothing_is_observed() -> None:
    filed = at(MON, 10, 0)
    dates = settle(filed, PERU.filing.rule, HOURS, PERU)
    midnight = at(THU, 0, 0)
    assert [may_observe(dates, now, PERU) for now in (filed - MOMENT, filed, midnight - MOMENT, midnight)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("observed", "until"),
    [
        (at(MON, 10, 0), WED),
        (at(MON, 16, 30), WED),
        (at(MON, 16, 30, 1), THU),  # out of hours it counts as of the next business day, as a notice does
        (at(MON, 7, 0), THU),
        (at(SAT, 10, 0), date(2026, 3, 18)),
        (at(FRI, 10, 0), date(2026, 3, 17)),
    ],
)
def test_it_is_corrected_until_the_second_business_day_after_the_observation_counts(
    observed: datetime, until: date
) -> None:
    assert correctable_until(legal_date(observed, PERU, HOURS), PERU) == last_second(until)


def test_it_lapses_at_the_midnight_after_its_last_second_and_what_came_before_is_in_time() -> None:
    until = correctable_until(MON, PERU)
    midnight = at(THU, 0, 0)
    assert lapses_at(until) == midnight
    assert lapses_at(until.astimezone(LIMA)).tzinfo is UTC
    assert [may_correct(until, now) for now in (until, midnight - MOMENT, midnight)] == [True, True, False]


def test_no_window_is_asked_without_a_zone() -> None:
    naive = datetime(2026, 3, 9, 10)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="zone"):
        may_correct(last_second(WED), naive)
    with pytest.raises(ValueError, match="zone"):
        legal_date(naive, PERU, HOURS)
