"""`/entidad/convenio`: the state of the own agreement, in words, and what to do (S2, questions 1 and 5)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import agreement_page, link_to_document


def show_agreement(request: PageRequest, staff: SignedIn) -> Response:
    """Show it to the coordinator."""
    institution, _, shown = agreement_page(staff.own.institution_id)
    return show(request, "agreement/own.html", institution=institution, documents_at="/entidad/convenio", **shown)


def download_document(request: PageRequest, staff: SignedIn, document_id: str) -> Response:  # noqa: ARG001 - as asked
    """Lead to a document of it."""
    return go_to(link_to_document(staff.own.institution_id, document_id))
