"""Regimes, terms and deadlines: when a notice takes effect and when its term starts and ends.

Articles are those of the consolidated text (TUO, D.S. 004-2019-JUS) of the Ley 27444.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar, OfficeHours
from chalicelib.domain.errors import InvalidInput

MAX_DAYS = 730
MAX_MONTHS = 60
_DAY = timedelta(days=1)
_STARTS_UNOPENED = 6
"""Business day after the deposit on which the term starts if nobody opened the notice in the five before it."""


class Regime(StrEnum):
    """What decides when a notice takes effect (REC-2); fixed at deposit."""

    DEPOSIT = "deposit"
    ACKNOWLEDGEMENT = "acknowledgement"
    IMMEDIATE = "immediate"


class TermUnit(StrEnum):
    """How a term counts."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Term:
    """How long the holder has."""

    amount: int
    unit: TermUnit


@dataclass(frozen=True, slots=True)
class Distance:
    """What a table of término de la distancia adds for who lives in a place: business days, and by which norm (146)."""

    place: str
    days: int
    norm: str


@dataclass(frozen=True, slots=True)
class Counting:
    """By what the dates of one notice are counted: frozen with it, so that what was issued stays.

    `calendar` has the institution's region in it. `distance` is the término de la distancia in business days (146).
    """

    calendar: BusinessCalendar
    hours: OfficeHours
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """Legal dates in the country's zone.

    Under `acknowledgement`, before the first opening, the first three are None, since they depend on it;
    `starts_by` and `ends_by` then say the latest they can be. Otherwise those equal the fixed dates.
    `ends_by` and `term_ends_on` are None when the notice has no term. A term in months starts with the notification
    itself, one in days on the day after it. `confirmed_until` is the last year whose declared days were known then.
    """

    effective_on: date | None
    term_starts_on: date | None
    term_ends_on: date | None
    starts_by: date
    ends_by: date | None
    calendar_version: str
    confirmed_until: int | None = None

    @property
    def unconfirmed_year(self) -> int | None:
        """The first year after the last confirmed one, where the dates can reach beyond that; else None."""
        latest = self.ends_by or self.starts_by
        if self.confirmed_until is None or latest.year <= self.confirmed_until:
            return None
        return self.confirmed_until + 1


@dataclass(frozen=True, slots=True)
class TermStart:
    """The day on which a term starts when the notice takes effect on `effective_on`, and its end; None without a term.

    Where packages before foresaw it, `effective_on` is None: it stands for the days before `starts_on`.
    """

    starts_on: date
    ends_on: date | None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpeningDates:
    """What a first opening will fix under `acknowledgement`, decided for every day it can happen on.

    Frozen at deposit, so that the calendar, the hours and the regional days are those of then. `counts_on` is the
    legal date of the deposit; `starts` has each day from it to the sixth business day after it, which is the last.
    """

    counts_on: date
    starts: tuple[TermStart, ...]

    def start_of(self, effective: date) -> TermStart:
        """Return what was foreseen for a day before the sixth business day."""
        return next(start for start in self.starts if _is_for(start, effective))


def parse_term(amount: object, unit: object, *, field: str = "term") -> Term:
    """Read a term as sent in a field: a whole number from 1 to 730 days of either kind, or to 60 months.

    Raises:
        InvalidInput: `term_invalid`, with the field's `unit` or `amount`, e.g. `term.unit`.

    """
    if not isinstance(unit, str) or unit not in set(TermUnit):
        detail = "La unidad del plazo debe ser business_days (días hábiles), calendar_days (días calendario) o months."
        raise InvalidInput("term_invalid", detail, field=f"{field}.unit")
    parsed = TermUnit(unit)
    limit, noun = (MAX_MONTHS, "meses") if parsed is TermUnit.MONTHS else (MAX_DAYS, "días")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= limit:
        detail = f"El plazo debe ser un número entero de 1 a {limit} {noun}."
        raise InvalidInput("term_invalid", detail, field=f"{field}.amount")
    return Term(amount, parsed)


def decide_deadline(
    *,
    deposited_at: datetime,
    regime: Regime,
    term: Term | None,
    counting: Counting,
    opened_at: datetime | None = None,
) -> Deadline:
    """Decide the legal dates of a notice; instants are aware, dates are those of the calendar's zone.

    `opened_at` is the first opening, which only `acknowledgement` looks at. Never called again for a deadline already
    fixed: what was issued stays.

    - `deposit`: effective on the legal date, and a term in days starts the next business day (20.4, 25, 144.1).
    - `acknowledgement`: effective on the opening, and a term in days starts the next business day; without an opening
      in the five business days after the legal date, both are the sixth (Ley 31736, 5.6; the sixth day is practice).
    - `immediate`: effective on the day of deposit at any hour, and the term starts that same day (25, last part).

    A term in months starts with the notification itself, whatever the regime (144.2).

    Raises:
        ValueError: an instant has no zone.

    """
    calendar = counting.calendar
    if regime is Regime.IMMEDIATE:
        day = calendar.local(deposited_at).date()
        return _fixed(TermStart(day, _end_of(term, day, day, counting), day), counting)
    counts_on = legal_date(deposited_at, calendar, counting.hours)
    if regime is Regime.DEPOSIT:
        return _fixed(_start_after(counts_on, term, counting), counting)
    latest = _unopened(counts_on, term, counting)
    if opened_at is None:
        return Deadline(None, None, None, latest.starts_on, latest.ends_on, calendar.version, calendar.declared_until)
    opened = max(calendar.local(opened_at).date(), counts_on)
    return _fixed(latest if opened >= latest.starts_on else _start_after(opened, term, counting), counting)


