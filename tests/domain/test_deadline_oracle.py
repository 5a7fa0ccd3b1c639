"""Legal dates in thousands of random cases, against another counter: numpy's business days and another holiday library.

The oracle knows the rules from the law's text alone (TUO 144, 145, 146; Ley 31736, 5.6) and shares no code with the
domain but its types.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random  # noqa: TID251 - a seed makes its chance the same each time
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from chalicelib.domain.calendar import CalendarEntries, NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.deadline import (
    Counting,
    Regime,
    Term,
    TermUnit,
    decide_deadline,
    fix_deadline,
    foresee_openings,
)
from tests.calendars import DOCUMENT
from tests.calendars import PERU as PACKAGED

LIMA = ZoneInfo("America/Lima")
YEARS = range(2022, 2042)
HOLIDAYS = {
    day
    for day, name in holidays.country_holidays("PE", years=YEARS, language="es").items()
    if "Resurrección" not in name
}
DECREED = {date.fromisoformat(day) for decree in DOCUMENT["declared"] for day in decree["days"]}
ENTERED = tuple(NonWorkingDay(date(2026, 5, day), "Día no laborable", "D.S. de ejemplo") for day in (4, 5))
REGIONAL = (
    RegionalDay("arequipa", date(2022, 8, 15), "Aniversario de Arequipa", "Ley 24875", every_year=True),
    RegionalDay("arequipa", date(2027, 3, 17), "Día de ejemplo", "D.S. de ejemplo"),
)
OF_AREQUIPA = {date(year, 8, 15) for year in YEARS} | {date(2027, 3, 17)}
PERU = PACKAGED.with_entries(CalendarEntries(7, 2026, ENTERED, regional=REGIONAL))
CALENDARS = {
    None: (PERU, HOLIDAYS | DECREED | {entry.day for entry in ENTERED}),
    "arequipa": (
        PERU.with_regional((), "arequipa"),
        HOLIDAYS | DECREED | {entry.day for entry in ENTERED} | OF_AREQUIPA,
    ),
}
NUMPY = {name: np.busdaycalendar(holidays=sorted(excluded)) for name, (_, excluded) in CALENDARS.items()}


@dataclass(frozen=True)
class Case:
    region: str | None
    hours: OfficeHours
    deposited: datetime
    regime: Regime
    term: Term | None
    distance: int
    opened: datetime | None

    @property
    def counting(self) -> Counting:
        return Counting(CALENDARS[self.region][0], self.hours, self.distance)


def offset(day: date, number: int, roll: str, calendar: np.busdaycalendar) -> date:
    found: date = np.busday_offset(day, number, roll=roll, busdaycal=calendar).astype(object)  # type: ignore[call-overload]
    return found


def oracle(case: Case) -> tuple[date | None, date | None, date | None]:
    """Return when the notice takes effect, when its term starts, and when it ends; of one unopened, the latest."""
    calendar = NUMPY[case.region]
    local = case.deposited.astimezone(LIMA)
    minute = (local.hour, local.minute, local.second)
    within = _minute(case.hours.opens_at) <= minute <= _minute(case.hours.closes_at)
    if case.regime is Regime.IMMEDIATE:
        effective = local.date()
        starts = effective
    else:
        counts = local.date()
        if not (within and np.is_busday(counts, busdaycal=calendar)):
            counts = offset(counts + timedelta(1), 0, "forward", calendar)
        effective = counts
        starts = offset(effective + timedelta(1), 0, "forward", calendar)
        if case.regime is Regime.ACKNOWLEDGEMENT:
            sixth = offset(counts + timedelta(1), 5, "forward", calendar)
            opened = max(case.opened.astimezone(LIMA).date(), counts) if case.opened else sixth
            effective = min(opened, sixth)
            starts = sixth if effective == sixth else offset(effective + timedelta(1), 0, "forward", calendar)
    if case.term is None:
        return effective, starts, None
    if case.term.unit is TermUnit.BUSINESS_DAYS:
        ends = offset(starts, case.term.amount - 1, "forward", calendar)
    elif case.term.unit is TermUnit.CALENDAR_DAYS:
        ends = offset(starts + timedelta(case.term.amount - 1), 0, "forward", calendar)
    else:
        starts = effective
        month = np.datetime64(effective, "M") + case.term.amount
        first: date = month.astype("datetime64[D]").astype(object)
        same = first + timedelta(effective.day - 1)
        lacking = same.month != first.month
        following: date = (month + 1).astype("datetime64[D]").astype(object)
        ends = offset(following if lacking else same, 0, "forward", calendar)
    return effective, starts, offset(ends, case.distance, "forward", calendar)


def _minute(hour: time) -> tuple[int, int, int]:
    return hour.hour, hour.minute, hour.second


def a_case(chance: Random, regime: Regime, unit: TermUnit | None) -> Case:
    day = date(2022, 1, 1) + timedelta(chance.randrange(9 * 365))
    if chance.random() < 0.35:  # where months and years end
        day = chance.choice(MONTH_ENDS) - timedelta(chance.randrange(3))
    deposited = datetime.combine(day, time(chance.randrange(24), chance.choice((0, 29, 30, 31))), LIMA)
    amount = chance.randrange(1, 61 if unit is TermUnit.MONTHS else 120)
    opened = deposited + timedelta(hours=chance.randrange(24 * 16)) if chance.random() < 0.7 else None
    opens = time(chance.choice((0, 7, 8, 9)), chance.choice((0, 30)))
    closes = time(chance.choice((13, 16, 17, 23)), chance.choice((0, 30)))
    return Case(
        chance.choice((None, "arequipa")),
        OfficeHours(opens, closes, ""),
        deposited.astimezone(UTC),
        regime,
        None if unit is None else Term(amount, unit),
        chance.choice((0, 0, 1, 3, 9)),
        opened if regime is Regime.ACKNOWLEDGEMENT else None,
    )


MONTH_ENDS = [date(year, month, 1) - timedelta(1) for year in range(2022, 2031) for month in range(1, 13)]


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("unit", [None, *TermUnit])
def test_an_independent_counter_agrees_in_thousands_of_cases(regime: Regime, unit: TermUnit | None) -> None:
    chance = Random(f"{regime}{unit}")  # noqa: S311 - cases, not secrets
    for _ in range(600):
        case = a_case(chance, regime, unit)
        deadline = decide_deadline(
            deposited_at=case.deposited, regime=regime, term=case.term, counting=case.counting, opened_at=case.opened
        )
        assert (deadline.starts_by, deadline.ends_by) == oracle(case)[1:], case
        if regime is not Regime.ACKNOWLEDGEMENT or case.opened is not None:
            assert (deadline.effective_on, deadline.term_starts_on, deadline.term_ends_on) == oracle(case), case


@pytest.mark.parametrize("unit", [None, *TermUnit])
def test_what_an_opening_looks_up_is_what_the_counter_says(unit: TermUnit | None) -> None:
    chance = Random(f"opened {unit}")  # noqa: S311 - cases, not secrets
    for _ in range(400):
        case = a_case(chance, Regime.ACKNOWLEDGEMENT, unit)
        given: dict[str, Any] = {"deposited_at": case.deposited, "term": case.term, "counting": case.counting}
        unopened = decide_deadline(regime=Regime.ACKNOWLEDGEMENT, **given)
        opened = (case.opened or case.deposited + timedelta(days=40)).astimezone(LIMA).date()
        fixed = fix_deadline(unopened, foresee_openings(**given), opened)
        assert (fixed.effective_on, fixed.term_starts_on, fixed.term_ends_on) == oracle(case), case


def test_the_oracle_is_awake() -> None:
    """It knows the case that the former rule had wrong."""
    hours = OfficeHours(time(8, 30), time(16, 30), "")
    deposited = datetime(2026, 3, 10, 15, tzinfo=UTC)
    case = Case(None, hours, deposited, Regime.DEPOSIT, Term(3, TermUnit.MONTHS), 0, None)
    assert oracle(case) == (date(2026, 3, 10), date(2026, 3, 10), date(2026, 6, 10))
