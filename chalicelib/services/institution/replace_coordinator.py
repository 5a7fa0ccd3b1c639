"""Put another coordinator in somebody's place: the former is out and the new one in, in one transaction.

Who comes is invited; an officer of the institution becomes coordinator with the access that they have. What is written
is made first and returned, so that it goes into the transaction of what it follows from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_changes import MOST_STAFF, TypedStaff, promoted, require_own_email
from chalicelib.services.institution.enrol_staff import StaffAct, new_member
from chalicelib.services.institution.send_staff_letter import send_staff_letter, tell_access_changed
from chalicelib.services.institution.send_staff_link import StaffLink, new_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange

_PROMOTED = "Ahora coordina el servicio en su entidad. Ingresa como siempre, con su contraseña y sus códigos."
_PROMOTED_OUTSIDE = "Ahora coordina el servicio en su entidad. Otro correo trae el enlace para crear su acceso."


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is to be written, and who goes and comes; nothing is told before it is written.

    `former` is None where nobody was left to go, `officer` who the one who comes was, `link` what they are invited by.
    """

    change: StaffChange
    former: StaffMember | None
    member: StaffMember
    officer: StaffMember | None
    link: StaffLink | None


def coordinator_replaced(  # noqa: PLR0913 - who goes, who comes, by whom
    former: StaffMember | None,
    typed: TypedStaff,
    institution_id: str,
    *,
    by: StaffAct,
    tools: StaffTools,
    now: datetime,
) -> Replacement:
    """Return how the former coordinator is taken out, the last one too, and how the one who comes gets in.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `document_taken` by a coordinator, `email_taken`, `staff_full`.

    """
    new = new_member(typed, StaffRole.COORDINATOR, institution_id, tools=tools, now=now)
    everybody = tools.staff.list_for_institution(institution_id)
    officer = next((one for one in everybody if one.document_number == new.document_number), None)
    if officer is not None and officer.role is not StaffRole.OFFICER:
        raise Conflict("document_taken", "La persona propuesta ya es coordinador de la entidad.")
    if officer is None and former is None and len(everybody) >= MOST_STAFF:
        raise Conflict("staff_full", f"Hay {MOST_STAFF} usuarios. Quita antes a quien ya no trabaja allí.")
    member = new
    if officer is not None:
        member = promoted(officer, typed, tools.seeds.seal(tools.new_seed(), officer.staff_id), now)
    require_own_email(member, (one for one in everybody if former is None or one.staff_id != former.staff_id))
    link = new_staff_link(member, tools=tools, now=now) if member.state is StaffState.INVITED else None
    coming = {"role": member.role.value, "reason": by.reason}
    kind = EventType.STAFF_ENROLLED
    if officer is not None:
        kind, is_other = EventType.STAFF_CHANGED, officer.email != member.email
        coming |= {"role_before": officer.role.value, "email_changed": "yes" if is_other else "no"}
    removed = None
    if former is not None:
        gone = {"reason": by.reason, "instead": member.staff_id}
        removed = tools.event(EventType.STAFF_REMOVED, former, by.actor, origin=by.origin, now=now, **gone)
    change = StaffChange(
        event=tools.event(kind, member, by.actor, origin=by.origin, now=now, **coming),
        also=removed,
        member=member,
        removed=former,
        issue=None if link is None else link.token,
        unchanged=by.besides(member, former),
    )
    return Replacement(change, former, member, officer, link)


def tell_replaced(done: Replacement, *, tools: StaffTools, now: datetime) -> bool:
    """Tell whoever goes and comes once it is written; return whether who comes got what they get in by."""
    if done.former is not None:
        tell_access_changed("Ya no tiene acceso: otra persona coordina ahora.", done.former, tools=tools, now=now)
    told = True
    if done.officer is not None:
        for email in dict.fromkeys((done.officer.email, done.member.email)):
            whom = replace(done.member, email=email)
            words = _PROMOTED if done.link is None else _PROMOTED_OUTSIDE
            told = tell_access_changed(words, whom, tools=tools, now=now)
    return told if done.link is None else send_staff_letter(done.link.letter, done.member.email, tools=tools, now=now)
