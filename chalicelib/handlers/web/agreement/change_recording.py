"""`…/entidades/{institution_id}/cambios/…`: a change that a document asks for, recorded by the platform (INS-4).

S4: the new *administrador institucional* asks, whom this house calls coordinator; the former one may be gone. Another
administrator decides it, and the institution is told of it at once.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.domain.agreement.change_request import DOCUMENT_DAYS, ChangeKind
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.change_asking import ask_typed, change_form, kind_of
from chalicelib.handlers.web.institution.composition_fields import typed_day
from chalicelib.handlers.web.institution.institutions import BASE, find_institution
from chalicelib.services.agreement.tell_change import active_to_tell, tell_change
from chalicelib.services.institution.enrol_staff import StaffAct

_OTHER_FORM = {"change_asked", "code_invalid"}


def show_change(request: PageRequest, staff: SignedIn, institution_id: str, kind: str) -> Response:  # noqa: ARG001 - who may may
    """Ask for the document, who comes and whom they replace."""
    return _page(request, find_institution(institution_id), kind_of(kind))


def record_by_form(request: PageRequest, staff: SignedIn, institution_id: str, kind: str) -> Response:
    """Keep it and tell the institution; the same form again tells whom it could not tell."""
    institution, chosen, box = find_institution(institution_id), kind_of(kind), current()
    form_id = request.value("form_id")
    try:
        asked = ask_typed(request, staff, chosen, institution.institution_id, form_id)
    except CasillaError as error:
        return _page(request, institution, chosen, error)
    by = StaffAct(staff.member.actor, request.origin, member=staff.member)
    tell_change(asked, by=by, tools=change_tools(box), now=box.clock())
    return go_to(f"/plataforma/cambios/{asked.change_id}?hecho=registrado")


def _page(
    request: PageRequest, institution: Institution, kind: ChangeKind, error: CasillaError | None = None
) -> Response:
    own = institution.institution_id
    refused = request.answer.code if error is None and request.answer is not None else getattr(error, "code", "")
    shown: dict[str, Any] = {
        "institution": institution,
        "letter_number": request.value("letter_number"),
        "came_on": typed_day(request, "came_on"),
        "document_days": DOCUMENT_DAYS,
        "to_tell": active_to_tell(institution, change_tools(current())),
    }
    sent = request.value("form_id")  # kept while a form is mended; one that was another request's is not
    shown["form_id"] = sent if sent and refused not in _OTHER_FORM else current().chance.new_code()
    return change_form(request, kind, own, error, back=f"{BASE}/{own}", **shown)
