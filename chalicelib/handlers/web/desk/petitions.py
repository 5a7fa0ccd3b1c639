"""`/entidad/casillas`: changes of mailboxes asked for on paper; a second officer has one made, or refuses it."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import petition_tools
from chalicelib.domain.desk.petition import CAUSE_WORDS, KIND_WORDS, REFUSAL_WORDS, Petition, PetitionState
from chalicelib.domain.desk.recovery import officer_of
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.labels import DECISION_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.renderers.desk.registration_words import contested_rows, mailbox_masked
from chalicelib.services.desk.keep_scan import link_to_scan
from chalicelib.services.desk.petitions import approve_petition, find_petition, refuse_petition, show_petition

_MOST_WAITING, _MOST_ENDED = 300, 20
_TOLD = {
    "registrado": "Quedó registrado y avisamos a los usuarios de la casilla. Nada cambia hasta que otra persona de tu"
    " entidad lo revise.",
    "sin_aviso": "Quedó registrado, pero el aviso a los usuarios de la casilla todavía no salió: se envía cuando otra"
    " persona quiera aprobarlo, y antes no se aprueba.",
    "hecho": "El cambio está hecho. Avisamos por correo a quienes corresponde.",
    "rechazado": "Lo rechazaste. En la casilla no cambió nada.",
}


def list_petitions(request: PageRequest, staff: SignedIn) -> Response:
    """Show what waits and what ended last, masked."""
    store, own = petition_tools(current()).petitions, staff.own.institution_id
    waiting = store.list_waiting(own, limit=_MOST_WAITING)
    return show(
        request,
        "desk/petitions.html",
        waiting=_seen(waiting, staff),
        most=_MOST_WAITING if len(waiting) == _MOST_WAITING else 0,
        ended=_seen(store.list_ended(own, limit=_MOST_ENDED), staff),
        changes=list(KIND_WORDS.items()),
        kind_words=KIND_WORDS,
        cause_words=CAUSE_WORDS,
        refusal_words=REFUSAL_WORDS,
        told=_TOLD.get(request.asked("hecho"), ""),
        is_bad=False,
    )


def show_one(request: PageRequest, staff: SignedIn, petition_id: str) -> Response:
    """Show one whole, which is logged."""
    return _page(request, staff, petition_id)


def decide_by_form(request: PageRequest, staff: SignedIn, petition_id: str) -> Response:
    """Have it made, or refuse it."""
    tools, by = petition_tools(current()), at_desk(request, staff)
    try:
        match request.value("deed"):
            case "aprobar":
                approve_petition(petition_id, by, tools=tools)
                done = "hecho"
            case "rechazar":
                refuse_petition(petition_id, request.value("refusal"), by, tools=tools)
                done = "rechazado"
            case _:
                raise InvalidInput("deed_unknown", "Elige qué hacer con el pedido.")
    except NotFound as error:
        if error.code == "petition_unknown":
            raise
        return _page(request, staff, petition_id, error)
    except CasillaError as error:
        return _page(request, staff, petition_id, error)
    return go_to(f"/entidad/casillas?hecho={done}")


def download_scan(request: PageRequest, staff: SignedIn, petition_id: str) -> Response:
    """Lead to the document, which is logged."""
    tools = petition_tools(current())
    petition = find_petition(petition_id, staff.member, petitions=tools.petitions)
    show_petition(petition, at_desk(request, staff), "scan", tools=tools)
    return go_to(link_to_scan(petition.scan, files=tools.desk.files))


def _page(request: PageRequest, staff: SignedIn, petition_id: str, error: CasillaError | None = None) -> Response:
    tools = petition_tools(current())
    petition = find_petition(petition_id, staff.member, petitions=tools.petitions)
    mailbox = show_petition(petition, at_desk(request, staff), "data", tools=tools)
    since = petition.decidable_from
    return show_form(
        request,
        "desk/petition.html",
        error,
        DECISION_LABELS,
        one=petition,
        mailbox=mailbox,
        user=None if mailbox is None else mailbox.user(petition.user_id),
        principal=None if mailbox is None else mailbox.principal,
        contested=() if mailbox is None or mailbox.freeze is None else contested_rows(mailbox.freeze),
        since=since,
        is_early=petition.state is PetitionState.OPEN and since is not None and current().clock() < since,
        is_own=petition.asked_by.is_same_person(officer_of(staff.member)),
        kind_words=KIND_WORDS,
        cause_words=CAUSE_WORDS,
        refusal_words=REFUSAL_WORDS,
        refusals=[(why.value, words) for why, words in REFUSAL_WORDS.items()],
        refusal=request.value("refusal"),
    )


def _seen(petitions: tuple[Petition, ...], staff: SignedIn) -> list[tuple[Petition, str]]:
    return [
        (one, mailbox_masked(one.mailbox_id))
        for one in petitions
        if reaches(staff.member, Act.DECIDE_REGISTRATION, one.office_id)
    ]
