"""When a filing counts, when its office attends to it, and from when the institution's term runs (FIL-3).

Articles are those of the consolidated text (TUO, D.S. 004-2019-JUS) of the Ley 27444.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalicelib.domain.calendar import BusinessCalendar, CountsUntil, FilingRule, OfficeHours

__all__ = ["CountsUntil", "FilingDates", "FilingRule", "answer_due", "settle"]


@dataclass(frozen=True, slots=True)
class FilingDates:
    """What is settled of a filing at the instant it arrives, and never computed again.

    `received_at` and `attended_from` are instants in UTC, the other two dates of the country's zone. `rule` is what
    they were settled by; `confirmed_until` is the last year whose declared days were known then.
    """

    received_at: datetime
    legal_date: date
    attended_from: datetime
    term_starts: date
    rule: FilingRule | None = None
    calendar_version: str = ""
    confirmed_until: int | None = None

    @property
    def unconfirmed_year(self) -> int | None:
        """The first year after the last confirmed one, where the dates reach beyond that; else None."""
        if self.confirmed_until is None or self.term_starts.year <= self.confirmed_until:
            return None
        return self.confirmed_until + 1


def settle(received_at: datetime, rule: FilingRule, hours: OfficeHours, calendar: BusinessCalendar) -> FilingDates:
    """Settle the dates of what arrives at an aware instant, at an office with such hours.

    `calendar` has the office's region in it. The second that a receipt prints decides: a fraction of it changes
    nothing, so that 23:59:59.999999 belongs to the day that ends.

    - Filed on a business day it counts as that day, before opening too. Under `CLOSING` what comes after the second of
      closing counts as of the next business day; that second itself is in time, as for deposits (18.1, 128.1, 134).
    - On another day it counts as of the next business day.
    - The office attends to it at once within its hours, the second of opening included and that of closing not: at
      closing nobody begins. Otherwise from when it next opens.
    - The institution's term starts on the business day after the legal date (142.1).

    Raises:
        ValueError: the instant has no zone.

    """
    local = calendar.local(received_at)
    day, second = local.date(), local.time().replace(microsecond=0)
    is_business_day = calendar.is_business_day(day)
    is_late = rule.counts_until is CountsUntil.CLOSING and second > hours.closes_at
    legal_date = day if is_business_day and not is_late else calendar.next_business_day(day)
    if is_business_day and hours.opens_at <= second < hours.closes_at:
        attended_from = received_at
    else:
        is_before = is_business_day and second < hours.opens_at
        opens_on = day if is_before else calendar.next_business_day(day)
        attended_from = datetime.combine(opens_on, hours.opens_at, calendar.zone)
    return FilingDates(
        received_at.astimezone(UTC),
        legal_date,
        attended_from.astimezone(UTC),
        calendar.next_business_day(legal_date),
        rule,
        calendar.version,
        calendar.declared_until,
    )


def answer_due(dates: FilingDates, days: int, calendar: BusinessCalendar) -> date:
    """Return the last day of the term for the answer, of so many business days.

    After an observation, `dates` are those of the correction: the term is counted once it was made (142.1), and while
    it is pending none runs (136.3.1, 136.6).
    """
    return calendar.nth_business_day(dates.term_starts, days)
