"""Tell an institution that a document asks for another coordinator or representative, and again what was decided.

Who asks by document need not be whom the institution sent: whoever coordinates it learns of it before it is decided,
and can object. Who was told is kept with the request; who could not be is told when it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.agreement.change_request import ChangeKind, ChangeRequest, ChangeState, Telling
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.institution import Institution
from chalicelib.renderers.agreement.change_letters import document_letter
from chalicelib.renderers.letters import Letter
from chalicelib.services.agreement.change_tools import ChangeTools, change_event, coordinators_of
from chalicelib.services.institution.enrol_staff import StaffAct
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tools import place_of
from chalicelib.store.agreement.change_store import ChangeDecided

_TRIES = 3
_INSTITUTION = "Correo de la entidad"


def tell_change(request: ChangeRequest, *, by: StaffAct, tools: ChangeTools, now: datetime) -> ChangeRequest:
    """Tell everybody who was not told of the state that it is in; return the request with who was and who was not.

    Raises:
        Unavailable: `store_unavailable`; what was sent is sent.

    """
    waiting = untold(request, tools)
    if not waiting:
        return request
    letter = _letter(request, tools)
    done = [
        replace(one, told_at=now if send_staff_letter(letter, one.email, tools=tools.staff, now=now) else None)
        for one in waiting
    ]
    reached = [one for one in done if one.told_at]
    counts = {"told": f"{len(reached)}", "failed": f"{len(done) - len(reached)}"}
    told = {"who": request.kind.value, "change_id": request.change_id, "state": request.state.value, **counts}
    event = change_event(request, EventType.AGREEMENT_CHANGE_TOLD, by, tools, now, **told)
    for _ in range(_TRIES):
        after = replace(request, tellings=_merged(request.tellings, done), version=request.version + 1)
        try:
            tools.changes.note(after, event)
        except ChangeDecided:  # somebody tells it too, or decided it
            request = tools.changes.find(request.change_id) or request
        else:
            return after
    return request


def require_told(request: ChangeRequest, tools: ChangeTools) -> None:
    """Let nothing be approved that came by document while nobody of the institution knows, where anybody could.

    Raises:
        Conflict: `change_untold`.

    """
    if request.letter is None or any(one.told_at for one in request.told()) or not whom_to_tell(request, tools):
        return
    detail = "Todavía no se pudo avisar a nadie de la entidad. Avisa otra vez: se aprueba cuando alguien lo sepa."
    raise Conflict("change_untold", detail)


def whom_to_tell(request: ChangeRequest, tools: ChangeTools) -> tuple[Telling, ...]:
    """Return whom to tell of the state that it is in: active coordinators and the institution's own e-mail.

    Of a decision also who was to be told before, and the coordinator who is replaced; nobody who comes later.
    """
    if request.state is not ChangeState.ASKED and request.told():
        return request.told()
    institution = tools.staff.institutions.find(request.institution_id)
    found = [] if institution is None else list(active_to_tell(institution, tools))
    if request.state is not ChangeState.ASKED:
        former = former_of(request, tools)
        found += [] if former is None else [(former.name, former.email)]
        found += [(one.name, one.email) for one in request.tellings]
    each: dict[str, Telling] = {}
    for name, email in found:
        each.setdefault(email.casefold(), Telling(request.state, name, email))
    return tuple(each.values())


def active_to_tell(institution: Institution, tools: ChangeTools) -> tuple[tuple[str, str], ...]:
    """Return name and e-mail of whoever of an institution can be told now: who coordinates it, and its own e-mail."""
    people = [one for one in coordinators_of(institution.institution_id, tools.staff) if one.is_active]
    found = [(one.name, one.email) for one in people]
    address = tools.address_of(institution)
    if address and address.casefold() not in {email.casefold() for _, email in found}:
        found.append((_INSTITUTION, address))
    return tuple(found)


def untold(request: ChangeRequest, tools: ChangeTools) -> tuple[Telling, ...]:
    """Return who is to be told still of the state that it is in."""
    known = {one.email.casefold() for one in request.told() if one.told_at}
    return tuple(one for one in whom_to_tell(request, tools) if one.email.casefold() not in known)


def former_of(request: ChangeRequest, tools: ChangeTools) -> StaffMember | None:
    """Return who a coordinator's request replaces, also once they are out."""
    if not request.replaces:
        return None
    coordinators = coordinators_of(request.institution_id, tools.staff)
    found = next((one for one in coordinators if one.staff_id == request.replaces), None)
    return found or tools.staff.staff.find_former(request.institution_id, request.replaces)


def _letter(request: ChangeRequest, tools: ChangeTools) -> Letter:
    own, staff = request.institution_id, tools.staff
    goes = ""
    if request.kind is ChangeKind.COORDINATOR:
        former = former_of(request, tools)
        goes = "" if former is None else former.name
    elif request.state is ChangeState.ASKED:
        before = tools.changes.find_representative(own)
        goes = "" if before is None else before.person.name
    place = place_of(own, staff.institutions.find(own))
    return document_letter(request, place, goes, staff.letterhead, at=staff.portal_url)


def _merged(before: Iterable[Telling], done: Iterable[Telling]) -> tuple[Telling, ...]:
    """Return both, each address once in a state; who was told stays told."""
    each = {(one.state, one.email.casefold()): one for one in before}
    for one in done:
        key = (one.state, one.email.casefold())
        if one.told_at or key not in each:
            each[key] = one
    return tuple(each.values())
