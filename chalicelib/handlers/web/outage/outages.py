"""`/interrupciones`: the outages there are and those there were, with date, hour and duration (Ley 31736, 8.2)."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.outage import outage_store
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.outage.outage import ON_BOARD, Outage
from chalicelib.handlers.page import local_time, seen_now, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.outage.outage_words import group_outages, show_outage
from chalicelib.renderers.spanish import zone_in_words

_PAGE = 20
_UNREAD = "Ahora no podemos saber si hay interrupciones anunciadas. Vuelve a abrir esta página en un minuto."
_ID = re.compile(r"\d{4}-\d{2}-\d{2}-\d{2}", re.ASCII)


def show_outages(request: PageRequest) -> Response:
    """Show what is under way or planned, and what was; older pages are read from the store."""
    before = request.asked("antes")
    if not before:
        seen = seen_now()
        board = seen.board
        if not seen.is_known:
            raise Unavailable("outages_unread", _UNREAD, retry_after=60)
        return _page(request, board.outages, older=board.outages[:ON_BOARD][-1].outage_id if board.has_older else "")
    if not _ID.fullmatch(before):
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    found = outage_store(current()).list_before(before, limit=_PAGE + 1)
    page = found[:_PAGE]
    return _page(request, page, older=page[-1].outage_id if len(found) > _PAGE else "", is_older=True)


def _page(request: PageRequest, outages: tuple[Outage, ...], *, older: str, is_older: bool = False) -> Response:
    now = current().clock()
    still = sorted((one for one in outages if one.is_open_at(now)), key=lambda one: one.starts_at)
    past = [one for one in outages if not one.is_open_at(now)]
    return show(
        request,
        "outage/outages.html",
        open=group_outages(show_outage(one, now, local_time) for one in still),
        past=group_outages(show_outage(one, now, local_time) for one in past),
        zone=zone_in_words(current().calendar.zone),
        older=older,
        is_older=is_older,
    )
