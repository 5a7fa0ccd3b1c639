"""`…/presentados/{filing_id}/{deed}`: take, hand over, derive, observe once, answer; none refuses (FIL-5)."""

from __future__ import annotations

from collections.abc import Iterable

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.bootstrap.institution import consultation_noted, office_store, staff_store
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.filing.attending import LONGEST_OBSERVATION, LONGEST_REASON
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.office import Office
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.console.inbox import EXCEL, HOME, LIST, download_inbox
from chalicelib.handlers.web.filing.console.received import find_received, lead_to_file, officer_act, shown_of
from chalicelib.handlers.web.filing.labels import FILING_LABELS
from chalicelib.handlers.web.institution.composition_view import page_of_draft
from chalicelib.handlers.web.institution.staff_page import ask_for_code
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.answer_by_notice import begin_answer_to, may_compose_answer
from chalicelib.services.filing.attend_filing import (
    derive_filing,
    hand_over_filing,
    observe_filing,
    take_filing,
)
from chalicelib.services.filing.link_answer import link_answer
from chalicelib.services.filing.read_received import CORRECTED, RECEIPT

TAKE, HAND_OVER, DERIVE, OBSERVE, ANSWER, LINK = "tomar", "pasar", "derivar", "observar", "responder", "enlazar"
_ACTS = {
    TAKE: Act.ATTEND,
    HAND_OVER: Act.ATTEND,
    DERIVE: Act.ATTEND,
    OBSERVE: Act.OBSERVE,
    ANSWER: Act.ATTEND,
    LINK: Act.OBSERVE,
}
"""No deed refuses a filing, and none may be added that does (TUO, 135.1). To answer begins a draft, whose deposit
asks for a code."""
_DOCUMENT = "documento-"
_LONGEST_READ = 4 * LONGEST_OBSERVATION


def show_deed(request: PageRequest, staff: SignedIn, filing_id: str, deed: str) -> Response:
    """Ask what the deed needs, or lead to the receipt or a document, by its number; of the list, to its Excel."""
    if (filing_id, deed) == (LIST, EXCEL):
        return download_inbox(request, staff)
    if deed in {RECEIPT, CORRECTED} or deed.startswith(_DOCUMENT):
        return lead_to_file(request, staff, filing_id, deed.removeprefix(_DOCUMENT))
    unproven = ask_for_code(request, staff, _act_of(deed))
    return unproven or _page(request, staff, filing_id, deed)


def do_by_form(request: PageRequest, staff: SignedIn, filing_id: str, deed: str) -> Response:
    """Do it; the same form twice does it once."""
    unproven = ask_for_code(request, staff, _act_of(deed))
    if unproven is not None:
        return unproven
    try:
        led = _do(request, staff, filing_id, deed)
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, staff, filing_id, deed, error)
    consultation_noted(current())(staff.own.institution_id)  # who attends to filings uses the agreement
    return go_to(led or f"{HOME}/{filing_id}?hecho={deed}")


def _act_of(deed: str) -> Act:
    if deed not in _ACTS:
        raise NotFound("page_not_found", "Esta página no existe. Vuelve a la lista.")
    return _ACTS[deed]


def _do(request: PageRequest, staff: SignedIn, filing_id: str, deed: str) -> str:
    """Do it, and return where it leads, if elsewhere than to the filing."""
    tools, by = attend_tools(current()), officer_act(request, staff, _ACTS[deed])
    typed = {
        name: request.value(name)[:_LONGEST_READ] for name in ("reason", "observation", "to", "office", "notice_id")
    }
    for name, value in typed.items():
        check_printable(" ".join(map(tidy, value.splitlines())), field=name)
    match deed:
        case "tomar":
            take_filing(filing_id, by, tools=tools)
        case "pasar":
            hand_over_filing(filing_id, typed["to"], by, reason=typed["reason"], tools=tools)
        case "derivar":
            derive_filing(filing_id, typed["office"], by, reason=typed["reason"], tools=tools)
            return f"{HOME}?hecho=derivada"
        case "observar":
            observe_filing(filing_id, typed["observation"], by, tools=tools)
        case "responder":
            box = current()
            store, new_id = composition_store(box), box.chance.new_event_id
            begun = begin_answer_to(filing_id, by, new_id=new_id, compositions=store, tools=tools)
            return page_of_draft(begun, begun.missing[0] if begun.missing else None)
        case _:
            link_answer(
                filing_id,
                typed["notice_id"],
                by,
                tools=tools,
                notices=notice_store(current()),
                prefixes=current().mailbox_prefixes,
            )
    return ""


def _page(
    request: PageRequest, staff: SignedIn, filing_id: str, deed: str, error: CasillaError | None = None
) -> Response:
    received = find_received(request, staff, filing_id)
    filing, own = received.filing, staff.own.institution_id
    people, offices = [], []
    who = staff_store(current()).list_for_institution(own) if deed in {HAND_OVER, DERIVE} else ()
    if deed == HAND_OVER:
        taken = "" if filing.taken is None else filing.taken.by.actor
        able = (one for one in who if one.actor != taken and reaches(one, Act.ATTEND, filing.office_id))
        people = [("", "Elige"), *((one.document_number, one.name) for one in able)]
    if deed == DERIVE:
        open_ones = (one for one in office_store(current()).list_for_institution(own) if not one.is_closed)
        others = (one for one in open_ones if one.office_id != filing.office_id)
        offices = [("", "Elige"), *((one.office_id, _called(one, who)) for one in others)]
    return show_form(
        request,
        "filing/attending.html",
        error,
        FILING_LABELS,
        deed=deed,
        people=people,
        offices=offices,
        can_compose=may_compose_answer(filing, staff.member),
        longest=LONGEST_OBSERVATION,
        longest_reason=LONGEST_REASON,
        typed={name: request.value(name) for name in ("reason", "observation", "to", "office", "notice_id")},
        **shown_of(received),
    )


def _called(office: Office, staff: Iterable[StaffMember]) -> str:
    """Name an office to derive to, and say where no officer would find what was derived there."""
    is_attended = any(reaches(one, Act.ATTEND, office.office_id) for one in staff)
    return office.name if is_attended else f"{office.name} (ningún funcionario la atiende)"
