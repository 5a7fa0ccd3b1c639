"""The business-day calendar: which days do not count, each with the norm that declares it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)
_SATURDAY = 5
_LEAST_HOURS = timedelta(hours=8)
FEW_HOURS = "Son menos de ocho horas seguidas: revise el TUO de la Ley N° 27444, art. 149."
"""What is told of such hours, which are never refused."""


@dataclass(frozen=True, slots=True)
class NonWorkingDay:
    """One day that is not a business day, and why."""

    day: date
    name: str
    norm: str


@dataclass(frozen=True, slots=True)
class RegionalDay:
    """A day that is not a business day in one region; with `every_year`, that month and day from that year on."""

    region: str
    day: date
    name: str
    norm: str
    every_year: bool = False


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Hours of attention on business days, on the country's clock, and the norm that sets them."""

    opens_at: time
    closes_at: time
    norm: str

    @property
    def are_few(self) -> bool:
        """Whether they are fewer than the eight in a row that the law asks for (TUO, art. 149)."""
        day = date(2000, 1, 1)
        return datetime.combine(day, self.closes_at) - datetime.combine(day, self.opens_at) < _LEAST_HOURS


class CountsUntil(StrEnum):
    """Until when what is filed on a business day counts as filed that day."""

    MIDNIGHT = "midnight"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class FilingRule:
    """Until when a filing counts as of its own day, and the norm that says so.

    `version` is that of the office or institution whose change brought it; 0 is the country's general rule.
    """

    counts_until: CountsUntil
    norm: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class FilingLaw:
    """What holds for filings where nobody set anything else: the general rule, and the days for an observation.

    `against_closing` is what held that to count until closing is an illegal barrier. `observe_within` are the business
    days in which an institution observes once, `correct_within` those that the holder then has, and `norm` sets both.
    """

    rule: FilingRule
    against_closing: str
    observe_within: int
    correct_within: int
    norm: str


@dataclass(frozen=True, slots=True)
class CalendarEntries:
    """What authorised people entered beside the package's calendar; `version` counts their changes, each kept.

    `confirmed_until` is the last year of which somebody confirmed that every declared day is entered. `withdrawn` are
    days that the package declares by mistake. What is None is as the package has it.
    """

    version: int = 0
    confirmed_until: int | None = None
    declared: tuple[NonWorkingDay, ...] = ()
    withdrawn: tuple[date, ...] = ()
    regional: tuple[RegionalDay, ...] = ()
    hours: OfficeHours | None = None


NO_ENTRIES = CalendarEntries()


@dataclass(frozen=True, slots=True, eq=False)
class BusinessCalendar:
    """A country's business days: not Saturdays, Sundays, statutory holidays or declared non-working days (REC-3).

    `version` names exactly the days excluded, e.g. `PE-2025.1.3+regional:3f2a9c01`: the country, the last year whose
    declared days are known, the revision of the package's data, the version of what was entered beside it, and the
    institution's region. Later years lack the decrees that are yet to come. `regional` are all regions' days, of which
    `with_regional` excludes those of one. Source: TUO of the Ley 27444, arts. 145.1 and 148.
    """

    country: str
    zone: ZoneInfo
    version: str
    declared_until: int
    declared: Mapping[date, NonWorkingDay]
    statutory: Callable[[int], Mapping[date, NonWorkingDay]]
    """The statutory holidays of a year, remembered once computed."""
    hours: OfficeHours
    filing: FilingLaw
    regional: tuple[RegionalDay, ...] = ()

    def local(self, instant: datetime) -> datetime:
        """Show an aware instant on the country's clock.

        Raises:
            ValueError: the instant has no zone, so it names no moment.

        """
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant.astimezone(self.zone)

    def reason(self, day: date) -> NonWorkingDay | None:
        """Say which norm excludes a day; None for a business day and for a plain Saturday or Sunday."""
        return self.statutory(day.year).get(day) or self.declared.get(day)

    def is_business_day(self, day: date) -> bool:
        """Whether terms in business days count it, and whether a term can end on it."""
        return day.weekday() < _SATURDAY and day not in self.declared and day not in self.statutory(day.year)

    def roll_forward(self, day: date) -> date:
        """Return the day itself when it is a business day, else the next one."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def next_business_day(self, day: date) -> date:
        """Return the first business day strictly after."""
        return self.roll_forward(day + _DAY)

    def nth_business_day(self, first: date, number: int) -> date:
        """Return the `number`-th business day, where `first` is the 1st if it is one, else the next one is."""
        day = self.roll_forward(first)
        for _ in range(number - 1):
            day = self.next_business_day(day)
        return day

    def end_of_term(self, begun: datetime, number: int) -> datetime:
        """Return the last second of the `number`-th business day after the one on which a term was begun, in UTC."""
        return self.end_of_day(self.nth_business_day(self.local(begun).date() + _DAY, number))

    def end_of_day(self, day: date) -> datetime:
        """Return the last second of a local day, in UTC."""
        return datetime.combine(day, _LAST_SECOND, self.zone).astimezone(UTC)

    def with_entries(self, entries: CalendarEntries) -> BusinessCalendar:
        """Add what was entered by hand; a day that the package declares too keeps the package's norm."""
        if not entries.version:
            return self
        kept = {day: found for day, found in self.declared.items() if day not in entries.withdrawn}
        until = max(self.declared_until, entries.confirmed_until or self.declared_until)
        _, _, revision = self.version.partition(".")
        return replace(
            self,
            version=f"{self.country}-{until}.{revision}.{entries.version}",
            declared_until=until,
            declared={entry.day: entry for entry in entries.declared} | kept,
            hours=entries.hours or self.hours,
            regional=entries.regional,
        )

    def with_regional(self, days: tuple[NonWorkingDay, ...], region: str | None = None) -> BusinessCalendar:
        """Exclude the days of a region, and some days more; the version tells them apart, whatever their order."""
        regional = tuple(entry for entry in self.regional if entry.region == region)
        if not days and not regional:
            return self
        lines = {(entry.day.isoformat(), entry.name, entry.norm) for entry in days}
        yearly = {(f"{entry.day}{'/*' * entry.every_year}", entry.name, entry.norm) for entry in regional}
        digest = hashlib.sha256(json.dumps(sorted(lines | yearly)).encode()).hexdigest()[:8]
        once = [NonWorkingDay(entry.day, entry.name, entry.norm) for entry in regional if not entry.every_year]
        recurring = tuple(
            _Rule(entry.name, entry.norm, range(entry.day.year, MAXYEAR + 1), entry.day.month, entry.day.day, None)
            for entry in regional
            if entry.every_year
        )
        return replace(
            self,
            declared={entry.day: entry for entry in (*once, *days)} | dict(self.declared),
            statutory=cache(partial(_beside, self.statutory, recurring)) if recurring else self.statutory,
            version=f"{self.version}+regional:{digest}",
        )


