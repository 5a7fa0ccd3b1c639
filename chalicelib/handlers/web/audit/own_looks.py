"""`/perfil/consultas`: who looked at the data of a mailbox, when and why, for whoever uses it (INS-8)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.audit import own_look_tools
from chalicelib.domain.audit.look import office_of, read_position
from chalicelib.domain.event import Event
from chalicelib.domain.people.own_data import institution_of, other_user
from chalicelib.domain.session import Session
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.audit.look_words import reason_for_holder
from chalicelib.renderers.looks_in_words import looked_in_words
from chalicelib.services.audit.own_looks import OwnLooks, own_looks

_SERVICE = "Una persona del servicio"


def show_own_looks(request: PageRequest, session: Session) -> Response:
    """Show a page of them, the newest first; of an officer the institution and office, and no name."""
    after = read_position(request.asked("desde"))
    found = own_looks(session, after=after, tools=own_look_tools(current()))
    return show(
        request,
        "audit/own_looks.html",
        looks=[_look(event, found) for event in found.looks],
        next_after=found.next_after,
        is_first_page=after is None,
    )


def _look(event: Event, found: OwnLooks) -> dict[str, Any]:
    institution_id, office = institution_of(event), office_of(event)
    return {
        "at": event.occurred_at,
        "who": found.institutions.get(institution_id, institution_id) if institution_id else _SERVICE,
        "office": found.offices.get(office, "") if office else "",
        "what": looked_in_words(event, other_user(event, found.mailbox, found.user)),
        "why": reason_for_holder(event),
    }
