"""`/entidad/convenio/cambios/…`: a coordinator asks for another coordinator or legal representative (INS-4)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.domain.agreement.change_request import CERTIFICATE_DAYS, ChangeKind, Power
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import sent_file
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.institution.composition_fields import typed_day
from chalicelib.services.agreement.apply_for_agreement import SentPdf
from chalicelib.services.agreement.change_people import ask_change, coordinators_of
from chalicelib.services.agreement.keep_document import LARGEST_DOCUMENT
from chalicelib.services.institution.enrol_staff import StaffAct

POWERS = (
    (Power.CERTIFICATE.value, "Vigencia de poder"),
    (Power.RESOLUTION.value, "Resolución o documento que lo designa"),
)
_KINDS = {"coordinador": ChangeKind.COORDINATOR, "representante": ChangeKind.REPRESENTATIVE}
_FIELDS = ("name", "document_number", "position", "email", "mobile", "replaces", "power")
_LONGEST = 500


def show_change(request: PageRequest, staff: SignedIn, kind: str) -> Response:
    """Ask for who comes, and for the documents."""
    return _page(request, staff, _kind(kind))


def ask_by_form(request: PageRequest, staff: SignedIn, kind: str) -> Response:
    """Keep the request."""
    box, chosen = current(), _kind(kind)
    typed = {name: request.value(name)[:_LONGEST] for name in _FIELDS}
    typed["power_issued_on"] = typed_day(request, "power_issued_on")
    document, power = sent_file(request), sent_file(request, "power_file")
    now = box.clock()
    try:
        if len(document.content) + len(power.content) > LARGEST_DOCUMENT:
            detail = "Los dos documentos juntos pasan de 4 MB. Escanéalos con menos resolución."
            raise InvalidInput("file_too_large_here", detail, field="file")
        asked = ask_change(
            chosen,
            typed,
            SentPdf(document.filename, document.content),
            SentPdf(power.filename, power.content) if chosen is ChangeKind.REPRESENTATIVE else None,
            by=StaffAct(staff.member.actor, request.origin, member=staff.member),
            asker=staff.member,
            today=box.calendar.local(now).date(),
            tools=change_tools(box),
            now=now,
        )
    except CasillaError as error:
        return _page(request, staff, chosen, error)
    return go_to(f"/entidad/convenio?hecho=pedido&pedido={asked.change_id}")


def _page(request: PageRequest, staff: SignedIn, kind: ChangeKind, error: CasillaError | None = None) -> Response:
    typed: dict[str, Any] = {name: request.value(name) for name in _FIELDS}
    typed["power_issued_on"] = typed_day(request, "power_issued_on")
    tools = change_tools(current()).staff
    coordinators = coordinators_of(staff.own.institution_id, tools) if kind is ChangeKind.COORDINATOR else ()
    if len(coordinators) == 1 and not request.form:
        typed["replaces"] = coordinators[0].staff_id
    return show_form(
        request,
        "agreement/change.html",
        error,
        AGREEMENT_LABELS,
        is_coordinator=kind is ChangeKind.COORDINATOR,
        coordinators=[(one.staff_id, f"{one.name}, {one.position}") for one in coordinators],
        powers=POWERS,
        days=CERTIFICATE_DAYS,
        typed=typed,
        largest=LARGEST_DOCUMENT,
    )


def _kind(name: str) -> ChangeKind:
    if name not in _KINDS:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return _KINDS[name]
