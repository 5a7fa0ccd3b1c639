"""`/plataforma/cambios/…`: a requested change of coordinator or representative, and the decision on it."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.bootstrap.files import files
from chalicelib.domain.agreement.change_request import ChangeKind, ChangeState
from chalicelib.domain.errors import CasillaError, NotFound
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
from chalicelib.services.agreement.keep_document import document_link
from chalicelib.services.institution.enrol_staff import StaffAct

_LONGEST = 500


def show_change(request: PageRequest, staff: SignedIn, change_id: str) -> Response:  # noqa: ARG001 - who may may
    """Show it with its documents, and ask for the decision."""
    return _page(request, change_id)


def decide_by_form(request: PageRequest, staff: SignedIn, change_id: str) -> Response:
    """Approve or refuse it."""
    box = current()
    reason = tidy(request.value("reason")[:_LONGEST])
    tools, now, member = change_tools(box), box.clock(), staff.member
    by = StaffAct(member.actor, request.origin, reason, member)
    find_change(change_id, tools)
    try:
        read_reason(reason)
        decide = refuse_change if request.value("step") == "rechazar" else approve_change
        done = decide(change_id, by=by, member=member, tools=tools, now=now)
    except CasillaError as error:
        return _page(request, change_id, error)
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


def _page(request: PageRequest, change_id: str, error: CasillaError | None = None) -> Response:
    tools = change_tools(current())
    found = find_change(change_id, tools)
    institution = find_institution(found.institution_id)
    everybody = tools.staff.staff.list_for_institution(found.institution_id)
    former = next((one for one in everybody if one.staff_id == found.replaces), None)
    if former is None and found.replaces:
        former = tools.staff.staff.find_former(found.institution_id, found.replaces)
    return show_form(
        request,
        "agreement/change_decision.html",
        error,
        AGREEMENT_LABELS,
        change=found,
        institution=institution,
        what=KIND_WORDS[found.kind],
        is_coordinator=found.kind is ChangeKind.COORDINATOR,
        asker=next((one.name for one in everybody if one.actor == found.asked_by), ""),
        former=former,
        power=dict(POWERS).get(found.power or "", ""),
        issued_on=day(found.power_issued_on) if found.power_issued_on else "",
        states=ChangeState,
        reason=request.value("reason"),
    )
