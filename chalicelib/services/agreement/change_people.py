"""Ask for another coordinator or representative with documents, and decide it: once, and never the own request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.agreement.agreement import KeptDocument
from chalicelib.domain.agreement.change_request import (
    ChangeKind,
    ChangeRequest,
    ChangeState,
    decided,
    read_change,
)
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.institution.staff_changes import read_staff, require_own_email
from chalicelib.renderers.agreement.change_letters import decided_letter
from chalicelib.services.agreement.apply_for_agreement import SentPdf
from chalicelib.services.agreement.keep_document import DocumentTools, check_document, keep_document
from chalicelib.services.institution.enrol_staff import StaffAct
from chalicelib.services.institution.replace_coordinator import Replacement, coordinator_replaced, tell_replaced
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.agreement.change_store import ChangeDecided, ChangeStore

MOST_WAITING = 10
"""How many requests of one institution may wait at once, so that no institution's fill the queue."""


@dataclass(frozen=True, slots=True)
class ChangeTools:
    """What such requests go through."""

    changes: ChangeStore
    documents: DocumentTools
    staff: StaffTools
    new_code: Callable[[], str]


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """The request as it is; `is_changed` is False where somebody had decided it so. `is_sent`: the e-mails went."""

    request: ChangeRequest
    is_changed: bool
    is_sent: bool = True


def coordinators_of(institution_id: str, tools: StaffTools) -> tuple[StaffMember, ...]:
    """Return an institution's coordinators."""
    everybody = tools.staff.list_for_institution(institution_id)
    return tuple(one for one in everybody if one.role is StaffRole.COORDINATOR)


def ask_change(  # noqa: PLR0913 - what is asked for, with which documents, by whom
    kind: ChangeKind,
    typed: Mapping[str, str],
    document: SentPdf,
    power: SentPdf | None,
    *,
    by: StaffAct,
    asker: StaffMember,
    today: date,
    tools: ChangeTools,
    now: datetime,
) -> ChangeRequest:
    """Keep a request, which waits for the platform.

    Raises:
        InvalidInput, TooLarge: all that is wrong of fields and documents, each with its field.
        Conflict: `change_waiting`: the same is asked for already; `changes_full`: too many wait.

    """
    coordinators = {one.staff_id: one.name for one in coordinators_of(asker.institution_id, tools.staff)}
    problems: list[InvalidInput] = []
    read = collect(
        problems,
        lambda: read_change(kind, typed, asker, coordinators, change_id=tools.new_code(), today=today, now=now),
        None,
    )
    if read is not None and kind is ChangeKind.COORDINATOR:
        collect(problems, lambda: _require_own_email(read, tools, now), None)
    designation = "la designación o delegación"
    collect(problems, lambda: check_document(document.filename, document.content, field="file", what=designation), None)
    if power is not None:
        what = "la vigencia de poder o la resolución"
        collect(problems, lambda: check_document(power.filename, power.content, field="power_file", what=what), None)
    if problems or read is None:
        raise refusal_of([part for one in problems for part in (one.problems or (one,))])
    everything = tools.changes.list_for_institution(asker.institution_id)
    waiting = [one for one in everything if one.state is ChangeState.ASKED]
    if any((one.kind, one.person) == (kind, read.person) for one in waiting):
        raise Conflict("change_waiting", "Ese cambio ya se pidió y espera la decisión de la plataforma.")
    if len(waiting) >= MOST_WAITING:
        detail = f"La entidad ya tiene {MOST_WAITING} pedidos en espera. Pide otro cuando la plataforma decida alguno."
        raise Conflict("changes_full", detail)
    owner = f"change-{read.change_id}"
    kept = keep_document(owner, document.filename, document.content, field="file", tools=tools.documents)
    kept_power: KeptDocument | None = None
    if power is not None:
        kept_power = keep_document(owner, power.filename, power.content, field="power_file", tools=tools.documents)
    request = replace(read, document=kept, power_document=kept_power)
    told = {"who": kind.value, "change_id": request.change_id, "document_sha256": kept.sha256}
    tools.changes.add(request, _event(request, EventType.AGREEMENT_CHANGE_ASKED, by, tools, now, **told))
    return request


def find_change(change_id: str, tools: ChangeTools) -> ChangeRequest:
    """Return a request.

    Raises:
        NotFound: `change_unknown`.

    """
    found = tools.changes.find(change_id)
    if found is None:
        raise NotFound("change_unknown", "Aquí no hay ese pedido. Vuelve a la lista.")
    return found


