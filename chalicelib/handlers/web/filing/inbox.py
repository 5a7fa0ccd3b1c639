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
from chalicelib.services.filing.attend_filing import ByOfficerAct, list_inbox

HOME = "/entidad/presentados"
_STAGES = tuple(one for one in FilingState if one is not FilingState.NOT_FILED)
"""What lapsed is listed among the observed, and says so."""
_LONGEST_CURSOR = 60
_TOLD = {"derivada": "Derivamos la presentación. Ahora la ve la oficina que elegiste."}


def show_inbox(request: PageRequest, staff: SignedIn) -> Response:
    """Show a page of what an office has at a stage; which office is asked of who is limited to none."""
    box = current()
    tools, zone, now = attend_tools(box), box.calendar.zone, box.clock()
    offices = () if staff.member.office_id else office_store(box).list_for_institution(staff.own.institution_id)
    asked = request.asked("estado")
    stage = FilingState(asked) if asked in _STAGES else FilingState.FILED
    office_id = staff.member.office_id or request.asked("oficina") or None
    if office_id and not staff.member.office_id and office_id not in {one.office_id for one in offices}:
        raise NotFound("office_unknown", "No existe esa oficina. Vuelve a la lista.")
    after = request.asked("desde")[:_LONGEST_CURSOR] or None
    page = list_inbox(
        ByOfficerAct(staff.member, Act.ATTEND, request.origin), office_id, stage, tools=tools, after=after
    )
    rows = []
    for one in page.filings:
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
    query = {name: value for name, value in (("oficina", office_id or ""), ("estado", stage.value)) if value}
    following = {**query, "desde": page.next_after}
    return show(
        request,
        "filing/inbox.html",
        rows=rows,
        offices=[("", "La entidad, sin oficina"), *((one.office_id, one.name) for one in offices)] if offices else [],
        office_id=office_id or "",
        stages=[(one.value, STATES[one]) for one in _STAGES],
        stage=stage.value,
        next_address=page.next_after and f"{HOME}?{urlencode(following)}",
        first_address=f"{HOME}?{urlencode(query)}" if after else "",
        told=_TOLD.get(request.asked("hecho"), ""),
    )
