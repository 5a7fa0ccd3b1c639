"""`/plataforma/entidades?convenios=por-vencer`: whose agreement ends within thirty days, the soonest first (INS-2)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_store
from chalicelib.domain.agreement.end_warning import SOON_DAYS
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreements import base_of
from chalicelib.handlers.web.institution import institutions
from chalicelib.renderers.agreement.agreement_words import day, left_words

_FILTER, _ENDING, _AFTER = "convenios", "por-vencer", "desde"
_MOST = 50
_CURSOR = re.compile(r"\d{4}-\d\d-\d\d#[a-z0-9-]{1,30}", re.ASCII)


def list_institutions(request: PageRequest, staff: SignedIn) -> Response:
    """List institutions, or those whose agreement is about to end."""
    if request.asked(_FILTER) != _ENDING:
        return institutions.list_institutions(request, staff)
    box, after = current(), request.asked(_AFTER)
    today = box.calendar.local(box.clock()).date()
    last = today + timedelta(days=SOON_DAYS)
    cursor = after if _CURSOR.fullmatch(after) and after >= today.isoformat() else ""
    found = agreement_store(box).list_ending(today, last, after=cursor, limit=_MOST)
    query = {_FILTER: _ENDING, _AFTER: found.cursor}
    rows = [
        (one.name, base_of(one.institution_id), day(agreement.ends_on), left_words((agreement.ends_on - today).days))
        for one, agreement in found.rows
        if agreement.ends_on is not None
    ]
    return show(
        request,
        "agreement/ending.html",
        rows=rows,
        days=SOON_DAYS,
        is_first_page=not cursor,
        next_address=f"{request.path}?{urlencode(query)}" if found.cursor else "",
    )
