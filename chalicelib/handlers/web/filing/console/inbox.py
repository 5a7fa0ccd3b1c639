"""`/entidad/presentados`: what offices got, in one state, the oldest first; as Excel (FIL-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import attend_tools, export_inbox_tools
from chalicelib.bootstrap.institution import office_store
from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.domain.filing.filing import FilingState, as_told
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.fields import errors_of
from chalicelib.handlers.http import log_refusal, status_of
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.filing.filing_words import CHOICES, STATES, procedure_in_words
from chalicelib.renderers.filing.received_words import clocks_in_words
from chalicelib.services.filing.attend_filing import ByOfficerAct
from chalicelib.services.filing.export_inbox import InboxCalled, export_inbox
from chalicelib.services.filing.list_received import list_received

HOME = "/entidad/presentados"
LIST, EXCEL = "lista", "excel"
"""`…/lista/excel`: no filing is called so."""
_ITSELF = "-"
"""Stands for what no office has."""
_OFFICE_LESS = "La entidad, sin oficina"
_LONGEST_CURSOR = 60
_TOLD = {"derivada": "Derivamos la presentación. Ahora la ve la oficina que elegiste."}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: an office, `-` for none, nothing for all; the offices that can be chosen; a state; where."""

    chosen: str
    offered: tuple[tuple[str, str], ...]
    state: FilingState
    after: str | None

    @property
    def office_ids(self) -> tuple[str | None, ...]:
        """Whose filings are asked for; None is the institution."""
        if self.chosen:
            return (None if self.chosen == _ITSELF else self.chosen,)
        return (None, *(office_id for office_id, _ in self.offered))

    @property
    def query(self) -> dict[str, str]:
        """What an address says of it, without where."""
        return {name: value for name, value in (("oficina", self.chosen), ("estado", self.state.value)) if value}


def show_inbox(request: PageRequest, staff: SignedIn) -> Response:
    """Show a page of what an office has in a state, or all of them; who is limited to one is asked for none."""
    return _page(request, staff, _asked(request, staff))


def download_inbox(request: PageRequest, staff: SignedIn) -> Response:
    """Lead to all of it as an Excel; one that is too long is told on the list's page."""
    asked = _asked(request, staff)
    called = InboxCalled(staff.own.name, _called(asked, staff), STATES[asked.state])
    by = ByOfficerAct(staff.member, Act.ATTEND, request.origin)
    try:
        return go_to(export_inbox(by, asked.office_ids, asked.state, called, tools=export_inbox_tools(current())))
    except TooLarge as error:
        return _page(request, staff, asked, error)


def _called(asked: _Asked, staff: SignedIn) -> str:
    """Name the office that is asked for; of who is limited to one, none was listed."""
    if asked.chosen in {"", _ITSELF}:
        return _OFFICE_LESS if asked.chosen else "Todas"
    if asked.chosen in dict(asked.offered):
        return dict(asked.offered)[asked.chosen]
    own = office_store(current()).find(staff.own.institution_id, asked.chosen)
    return asked.chosen if own is None else own.name


def _asked(request: PageRequest, staff: SignedIn) -> _Asked:
    own, limited = staff.own.institution_id, staff.member.office_id
    offices = () if limited else office_store(current()).list_for_institution(own)
    offered = tuple((one.office_id, f"{one.name} (cerrada)" if one.is_closed else one.name) for one in offices)
    chosen = limited or request.asked("oficina")
    if not limited and chosen not in {"", _ITSELF, *(office_id for office_id, _ in offered)}:
        raise NotFound("office_unknown", "No existe esa oficina. Vuelve a la lista.")
    if not limited and not offered:
        chosen = _ITSELF
    wanted = request.asked("estado")
    state = next((as_told(one) for one in FilingState if one.value == wanted), FilingState.FILED)
    return _Asked(chosen, offered, state, request.asked("desde")[:_LONGEST_CURSOR] or None)


def _page(request: PageRequest, staff: SignedIn, asked: _Asked, error: TooLarge | None = None) -> Response:
    box = current()
    if error is not None:
        log_refusal(error)
    found = list_received(
        ByOfficerAct(staff.member, Act.ATTEND, request.origin),
        asked.office_ids,
        asked.state,
        after=asked.after,
        tools=attend_tools(box),
    )
    zone, now = box.calendar.zone, box.clock()
    rows: list[dict[str, Any]] = [
        {
            "filing": one.filing,
            "state": STATES[one.state],
            "is_corrected": one.state is FilingState.CORRECTED,
            "procedure": procedure_in_words(one.filing.procedure),
            "clocks": clocks_in_words(one.clocks, now, zone),
        }
        for one in found.rows
    ]
    following = {**asked.query, "desde": found.next_after}
    return show(
        request,
        "filing/inbox.html",
        status=200 if error is None else status_of(error)[0],
        errors=() if error is None else errors_of(error, {"oficina": "Oficina"} if asked.offered else {}),
        rows=rows,
        offices=[("", "Todas"), (_ITSELF, _OFFICE_LESS), *asked.offered] if asked.offered else [],
        office_id=asked.chosen,
        states=CHOICES,
        state=asked.state.value,
        state_words=STATES[asked.state],
        next_address=found.next_after and f"{HOME}?{urlencode(following)}",
        first_address=f"{HOME}?{urlencode(asked.query)}" if asked.after else "",
        file_address=f"{HOME}/{LIST}/{EXCEL}?{urlencode(asked.query)}",
        told=_TOLD.get(request.asked("hecho"), ""),
    )
