"""`/entidad/registros/nuevo`: an officer registers whom a form on paper is about, after a last look, with its scan."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import desk_review_tools
from chalicelib.bootstrap.registration import check_registration_open, registration_tools
from chalicelib.domain.desk.scan import LARGEST_SCAN
from chalicelib.domain.errors import CasillaError, Forbidden, InvalidInput, TooManyRequests, Unavailable
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.registration.identity import registries_of
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.same_form import FORM_USED
from chalicelib.domain.registration.taken import is_awaited
from chalicelib.handlers.page import answer_form, go_to, refuse_form, show, show_form
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.desk.labels import REGISTRATION_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.handlers.web.desk.paper_form import KINDS, PLACES, ReadForm, person_type_of, read_paper_form
from chalicelib.handlers.web.labels import DOCUMENT_TYPES
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.handlers.web.registration.fields import LABELS, SEXES, take_typed
from chalicelib.renderers.portal_texts import TEXTS, portal_texts
from chalicelib.services.desk.keep_scan import SentScan
from chalicelib.services.desk.review_registrations import TakenForm, find_earlier, take_form

_FORM, _CHECK = "desk/registration_new.html", "desk/registration_check.html"
_NEW, _REVIEW = "/entidad/registros/nuevo", "/entidad/registros/nuevo/revisar"
_NONE = FormFile("", b"")


def show_new(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that they may
    """Ask for what the form says."""
    return show(request, _FORM, **_shown(request))


def check_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Check it, and lead to the last look."""
    at = f"{_NEW}?tipo={person_type_of(request)}"
    if request.value("corregir"):
        return answer_form(request, KeptAnswer(template=_FORM), at=at, **_shown(request))
    read = read_paper_form(request, registration_tools(current()))
    if read.errors:
        return refuse_form(request, _FORM, read.errors, at=at, **_shown(request))
    return answer_form(request, KeptAnswer(template=_CHECK), at=_REVIEW, **_checked(request, staff, read))


def show_check(request: PageRequest, staff: SignedIn) -> Response:
    """Show what will be registered and ends by it, and ask for the scan; without what was typed, lead to the form."""
    if request.answer is None:
        return go_to(_NEW)
    read = read_paper_form(request, registration_tools(current()))
    return show(request, _CHECK, **_checked(request, staff, read))


def register_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Register, and lead to the list."""
    box = current()
    file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", _NONE)
    read = read_paper_form(request, registration_tools(box))
    try:
        if read.form is None:
            raise InvalidInput("form_malformed", "Falta algo del formato. Vuelve a corregirlo.")
        if request.value("signed") != "si":
            detail = "Comprueba la firma y los documentos, y marca la casilla."
            raise InvalidInput("signature_missing", detail, field="signed")
        if registries_of(read.form.application.claim):
            check_registration_open(box)
        taken = TakenForm(read.form, SentScan(file.filename, file.content), request.value("form_id"))
        done = take_form(taken, at_desk(request, staff), tools=desk_review_tools(box))
        if done.unsent is not None:
            raise _not_mailed(done.registration, done.unsent)
    except CasillaError as error:
        return show_form(request, _CHECK, error, REGISTRATION_LABELS, **_checked(request, staff, read, error))
    waits = done.registration.state is RegistrationState.AWAITING_REGISTRY
    told = "espera" if waits else "corregida" if done.has_ended else "registrada"
    return go_to(f"/entidad/registros?hecho={told}&numero={done.registration.reference}")


def _shown(request: PageRequest) -> dict[str, Any]:
    person_type = person_type_of(request)
    labels = LABELS[person_type]
    names = (*labels, *(f"{place}_{part}" for place in PLACES for part in _OTHER_PARTS))
    typed = {name: request.value(name) for name in names}
    typed |= take_typed(labels, request.value)
    return {
        "person_type": person_type,
        "is_company": person_type == "juridica",
        "labels": labels,
        "typed": typed,
        "kinds": [(kind, DOCUMENT_TYPES[kind]) for kind in KINDS],
        "sexes": list(SEXES.items()),
        "places": PLACES,
    }


def _checked(
    request: PageRequest, staff: SignedIn, read: ReadForm, error: CasillaError | None = None
) -> dict[str, Any]:
    refused = error.code if error is not None else request.answer.code if request.answer is not None else ""
    sent = request.value("form_id")  # kept while a form is mended; one that was another registration's is not
    return {
        "person_type": read.draft.person_type,
        "rows": read.rows,
        "typed": read.typed,
        "form_id": sent if sent and refused != FORM_USED else _new_form_id(),
        "texts": [portal_texts().text(name) for name in TEXTS],
        "largest": LARGEST_SCAN,
        "earlier": _earlier(read, staff),
    }


def _new_form_id() -> str:
    return current().chance.new_token().replace("-", "").replace("_", "")


def _earlier(read: ReadForm, staff: SignedIn) -> list[str]:
    """Return the numbers of what the same holder has waiting at this desk, which ends by registering."""
    if read.form is None:
        return []
    try:
        found = find_earlier(read.form.application.claim, staff.member, tools=desk_review_tools(current()))
    except Forbidden:
        return []  # told when it is sent
    return [one.reference for one in found if is_awaited(one, current().clock())]


def _not_mailed(registration: Registration, why: CasillaError) -> CasillaError:
    kept = f"Quedó registrada con el número {registration.reference}, pero el correo no salió."
    if isinstance(why, TooManyRequests):
        detail = f"{kept} {why.detail} Hazlo desde la lista de registros: no hace falta enviar otra vez este formato."
        return TooManyRequests("email_not_sent", detail, retry_after=why.retry_after)
    detail = f"{kept} Adjunta otra vez el formato y envía de nuevo: no se registra dos veces."
    return Unavailable("email_not_sent", detail, retry_after=2)


_OTHER_PARTS = ("document_type", "number", "name", "email", "mobile")
