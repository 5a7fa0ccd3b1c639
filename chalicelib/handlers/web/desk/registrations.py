"""`/entidad/registros`: registrations that wait for a review; an officer compares one with its proof, and decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import desk_review_tools
from chalicelib.domain.desk.scan import Scan
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.review import Review
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.labels import DECISION_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.handlers.web.desk.taken import do_about_taken, lists_of_taken, shown_of_taken
from chalicelib.renderers.desk.registration_words import (
    REFUSALS,
    compared_in_words,
    holder_masked,
    holder_rows,
    other_rows,
)
from chalicelib.renderers.desk.time_left import time_left
from chalicelib.services.desk.keep_scan import link_to_scan
from chalicelib.services.desk.review_registrations import (
    approve_at_desk,
    find_for_desk,
    list_for_desk,
    refuse_at_desk,
    show_for_desk,
)
from chalicelib.services.registration.review_registrations import PRESSING

_MOST = 50
_TOLD = {
    "registrada": "Quedó registrada. Enviamos un correo para que la persona confirme que es suyo. Cuando lo haga, la"
    " casilla se abre, o la solicitud aparece aquí para que otra persona la revise.",
    "corregida": "Quedó registrada, y la solicitud anterior de ese titular quedó anulada: su enlace ya no abre nada."
    " Enviamos un correo para que la persona confirme que es suyo.",
    "reenviada": "Enviamos el correo otra vez. El enlace nuevo vale media hora; si se vence, su página envía otro.",
    "anulada": "La anulaste. Su enlace ya no abre nada, y no escribimos a nadie.",
    "espera": "Quedó registrada. El registro oficial no responde ahora: lo consultamos otra vez y después escribimos a"
    " la persona.",
    "abierta": "La aprobaste. La persona recibe por correo su usuario y cómo ingresar.",
    "repetida": "La aprobaste, pero el titular ya tenía casilla y no se abrió otra. Por correo le decimos cómo"
    " recuperar el acceso.",
    "rechazada": "La rechazaste. Le decimos por correo por qué.",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One of the list, masked, with how long until its answer was promised."""

    registration: Registration
    holder: str
    unchecked: tuple[str, ...]
    words: str
    is_late: bool
    is_pressing: bool
    is_own: bool


def list_registrations(request: PageRequest, staff: SignedIn) -> Response:
    """Show those that wait, the one promised first at the top."""
    reviews, is_whole = list_for_desk(staff.member, tools=desk_review_tools(current()), limit=_MOST)
    now = current().clock()
    return show(
        request,
        "desk/registrations.html",
        waiting=[_row(one, staff, now) for one in reviews],
        is_whole=is_whole,
        **lists_of_taken(staff),
        told=_TOLD.get(request.asked("hecho"), ""),
        number=request.asked("numero")[:14],
        is_bad=False,
    )


def show_one(request: PageRequest, staff: SignedIn, reference: str) -> Response:
    """Show one whole, which is logged."""
    return _page(request, staff, reference)


def decide_by_form(request: PageRequest, staff: SignedIn, reference: str) -> Response:
    """Approve or refuse; of one whose e-mail nobody proved, send it again or end it."""
    tools, by = desk_review_tools(current()), at_desk(request, staff)
    try:
        match request.value("deed"):
            case "aprobar":
                ended = approve_at_desk(reference, by, tools=tools)
                done = "abierta" if ended.opened_mailbox else "repetida"
            case "rechazar":
                refuse_at_desk(reference, request.value("refusal"), by, tools=tools)
                done = "rechazada"
            case "reenviar" | "anular":
                done = do_about_taken(request, staff, reference)
            case _:
                raise InvalidInput("deed_unknown", "Elige qué hacer con la solicitud.")
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, staff, reference, error)
    return go_to(f"/entidad/registros?hecho={done}")


def download_scan(request: PageRequest, staff: SignedIn, reference: str) -> Response:
    """Lead to the signed form, which is logged."""
    tools = desk_review_tools(current())
    visit = find_for_desk(reference, staff.member, tools=tools).registration.desk
    if visit is None or not visit.scan_key:
        raise NotFound("file_not_found", "Esta solicitud no tiene formato.")
    show_for_desk(reference, at_desk(request, staff), "scan", tools=tools)
    scan = Scan(visit.scan_key, visit.scan_type, visit.scan_sha256, visit.scan_size)
    return go_to(link_to_scan(scan, files=tools.files))


def _page(request: PageRequest, staff: SignedIn, reference: str, error: CasillaError | None = None) -> Response:
    tools, now = desk_review_tools(current()), current().clock()
    found = find_for_desk(reference, staff.member, tools=tools)
    is_waiting = found.registration.state is RegistrationState.AWAITING_REVIEW
    review = show_for_desk(reference, at_desk(request, staff), "data", tools=tools) if is_waiting else found
    one = review.registration
    return show_form(
        request,
        "desk/registration.html",
        error,
        DECISION_LABELS,
        row=_row(review, staff, now),
        is_waiting=is_waiting,
        is_decided=one.state in {RegistrationState.COMPLETED, RegistrationState.REFUSED},
        holder=holder_rows(one) if is_waiting else [],
        others=other_rows(one),
        compared=compared_in_words(one),
        has_mailbox=review.has_mailbox,
        refusals=[(why.value, words) for why, words in REFUSALS.items()],
        refusal=request.value("refusal"),
        **shown_of_taken(one, staff, request),
    )


def _row(review: Review, staff: SignedIn, now: datetime) -> _Row:
    one, until = review.registration, review.registration.review_until
    visit, member = one.desk, staff.member
    return _Row(
        registration=one,
        holder=holder_masked(one) if one.person or one.company else "",
        unchecked=compared_in_words(one).unchecked,
        words="" if until is None else time_left(until, now),
        is_late=until is not None and now > until,
        is_pressing=until is not None and now >= until - PRESSING,
        is_own=visit is not None and member.document_number == visit.number,
    )
