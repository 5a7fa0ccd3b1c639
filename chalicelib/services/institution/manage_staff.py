"""Change, disable, enable, reset and remove people of the staff: each is told to whom it is done by e-mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.institution.staff_changes import (
    Reset,
    TypedStaff,
    changed,
    disabled,
    enabled,
    require_others,
    require_own_email,
    reset,
)
from chalicelib.services.institution.enrol_staff import Enrolled, StaffAct
from chalicelib.services.institution.send_staff_letter import send_staff_letter, tell_access_changed
from chalicelib.services.institution.send_staff_link import new_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange


def change_staff(
    member: StaffMember, typed: TypedStaff, *, by: StaffAct, tools: StaffTools, now: datetime
) -> StaffMember:
    """Change details, permissions or office; they count from the person's next click on.

    Raises:
        InvalidInput: all that is wrong of what was typed.
        Conflict: `email_taken`, `staff_changed`.

    """
    after = changed(member, replace(typed, document_number=member.document_number))
    if replace(after, version=member.version) == member:
        return member
    if after.email != member.email:
        require_own_email(after, tools.staff.list_for_institution(after.institution_id))
    event = tools.event(
        EventType.STAFF_CHANGED,
        after,
        by.actor,
        origin=by.origin,
        now=now,
        permissions=" ".join(after.permissions),
        office_id=after.office_id or "",
        email_changed="yes" if after.email != member.email else "no",
    )
    tools.staff.commit(StaffChange(event=event, member=after, unchanged=by.besides(after)), now=now)
    for email in dict.fromkeys((member.email, after.email)):
        tell_access_changed(
            "Cambiaron sus datos, sus permisos o su oficina.", replace(after, email=email), tools=tools, now=now
        )
    return after


def disable_staff(member: StaffMember, *, by: StaffAct, tools: StaffTools, now: datetime) -> StaffMember:
    """Take somebody's access away: out at their next click.

    Raises:
        Conflict: `staff_disabled`, `staff_last`, `staff_changed`.

    """
    others = require_others(member, tools.staff.list_for_institution(member.institution_id))
    after = disabled(member, now)
    event = tools.event(EventType.STAFF_DISABLED, after, by.actor, origin=by.origin, now=now, reason=by.reason)
    tools.staff.commit(StaffChange(event=event, member=after, unchanged=_all(others, by.besides(after))), now=now)
    tell_access_changed("Su acceso fue deshabilitado y sus sesiones se cerraron.", after, tools=tools, now=now)
    return after


def enable_staff(member: StaffMember, *, by: StaffAct, tools: StaffTools, now: datetime) -> StaffMember:
    """Give it back.

    Raises:
        Conflict: `staff_not_disabled`, `staff_changed`.

    """
    after = enabled(member)
    event = tools.event(EventType.STAFF_ENABLED, after, by.actor, origin=by.origin, now=now, reason=by.reason)
    tools.staff.commit(StaffChange(event=event, member=after, unchanged=by.besides(after)), now=now)
    tell_access_changed("Su acceso fue habilitado otra vez.", after, tools=tools, now=now)
    return after


def reset_staff(member: StaffMember, what: Reset, *, by: StaffAct, tools: StaffTools, now: datetime) -> Enrolled:
    """Have somebody set anew what they lost, by a link that goes to their e-mail; their sessions end.

    Raises:
        InvalidInput: `reset_own`: nobody restores the own access.
        Conflict: `staff_not_active`, `staff_last`, `staff_changed`.

    """
    if by.actor == member.actor:
        detail = "Tu propio acceso lo restablece otra persona: otro coordinador o un administrador."
        raise InvalidInput("reset_own", detail)
    sealed = tools.seeds.seal(tools.new_seed(), member.staff_id)
    after = reset(member, what, sealed, now)
    link = new_staff_link(after, tools=tools, now=now)
    event = tools.event(EventType.STAFF_RESET, after, by.actor, origin=by.origin, now=now, what=what, reason=by.reason)
    tools.staff.commit(StaffChange(event=event, member=after, issue=link.token, unchanged=by.besides(after)), now=now)
    return Enrolled(after, send_staff_letter(link.letter, after.email, tools=tools, now=now))


def remove_staff(member: StaffMember, *, by: StaffAct, tools: StaffTools, now: datetime) -> None:
    """Take somebody out; who they were stays on record, and what they did stays theirs.

    Raises:
        Conflict: `staff_last`, `staff_changed`.

    """
    others = require_others(member, tools.staff.list_for_institution(member.institution_id))
    event = tools.event(EventType.STAFF_REMOVED, member, by.actor, origin=by.origin, now=now, reason=by.reason)
    tools.staff.commit(StaffChange(event=event, removed=member, unchanged=_all(others, by.besides(member))), now=now)
    tell_access_changed("Ya no tiene acceso: le quitaron de la lista de usuarios.", member, tools=tools, now=now)


def _all(*unchanged: tuple[StaffMember, ...]) -> tuple[StaffMember, ...]:
    """Return each once: a transaction checks an item once."""
    return tuple({one.staff_id: one for some in unchanged for one in some}.values())
