"""Put another coordinator in somebody's place: the former is out and the new one invited in one transaction."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.institution.staff_changes import TypedStaff, require_own_email
from chalicelib.services.institution.enrol_staff import Enrolled, StaffAct, new_member
from chalicelib.services.institution.send_staff_letter import send_staff_letter, tell_access_changed
from chalicelib.services.institution.send_staff_link import new_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange


def replace_coordinator(
    former: StaffMember, typed: TypedStaff, *, by: StaffAct, tools: StaffTools, now: datetime
) -> Enrolled:
    """Take the former coordinator out, the last one too, and invite the one who comes.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `document_taken`, `email_taken`, `staff_changed`.

    """
    member = new_member(typed, StaffRole.COORDINATOR, former.institution_id, tools=tools, now=now)
    everybody = tools.staff.list_for_institution(former.institution_id)
    if any(one.document_number == member.document_number for one in everybody):
        detail = "La persona ya es usuaria de la entidad: quítala antes de la lista, y aprueba después."
        raise Conflict("document_taken", detail)
    require_own_email(member, (one for one in everybody if one.staff_id != former.staff_id))
    link = new_staff_link(member, tools=tools, now=now)
    enrolled = tools.event(
        EventType.STAFF_ENROLLED, member, by.actor, origin=by.origin, now=now, role=member.role, reason=by.reason
    )
    removed = tools.event(
        EventType.STAFF_REMOVED, former, by.actor, origin=by.origin, now=now, reason=by.reason, instead=member.staff_id
    )
    change = StaffChange(
        event=enrolled,
        also=removed,
        member=member,
        removed=former,
        issue=link.token,
        unchanged=by.besides(member, former),
    )
    tools.staff.commit(change, now=now)
    tell_access_changed("Ya no tiene acceso: otra persona coordina ahora.", former, tools=tools, now=now)
    return Enrolled(member, send_staff_letter(link.letter, member.email, tools=tools, now=now))
