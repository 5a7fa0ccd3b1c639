"""A filing is settled by its office as it was at its instant, and by the calendar as entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.domain.calendar import CalendarEntries, CountsUntil, FilingRule, NonWorkingDay
from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office
from chalicelib.services.filing.receive_at import ReceivingTools, receive_at
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.codec import to_data
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.tables import InstitutionItem
from tests.calendars import PERU
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID

INSTITUTION = Institution(INSTITUTION_ID, "Entidad", "Av. 1", "", InstitutionState.ACTIVE)
BEGUN = datetime(2026, 3, 2, 15, tzinfo=UTC)
CHANGED = datetime(2026, 3, 10, 20, tzinfo=UTC)
OFFICE = Office("K7M3", INSTITUTION_ID, "Oficina Sur", "Jr. Ejemplo 4", opens_at=time(8), closes_at=time(16))
RULE = FilingRule(CountsUntil.CLOSING, "Ordenanza de ejemplo", 2)
YESTERDAY = datetime(2026, 3, 10, 19, tzinfo=UTC)
"""At 14:00 in Lima, an hour before the change."""


@pytest.fixture
def tools(engine: dict[str, str]) -> ReceivingTools:
    connection = bound(engine)
    offices = OfficeStore(connection)

    def event(at: datetime, number: str) -> Event:
        return Event(f"institution#{INSTITUTION_ID}", EventType.OFFICE_CHANGED, at, number, "staff:s1")

    offices.add(OFFICE, event(BEGUN, "e1"))
    changed = replace(OFFICE, opens_at=time(9), closes_at=time(13), filing_rule=RULE, version=2)
    offices.update(changed, event(CHANGED, "e2"))
    return ReceivingTools(offices, CalendarStore(connection), PERU)


def test_hours_and_rule_that_changed_hold_from_their_instant_on(tools: ReceivingTools) -> None:
    before = receive_at(INSTITUTION, "K7M3", YESTERDAY, tools)
    assert (before.rule, before.hours.closes_at) == (PERU.filing.rule, time(16))
    assert before.settle(YESTERDAY).attended_from == YESTERDAY
    assert receive_at(INSTITUTION, "K7M3", CHANGED - timedelta(microseconds=1), tools) == before
    after = receive_at(INSTITUTION, "K7M3", CHANGED, tools)
    assert (after.rule, after.hours.closes_at) == (RULE, time(13))
    dates = after.settle(YESTERDAY + timedelta(days=1))
    assert (dates.legal_date, dates.rule) == (date(2026, 3, 12), RULE)
    assert dates.attended_from == datetime(2026, 3, 12, 14, tzinfo=UTC)


def test_an_office_that_was_not_there_yet_receives_nothing(tools: ReceivingTools) -> None:
    for office_id, at in (("K7M3", BEGUN - timedelta(seconds=1)), ("K7M", CHANGED), ("-", CHANGED)):
        with pytest.raises(NotFound, match=r"^office_unknown"):
            receive_at(INSTITUTION, office_id, at, tools)


def test_without_an_office_the_institution_receives_and_days_that_were_entered_count(tools: ReceivingTools) -> None:
    day = NonWorkingDay(date(2026, 3, 10), "Duelo nacional", "D.S. de ejemplo")
    entries = CalendarEntries(1, declared=(day,))
    InstitutionItem(CALENDAR_KEY, CURRENT, data=to_data(entries), version=1).save()
    found = receive_at(replace(INSTITUTION, filing_rule=RULE), None, YESTERDAY, tools)
    assert (found.rule, found.hours) == (RULE, PERU.hours)
    assert found.settle(YESTERDAY).legal_date == date(2026, 3, 11)


def test_an_office_of_many_versions_is_found_as_of_any_instant(tools: ReceivingTools) -> None:
    for number in range(3, 50):
        at = CHANGED + timedelta(days=number)
        office = replace(OFFICE, address=f"Jr. {number}", version=number)
        event = Event(f"institution#{INSTITUTION_ID}", EventType.OFFICE_CHANGED, at, f"v{number}", "staff:s1")
        tools.offices.update(office, event)
    for number in (3, 20, 49):
        found = tools.offices.find_at(INSTITUTION_ID, "K7M3", CHANGED + timedelta(days=number, seconds=1))
        assert found is not None
        assert found.address == f"Jr. {number}"
    assert tools.offices.find_at(INSTITUTION_ID, "K7M3", BEGUN) == OFFICE
