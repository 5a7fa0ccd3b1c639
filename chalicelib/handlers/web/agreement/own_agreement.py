"""`/entidad/convenio`: the state of the own agreement, in words, and what to do (S2, questions 1 and 5)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.domain.agreement.change_request import ChangeState
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import agreement_page, link_to_document
from chalicelib.renderers.agreement.change_letters import KIND_WORDS

_STATES = {
    ChangeState.ASKED: "Espera la decisión de la plataforma",
    ChangeState.APPROVED: "Aprobado",
    ChangeState.REFUSED: "No aprobado",
}


def show_agreement(request: PageRequest, staff: SignedIn) -> Response:
    """Show it to the coordinator."""
    institution, _, shown = agreement_page(staff.own.institution_id)
    changes = change_tools(current()).changes
    number = request.asked("pedido")
    asked = changes.list_for_institution(institution.institution_id)
    is_own = request.asked("hecho") == "pedido" and any(one.change_id == number for one in asked)
    return show(
        request,
        "agreement/own.html",
        institution=institution,
        documents_at="/entidad/convenio",
        representative=changes.find_representative(institution.institution_id),
        changes=[(one, KIND_WORDS[one.kind], _STATES[one.state]) for one in reversed(asked)],
        waiting_by_document=[one for one in asked if one.letter is not None and one.state is ChangeState.ASKED],
        told=f"Enviamos el pedido {number}. La administración de la plataforma te responde por correo."
        if is_own
        else "",
        is_bad=False,
        **shown,
    )


def download_document(request: PageRequest, staff: SignedIn, document_id: str) -> Response:  # noqa: ARG001 - as asked
    """Lead to a document of it."""
    return go_to(link_to_document(staff.own.institution_id, document_id))
