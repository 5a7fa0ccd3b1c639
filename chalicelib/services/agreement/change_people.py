"""Ask for another coordinator or representative with documents, and decide it: once, and never the own request.

A coordinator asks, or a platform administrator records what came by document. `tell_change.py` tells the institution of
the latter, before anybody decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.agreement.agreement import KeptDocument
from chalicelib.domain.agreement.change_request import (
    ChangeKind,
    ChangeRequest,
    ChangeState,
    decided,
    read_change,
    require_outsider,
)
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.institution.staff_changes import read_staff, require_own_email
from chalicelib.renderers.agreement.change_letters import decided_letter
from chalicelib.services.agreement.apply_for_agreement import SentPdf
from chalicelib.services.agreement.change_tools import ChangeTools, change_event, coordinators_of, everybody_of
from chalicelib.services.agreement.keep_document import check_document, keep_document
from chalicelib.services.agreement.tell_change import require_told, tell_change
from chalicelib.services.institution.enrol_staff import StaffAct
from chalicelib.services.institution.replace_coordinator import Replacement, coordinator_replaced, tell_replaced
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.store.agreement.change_store import ChangeDecided

MOST_WAITING = 10
"""How many requests of one institution may wait at once, so that no institution's fill the queue."""


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """The request as it is; `is_changed` is False where somebody had decided it so. `is_sent`: the e-mails went."""

    request: ChangeRequest
    is_changed: bool
    is_sent: bool = True


def ask_change(  # noqa: PLR0913 - what is asked for, with which documents, by whom
    kind: ChangeKind,
    typed: Mapping[str, str],
    document: SentPdf,
    power: SentPdf | None,
    *,
    by: StaffAct,
    asker: StaffMember,
    institution_id: str,
    today: date,
    tools: ChangeTools,
    now: datetime,
    change_id: str = "",
) -> ChangeRequest:
    """Keep a request, which waits for the platform; `change_id` came with the form, so that sent twice it is one.

    Raises:
        InvalidInput, TooLarge: all that is wrong of fields and documents, each with its field.
        Conflict: `change_waiting`: the same is asked for already; `changes_full`: too many wait; `change_asked`.
        Forbidden: `change_own`.

    """
    number = parse_code(change_id) if change_id else tools.new_code()
    everybody = tools.staff.staff.list_for_institution(institution_id)
    require_outsider(asker, everybody)
    problems: list[InvalidInput] = []
    about = {"institution_id": institution_id, "change_id": number}
    read = collect(problems, lambda: read_change(kind, typed, asker, everybody, **about, today=today, now=now), None)
    if read is not None and kind is ChangeKind.COORDINATOR:
        collect(problems, lambda: _require_own_email(read, tools, now), None)
    designation = "la designación o delegación"
    collect(problems, lambda: check_document(document.filename, document.content, field="file", what=designation), None)
    if power is not None:
        what = "la vigencia de poder o la resolución"
        collect(problems, lambda: check_document(power.filename, power.content, field="power_file", what=what), None)
    if problems or read is None:
        raise refusal_of([part for one in problems for part in (one.problems or (one,))])
    require_outsider(asker, everybody, read.person)
    found, turn = _look(read, tools)
    if found is not None:
        return found
    request = _with_documents(read, document, power, tools)
    told = {"who": kind.value, "change_id": request.change_id}
    if request.document is not None:
        told["document_sha256"] = request.document.sha256
    if request.letter is not None:
        told["came_on"] = request.letter.came_on.isoformat()
    event = change_event(request, EventType.AGREEMENT_CHANGE_ASKED, by, tools, now, **told)
    return _add(request, event, turn, tools)


def _with_documents(read: ChangeRequest, document: SentPdf, power: SentPdf | None, tools: ChangeTools) -> ChangeRequest:
    owner = f"change-{read.change_id}"
    kept = keep_document(owner, document.filename, document.content, field="file", tools=tools.documents)
    kept_power: KeptDocument | None = None
    if power is not None:
        kept_power = keep_document(owner, power.filename, power.content, field="power_file", tools=tools.documents)
    return replace(read, document=kept, power_document=kept_power)


def _add(request: ChangeRequest, event: Event, turn: int, tools: ChangeTools) -> ChangeRequest:
    for _ in range(MOST_WAITING):
        try:
            tools.changes.add(request, event, turn=turn)
        except ChangeDecided:  # another one came meanwhile, which may be the same
            found, turn = _look(request, tools)
            if found is not None:
                return found
        else:
            return request
    raise Conflict("changes_busy", "Otros pedidos de la entidad se registraron a la vez. Envíalo otra vez.")


