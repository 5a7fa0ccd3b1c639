"""Put another coordinator in somebody's place: the former is out and the new one invited in one transaction.

What is written is made first and returned, so that it goes into the transaction of what it follows from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.institution.staff_changes import TypedStaff, require_own_email
from chalicelib.services.institution.enrol_staff import StaffAct, new_member
from chalicelib.services.institution.send_staff_letter import send_staff_letter, tell_access_changed
from chalicelib.services.institution.send_staff_link import StaffLink, new_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is to be written, and who goes and comes; nothing is told before it is written."""

    change: StaffChange
    former: StaffMember
    member: StaffMember
    link: StaffLink


def coordinator_replaced(
    former: StaffMember, typed: TypedStaff, *, by: StaffAct, tools: StaffTools, now: datetime
) -> Replacement:
    """Return how the former coordinator is taken out, the last one too, and the one who comes invited.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `document_taken`, `email_taken`.

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
    return Replacement(change, former, member, link)


def tell_replaced(done: Replacement, *, tools: StaffTools, now: datetime) -> bool:
    """Tell both of them once it is written; return whether the invitation went."""
    tell_access_changed("Ya no tiene acceso: otra persona coordina ahora.", done.former, tools=tools, now=now)
    return send_staff_letter(done.link.letter, done.member.email, tools=tools, now=now)
