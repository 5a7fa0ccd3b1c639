"""`/entidad/procedimientos`: the catalogue of the own institution, and a procedure as everybody reads it (FIL-1)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.domain.filing.catalogue import LONGEST_SEARCH, in_order, is_found, words_of
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.console.procedure_form import show_new
from chalicelib.handlers.web.filing.console.procedure_view import NEW, find_procedure, shown_of
from chalicelib.renderers.filing.procedure_words import KIND_WORDS

_TOLD = {
    "publicado": "Publicamos el trámite. Ya se lee en el catálogo.",
    "cambiado": "Publicamos los cambios. Las versiones anteriores se conservan.",
    "igual": "No había nada distinto: queda como estaba.",
    "retirado": "Retiramos el trámite. Su página dice desde cuándo y por qué.",
    "retomado": "El trámite se atiende otra vez.",
}
"""What a page tells of what was just done, by the parameter `hecho`."""


def list_procedures(request: PageRequest, staff: SignedIn) -> Response:
    """List them, those that are retired last; narrowed by words."""
    entries = procedure_store(current()).list_for_institution(staff.own.institution_id)
    search = request.asked("q")[:LONGEST_SEARCH]
    words = words_of(search)
    return show(
        request,
        "filing/procedures.html",
        entries=in_order([one for one in entries if is_found(one, words)]),
        count=len(entries),
        search=search,
        kinds=KIND_WORDS,
    )


def show_procedure(request: PageRequest, staff: SignedIn, procedure_id: str) -> Response:
    """Show one as everybody reads it, with what can be done; or ask for a new one."""
    if procedure_id == NEW:
        return show_new(request, staff)
    procedure = find_procedure(staff, procedure_id)
    told = _TOLD.get(request.asked("hecho"), "")
    return show(request, "filing/procedure.html", told=told, is_bad=False, **shown_of(procedure))