def foresee_openings(*, deposited_at: datetime, term: Term | None, counting: Counting) -> OpeningDates:
    """Decide under `acknowledgement` what an opening on each day will fix; see `decide_deadline`.

    An opening before the legal date of the deposit counts on that date: nothing takes effect before it is deposited.
    """
    counts_on = legal_date(deposited_at, counting.calendar, counting.hours)
    latest = _unopened(counts_on, term, counting)
    days = (counts_on + number * _DAY for number in range((latest.starts_on - counts_on).days))
    return OpeningDates(counts_on, (*(_start_after(day, term, counting) for day in days), latest))


def fix_deadline(deadline: Deadline, openings: OpeningDates | None, opened_on: date) -> Deadline:
    """Give the dates that a first opening on a local day fixes, by looking up what was decided at the deposit.

    On the sixth business day and later, what took effect without an opening stands. So it does where nothing was
    foreseen: those are the latest dates, which take nothing from the holder.
    """
    if deadline.effective_on is not None:
        return deadline
    latest = TermStart(deadline.starts_by, deadline.ends_by)
    effective, start = deadline.starts_by, latest
    if openings is not None and opened_on < deadline.starts_by:
        effective = max(opened_on, openings.counts_on)
        start = openings.start_of(effective)
    return replace(
        deadline,
        effective_on=effective,
        term_starts_on=start.starts_on,
        term_ends_on=start.ends_on,
        starts_by=start.starts_on,
        ends_by=start.ends_on,
    )


def deadline_on(deadline: Deadline, today: date) -> Deadline:
    """Give the dates of an unopened notice as they stand on a local day: fixed once the sixth business day came."""
    return deadline if today < deadline.starts_by else fix_deadline(deadline, None, today)


def legal_date(instant: datetime, calendar: BusinessCalendar, hours: OfficeHours) -> date:
    """Give the date on which something that arrived counts, in the calendar's zone (18.1; Ley 31736, 5.2).

    Within the hours of a business day it counts that day, on the very second of opening and of closing too. Everything
    else counts as of the next business day: before opening too, since of two readings the later harms nobody.
    """
    local = calendar.local(instant)
    day = local.date()
    if calendar.is_business_day(day) and hours.opens_at <= local.time() <= hours.closes_at:
        return day
    return calendar.next_business_day(day)


def _is_for(start: TermStart, effective: date) -> bool:
    return start.starts_on > effective if start.effective_on is None else start.effective_on == effective


def _fixed(start: TermStart, counting: Counting) -> Deadline:
    calendar, starts, ends = counting.calendar, start.starts_on, start.ends_on
    return Deadline(
        start.effective_on, starts, ends, starts, ends, calendar.version, confirmed_until=calendar.declared_until
    )


def _start_after(effective: date, term: Term | None, counting: Counting) -> TermStart:
    """Start a term of a notice that takes effect on a day: in months on that day, else on the next business day."""
    is_in_months = term is not None and term.unit is TermUnit.MONTHS
    starts = effective if is_in_months else counting.calendar.next_business_day(effective)
    return TermStart(starts, _end_of(term, starts, effective, counting), effective)


def _unopened(counts_on: date, term: Term | None, counting: Counting) -> TermStart:
    """Start a term of a notice that nobody opens: it takes effect, and its term starts, on the sixth business day."""
    latest = counting.calendar.nth_business_day(counts_on + _DAY, _STARTS_UNOPENED)
    return TermStart(latest, _end_of(term, latest, latest, counting), latest)


def _end_of(term: Term | None, starts: date, effective: date, counting: Counting) -> date | None:
    """Count a term; a last day that is no business day rolls to the next one, and the distance is added (145, 146).

    Months run date to date from the notification, and where the last month lacks that date, to the first business day
    of the next one (144.2, 145.3).
    """
    if term is None:
        return None
    calendar = counting.calendar
    if term.unit is TermUnit.BUSINESS_DAYS:
        ends = calendar.nth_business_day(starts, term.amount)
    elif term.unit is TermUnit.CALENDAR_DAYS:
        ends = calendar.roll_forward(starts + (term.amount - 1) * _DAY)
    else:
        ends = calendar.roll_forward(_months_after(effective, term.amount))
    return calendar.nth_business_day(ends + _DAY, counting.distance) if counting.distance else ends


def _months_after(day: date, months: int) -> date:
    """Give the same day of a later month, or the 1st of the month after it where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)  # never December, which has every day
