"""`/plataforma/convenios`: the applications that wait, and the decision on one."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import application_tools, change_tools
from chalicelib.bootstrap.files import files
from chalicelib.domain.agreement.application import Application, ApplicationState
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution_changes import check_institution_id
from chalicelib.domain.typed import plain, tidy
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreements import base_of
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.institution.composition_fields import Reader, typed_day
from chalicelib.renderers.agreement.agreement_words import MODALITY_WORDS
from chalicelib.renderers.agreement.change_letters import KIND_WORDS
from chalicelib.services.agreement.decide_application import (
    Approval,
    approve_application,
    find_application,
    refuse_application,
)
from chalicelib.services.agreement.keep_document import document_link
from chalicelib.services.institution.enrol_staff import StaffAct

PAGE = "/plataforma/convenios"
_MOST_WAITING = 200
_LONGEST_NUMBER = 60
_LONGEST_ID = 30
_LONGEST = 500
_TOLD = {
    "aprobada": "Aprobamos la solicitud {} e invitamos al coordinador propuesto.",
    "rechazada": "Rechazamos la solicitud {} y lo avisamos por correo.",
    "sin-correo": "Registramos la decisión sobre la solicitud {}, pero no salió algún correo. Revisa al coordinador.",
    "decidida": "La solicitud {} ya estaba decidida así.",
    "cambio-aprobado": "Aprobamos el pedido {}. Vale desde ahora.",
    "cambio-rechazado": "Rechazamos el pedido {} y lo avisamos por correo.",
    "cambio-sin-correo": "Registramos la decisión sobre {}, pero no salió algún correo. Revisa al coordinador.",
    "cambio-decidido": "El pedido {} ya estaba decidido así.",
}


def list_applications(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - who may may
    """List those that wait, the oldest first."""
    waiting = application_tools(current()).applications.list_waiting(limit=_MOST_WAITING + 1)
    changes = change_tools(current()).changes.list_waiting(limit=_MOST_WAITING + 1)
    number = request.asked("solicitud")
    is_known = re.fullmatch(r"[A-Za-z0-9-]{1,20}", number) is not None
    what = request.asked("hecho")
    return show(
        request,
        "agreement/applications.html",
        waiting=waiting[:_MOST_WAITING],
        changes=[{"change": one, "what": KIND_WORDS[one.kind]} for one in changes[:_MOST_WAITING]],
        is_whole=max(len(waiting), len(changes)) <= _MOST_WAITING,
        told=_TOLD.get(what, "").format(number) if is_known else "",
        is_bad=what.endswith("sin-correo"),
    )


def show_application(request: PageRequest, staff: SignedIn, application_id: str) -> Response:  # noqa: ARG001 - as above
    """Show one with its document, and ask for the decision."""
    return _page(request, application_id)


def decide_by_form(request: PageRequest, staff: SignedIn, application_id: str) -> Response:
    """Approve or refuse it."""
    box = current()
    refuses = request.value("step") == "rechazar"
    reason = tidy(request.value("reason")[:_LONGEST])
    by = StaffAct(staff.member.actor, request.origin, reason, staff.member)
    tools, now = application_tools(box), box.clock()
    try:
        if refuses:
            read_reason(reason)
            done = refuse_application(application_id, by=by, tools=tools, now=now)
        else:
            today = box.calendar.local(now).date()
            done = approve_application(application_id, _approval(request), by=by, today=today, tools=tools, now=now)
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, application_id, error)
    what = "rechazada" if done.application.state is ApplicationState.REFUSED else "aprobada"
    if not done.is_sent:
        what = "sin-correo"
    elif not done.is_changed:
        what = "decidida"
    return go_to(f"{PAGE}?hecho={what}&solicitud={application_id}")


def download_document(request: PageRequest, staff: SignedIn, application_id: str) -> Response:  # noqa: ARG001 - as above
    """Lead to the signed document."""
    application = find_application(application_id, application_tools(current()))
    if application.document is None:
        raise NotFound("document_unknown", "La solicitud no tiene documento.")
    return go_to(document_link(f"application-{application_id}", application.document, files(current())))


def _approval(request: PageRequest) -> Approval:
    reader = Reader(request)
    institution_id = plain(request.value("institution_id")[:_LONGEST]).lower()
    reader.check(lambda: _check_id(institution_id), None)
    number = reader.text("number", _LONGEST_NUMBER)
    begins_on = reader.day("begins_on")
    ends_on = reader.day("ends_on", is_needed=False)
    reader.done()
    if begins_on is None:
        raise InvalidInput("field_missing", "", field="begins_on")
    return Approval(institution_id, number, begins_on, ends_on)


def _check_id(institution_id: str) -> None:
    try:
        check_institution_id(institution_id)
    except InvalidInput as error:
        raise InvalidInput(error.code, error.detail, field="institution_id") from error


def _page(request: PageRequest, application_id: str, error: CasillaError | None = None) -> Response:
    box = current()
    application = find_application(application_id, application_tools(box))
    typed: dict[str, Any] = {name: request.value(name) for name in ("institution_id", "number", "reason")}
    typed |= {name: typed_day(request, name) for name in ("begins_on", "ends_on")}
    if not request.form:
        typed["institution_id"] = _suggested_id(application)
        typed["begins_on"] = box.calendar.local(box.clock()).date().isoformat()
    return show_form(
        request,
        "agreement/decision.html",
        error,
        AGREEMENT_LABELS,
        application=application,
        modality=MODALITY_WORDS[application.modality],
        typed=typed,
        states=ApplicationState,
        agreement_at=base_of(application.institution_id),
    )


def _suggested_id(application: Application) -> str:
    """Return an identifier out of the name, which the administrator may change."""
    ascii_only = unicodedata.normalize("NFD", application.institution_name.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only))[:_LONGEST_ID].strip("-")
