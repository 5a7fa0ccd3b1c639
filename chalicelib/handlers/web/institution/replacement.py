"""`/entidad/enviadas/{notice_id}/reemplazar`: a defective notice is made again, by a draft that names it (DEP-7)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_view import page_of_draft
from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS
from chalicelib.services.institution.begin_replacement import begin_replacement
from chalicelib.services.institution.own_notice import find_own_notice


def show_replacement(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:
    """Say what replacing does, before anything is begun."""
    return _page(request, _find(staff, notice_id))


def begin_by_form(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:
    """Begin the draft and lead to it."""
    box, older = current(), _find(staff, notice_id)
    try:
        begun = begin_replacement(
            older, staff.member, store=composition_store(box), new_id=box.chance.new_event_id, now=box.clock()
        )
    except CasillaError as error:
        return _page(request, older, error)
    return go_to(page_of_draft(begun))


def _find(staff: SignedIn, notice_id: str) -> DeliveredNotice:
    return find_own_notice(notice_id, staff.member, Act.COMPOSE, readings=reading_store(current()))[0]


def _page(request: PageRequest, older: DeliveredNotice, error: CasillaError | None = None) -> Response:
    template = "institution/replacement.html"
    return show_form(request, template, error, COMPOSE_LABELS, notice=older.issued, newer=older.replaced_by)
