"""By what an office receives filings: its rule, its hours, the calendar of where it stands (FIL-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar, FilingRule, OfficeHours
from chalicelib.domain.filing.filing_date import FilingDates, settle
from chalicelib.domain.sender.institution import Institution, counting_of
from chalicelib.domain.sender.office import Office, as_office


@dataclass(frozen=True, slots=True)
class Receiving:
    """What settles the dates of a filing; `calendar` has the regional days in it."""

    rule: FilingRule
    hours: OfficeHours
    calendar: BusinessCalendar

    def settle(self, received_at: datetime) -> FilingDates:
        """Settle the dates of what arrives at an instant."""
        return settle(received_at, self.rule, self.hours, self.calendar)


def receiving_of(institution: Institution, office: Office | None, calendar: BusinessCalendar) -> Receiving:
    """Return by what an institution receives at one of its offices, or without one: the office's own, else its own.

    `office` is as it was at the filing's instant. Hours and region are decided as for deposits, the rule likewise.
    """
    receives = as_office(institution, office)
    counting = counting_of(receives, calendar, None)
    return Receiving(receives.filing_rule or calendar.filing.rule, counting.hours, counting.calendar)
