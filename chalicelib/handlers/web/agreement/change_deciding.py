"""`/plataforma/cambios/…`: a requested change of coordinator or representative, and the decision on it.

Of one that came by document also who of the institution was told of it, and who is to be told again.
"""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.bootstrap.files import files
from chalicelib.domain.agreement.change_request import ChangeKind, ChangeRequest, ChangeState, Telling
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.institution.staff import PLATFORM, StaffRole
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.change_asking import POWERS
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.institution.institutions import find_institution
from chalicelib.renderers.agreement.agreement_words import day
from chalicelib.renderers.agreement.change_letters import KIND_WORDS
from chalicelib.services.agreement.change_people import approve_change, find_change, refuse_change
from chalicelib.services.agreement.change_tools import everybody_of
from chalicelib.services.agreement.keep_document import document_link
from chalicelib.services.agreement.tell_change import former_of, tell_change, untold
from chalicelib.services.institution.enrol_staff import StaffAct

_LONGEST = 500
_RECORDED = {
    "registrado": "Registramos el pedido {}. Lo decide otro administrador.",
    "avisado": "Avisamos otra vez sobre el pedido {}.",
}
_DONE = "Registramos la decisión sobre el pedido {}, pero no salió algún correo. Revisa también al coordinador."


def show_change(request: PageRequest, staff: SignedIn, change_id: str) -> Response:
    """Show it with its documents, and ask for the decision."""
    return _page(request, staff, change_id)


def decide_by_form(request: PageRequest, staff: SignedIn, change_id: str) -> Response:
    """Approve or refuse it, or tell the institution again."""
    box = current()
    reason = tidy(request.value("reason")[:_LONGEST])
    tools, now, member = change_tools(box), box.clock(), staff.member
    by = StaffAct(member.actor, request.origin, reason, member)
    found = find_change(change_id, tools)
    page = f"/plataforma/cambios/{found.change_id}"
    if request.value("step") == "avisar":
        if found.letter is not None:
            tell_change(found, by=by, tools=tools, now=now)
        return go_to(f"{page}?hecho=avisado")
    try:
        read_reason(reason)
        decide = refuse_change if request.value("step") == "rechazar" else approve_change
        done = decide(change_id, by=by, member=member, tools=tools, now=now)
    except CasillaError as error:
        return _page(request, staff, change_id, error)
    if done.request.letter is not None and not done.is_sent:
        return go_to(f"{page}?hecho=sin-correo")
    what = "cambio-rechazado" if done.request.state is ChangeState.REFUSED else "cambio-aprobado"
    if not done.is_sent:
        what = "cambio-sin-correo"
    elif not done.is_changed:
        what = "cambio-decidido"
    return go_to(f"/plataforma/convenios?hecho={what}&solicitud={change_id}")


def download_document(
    request: PageRequest,  # noqa: ARG001 - as asked
    staff: SignedIn,  # noqa: ARG001 - as above
    change_id: str,
    document: str,
) -> Response:
    """Lead to one of its documents."""
    found = find_change(change_id, change_tools(current()))
    kept = {"documento": found.document, "poder": found.power_document}.get(document)
    if kept is None:
        raise NotFound("document_unknown", "El pedido no tiene ese documento.")
    return go_to(document_link(f"change-{change_id}", kept, files(current())))


def _page(request: PageRequest, staff: SignedIn, change_id: str, error: CasillaError | None = None) -> Response:
    tools = change_tools(current())
    found = find_change(change_id, tools)
    institution = find_institution(found.institution_id)
    everybody = everybody_of(found, tools)
    number, is_by_document = found.person.document_number, found.letter is not None
    askers = tools.staff.staff.list_for_institution(PLATFORM) if is_by_document else everybody
    missing = untold(found, tools) if is_by_document else ()
    what = request.asked("hecho")
    return show_form(
        request,
        "agreement/change_decision.html",
        error,
        AGREEMENT_LABELS,
        change=found,
        institution=institution,
        what=KIND_WORDS[found.kind],
        is_coordinator=found.kind is ChangeKind.COORDINATOR,
        asker=next((one.name for one in askers if one.actor == found.asked_by), ""),
        is_own=staff.member.actor == found.asked_by,
        former=former_of(found, tools),
        officer=next(
            (one for one in everybody if one.document_number == number and one.role is StaffRole.OFFICER), None
        ),
        came_on=day(found.letter.came_on) if found.letter else "",
        missing=missing,
        told=_told(what, found, missing),
        is_bad=what == "sin-correo" or (what in _RECORDED and bool(missing)),
        power=dict(POWERS).get(found.power or "", ""),
        issued_on=day(found.power_issued_on) if found.power_issued_on else "",
        states=ChangeState,
        reason=request.value("reason"),
    )


def _told(what: str, change: ChangeRequest, missing: tuple[Telling, ...]) -> str:
    """Say what was done, and whether the institution knows."""
    if what == "sin-correo":
        return _DONE.format(change.change_id)
    if what not in _RECORDED or change.letter is None:
        return ""
    if missing:
        knows = "No pudimos avisar a todos: abajo dice a quiénes. Avisa otra vez dentro de un momento."
    elif change.told():
        knows = "La entidad ya está avisada."
    else:
        knows = "La entidad no tiene a quién avisar por correo."
    return f"{_RECORDED[what].format(change.change_id)} {knows}"
