"""Who of the staff does something at the desk, and what that place is called."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import office_store
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.desk.tools import AtDesk


def at_desk(request: PageRequest, staff: SignedIn) -> AtDesk:
    """Return them with the institution's name, and the office's where they are limited to one; a call then."""
    place, office_id = staff.own.name, staff.member.office_id
    office = None if office_id is None else office_store(current()).find(staff.own.institution_id, office_id)
    named = place if office is None else f"{place}, {office.name}"
    return AtDesk(staff.member, named, request.origin, staff.own.is_active)
