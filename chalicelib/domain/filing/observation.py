"""An observation: made once, in time, or not at all; corrected in time, or the filing counts as not filed (FIL-5).

TUO of the Ley 27444, 136.6 for what is begun by electronic means, with 136.3.1, 136.3.2 and 136.4. How many business
days each side has is the country's data (`BusinessCalendar.filing`). Every end is the rule's date, whenever a job comes
by: what is stored is the observation's instant and the end that was told with it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.alert.reminder_day import MORNING, previous_business_day
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.filing.filing_date import FilingDates

WRITTEN_WITHIN = timedelta(minutes=2)
"""For longer no correction that was sent in time can still be on its way into the store."""
_DAY = timedelta(days=1)


def observable_until(dates: FilingDates, calendar: BusinessCalendar) -> datetime:
    """Return the last second in which the institution may observe a filing, in UTC: days after its legal date."""
    days = calendar.filing.observe_within
    return calendar.end_of_day(calendar.nth_business_day(dates.legal_date + _DAY, days))


def may_observe(dates: FilingDates, now: datetime, calendar: BusinessCalendar) -> bool:
    """Tell whether an observation may be made at an instant: never before the filing, never after its window.

    Whoever calls it sees to it that there was none before: there is one alone (136.6).
    """
    return dates.received_at <= now and is_by(now, observable_until(dates, calendar))


def correctable_until(counts_on: date, calendar: BusinessCalendar) -> datetime:
    """Return the last second in which the holder may correct what was observed, in UTC: days after it counts.

    An observation counts as a notice does, which is made on a business day within hours (18.1). One made outside of
    them counts as of the next business day, which takes nothing from the holder.
    """
    return calendar.end_of_day(calendar.nth_business_day(counts_on + _DAY, calendar.filing.correct_within))


def may_correct(until: datetime, now: datetime) -> bool:
    """Tell whether a correction made at an instant is in time; `until` is what `correctable_until` told."""
    return is_by(now, until)


def remind_at(observed_at: datetime, until: datetime, calendar: BusinessCalendar) -> datetime | None:
    """Return when the holder is reminded, in UTC: the morning of the business day before the last one.

    None where that morning does not come after the observation, whose own alert came late enough.
    """
    day = previous_business_day(calendar.local(until).date(), calendar)
    morning = datetime.combine(day, MORNING, calendar.zone).astimezone(UTC)
    return morning if morning > observed_at else None


def lapses_at(until: datetime) -> datetime:
    """Return the instant from which an uncorrected filing counts as not filed (136.4): the midnight after the end."""
    return until.astimezone(UTC) + timedelta(seconds=1)


def is_by(now: datetime, until: datetime) -> bool:
    """Tell whether an instant is not after a last second, whose fractions belong to it."""
    if now.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return now < lapses_at(until)
