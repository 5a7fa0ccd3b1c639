"""`/mis-tramites/{filing_id}/{deed}`: a filing's receipts, its documents, and correcting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import draft_tools, filing_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.filing.attending import require_correctable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.session import Session
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import CORRECTING_STEPS, page_of_draft
from chalicelib.handlers.web.filing.labels import FILE_LABELS
from chalicelib.renderers.filing.cargo_rows import tell_correction
from chalicelib.renderers.filing.date_words import tell_after, until_in_words
from chalicelib.renderers.filing.filing_words import procedure_in_words
from chalicelib.renderers.filing.own_filing_words import address_of, documents_in_words
from chalicelib.services.filing.filing_drafts import begin_to_correct, list_drafts
from chalicelib.services.filing.read_filings import find_filing

_LINK_LIVES_S = 300
_LONGEST_PLACE = 2
_CORRECT = "filing/correcting.html"
Deed = Callable[[PageRequest, Session, Filing], Response]


def show_deed(request: PageRequest, session: Session, filing_id: str, deed: str) -> Response:
    """Show a deed's page, or lead to a file."""
    if deed not in _SHOWN:
        raise _no_page()
    return _SHOWN[deed](request, session, find_filing(filing_id, session, store=filing_store(current())))


def do_deed_by_form(request: PageRequest, session: Session, filing_id: str, deed: str) -> Response:
    """Begin to correct it: the one deed of a button."""
    filing = find_filing(filing_id, session, store=filing_store(current()))
    if deed != "subsanar":
        raise _no_page()
    tools = draft_tools(current())
    try:
        require_correctable(filing, current().clock())
        begun = next((one for one in list_drafts(session, tools=tools) if one.corrects == filing.filing_id), None)
        draft = begun or begin_to_correct(session, filing, tools=tools)
    except CasillaError as error:
        return _correcting_page(request, filing, error)
    return go_to(page_of_draft(draft, CORRECTING_STEPS[0]))


def _show_filed(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001 - as others
    """Confirm what was filed: number, dates, the receipt, what is next."""
    return show(
        request,
        "filing/filed.html",
        filing=filing,
        own=address_of(filing),
        procedure=procedure_in_words(filing.procedure),
        documents=documents_in_words(filing.documents),
        dates=tell_after(filing.dates, current().calendar.zone, has_term=filing.procedure.has_term),
        is_correction=False,
    )


def _show_corrected(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001 - as others
    if filing.correction is None:
        return go_to(address_of(filing))
    return show(
        request,
        "filing/filed.html",
        filing=filing,
        own=address_of(filing),
        procedure=procedure_in_words(filing.procedure),
        documents=documents_in_words(filing.correction.documents),
        dates=tell_correction(filing, current().calendar.zone),
        is_correction=True,
    )


def _show_correcting(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001 - as others
    return _correcting_page(request, filing)


def _correcting_page(request: PageRequest, filing: Filing, error: CasillaError | None = None) -> Response:
    """Show what was observed and until when it can be corrected; where that is over, why."""
    box, observation, why = current(), filing.observation, ""
    try:
        require_correctable(filing, box.clock())
    except CasillaError as refusal:
        why = refusal.detail
    return show_form(
        request,
        _CORRECT,
        error,
        FILE_LABELS,
        filing=filing,
        own=address_of(filing),
        why=why,
        until=until_in_words(observation.until, box.calendar.zone) if observation else "",
        public_at=f"/tramites/{quote(filing.institution_id, safe='')}/{filing.procedure.procedure_id}",
    )


def _lead_to_receipt(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001 - as others
    return _lead(filing.receipt_key, f"cargo-{filing.number}.pdf", "application/pdf")


def _lead_to_correction_receipt(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001
    if filing.correction is None:
        raise _no_page()
    return _lead(filing.correction.receipt_key, f"cargo-subsanacion-{filing.number}.pdf", "application/pdf")


def _lead_to_document(request: PageRequest, session: Session, filing: Filing) -> Response:  # noqa: ARG001 - as others
    """Lead to one of its documents, by its place among all of them."""
    asked, documents = request.asked("n"), filing.all_documents
    is_place = asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_PLACE
    if not (is_place and 0 < int(asked) <= len(documents)):
        raise _no_page()
    one = documents[int(asked) - 1]
    return _lead(one.object_key, one.filename, one.media_type)


def _lead(key: str, name: str, media_type: str) -> Response:
    return go_to(files(current()).document_link(key, name, media_type, expires_s=_LINK_LIVES_S))


_SHOWN: Mapping[str, Deed] = {
    "presentado": _show_filed,
    "subsanada": _show_corrected,
    "subsanar": _show_correcting,
    "cargo": _lead_to_receipt,
    "cargo-subsanacion": _lead_to_correction_receipt,
    "documento": _lead_to_document,
}


def _no_page() -> NotFound:
    return NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
