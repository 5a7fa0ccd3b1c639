"""When a notice that nobody opened is reminded of: two business days before what it warns of ends, in the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.domain.alert.alert_batch import Expiry
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import Deadline, Regime

BUSINESS_DAYS_BEFORE = 2
MORNING = time(8)
"""In the calendar's zone."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """When to remind, an instant in UTC, and of what."""

    at: datetime
    expiry: Expiry


def plan_reminder(
    regime: Regime, deadline: Deadline, *, deposited_at: datetime, calendar: BusinessCalendar
) -> PlannedReminder | None:
    """Decide it at the deposit, with the calendar of then; None where nothing ends, or it ends too soon.

    Under `acknowledgement` it warns of the last of the five business days in which an opening counts; after them the
    notice takes effect all the same. Under the other regimes it warns of the end of the term. Where the day would not
    be after that of the deposit, the alert itself came late enough.
    """
    expiry = _expiry(regime, deadline, calendar)
    if expiry is None:
        return None
    day = expiry.day
    for _ in range(BUSINESS_DAYS_BEFORE):
        day = previous_business_day(day, calendar)
    if day <= calendar.local(deposited_at).date():
        return None
    return PlannedReminder(datetime.combine(day, MORNING, calendar.zone).astimezone(UTC), expiry)


def end_of_day(day: date, calendar: BusinessCalendar) -> datetime:
    """Return the instant in UTC at which a local day is over."""
    return datetime.combine(day + _DAY, time(), calendar.zone).astimezone(UTC)


def previous_business_day(day: date, calendar: BusinessCalendar) -> date:
    """Return the last business day before a day."""
    before = day - _DAY
    while not calendar.is_business_day(before):
        before -= _DAY
    return before


def _expiry(regime: Regime, deadline: Deadline, calendar: BusinessCalendar) -> Expiry | None:
    if regime is Regime.ACKNOWLEDGEMENT:
        return Expiry(previous_business_day(deadline.starts_by, calendar), is_of_term=False)
    return None if deadline.term_ends_on is None else Expiry(deadline.term_ends_on, is_of_term=True)
