"""Enrol people of an institution or of the platform, and send them another link while they have not set it up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_policy import RESEND_COOLING_S
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import PLATFORM, StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_changes import (
    MOST_STAFF,
    TypedStaff,
    invited_again,
    read_staff,
    require_own_email,
)
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.send_staff_link import StaffLink, new_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange, StaffChanged


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who was enrolled, and whether their e-mail went out; it can be sent again."""

    member: StaffMember
    is_sent: bool


@dataclass(frozen=True, slots=True)
class StaffAct:
    """Who does it (`staff:<id>` or an operator), from where, and why where that is asked.

    `member` is who of the staff it is, as read: whoever is changed or removed at that instant does nothing.
    """

    actor: str
    origin: str
    reason: str = ""
    member: StaffMember | None = None

    def besides(self, *changed: StaffMember | None) -> tuple[StaffMember, ...]:
        """Return who has to be as they were read, unless they are changed themselves."""
        own = {one.staff_id for one in changed if one is not None}
        return () if self.member is None or self.member.staff_id in own else (self.member,)


def enrol_staff(  # noqa: PLR0913 - who, as what, where, by whom
    typed: TypedStaff, role: StaffRole, institution_id: str, *, by: StaffAct, tools: StaffTools, now: datetime
) -> Enrolled:
    """Enrol somebody, who gets a link by e-mail.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `document_taken`, `email_taken`, `staff_full`.

    """
    member = new_member(typed, role, institution_id, tools=tools, now=now)
    everybody = tools.staff.list_for_institution(institution_id)
    if len(everybody) >= MOST_STAFF:
        raise Conflict("staff_full", f"Hay {MOST_STAFF} usuarios. Quita antes a quien ya no trabaja allí.")
    require_own_email(member, everybody)
    link = new_staff_link(member, tools=tools, now=now)
    event = tools.event(EventType.STAFF_ENROLLED, member, by.actor, origin=by.origin, now=now, role=role)
    try:
        change = StaffChange(event=event, member=member, issue=link.token, unchanged=by.besides(member))
        tools.staff.commit(change, now=now)
    except StaffChanged as error:
        if tools.staff.find(institution_id, member.document_number) is None:
            raise  # whoever enrols was changed at that instant
        detail = "Esa persona ya está inscrita aquí. Búscala en la lista."
        raise Conflict("document_taken", detail, field="document_number") from error
    return _sent(member, link, tools, now)


def new_member(
    typed: TypedStaff, role: StaffRole, institution_id: str, *, tools: StaffTools, now: datetime
) -> StaffMember:
    """Read a new person, with the seed of the device that they are to enrol.

    Raises:
        InvalidInput: all that is wrong of what was typed.

    """
    return _sealed(read_staff(typed, role, institution_id, staff_id=tools.new_staff_id(), now=now), tools)


def enrol_first_administrator(typed: TypedStaff, *, by: StaffAct, tools: StaffTools, now: datetime) -> Enrolled:
    """Enrol who sets up everything else; again, only while nobody has got in.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `first_administrator_exists`.

    """
    wanted = read_staff(typed, StaffRole.PLATFORM_ADMINISTRATOR, PLATFORM, staff_id=tools.new_staff_id(), now=now)
    first = tools.staff.find_first()
    before = None if first is None else tools.staff.find(PLATFORM, first)
    everybody = tools.staff.list_for_institution(PLATFORM)
    is_begun = before is not None and before.state is StaffState.INVITED and before.credentials.password_hash is None
    if (first is not None and not is_begun) or any(one.staff_id != _id(before) for one in everybody):
        raise _exists()
    if before is not None and before.document_number != wanted.document_number:
        raise Conflict(
            "first_administrator_exists",
            "Ya se invitó a otra persona, que aún no activó su acceso. Repita la orden con su documento; puede"
            " corregir su nombre y su correo.",
        )
    kept = wanted if before is None else replace(wanted, staff_id=before.staff_id, version=before.version + 1)
    member = _sealed(kept, tools)
    link = new_staff_link(member, tools=tools, now=now)
    event = tools.event(
        EventType.STAFF_ENROLLED, member, by.actor, origin=by.origin, now=now, role=member.role, reason=by.reason
    )
    change = StaffChange(event=event, member=member, issue=link.token, is_first=before is None)
    try:
        tools.staff.commit(change, now=now)
    except StaffChanged as error:
        raise _exists() from error
    return _sent(member, link, tools, now)


def send_link_again(member: StaffMember, *, by: StaffAct, tools: StaffTools, now: datetime) -> Enrolled:
    """Send another link; the one before counts no more.

    Raises:
        Conflict: `staff_not_invited`, `staff_changed`.
        TooManyRequests: `limit_reached`, within a minute.

    """
    again = _sealed(invited_again(member, "", now), tools)
    tools.limits.cool_down(f"staff-link#{member.staff_id}", seconds=RESEND_COOLING_S, now=now)
    link = new_staff_link(again, tools=tools, now=now)
    event = tools.event(EventType.STAFF_ENROLLED, again, by.actor, origin=by.origin, now=now, again="yes")
    change = StaffChange(event=event, member=again, issue=link.token, unchanged=by.besides(again))
    tools.staff.commit(change, now=now)
    return _sent(again, link, tools, now)


def _sealed(member: StaffMember, tools: StaffTools) -> StaffMember:
    """Return them with the seed of the device to be enrolled, unless they have one."""
    if member.credentials.totp is not None:
        return member
    sealed = tools.seeds.seal(tools.new_seed(), member.staff_id)
    return replace(member, credentials=replace(member.credentials, pending_totp=sealed))


def _sent(member: StaffMember, link: StaffLink, tools: StaffTools, now: datetime) -> Enrolled:
    return Enrolled(member, send_staff_letter(link.letter, member.email, tools=tools, now=now))


def _id(member: StaffMember | None) -> str:
    return "" if member is None else member.staff_id


def _exists() -> Conflict:
    detail = (
        "Ya hay un administrador de la plataforma: esta orden no sirve más. Los siguientes se inscriben en la consola."
    )
    return Conflict("first_administrator_exists", detail)
