"""What requests for another coordinator or representative go through, and what their use cases share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.agreement.change_request import ChangeRequest
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.agreement.keep_document import DocumentTools
from chalicelib.services.institution.enrol_staff import StaffAct
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.agreement.change_store import ChangeStore


@dataclass(frozen=True, slots=True)
class ChangeTools:
    """What such requests go through; `address_of` tells an institution's own e-mail, empty where it has none."""

    changes: ChangeStore
    documents: DocumentTools
    staff: StaffTools
    address_of: Callable[[Institution], str]
    new_code: Callable[[], str]


def coordinators_of(institution_id: str, tools: StaffTools) -> tuple[StaffMember, ...]:
    """Return an institution's coordinators, also who was disabled or has not set up the access."""
    everybody = tools.staff.list_for_institution(institution_id)
    return tuple(one for one in everybody if one.role is StaffRole.COORDINATOR)


def everybody_of(request: ChangeRequest, tools: ChangeTools) -> tuple[StaffMember, ...]:
    """Return the people of a request's institution."""
    return tools.staff.staff.list_for_institution(request.institution_id)


def change_event(
    request: ChangeRequest, kind: EventType, by: StaffAct, tools: ChangeTools, now: datetime, **told: str
) -> Event:
    """Return the event of something done to a request, of its institution."""
    subject = f"institution#{request.institution_id}"
    return Event(subject, kind, now, tools.staff.new_event_id(), by.actor, by.origin, told)
