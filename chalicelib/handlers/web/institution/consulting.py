"""`/entidad/consultar`: *tiene casilla* alone, for a reason that is recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import consultation_tools
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import DOCUMENT_TYPES, Reader
from chalicelib.handlers.web.institution.composition_parts import officer_of
from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS
from chalicelib.renderers.institution.composition_words import tell_reception
from chalicelib.renderers.spanish import date_and_hour
from chalicelib.services.deposit.consult_mailbox import consult_for_officer

_FORM, _ANSWER = "institution/consultation.html", "institution/consultation_answer.html"


def show_consultation(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that they may
    """Ask about whom, and why."""
    return _page(request)


def consult_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Tell whether they have a mailbox that receives, and which of its channels live."""
    box, reader = current(), Reader(request)
    try:
        kind, number = reader.person()
        reason = reader.check(lambda: read_reason(request.value("reason")), "")
        reader.done()
        told = consult_for_officer(
            mailbox_id_for(kind, number, box.mailbox_prefixes),
            officer=officer_of(staff, request, staff.member.office_id),
            reason=reason,
            requests=sender_tools(box).requests,
            consultations=consultation_tools(box),
        )
    except CasillaError as error:
        return _page(request, error)
    words: dict[str, Any] = asdict(tell_reception(told, box.calendar.zone))
    asked = f"{kind.value} {number}"
    return tell(request, _ANSWER, about=asked, at_hour=date_and_hour(box.clock(), box.calendar.zone), **words)


def _page(request: PageRequest, error: CasillaError | None = None) -> Response:
    shown: dict[str, Any] = {
        "kinds": DOCUMENT_TYPES,
        "document_type": request.value("document_type") or "DNI",
        "document_number": request.value("document_number"),
        "reason": request.value("reason"),
    }
    return show_form(request, _FORM, error, COMPOSE_LABELS, **shown)
