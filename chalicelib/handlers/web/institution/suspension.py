"""`/entidad/enviadas/{notice_id}/suspender`: one person asks that a reading be suspended, another one confirms."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_tools, suspension_tools
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.errors import CasillaError, InvalidInput, Unavailable
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.institution.suspending import LONGEST_REASON, officer_of, open_request
from chalicelib.domain.reading.suspension import CAUSE_WORDS, LAPSES_AFTER
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.services.institution.own_notice import find_own_notice
from chalicelib.services.institution.suspend_reading import (
    Suspender,
    ask_suspension,
    confirm_suspension,
    withdraw_suspension,
)
from chalicelib.services.institution.tell_suspension import tell_reading_suspended, tell_suspension_asked

_LONGEST_READ = 4 * LONGEST_REASON
_TOLD = {
    "pedido": "Tu pedido quedó registrado. La notificación todavía se puede leer: llama ahora a otra persona de tu"
    " entidad para que lo confirme en esta misma página. Enviamos un correo a quienes pueden hacerlo, si hay alguien.",
    "retirado": "Retiraste tu pedido. La notificación sigue como estaba.",
    "suspendida": "La lectura quedó suspendida en este momento.",
}


def show_suspension(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:
    """Show how it stands, and what the person can do about it."""
    return _page(request, staff, notice_id)


def suspend_by_form(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:
    """Ask, withdraw or confirm."""
    tools, by = suspension_tools(current()), Suspender(staff.member, request.origin)
    deed = request.value("deed")
    try:
        match deed:
            case "pedir":
                cause, reason = request.value("cause"), request.value("reason")[:_LONGEST_READ]
                ask_suspension(notice_id, cause, reason, by=by, tools=tools)
                _tell(notice_id, staff, tell_suspension_asked)
                done = "pedido"
            case "retirar":
                withdraw_suspension(notice_id, by=by, tools=tools)
                done = "retirado"
            case "confirmar":
                confirm_suspension(notice_id, by=by, tools=tools)
                _tell(notice_id, staff, tell_reading_suspended)
                done = "suspendida"
            case _:
                raise InvalidInput("deed_unknown", "Elige qué hacer con la notificación.")
    except CasillaError as error:
        return _page(request, staff, notice_id, error)
    return go_to(f"{request.path}?hecho={done}")


def _tell(notice_id: str, staff: SignedIn, tell: Callable[..., int]) -> None:
    """Tell whom it concerns; nobody who is not reached undoes what was decided."""
    box = current()
    try:
        found, _ = find_own_notice(notice_id, staff.member, Act.SUSPEND_READING, readings=reading_store(box))
        tell(found.issued, staff.member, tools=staff_tools(box), now=box.clock())
    except Unavailable as error:
        log_refusal(error)


def _page(request: PageRequest, staff: SignedIn, notice_id: str, error: CasillaError | None = None) -> Response:
    box = current()
    found, _ = find_own_notice(notice_id, staff.member, Act.SUSPEND_READING, readings=reading_store(box))
    asked = open_request(found, box.clock())
    return show_form(
        request,
        "institution/suspension.html",
        error,
        STAFF_LABELS,
        notice=found.issued,
        opening=found.opening,
        suspension=found.suspension,
        asked=asked,
        is_mine=asked is not None and asked.by.is_same_person(officer_of(staff.member)),
        causes=[(cause.value, words) for cause, words in CAUSE_WORDS.items()],
        cause_words=CAUSE_WORDS,
        hours=int(LAPSES_AFTER.total_seconds() // 3600),
        told=_TOLD.get(request.asked("hecho"), ""),
        cause=request.value("cause"),
        reason=request.value("reason"),
    )
