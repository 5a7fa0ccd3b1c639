"""`/plataforma/entidades/{institution_id}/convenio`: an institution's agreement, for who administers the platform."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_store
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.agreement.agreement import Agreement, AgreementState
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import agreement_page, link_to_document
from chalicelib.handlers.web.institution import institution_forms

_TOLD = {
    "registrar": "Registramos el convenio.",
    "adenda": "Registramos la adenda.",
    "inactivar": "El convenio está inactivo: la entidad no deposita ni consulta.",
    "reactivar": "Registramos el cambio.",
    "nada": "Ya estaba así: no cambiamos nada.",
    "sin-correo": "Registramos el cambio, pero no pudimos avisar por correo a sus coordinadores. Llama a la entidad.",
}


def base_of(institution_id: str) -> str:
    """Return where an institution's agreement is shown."""
    return f"/plataforma/entidades/{institution_id}/convenio"


def show_agreement(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - who may may
    """Show it with its history, and what can be done to it."""
    institution, agreement, shown = agreement_page(institution_id)
    what = request.asked("hecho")
    return show(
        request,
        "agreement/agreement.html",
        institution=institution,
        deeds=deeds_for(agreement),
        documents_at=f"{base_of(institution_id)}/documentos",
        told=_TOLD.get(what, ""),
        is_bad=what == "sin-correo",
        **shown,
    )


def download_document(
    request: PageRequest,  # noqa: ARG001 - as asked
    staff: SignedIn,  # noqa: ARG001 - as above
    institution_id: str,
    document_id: str,
) -> Response:
    """Lead to a document of it."""
    return go_to(link_to_document(institution_id, document_id))


def deeds_for(agreement: Agreement | None) -> tuple[str, ...]:
    """Return what can be done to an agreement as it stands today."""
    if agreement is None:
        return ("registrar",)
    register = () if agreement.is_registered else ("registrar",)
    if agreement.state is AgreementState.CANCELLED:
        return (*register, "reactivar")
    extend = ("adenda",) if agreement.ends_on is not None else ()
    revive = ("reactivar",) if agreement.causes else ()
    return (*register, *extend, *revive, "inactivar")


def require_other(institution_id: str, staff: SignedIn) -> None:
    """Let nobody decide on the agreement, or the state, of an institution that they work for.

    Raises:
        Forbidden: `agreement_own`.

    """
    own = staff_tools(current()).staff.find(institution_id, staff.member.document_number)
    if own is not None:
        raise Forbidden("agreement_own", "Eres usuario de esta entidad: tiene que hacerlo otro administrador.")


def show_state(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Ask for the state of an institution without an agreement; of another one the agreement says it."""
    if agreement_store(current()).find(institution_id) is not None:
        return go_to(base_of(institution_id))
    return institution_forms.show_state(request, staff, institution_id)


def set_state_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Set it, unless an agreement was registered meanwhile."""
    if agreement_store(current()).find(institution_id) is not None:
        return go_to(base_of(institution_id))
    require_other(institution_id, staff)
    return institution_forms.set_state_by_form(request, staff, institution_id)
