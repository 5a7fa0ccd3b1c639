"""`/mis-datos`: what is held about a person, who looked at it, and what they can ask for (DAT-1)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import Event
from chalicelib.domain.people.closing import is_closed
from chalicelib.domain.people.consent import imposing_norm
from chalicelib.domain.people.data_request import DataRequestKind
from chalicelib.domain.people.own_data import OwnData, institution_of, other_user
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import before_texts
from chalicelib.handlers.commands import own_data
from chalicelib.handlers.page import local_time, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import DOCUMENT_TYPES, LABELS
from chalicelib.renderers.looks_in_words import looked_in_words
from chalicelib.renderers.people.data_request_words import KIND_WORDS, STATE_NAMES
from chalicelib.renderers.people.mandatory_rules import mandatory_rules
from chalicelib.renderers.people.own_data import own_data_file
from chalicelib.services.people.data_requests import SHOWN
from chalicelib.services.people.own_data import SHOWN_EVENTS

OWN_DATA_PAGE = "/mis-datos"
_SHOWN_LOOKS = 10
_TOLD = {
    "retirada": "Retiraste tu solicitud.",
    "abierta": "Tu casilla está abierta otra vez y recibe notificaciones. Te lo confirmamos por correo.",
}


@before_texts
def show_own_data(request: PageRequest, session: Session) -> Response:
    """Show it all on a page that can be printed."""
    return _page(request, session)


@before_texts
def download_copy(request: PageRequest, session: Session) -> Response:
    """Hand out a copy, which is on record as a request that was done at once."""
    try:
        own_data.make_request(DataRequestKind.EXPORT, request.fields(), session, origin=request.origin)
    except CasillaError as error:
        return _page(request, session, error)
    now = current().clock()
    content = own_data_file(own_data.held_data(session), now)
    headers: dict[str, str | list[str]] = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="mis-datos-{local_time(now):%Y-%m-%d}.json"',
    }
    return Response(content.decode(), headers=headers)


def _page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    data = own_data.held_data(session, most=SHOWN_EVENTS)
    mailbox, what = data.mailbox, request.asked("hecho")
    is_so = {"abierta": not is_closed(mailbox)}.get(what, True)
    context: dict[str, Any] = {
        "data": data,
        "is_closed": is_closed(mailbox),
        "norm": imposing_norm(mailbox.holder, mandatory_rules()),
        "days": {kind.value: days for kind, days in data.terms.business_days.items()},
        "looks": [_look(event, data) for event in data.looks[:_SHOWN_LOOKS]],
        "has_more_looks": len(data.looks) > _SHOWN_LOOKS or not data.is_whole,
        "kinds": KIND_WORDS,
        "most_shown": SHOWN,
        "states": STATE_NAMES,
        "document_types": DOCUMENT_TYPES,
        "told": _TOLD.get(what, "") if is_so else "",
        "is_bad": False,
    }
    return show_form(request, "people/own_data.html", error, LABELS, **context)


def _look(event: Event, data: OwnData) -> dict[str, Any]:
    institution = institution_of(event)
    return {
        "at": event.occurred_at,
        "who": data.institutions.get(institution, institution) if institution else "Una persona del servicio",
        "what": looked_in_words(event, other_user(event, data.mailbox, data.user)),
    }
