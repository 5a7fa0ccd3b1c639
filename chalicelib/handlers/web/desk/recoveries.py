"""`/entidad/restauraciones`: what waits, the one due first at the top; a second officer checks one and decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import desk_tools, recovery_store
from chalicelib.domain.desk.recovery import (
    BY_SECOND_OFFICER,
    CAUSE_WORDS,
    REFUSAL_WORDS,
    Recovery,
    RecoveryRefusal,
    officer_of,
)
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.labels import DECISION_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.renderers.desk.registration_words import mailbox_masked
from chalicelib.renderers.desk.time_left import time_left
from chalicelib.services.desk.decide_recovery import (
    approve_recovery,
    find_recovery,
    refuse_recovery,
    send_approved,
    show_recovery,
)
from chalicelib.services.desk.keep_scan import link_to_scan

_MOST_WAITING, _MOST_ENDED = 100, 20
_OFFICES_LOOKED_THROUGH = 10
"""How many times as many are read for who sees those of one office only."""
_TOLD = {
    "registrada": "Quedó registrada. Avisamos por correo y por mensaje de texto a la persona. Ahora la revisa otra"
    " persona de tu entidad: el enlace tiene que salir en 24 horas.",
    "enviada": "La aprobaste y el enlace salió al correo registrado de la persona.",
    "sin-correo": "La decisión quedó registrada, pero el correo con el enlace no salió. Envíalo otra vez desde aquí.",
    "rechazada": "La rechazaste. Avisamos a la persona por correo.",
}
_BAD = {"sin-correo"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One of the list, with the holder's document masked and its term in words."""

    recovery: Recovery
    holder: str
    words: str
    is_late: bool
    is_pressing: bool
    is_own: bool


def list_recoveries(request: PageRequest, staff: SignedIn) -> Response:
    """Show what waits and what ended last; nobody's data are shown whole."""
    box, store = current(), recovery_store(current())
    institution_id, now = staff.own.institution_id, box.clock()
    wide = 1 if staff.member.office_id is None else _OFFICES_LOOKED_THROUGH
    found = store.list_waiting(institution_id, limit=_MOST_WAITING * wide + 1)
    seen = _rows(found[: _MOST_WAITING * wide], staff, now)
    waiting = seen[:_MOST_WAITING]
    ended = _rows(store.list_ended(institution_id, limit=_MOST_ENDED * wide), staff, now)
    return show(
        request,
        "desk/recoveries.html",
        waiting=waiting,
        late=sum(row.is_late for row in waiting),
        pressing=sum(row.is_pressing and not row.is_late for row in waiting),
        is_whole=len(found) <= _MOST_WAITING * wide and len(seen) <= _MOST_WAITING,
        ended=ended[:_MOST_ENDED],
        refusal_words=REFUSAL_WORDS,
        told=_TOLD.get(request.asked("hecho"), ""),
        is_bad=request.asked("hecho") in _BAD,
    )


def show_one(request: PageRequest, staff: SignedIn, recovery_id: str) -> Response:
    """Show one whole, which is logged."""
    return _page(request, staff, recovery_id)


def decide_by_form(request: PageRequest, staff: SignedIn, recovery_id: str) -> Response:
    """Approve, refuse, or send again what did not go out."""
    tools, by = desk_tools(current()), at_desk(request, staff)
    try:
        match request.value("deed"):
            case "aprobar":
                is_sent = approve_recovery(recovery_id, by, tools=tools)
            case "enviar":
                is_sent = send_approved(recovery_id, by, tools=tools)
            case "rechazar":
                refuse_recovery(recovery_id, request.value("refusal"), by, tools=tools)
                return go_to("/entidad/restauraciones?hecho=rechazada")
            case _:
                raise InvalidInput("deed_unknown", "Elige qué hacer con la restauración.")
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, staff, recovery_id, error)
    if not is_sent:
        return go_to(f"{request.path}?hecho=sin-correo")
    return go_to("/entidad/restauraciones?hecho=enviada")


def download_scan(request: PageRequest, staff: SignedIn, recovery_id: str) -> Response:
    """Lead to the copy of the document, which is logged."""
    tools = desk_tools(current())
    recovery = find_recovery(recovery_id, staff.member, recoveries=tools.recoveries)
    show_recovery(recovery, at_desk(request, staff), "scan", tools=tools)
    return go_to(link_to_scan(recovery.scan, files=tools.files))


def _page(request: PageRequest, staff: SignedIn, recovery_id: str, error: CasillaError | None = None) -> Response:
    tools, now = desk_tools(current()), current().clock()
    recovery = find_recovery(recovery_id, staff.member, recoveries=tools.recoveries)
    mailbox, user = show_recovery(recovery, at_desk(request, staff), "data", tools=tools)
    [row] = _rows((recovery,), staff, now)
    return show_form(
        request,
        "desk/recovery.html",
        error,
        DECISION_LABELS,
        row=row,
        mailbox=mailbox,
        user=user,
        cause=CAUSE_WORDS[recovery.cause],
        refusals=[(one.value, REFUSAL_WORDS[one]) for one in BY_SECOND_OFFICER],
        unreachable=RecoveryRefusal.UNREACHABLE.value,
        refusal_words=REFUSAL_WORDS,
        refusal=request.value("refusal"),
        told=_TOLD.get(request.asked("hecho"), ""),
        is_bad=request.asked("hecho") in _BAD,
    )


def _rows(recoveries: Iterable[Recovery], staff: SignedIn, now: datetime) -> list[_Row]:
    officer = officer_of(staff.member)
    return [
        _Row(
            recovery=one,
            holder=mailbox_masked(one.mailbox_id),
            words=time_left(one.due_at, now),
            is_late=one.is_late(now),
            is_pressing=one.is_pressing(now),
            is_own=one.asked_by.is_same_person(officer),
        )
        for one in recoveries
        if reaches(staff.member, Act.DECIDE_RECOVERY, one.office_id)
    ]
