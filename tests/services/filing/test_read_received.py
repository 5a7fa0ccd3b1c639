"""An officer is told by the days of where the filing was received when it is observed at the latest, and answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.config import Config
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import CalendarEntries, RegionalDay
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import FilingState
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.attend_filing import ByOfficerAct, derive_filing, observe_filing
from chalicelib.services.filing.list_received import list_received
from chalicelib.services.filing.read_received import read_received
from tests.composition_world import a_member
from tests.deposit_world import NOW, Clock
from tests.filing_world import a_procedure, file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_office, put_office

HOLIDAY = RegionalDay("arequipa", date(2026, 3, 11), "Día de ejemplo", "Ley de ejemplo")


@pytest.fixture
def box(aws: dict[str, str]) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=Clock(), pause=lambda _: None)) as box:
        seed_filing(box)
        event = Event("calendar#PE", EventType.CALENDAR_CHANGED, NOW, "e-calendar", "operator:prueba")
        entries = CalendarEntries(version=1, regional=(HOLIDAY,))
        calendar_store(box).change(CalendarVersion(entries, NOW, "operator:prueba", "prueba", "prueba"), event)
        yield box


@pytest.mark.parametrize(("region", "later"), [("arequipa", 1), ("lima", 0), (None, 0)])
def test_the_answer_is_due_by_the_days_of_the_office_that_received_it(
    box: Container, region: str | None, later: int
) -> None:
    put_office(box, an_office(region=region))
    filing = file_it(box)
    officer = ByOfficerAct(a_member(permissions=(Permission.ATTEND,)), Act.ATTEND, "192.0.2.9")
    tools = attend_tools(box)

    told = read_received(filing.filing_id, officer, tools=tools)
    listed = list_received(officer, (OFFICE_ID,), FilingState.FILED, after=None, tools=tools)

    days = a_procedure().answer_term.days
    assert days is not None
    calendar = tools.calendar
    due = calendar.end_of_day(calendar.nth_business_day(filing.dates.term_starts, days + later))
    assert told.clocks.answer_until == due
    assert [row.clocks for row in listed.rows] == [told.clocks]


@pytest.mark.parametrize(("received", "derived_to"), [("lima", "arequipa"), ("arequipa", "lima")])
def test_it_is_observed_until_when_its_receipt_says_wherever_it_was_derived_to(
    box: Container, received: str, derived_to: str
) -> None:
    put_office(box, an_office(region=received))
    put_office(box, an_office(office_id="sur", name="Oficina Sur", region=derived_to))
    filing, tools, clock = file_it(box), attend_tools(box), box.clock
    assert isinstance(clock, Clock)
    officer = ByOfficerAct(a_member(permissions=(Permission.ATTEND,)), Act.OBSERVE, "192.0.2.9")
    derive_filing(filing.filing_id, "sur", officer, reason="Es de allá", tools=tools)

    told = read_received(filing.filing_id, officer, tools=tools).clocks.observable_until
    assert told == filing.observable_until
    clock.now = told + timedelta(seconds=1)
    with pytest.raises(Conflict) as refusal:
        observe_filing(filing.filing_id, "Falta el plano", officer, tools=tools)
    assert refusal.value.code == "observation_too_late"
    clock.now = told
    assert observe_filing(filing.filing_id, "Falta el plano", officer, tools=tools).observation is not None
