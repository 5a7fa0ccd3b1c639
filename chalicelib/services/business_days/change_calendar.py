"""Change what was entered of the calendar: read it, decide, and keep the version that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.business_days.calendar_changes import Decision
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries
from chalicelib.domain.event import EventType
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.institution_keys import CALENDAR_KEY


@dataclass(frozen=True, slots=True)
class CalendarTools:
    """Where entries are kept, beside what, and who changes them."""

    calendars: CalendarStore
    package: BusinessCalendar
    act: OperatorAct

    @property
    def today(self) -> date:
        """The day in the country."""
        return self.package.local(self.act.clock()).date()


@dataclass(frozen=True, slots=True)
class ChangedCalendar:
    """The entries in force, the calendar as it was before, and what changed: empty where nothing did."""

    entries: CalendarEntries
    before: BusinessCalendar
    change: str


def change_calendar(decide: Callable[[CalendarEntries], Decision], tools: CalendarTools) -> ChangedCalendar:
    """Have a rule decide on what is in force, and keep what it decided as the next version, with its event.

    Raises:
        CalendarChanged: somebody else changed it meanwhile; nothing was done.
        InvalidInput, NotFound, Conflict: as the rule.

    """
    found = tools.calendars.find()
    decision, before = decide(found), tools.package.with_entries(found)
    if not decision.change:
        return ChangedCalendar(found, before, "")
    act, now = tools.act, tools.act.clock()
    version = CalendarVersion(decision.entries, now, act.operator, decision.change, act.reason)
    number = str(decision.entries.version)
    event = act.event(CALENDAR_KEY, EventType.CALENDAR_CHANGED, now, version=number, change=decision.change)
    tools.calendars.change(version, event)
    return ChangedCalendar(decision.entries, before, decision.change)