def _look(read: ChangeRequest, tools: ChangeTools) -> tuple[ChangeRequest | None, int]:
    """Return the request itself where it was sent before, and at which turn of the institution nothing is against it.

    Raises:
        Conflict: `change_asked`: the number is another one's; `change_waiting`, `changes_full`.

    """
    turn = tools.changes.turn(read.institution_id)
    found = tools.changes.find(read.change_id)
    if found is not None:
        if found.is_same(read) and found.asked_by == read.asked_by:
            return found, turn
        raise Conflict("change_asked", "Este formulario ya se envió con otros datos. Ábrelo otra vez para otro pedido.")
    everything = tools.changes.list_for_institution(read.institution_id)
    waiting = [one for one in everything if one.state is ChangeState.ASKED]
    if any(one.is_same(read) for one in waiting):
        raise Conflict("change_waiting", "Ese cambio ya se pidió y espera la decisión de la plataforma.")
    if len(waiting) >= MOST_WAITING:
        detail = f"La entidad ya tiene {MOST_WAITING} pedidos en espera. Pide otro cuando la plataforma decida alguno."
        raise Conflict("changes_full", detail)
    return None, turn


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
        Conflict: `change_decided` where it was refused; `change_untold` where the institution does not know of it;
            `former_unknown`, `coordinator_there`, `document_taken`, `email_taken`, `staff_full`, `staff_changed`.
        Forbidden: `change_own`.

    """
    request = find_change(change_id, tools)
    if request.state is ChangeState.APPROVED:
        return DecidedChange(request, is_changed=False)
    after = decided(request, ChangeState.APPROVED, member, by.reason, now)
    require_outsider(member, everybody_of(request, tools))
    require_told(request, tools)
    try:
        placed = _placed(request, by, tools, now) if request.kind is ChangeKind.COORDINATOR else None
    except Conflict:
        found = find_change(change_id, tools)
        if found.state is not ChangeState.APPROVED:
            raise
        return DecidedChange(found, is_changed=False)  # whoever else approved it put them there
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
    require_outsider(member, everybody_of(request, tools))
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
    asker = next((one for one in everybody_of(after, tools) if one.actor == after.asked_by), None)
    try:
        event = change_event(after, kind, by, tools, now, **told)
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
    if after.letter is not None:
        after = tell_change(after, by=by, tools=tools, now=now)
        is_told = all(one.told_at for one in after.told())
    return DecidedChange(after, is_changed=True, is_sent=is_placed and is_told)


def _placed(request: ChangeRequest, by: StaffAct, tools: ChangeTools, now: datetime) -> Replacement:
    """Return how the one who comes takes the former's place; let nothing be approved that cannot be done."""
    coordinators = coordinators_of(request.institution_id, tools.staff)
    former = next((one for one in coordinators if one.staff_id == request.replaces), None)
    if former is None and request.replaces:
        detail = "La persona a quien reemplaza ya no es coordinador. Recházalo: que la entidad lo pida otra vez."
        raise Conflict("former_unknown", detail)
    if former is None and coordinators:
        detail = "La entidad ya tiene coordinador y este pedido no reemplaza a nadie. Recházalo: que lo pidan otra vez."
        raise Conflict("coordinator_there", detail)
    typed, own = request.person.as_typed(), request.institution_id
    try:
        return coordinator_replaced(former, typed, own, by=by, tools=tools.staff, now=now)
    except Conflict as refusal:
        if refusal.code != "email_taken":
            raise
        detail = "El correo propuesto ya es de otro usuario de la entidad. Recházalo: que lo pidan con otro correo."
        raise Conflict("email_taken", detail) from refusal


def _require_own_email(request: ChangeRequest, tools: ChangeTools, now: datetime) -> None:
    """Ask for nobody whose e-mail another user of the institution reads; the former one goes."""
    typed, own = request.person.as_typed(), request.institution_id
    member = read_staff(typed, StaffRole.COORDINATOR, own, staff_id="-", now=now)
    others = (one for one in everybody_of(request, tools) if one.staff_id != request.replaces)
    try:
        require_own_email(member, others)
    except Conflict as refusal:
        raise InvalidInput(refusal.code, refusal.detail, field="email") from refusal
