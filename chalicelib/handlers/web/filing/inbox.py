"""`/entidad/presentados`: what an office got, at one stage, the oldest first, whose terms end first (FIL-5)."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.bootstrap.institution import office_store
from chalicelib.domain.errors import NotFound
from chalicelib.domain.filing.filing import FilingState
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.filing.date_words import until_in_words
from chalicelib.renderers.filing.filing_words import STATES, procedure_in_words
from chalicelib.services.filing.attend_filing import ByOfficerAct, list_inbox, list_inboxes

HOME = "/entidad/presentados"
_STAGES = tuple(one for one in FilingState if one is not FilingState.NOT_FILED)
"""What lapsed is listed among the observed, and says so."""
_ITSELF = "-"
"""Stands for what no office has."""
_LONGEST_CURSOR = 60
_TOLD = {"derivada": "Derivamos la presentación. Ahora la ve la oficina que elegiste."}


def show_inbox(request: PageRequest, staff: SignedIn) -> Response:
    """Show a page of what an office has at a stage; which office is asked of who is limited to none."""
    box = current()
    tools, zone, now = attend_tools(box), box.calendar.zone, box.clock()
    offices = () if staff.member.office_id else office_store(box).list_for_institution(staff.own.institution_id)
    asked = request.asked("estado")
    stage = FilingState(asked) if asked in _STAGES else FilingState.FILED
    chosen = staff.member.office_id or request.asked("oficina")
    if chosen not in {"", _ITSELF, staff.member.office_id, *(one.office_id for one in offices)}:
        raise NotFound("office_unknown", "No existe esa oficina. Vuelve a la lista.")
    after = request.asked("desde")[:_LONGEST_CURSOR] or None
    by = ByOfficerAct(staff.member, Act.ATTEND, request.origin)
    if chosen:
        page = list_inbox(by, None if chosen == _ITSELF else chosen, stage, tools=tools, after=after)
        filings, next_after, has_more = page.filings, page.next_after, False
    else:
        everywhere = [None, *(one.office_id for one in offices)]
        (filings, has_more), next_after = list_inboxes(by, everywhere, stage, tools=tools), None
    rows = []
    for one in filings:
        state, until, prefix = one.state_at(now), None, ""
        if state is FilingState.FILED and one.observation is None:
            until, prefix = one.observable_until, "Puedes observarla"
        elif state is FilingState.OBSERVED and one.observation is not None:
            until, prefix = one.observation.until, "La persona puede corregirla"
        is_over = until is not None and until < now
        clock = "" if until is None or is_over else f"{prefix} {until_in_words(until, zone)}."
        if is_over:
            clock = "El plazo para observarla venció."
        rows.append(
            {
                "filing": one,
                "state": STATES[state],
                "procedure": procedure_in_words(one.procedure),
                "clock": clock,
                "is_over": is_over,
            }
        )
    query = {name: value for name, value in (("oficina", chosen), ("estado", stage.value)) if value}
    following = {**query, "desde": next_after}
    return show(
        request,
        "filing/inbox.html",
        rows=rows,
        offices=[("", "Todas"), (_ITSELF, "La entidad, sin oficina"), *((one.office_id, one.name) for one in offices)]
        if offices
        else [],
        office_id=chosen,
        has_more=has_more,
        stages=[(one.value, STATES[one]) for one in _STAGES],
        stage=stage.value,
        next_address=next_after and f"{HOME}?{urlencode(following)}",
        first_address=f"{HOME}?{urlencode(query)}" if after else "",
        told=_TOLD.get(request.asked("hecho"), ""),
    )
