"""Find by what an office receives at an instant: its version of then, its institution, the calendar as entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import NotFound
from chalicelib.domain.filing.receiving import Receiving, receiving_of
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.institution.office_store import OfficeStore


@dataclass(frozen=True, slots=True)
class ReceivingTools:
    """Where offices and calendar entries are kept; `package` is the country's calendar without them."""

    offices: OfficeStore
    calendars: CalendarStore
    package: BusinessCalendar


def receive_at(institution: Institution, office_id: str | None, at: datetime, tools: ReceivingTools) -> Receiving:
    """Return what settles the dates of a filing that arrives at an instant, at an office or without one.

    Raises:
        NotFound: `office_unknown`; the institution had no such office then.

    """
    office = None if office_id is None else tools.offices.find_at(institution.institution_id, office_id, at)
    if office_id is not None and office is None:
        raise NotFound("office_unknown", "La entidad no tiene esa oficina. Vuelve a empezar.")
    return receiving_of(institution, office, tools.package.with_entries(tools.calendars.find()))
