"""`/presentar/{draft_id}`: all of a draft to be checked, what it would mean to file it now, and filing it: once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import file_tools, foresee_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing_draft import FilingDraft, draft_not_found
from chalicelib.domain.session import Session
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import (
    CHECK,
    closed_page,
    own_draft,
    page_of_draft,
    seen_version,
    shown_version,
)
from chalicelib.handlers.web.filing.labels import FILE_LABELS
from chalicelib.renderers.filing.date_words import tell_before, until_in_words
from chalicelib.renderers.filing.draft_words import PAGES, check_lines, tell_unticked
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.file_draft import file_draft
from chalicelib.services.filing.foresee_filing import ForeseenFiling, foresee_filing

_CHECK = "filing/draft_check.html"


def show_check(request: PageRequest, session: Session, draft_id: str) -> Response:
    """Show all that is about to be filed, with all that it lacks and what to think of before."""
    return _check_page(request, own_draft(draft_id, session))


def file_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """File it as its page showed it; once, however often it is sent."""
    own_id, tools = draft.draft_id, file_tools(current())
    seen: dict[str, Any] = {
        "seen_version": seen_version(request),
        "origin": request.origin,
        "reached_at": request.reached_at,
    }
    try:
        if draft.corrects is not None:
            correct_filing(own_id, session, tools=tools, known=draft, **seen)
            return go_to(f"/mis-tramites/{draft.corrects}/subsanada")
        filing = file_draft(own_id, session, tools=tools, known=draft, **seen)
    except CasillaError as error:
        if error.code in {"draft_not_found", "session_ended", "mailbox_frozen"}:
            raise
        return _check_page(request, draft, error)
    return go_to(f"/mis-tramites/{filing.filing_id}/presentado")


def _check_page(request: PageRequest, draft: FilingDraft, error: CasillaError | None = None) -> Response:
    if not draft.is_open and error is None and request.answer is None:
        return go_to(closed_page(draft))
    foreseen = foresee_filing(draft, tools=foresee_tools(current()))
    return show_form(request, _CHECK, error, FILE_LABELS, at=page_of_draft(draft), **_shown(request, draft, foreseen))


def _shown(request: PageRequest, draft: FilingDraft, foreseen: ForeseenFiling) -> dict[str, Any]:
    if foreseen.mailbox is None:
        raise draft_not_found()
    own, zone = page_of_draft(draft), current().calendar.zone
    observation = None if foreseen.corrected is None else foreseen.corrected.observation
    is_open = draft.is_open
    return {
        "draft": draft,
        "own": own,
        "lines": check_lines(
            draft,
            foreseen.files,
            foreseen.institution,
            foreseen.office,
            holder=foreseen.mailbox.holder.name,
            change=(lambda page: f"{own}/{page}?volver={CHECK}") if is_open else (lambda _: ""),
        ),
        "lacks": [(one.text, f"{own}/{PAGES[one.part]}?volver={CHECK}") for one in foreseen.lacks],
        "is_waiting": foreseen.is_waiting,
        "not_arrived_at": foreseen.not_arrived and f"{own}/{PAGES[foreseen.not_arrived]}?volver={CHECK}",
        "is_ready": foreseen.is_ready and is_open,
        "has_left": foreseen.has_left,
        "why_not": foreseen.why_not,
        "told_dates": tell_before(foreseen.dates, foreseen.receiving, has_term=bool(foreseen.asked.answer_term.days)),
        "unticked": tell_unticked(draft, foreseen.asked),
        "procedure": foreseen.asked,
        "present": foreseen.present,
        "public_at": f"/tramites/{quote(draft.institution_id, safe='')}/{draft.procedure.procedure_id}",
        "institution": foreseen.institution,
        "is_office_closed": foreseen.is_office_closed,
        "closed_at": foreseen.mailbox.closed_at,
        "until": "" if observation is None else until_in_words(observation.until, zone),
        "corrected": foreseen.corrected,
        "version": shown_version(request, draft),
    }
