"""Dates of filings in thousands of random cases, against another counter: numpy's days and another holiday library.

The oracle knows the rule from the law's text alone (TUO 128.1, 134, 136.6, 142.1) and shares nothing with the domain
but its types. It has seconds of UTC less five hours, Peru's only zone since 1994, in the place of clocks and zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random  # noqa: TID251 - a seed makes its chance the same each time

import holidays
import numpy as np
import pytest

from chalicelib.domain.calendar import (
    BusinessCalendar,
    CalendarEntries,
    CountsUntil,
    FilingRule,
    NonWorkingDay,
    RegionalDay,
)
from chalicelib.domain.deadline import legal_date
from chalicelib.domain.filing.filing_date import answer_due
from chalicelib.domain.filing.observation import correctable_until, observable_until
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office
from tests.calendars import DOCUMENT
from tests.calendars import PERU as PACKAGED

YEARS = range(2023, 2034)
EPOCH, DAY_S, LIMA_S = datetime(1970, 1, 1, tzinfo=UTC), 86_400, 5 * 3600
HOLIDAYS = {
    day
    for day, name in holidays.country_holidays("PE", years=YEARS, language="es").items()
    if "Resurrección" not in name
}
DECREED = {date.fromisoformat(day) for decree in DOCUMENT["declared"] for day in decree["days"]}
LATER = {date(2027, 2, 4), date(2027, 2, 5), date(2028, 12, 29)}
REGIONAL = {
    "arequipa": {date(year, 8, 15) for year in YEARS} | {date(2027, 3, 17)},
    "puno": {date(year, 11, 4) for year in YEARS} | {date(year, 2, 2) for year in YEARS},
    None: set[date](),
}
ENTERED = CalendarEntries(
    7,
    2027,
    tuple(NonWorkingDay(day, "Día no laborable", "D.S. de ejemplo") for day in sorted(LATER)),
    regional=(
        RegionalDay("arequipa", date(2023, 8, 15), "Aniversario", "Ley", every_year=True),
        RegionalDay("arequipa", date(2027, 3, 17), "Día de ejemplo", "D.S. de ejemplo"),
        RegionalDay("puno", date(2023, 11, 4), "Aniversario", "Ley", every_year=True),
        RegionalDay("puno", date(2023, 2, 2), "Candelaria", "Ley", every_year=True),
    ),
)
CALENDARS = {"package": (PACKAGED, set[date]()), "entered": (PACKAGED.with_entries(ENTERED), LATER)}


def _days(name: str, region: str | None) -> np.busdaycalendar:
    excluded = HOLIDAYS | DECREED | CALENDARS[name][1] | (REGIONAL[region] if name == "entered" else set())
    return np.busdaycalendar(holidays=sorted(excluded))


NUMPY = {(name, region): _days(name, region) for name in CALENDARS for region in REGIONAL}
INSTITUTION = Institution("demo", "Entidad", "Av. 1", "", InstitutionState.ACTIVE, region="puno")


@dataclass(frozen=True)
class Case:
    calendar: str
    region: str | None
    opens: int
    """Seconds of the day, as all hours here."""
    closes: int
    until: CountsUntil
    arrived: int
    """Microseconds since 1970 in UTC."""
    term: int
    observed: int

    @property
    def office(self) -> Office:
        own = FilingRule(self.until, "Norma")
        return Office(
            "K7", "demo", "Sur", "Jr. 4", self.region, _clock(self.opens), _clock(self.closes), filing_rule=own
        )


def _clock(second: int) -> time:
    return time(second // 3600, second // 60 % 60)


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _parts(microseconds: int) -> tuple[np.datetime64, int]:
    """Return the day in Peru and the second of it."""
    day, second = divmod(microseconds // 1_000_000 - LIMA_S, DAY_S)
    return np.datetime64(0, "D") + day, second


def _utc(day: np.datetime64, second: int) -> datetime:
    return EPOCH + timedelta(seconds=int(day.astype(int)) * DAY_S + second + LIMA_S)


def oracle(case: Case) -> tuple[object, ...]:
    """Return legal date, start of attention, start of the term, its end, end of observing, and of correcting."""
    # The office without a region of its own has the institution's, which is puno.
    days = NUMPY[case.calendar, case.region or "puno"]

    def after(day: np.datetime64, number: int) -> np.datetime64:
        """Return the n-th business day after a day."""
        return np.busday_offset(day + 1, number - 1, roll="forward", busdaycal=days)

    day, second = _parts(case.arrived)
    works = bool(np.is_busday(day, busdaycal=days))
    late = case.until is CountsUntil.CLOSING and second > case.closes
    legal = day if works and not late else after(day, 1)
    if works and case.opens <= second < case.closes:
        attended = _instant(case.arrived)
    else:
        attended = _utc(day if works and second < case.opens else after(day, 1), case.opens)
    starts = after(legal, 1)
    seen, at = _parts(case.observed)
    exact = case.observed % 1_000_000 == 0
    in_hours = case.opens <= at < case.closes or (at == case.closes and exact)
    told = seen if np.is_busday(seen, busdaycal=days) and in_hours else after(seen, 1)
    last = DAY_S - 1
    return (
        legal.astype(object),
        attended,
        starts.astype(object),
        after(legal, case.term).astype(object),
        _utc(after(legal, 2), last),
        _utc(after(told, 2), last),
    )


def domain(case: Case) -> tuple[object, ...]:
    calendar: BusinessCalendar = CALENDARS[case.calendar][0]
    receiving = receiving_of(INSTITUTION, case.office, calendar)
    dates = receiving.settle(_instant(case.arrived))
    return (
        dates.legal_date,
        dates.attended_from,
        dates.term_starts,
        answer_due(dates, case.term, receiving.calendar),
        observable_until(dates, receiving.calendar),
        correctable_until(legal_date(_instant(case.observed), receiving.calendar, receiving.hours), receiving.calendar),
    )


EDGES = [*sorted(HOLIDAYS | DECREED | LATER | REGIONAL["arequipa"] | REGIONAL["puno"])]


def a_case(chance: Random) -> Case:
    opens, closes = chance.choice((0, 7, 8, 9)) * 3600 + chance.choice((0, 1800)), chance.choice((13, 16, 23)) * 3600

    def arrives() -> int:
        near = chance.random() < 0.5
        day = chance.choice(EDGES) if near else date(2023, 1, 1) + timedelta(chance.randrange(9 * 365))
        day = min(max(day + timedelta(chance.randrange(-3, 3)), date(2023, 1, 1)), date(2032, 12, 31))
        border = chance.choice((0, opens, closes, DAY_S))
        second = border + chance.randrange(-2, 3) if chance.random() < 0.5 else chance.randrange(DAY_S)
        return ((day - date(1970, 1, 1)).days * DAY_S + second + LIMA_S) * 1_000_000 + chance.choice((0, 0, 999_999))

    return Case(
        chance.choice(tuple(CALENDARS)),
        chance.choice(tuple(REGIONAL)),
        opens,
        closes,
        chance.choice(tuple(CountsUntil)),
        arrives(),
        chance.choice((1, 5, 7, 30)),
        arrives(),
    )


@pytest.mark.parametrize("seed", range(4))
def test_an_independent_counter_agrees_in_thousands_of_cases(seed: int) -> None:
    chance = Random(f"filed {seed}")  # noqa: S311 - cases, not secrets
    for _ in range(3000):
        case = a_case(chance)
        assert domain(case) == oracle(case), case


def test_the_oracle_is_awake() -> None:
    """It knows the cases that a wrong rule would have otherwise, of a Friday and the Saturday after it."""
    friday = datetime(2026, 3, 13, tzinfo=UTC)
    monday, tuesday = date(2026, 3, 16), date(2026, 3, 17)

    def counted(until: CountsUntil, **later: int) -> tuple[object, ...]:
        instant = int((friday + timedelta(hours=5, **later)).timestamp()) * 1_000_000
        return oracle(Case("package", None, 30_600, 59_400, until, instant, 1, instant))

    opening = datetime(2026, 3, 16, 13, 30, tzinfo=UTC)
    assert counted(CountsUntil.MIDNIGHT, seconds=DAY_S - 1)[:4] == (date(2026, 3, 13), opening, monday, monday)
    assert counted(CountsUntil.MIDNIGHT, seconds=DAY_S)[:4] == (monday, opening, tuesday, tuesday)
    assert counted(CountsUntil.CLOSING, seconds=59_401)[0] == monday
    assert counted(CountsUntil.CLOSING, seconds=59_400)[:2] == (date(2026, 3, 13), opening)