def calendar_from_json(data: Mapping[str, Any]) -> BusinessCalendar:
    """Build a calendar from its document, whose shape is that of `chalicelib/calendars/PE.json`.

    `holidays` recur every year from `from_year` to `until_year`, on a `month` and `day` or `easter` days from Easter
    Sunday; `declared` lists the `days` of each decree; `hours` are the general hours of attention, `filing` the general
    law of filings. `certainty` and `note` are for the people who keep it.

    Raises:
        KeyError: a part is missing.
        ValueError: a date does not exist, a zone is unknown, or two decrees declare the same day.

    """
    declared = {}
    for decree in data["declared"]:
        for day in map(date.fromisoformat, decree["days"]):
            if day in declared:
                raise ValueError(f"{day} is declared twice")
            declared[day] = NonWorkingDay(day, decree["name"], decree["norm"])
    rules = tuple(_rule(entry) for entry in data["holidays"])
    return BusinessCalendar(
        country=data["country"],
        zone=ZoneInfo(data["zone"]),
        version=f"{data['country']}-{data['declared_until']}.{data['revision']}",
        declared_until=data["declared_until"],
        declared=declared,
        statutory=cache(partial(_holidays_of, rules)),
        hours=OfficeHours(
            time.fromisoformat(data["hours"]["opens_at"]),
            time.fromisoformat(data["hours"]["closes_at"]),
            data["hours"]["norm"],
        ),
        filing=_filing_law(data["filing"]),
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A holiday that comes every year between two years, both included."""

    name: str
    norm: str
    years: range
    month: int
    day: int
    easter: int | None

    def in_year(self, year: int) -> NonWorkingDay:
        moved = self.easter is not None
        day = _easter_sunday(year) + timedelta(days=self.easter or 0) if moved else date(year, self.month, self.day)
        return NonWorkingDay(day, self.name, self.norm)


def _rule(entry: Mapping[str, Any]) -> _Rule:
    years = range(entry.get("from_year", MINYEAR), entry.get("until_year", MAXYEAR) + 1)
    easter = entry.get("easter")
    month, day = (1, 1) if easter is not None else (entry["month"], entry["day"])
    date(MINYEAR, month, day)  # refuses a date that does not exist, and 29 February, which does not come every year
    return _Rule(entry["name"], entry["norm"], years, month, day, easter)


def _filing_law(data: Mapping[str, Any]) -> FilingLaw:
    observation = data["observation"]
    return FilingLaw(
        FilingRule(CountsUntil(data["counts_until"]), data["norm"]),
        data["against_closing"],
        observation["observe_within"],
        observation["correct_within"],
        observation["norm"],
    )


def _holidays_of(rules: tuple[_Rule, ...], year: int) -> Mapping[date, NonWorkingDay]:
    found = (rule.in_year(year) for rule in rules if year in rule.years)
    return {holiday.day: holiday for holiday in found}


def _beside(
    holidays: Callable[[int], Mapping[date, NonWorkingDay]], rules: tuple[_Rule, ...], year: int
) -> Mapping[date, NonWorkingDay]:
    return {**_holidays_of(rules, year), **holidays(year)}


def _easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar (the algorithm of Meeus, Astronomical Algorithms, ch. 8)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
