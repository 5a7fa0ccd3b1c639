"""`/entidad/redactar/{composition_id}/depositar`: all of a draft to be checked, its deposit, and what came of it."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import composition_store, send_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.institution.composition import Composition, CompositionState
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.notice import Notice
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import seen_version
from chalicelib.handlers.web.institution.composition_view import page_of_draft, summary_context
from chalicelib.renderers.deposit.receipt_rows import term_notes, term_rows
from chalicelib.services.deposit.read_deposits import RECEIPT_LINK_LIVES_S, deposit_not_found
from chalicelib.services.institution.compositions import find_composition
from chalicelib.services.institution.send_composition import Sender, send_composition

_CHECK, _DONE = "institution/compose_check.html", "institution/compose_done.html"


def show_check(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Show all that is about to be deposited, with what to think of before."""
    return _check_page(request, staff, composition_id)


def deposit_by_form(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Deposit it, as its page showed it; once, however often it is sent."""
    sender = Sender(staff.member, staff.session.access_id, request.origin)
    try:
        sent = send_composition(composition_id, sender, seen_version=seen_version(request), tools=send_tools(current()))
    except NotFound as error:
        if error.code == "composition_not_found":
            raise
        return _check_page(request, staff, composition_id, error)
    except CasillaError as error:
        return _check_page(request, staff, composition_id, error)
    return go_to(f"{page_of_draft(sent)}/depositada")


def show_deposited(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Tell number, hour, dates, and where the receipt is."""
    composition = _find(staff, composition_id)
    if composition.state is not CompositionState.DEPOSITED:
        return go_to(page_of_draft(composition))
    notice, zone = _notice_of(composition), current().calendar.zone
    return show(
        request,
        _DONE,
        notice=notice,
        answered=composition.answers,
        own=page_of_draft(composition),
        rows=term_rows(notice),
        notes=tuple(term_notes(notice, zone)),
    )


def download_receipt(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:  # noqa: ARG001 - as a view
    """Lead to the receipt, by a link that lives for moments."""
    composition = _find(staff, composition_id)
    if composition.state is not CompositionState.DEPOSITED:
        raise deposit_not_found()
    notice = _notice_of(composition)
    name = f"constancia-{notice.notice_id}.pdf"
    return go_to(
        files(current()).document_link(notice.receipt_key, name, "application/pdf", expires_s=RECEIPT_LINK_LIVES_S)
    )


def _find(staff: SignedIn, composition_id: str) -> Composition:
    return find_composition(composition_id, staff.member, store=composition_store(current()))


def _notice_of(composition: Composition) -> Notice:
    notice = notice_store(current()).get(composition.notice_id or "")
    if notice.sender.institution_id != composition.institution_id:
        raise deposit_not_found()
    return notice


def _check_page(
    request: PageRequest, staff: SignedIn, composition_id: str, error: CasillaError | None = None
) -> Response:
    composition = _find(staff, composition_id)
    if composition.state is CompositionState.DEPOSITED:
        return go_to(f"{page_of_draft(composition)}/depositada")
    if error is None and request.answer is None and (composition.missing or not composition.is_open):
        return go_to(page_of_draft(composition))
    context = summary_context(composition, staff, at_check=True)
    if error is None and request.answer is None and context["problem"]:
        return go_to(page_of_draft(composition))  # which says why it would be refused
    return show_form(request, _CHECK, error, {}, **context)
