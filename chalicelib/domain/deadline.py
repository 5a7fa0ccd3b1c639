"""Regimes, terms and deadlines: when a notice takes effect and when its term starts and ends.

Articles are those of the Ley 27444, with the number they have in its consolidated text (TUO, D.S. 004-2019-JUS).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar
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
class Deadline:
    """Legal dates in the country's zone.

    Under `acknowledgement`, before the first opening, the first three are None, since they depend on it;
    `starts_by` and `ends_by` then say the latest they can be. Otherwise those equal the fixed dates.
    `ends_by` and `term_ends_on` are None when the notice has no term.
    """

    effective_on: date | None
    term_starts_on: date | None
    term_ends_on: date | None
    starts_by: date
    ends_by: date | None
    calendar_version: str


@dataclass(frozen=True, slots=True)
class TermStart:
    """One of the days on which a term can start, and its end from there; None without a term."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class OpeningDates:
    """What a first opening will fix under `acknowledgement`, decided for every day it can happen on.

    Frozen at deposit, so that the calendar, the closing time and the regional days are those of then. `counts_on` is
    the legal date of the deposit; `starts` are the six business days after it, the last being that without an opening.
    """

    counts_on: date
    starts: tuple[TermStart, ...]


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


def decide_deadline(  # noqa: PLR0913 - each is one of the facts that the law looks at
    *,
    deposited_at: datetime,
    regime: Regime,
    term: Term | None,
    calendar: BusinessCalendar,
    closes_at: time | None = None,
    opened_at: datetime | None = None,
) -> Deadline:
    """Decide the legal dates of a notice; instants are aware, dates are those of the calendar's zone.

    `closes_at` is the institution's local closing time (see `legal_date`); `opened_at` is the first opening, which
    only `acknowledgement` looks at. Never called again for a deadline already fixed: what was issued stays.

    - `deposit`: effective on the legal date, the term starts the next business day (arts. 25 and 133.1, TUO 144.1).
    - `acknowledgement`: effective on the opening, the term starts the next business day; without an opening in the
      five business days after the legal date, both are the sixth (Ley 31736, second-hand).
    - `immediate`: effective on the day of deposit at any hour, and the term starts that same day.

    Raises:
        ValueError: an instant has no zone.

    """
    effective: date | None
    if regime is Regime.IMMEDIATE:
        effective = starts = calendar.local(deposited_at).date()
    else:
        effective = legal_date(deposited_at, calendar, closes_at)
        starts = calendar.next_business_day(effective)
    if regime is Regime.ACKNOWLEDGEMENT:
        effective, starts = _acknowledged(effective, opened_at, calendar)
    ends = None if term is None else _end_of(term, starts, calendar)
    if effective is None:
        return Deadline(None, None, None, starts, ends, calendar.version)
    return Deadline(effective, starts, ends, starts, ends, calendar.version)


def foresee_openings(
    *, deposited_at: datetime, term: Term | None, calendar: BusinessCalendar, closes_at: time | None = None
) -> OpeningDates:
    """Decide under `acknowledgement` what an opening on each day will fix; see `decide_deadline`."""
    counts_on = legal_date(deposited_at, calendar, closes_at)
    days = [calendar.nth_business_day(counts_on + _DAY, number) for number in range(1, _STARTS_UNOPENED + 1)]
    starts = tuple(TermStart(day, None if term is None else _end_of(term, day, calendar)) for day in days)
    return OpeningDates(counts_on, starts)


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
        start = next(start for start in openings.starts if start.starts_on > effective)
    return Deadline(
        effective, start.starts_on, start.ends_on, start.starts_on, start.ends_on, deadline.calendar_version
    )


def deadline_on(deadline: Deadline, today: date) -> Deadline:
    """Give the dates of an unopened notice as they stand on a local day: fixed once the sixth business day came."""
    return deadline if today < deadline.starts_by else fix_deadline(deadline, None, today)


def legal_date(instant: datetime, calendar: BusinessCalendar, closes_at: time | None) -> date:
    """Give the date on which something that arrived counts, in the calendar's zone.

    With a closing time, what arrives after it or on a non-business day counts as of the next business day; on the
    very second of closing it is in time. Without one, everything counts on its own day, even a Saturday.
    """
    local = calendar.local(instant)
    if closes_at is None:
        return local.date()
    if local.time() > closes_at:
        return calendar.next_business_day(local.date())
    return calendar.roll_forward(local.date())


def _acknowledged(deposited: date, opened_at: datetime | None, calendar: BusinessCalendar) -> tuple[date | None, date]:
    """Give the effective date, None while nobody opened, and the start of the term, then the latest possible.

    An opening before the legal date of the deposit counts on that date: nothing takes effect before it is deposited.
    """
    latest = calendar.nth_business_day(deposited + _DAY, _STARTS_UNOPENED)
    if opened_at is None:
        return None, latest
    opened = max(calendar.local(opened_at).date(), deposited)
    if opened >= latest:
        return latest, latest
    return opened, calendar.next_business_day(opened)


def _end_of(term: Term, starts: date, calendar: BusinessCalendar) -> date:
    """Count a term whose first day is `starts`; a last day that is no business day rolls to the next one.

    Business days: art. 134.1 (TUO 145.1). Rolling: art. 134.2 (TUO 145.2). Months run date to date, and where the
    last month lacks that date, to the first business day of the next one: art. 134.3 (TUO 145.3).
    """
    if term.unit is TermUnit.BUSINESS_DAYS:
        return calendar.nth_business_day(starts, term.amount)
    if term.unit is TermUnit.CALENDAR_DAYS:
        return calendar.roll_forward(starts + (term.amount - 1) * _DAY)
    return calendar.roll_forward(_months_after(starts, term.amount))


def _months_after(day: date, months: int) -> date:
    """Give the same day of a later month, or the 1st of the month after it where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)  # never December, which has every day
