from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from chalicelib.domain.business_days.calendar_version import CalendarChanged, CalendarVersion
from chalicelib.domain.calendar import CalendarEntries, NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.event import Event, EventType
from chalicelib.store.calendar_store import CalendarStore, calendar_entries_from
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.tables import InstitutionItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import NOW

DAY = NonWorkingDay(date(2026, 5, 4), "Día no laborable", "D.S. 000-2026-PCM")
FULL = CalendarEntries(
    version=1,
    confirmed_until=2026,
    declared=(DAY,),
    withdrawn=(date(2025, 5, 2),),
    regional=(RegionalDay("arequipa", date(2026, 8, 15), "Aniversario", "Ley 24875", every_year=True),),
    hours=OfficeHours(time(8), time(17), "D.S. 000-2026-PCM"),
)


@pytest.fixture
def calendars(engine: dict[str, str]) -> CalendarStore:
    return CalendarStore(bound(engine))


def a_version(entries: CalendarEntries = FULL, **overrides: Any) -> CalendarVersion:
    version = CalendarVersion(entries, NOW, "operator:rquispe", "declara 2026-05-04", "Decreto publicado")
    return replace(version, **overrides)


def an_event(event_id: str = "e1") -> Event:
    return Event(CALENDAR_KEY, EventType.CALENDAR_CHANGED, NOW, event_id, "operator:rquispe")


def test_a_calendar_that_nobody_changed_is_version_zero(calendars: CalendarStore) -> None:
    assert calendars.find() == CalendarEntries() == calendar_entries_from(None)
    assert calendars.find_version(1) is None
    assert calendars.newest_versions(9, limit=5) == ()


def test_every_version_is_kept_as_it_was_and_the_last_is_in_force(calendars: CalendarStore) -> None:
    second = a_version(replace(FULL, version=2, declared=()), change="retira 04/05/2026")
    calendars.change(a_version(), an_event())
    calendars.change(second, an_event("e2"))

    assert calendars.find() == second.entries
    assert calendar_entries_from(InstitutionItem.get(CALENDAR_KEY, CURRENT)) == second.entries
    assert (calendars.find_version(1), calendars.find_version(2)) == (a_version(), second)
    assert calendars.newest_versions(2, limit=5) == (second, a_version())
    assert calendars.newest_versions(2, limit=1) == (second,)
    assert calendars.newest_versions(1, limit=5) == (a_version(),)
    assert calendars.newest_versions(0, limit=5) == ()
    assert [event.event_id for event in EventStore().list_for_subject(CALENDAR_KEY)] == ["e1", "e2"]


@pytest.mark.parametrize("number", [1, 3])
def test_what_follows_no_version_in_force_changes_nothing(calendars: CalendarStore, number: int) -> None:
    calendars.change(a_version(), an_event())

    with pytest.raises(CalendarChanged, match="calendar_changed"):
        calendars.change(a_version(replace(FULL, version=number, declared=())), an_event("e2"))

    assert calendars.find() == FULL
    assert calendars.find_version(3) is None
    assert len(EventStore().list_for_subject(CALENDAR_KEY)) == 1


@pytest.mark.ministack
def test_of_eight_changes_at_once_one_counts_and_the_others_are_told(ministack: dict[str, str]) -> None:
    calendars = CalendarStore(bound(ministack))

    def change(number: int) -> None:
        mine = replace(DAY, name=f"Día {number}")
        calendars.change(a_version(replace(FULL, declared=(mine,))), an_event(f"e{number}"))

    results = at_once(8, change)

    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, CalendarChanged) for result in results if result is not None)
    assert calendars.newest_versions(9, limit=9) == (a_version(calendars.find()),)
    assert len(EventStore().list_for_subject(CALENDAR_KEY)) == 1
