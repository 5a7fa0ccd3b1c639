"""`/entidad/convenio/cambios/…`: a coordinator asks for another coordinator or legal representative (INS-4)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.domain.agreement.change_request import CERTIFICATE_DAYS, ChangeKind, ChangeRequest, Power
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.staff import STATE_WORDS, StaffMember
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import sent_file
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.institution.composition_fields import typed_day
from chalicelib.services.agreement.apply_for_agreement import SentPdf
from chalicelib.services.agreement.change_people import ask_change
from chalicelib.services.agreement.change_tools import coordinators_of
from chalicelib.services.agreement.keep_document import LARGEST_DOCUMENT
from chalicelib.services.institution.enrol_staff import StaffAct

POWERS = (
    (Power.CERTIFICATE.value, "Vigencia de poder"),
    (Power.RESOLUTION.value, "Resolución o documento que lo designa"),
)
_KINDS = {"coordinador": ChangeKind.COORDINATOR, "representante": ChangeKind.REPRESENTATIVE}
_FIELDS = ("name", "document_number", "position", "email", "mobile", "replaces", "power", "letter_number")
_DAYS = ("power_issued_on", "came_on")
_LONGEST = 500


def show_change(request: PageRequest, staff: SignedIn, kind: str) -> Response:
    """Ask for who comes, and for the documents."""
    return _page(request, staff, kind_of(kind))


def ask_by_form(request: PageRequest, staff: SignedIn, kind: str) -> Response:
    """Keep the request."""
    chosen = kind_of(kind)
    try:
        asked = ask_typed(request, staff, chosen, staff.own.institution_id)
    except CasillaError as error:
        return _page(request, staff, chosen, error)
    return go_to(f"/entidad/convenio?hecho=pedido&pedido={asked.change_id}")


def ask_typed(
    request: PageRequest, staff: SignedIn, kind: ChangeKind, institution_id: str, form_id: str = ""
) -> ChangeRequest:
    """Keep what a form asks for an institution.

    Raises:
        CasillaError: as `ask_change`; `file_too_large_here`: the two documents together.

    """
    box = current()
    typed = {name: request.value(name)[:_LONGEST] for name in _FIELDS}
    typed |= {name: typed_day(request, name) for name in _DAYS}
    document, power = sent_file(request), sent_file(request, "power_file")
    now = box.clock()
    if len(document.content) + len(power.content) > LARGEST_DOCUMENT:
        detail = "Los dos documentos juntos pasan de 4 MB. Escanéalos con menos resolución."
        raise InvalidInput("file_too_large_here", detail, field="file")
    return ask_change(
        kind,
        typed,
        SentPdf(document.filename, document.content),
        SentPdf(power.filename, power.content) if kind is ChangeKind.REPRESENTATIVE else None,
        by=StaffAct(staff.member.actor, request.origin, member=staff.member),
        asker=staff.member,
        institution_id=institution_id,
        today=box.calendar.local(now).date(),
        tools=change_tools(box),
        now=now,
        change_id=form_id,
    )


def change_form(
    request: PageRequest,
    kind: ChangeKind,
    institution_id: str,
    error: CasillaError | None = None,
    *,
    back: str,
    **shown: Any,
) -> Response:
    """Show the form; `back` is the page before it, `shown` what it has of a request that came by document."""
    typed: dict[str, Any] = {name: request.value(name) for name in _FIELDS}
    typed["power_issued_on"] = typed_day(request, "power_issued_on")
    tools = change_tools(current()).staff
    coordinators = coordinators_of(institution_id, tools) if kind is ChangeKind.COORDINATOR else ()
    if len(coordinators) == 1 and not request.form:
        typed["replaces"] = coordinators[0].staff_id
    return show_form(
        request,
        "agreement/change.html",
        error,
        AGREEMENT_LABELS,
        is_coordinator=kind is ChangeKind.COORDINATOR,
        coordinators=[(one.staff_id, _told(one)) for one in coordinators],
        powers=POWERS,
        days=CERTIFICATE_DAYS,
        typed=typed,
        largest=LARGEST_DOCUMENT,
        back=back,
        **shown,
    )


def kind_of(name: str) -> ChangeKind:
    """Return who changes, by the last part of the address.

    Raises:
        NotFound: `page_not_found`.

    """
    if name not in _KINDS:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return _KINDS[name]


def _page(request: PageRequest, staff: SignedIn, kind: ChangeKind, error: CasillaError | None = None) -> Response:
    return change_form(request, kind, staff.own.institution_id, error, back="/entidad/convenio")


def _told(one: StaffMember) -> str:
    state = "" if one.is_active else f" ({STATE_WORDS[one.state]})"
    return f"{one.name}, {one.position}{state}"