def approve_change(
    change_id: str, *, by: StaffAct, member: StaffMember, tools: ChangeTools, now: datetime
) -> DecidedChange:
    """Approve it: a former coordinator is out at once and the new one invited; a representative is recorded.

    What cannot be done is not approved: it waits as before.

    Raises:
        NotFound: `change_unknown`.
        Conflict: `change_decided` where it was refused; `former_unknown`, `document_taken`, `email_taken`,
            `staff_changed`.
        Forbidden: `change_own`.

    """
    request = find_change(change_id, tools)
    if request.state is ChangeState.APPROVED:
        return DecidedChange(request, is_changed=False)
    after = decided(request, ChangeState.APPROVED, member, by.reason, now)
    placed = _placed(request, by, tools, now) if request.kind is ChangeKind.COORDINATOR else None
    return _decide(after, EventType.AGREEMENT_CHANGE_APPROVED, by, tools, now, placed=placed)


def refuse_change(
    change_id: str, *, by: StaffAct, member: StaffMember, tools: ChangeTools, now: datetime
) -> DecidedChange:
    """Refuse it with the reason of the act, which who asked reads.

    Raises:
        NotFound: `change_unknown`.
        Conflict: `change_decided` where it was approved.
        Forbidden: `change_own`.

    """
    request = find_change(change_id, tools)
    if request.state is ChangeState.REFUSED:
        return DecidedChange(request, is_changed=False)
    after = decided(request, ChangeState.REFUSED, member, by.reason, now)
    return _decide(after, EventType.AGREEMENT_CHANGE_REFUSED, by, tools, now)


def _decide(  # noqa: PLR0913 - what is decided, by whom, and who comes of it
    after: ChangeRequest,
    kind: EventType,
    by: StaffAct,
    tools: ChangeTools,
    now: datetime,
    *,
    placed: Replacement | None = None,
) -> DecidedChange:
    told = {"who": after.kind.value, "change_id": after.change_id, "reason": by.reason}
    asker = next((one for one in _everybody(after, tools) if one.actor == after.asked_by), None)
    try:
        event = _event(after, kind, by, tools, now, **told)
        tools.changes.decide(after, event, None if placed is None else placed.change, now=now)
    except ChangeDecided as error:
        found = find_change(after.change_id, tools)
        if found.state is after.state:
            return DecidedChange(found, is_changed=False)
        if found.state is not ChangeState.ASKED:
            raise
        detail = "Alguien de la lista cambió mientras tanto: no se hizo nada, y el pedido sigue en espera. Repite."
        raise Conflict("staff_changed", detail) from error
    is_placed = placed is None or tell_replaced(placed, tools=tools.staff, now=now)
    is_told = True
    if asker is not None:
        letter = decided_letter(after, at=tools.staff.portal_url)
        is_told = send_staff_letter(letter, asker.email, tools=tools.staff, now=now)
    return DecidedChange(after, is_changed=True, is_sent=is_placed and is_told)


def _placed(request: ChangeRequest, by: StaffAct, tools: ChangeTools, now: datetime) -> Replacement:
    """Return how the one who comes takes the former's place; let nothing be approved that cannot be done."""
    everybody = _everybody(request, tools)
    former = next((one for one in everybody if one.staff_id == request.replaces), None)
    if former is None:
        detail = "La persona a quien reemplaza ya no es coordinador. Recházalo: que la entidad lo pida otra vez."
        raise Conflict("former_unknown", detail)
    if any(one.document_number == request.person.document_number for one in everybody):
        detail = "La persona propuesta ya es usuaria de la entidad: que la quiten antes de la lista."
        raise Conflict("document_taken", detail)
    try:
        return coordinator_replaced(former, request.person.as_typed(), by=by, tools=tools.staff, now=now)
    except Conflict as refusal:
        if refusal.code != "email_taken":
            raise
        detail = "El correo propuesto ya es de otro usuario de la entidad. Recházalo: que lo pidan con otro correo."
        raise Conflict("email_taken", detail) from refusal


def _require_own_email(request: ChangeRequest, tools: ChangeTools, now: datetime) -> None:
    """Ask for nobody whose e-mail another user of the institution reads; the former one goes."""
    typed, own = request.person.as_typed(), request.institution_id
    member = read_staff(typed, StaffRole.COORDINATOR, own, staff_id="-", now=now)
    others = (one for one in _everybody(request, tools) if one.staff_id != request.replaces)
    try:
        require_own_email(member, others)
    except Conflict as refusal:
        raise InvalidInput(refusal.code, refusal.detail, field="email") from refusal


def _everybody(request: ChangeRequest, tools: ChangeTools) -> tuple[StaffMember, ...]:
    return tools.staff.staff.list_for_institution(request.institution_id)


def _event(
    request: ChangeRequest, kind: EventType, by: StaffAct, tools: ChangeTools, now: datetime, **told: str
) -> Event:
    subject = f"institution#{request.institution_id}"
    return Event(subject, kind, now, tools.staff.new_event_id(), by.actor, by.origin, told)
