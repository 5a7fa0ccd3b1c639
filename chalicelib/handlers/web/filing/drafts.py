"""`/presentar`: a person's drafts of filings, and beginning one under a procedure of a catalogue."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import catalogue_tools, draft_tools, procedure_store
from chalicelib.domain.errors import CasillaError, Conflict
from chalicelib.domain.filing.filing_draft import KEPT_AFTER, MOST_OPEN
from chalicelib.domain.session import Session
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import STEPS, page_of_draft
from chalicelib.handlers.web.filing.labels import FILE_LABELS
from chalicelib.services.filing.filing_drafts import begin_or_go_on, list_drafts
from chalicelib.services.filing.read_catalogue import has_left, read_entry

_LIST = "filing/drafts.html"
_TOLD = {"descartado": "El borrador se descartó."}


def show_drafts(request: PageRequest, session: Session) -> Response:
    """List what can be gone on with."""
    return _list_page(request, session)


def begin_by_form(request: PageRequest, session: Session) -> Response:
    """Begin a draft by the button of a procedure's page, and ask what is wanted."""
    box = current()
    entry = read_entry(request.value("entidad"), request.value("tramite"), None, catalogue_tools(box))
    try:
        if has_left(entry.shown.institution):
            detail = "Esta entidad ya no recibe documentos por aquí. Preséntalo en su mesa de partes."
            raise Conflict("institution_left", detail)
        begun = begin_or_go_on(session, entry.shown.present, tools=draft_tools(box))
    except CasillaError as error:
        return _list_page(request, session, error)
    return go_to(page_of_draft(begun, STEPS[0]))


def _list_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    box = current()
    drafts = list_drafts(session, tools=draft_tools(box))
    listed = procedure_store(box).find_institutions(one.institution_id for one in drafts)
    names = {one.institution_id: one.name for one in listed}
    shown: dict[str, Any] = {
        "drafts": [(one, names.get(one.institution_id, ""), page_of_draft(one)) for one in drafts],
        "most": MOST_OPEN,
        "kept_days": KEPT_AFTER.days,
        "told": _TOLD.get(request.asked("hecho"), ""),
        "is_bad": False,
        "catalogue": f"/tramites/{quote(request.value('entidad'), safe='')}" if request.value("entidad") else "",
    }
    return show_form(request, _LIST, error, FILE_LABELS, **shown)
