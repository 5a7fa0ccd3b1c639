"""`…/convenio/{deed}`: register an agreement or an addendum, hold one up, bring it back; each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_tools, document_tools
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import (
    HOLDING_UP,
    Addendum,
    Agreement,
    AgreementState,
    KeptDocument,
    Modality,
    Owing,
    Reason,
)
from chalicelib.domain.errors import CasillaError, Conflict, NotFound
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement.agreement_view import agreement_page, sent_file
from chalicelib.handlers.web.agreement.agreements import base_of, deeds_for, require_other
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.institution.composition_fields import Reader, typed_day
from chalicelib.renderers.agreement.agreement_words import MODALITY_WORDS, REASON_WORDS
from chalicelib.services.agreement import change_agreement as changing
from chalicelib.services.agreement.change_agreement import AgreementTools, Outcome
from chalicelib.services.agreement.keep_document import LARGEST_DOCUMENT, check_document, keep_document
from chalicelib.services.agreement.tell_agreement import tell_agreement_change

_LONGEST_NUMBER = 60
_LONGEST = 500


def show_deed(
    request: PageRequest,
    staff: SignedIn,  # noqa: ARG001 - who may may
    institution_id: str,
    deed: str,
    owing: Owing,
) -> Response:
    """Say what it does before it is done, and ask what it needs; `owing` is what the institution owes."""
    return _page(request, institution_id, deed, owing)


def do_by_form(request: PageRequest, staff: SignedIn, institution_id: str, deed: str, owing: Owing) -> Response:
    """Do it, tell the coordinators, and go back to the agreement."""
    _, agreement, _ = agreement_page(institution_id)
    run = _DEEDS.get(deed)
    if run is None:
        raise _no_page()
    try:
        require_other(institution_id, staff)
        _require_now(deed, agreement)
        reason = tidy(request.value("reason")[:_LONGEST])
        _require_possible(request, deed, agreement, owing)
        tools = agreement_tools(current(), staff.member.actor, reason, request.origin)
        outcome = run(request, institution_id, agreement, tools)
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, institution_id, deed, owing, error)
    if not outcome.is_changed:
        return go_to(f"{base_of(institution_id)}?hecho=nada")
    is_told = tell_agreement_change(outcome, tools=staff_tools(current()))
    return go_to(f"{base_of(institution_id)}?hecho={deed if is_told else 'sin-correo'}")


def _require_now(deed: str, agreement: Agreement | None) -> None:
    """Let nothing be done that the page does not offer now: it changed meanwhile, or the form is none of ours.

    What was brought back already is told as such.
    """
    is_back = deed == "reactivar" and agreement is not None and agreement.state is AgreementState.ACTIVE
    if deed not in deeds_for(agreement) and not is_back:
        detail = "Tal como está ahora el convenio, eso no se puede hacer. Regresa y mira su estado."
        raise Conflict("agreement_deed_not_now", detail)


def _register(request: PageRequest, institution_id: str, _: Agreement | None, tools: AgreementTools) -> Outcome:
    reader = Reader(request)
    modality = reader.choice("modality", {one.value: one for one in Modality}, Modality.PLATFORM)
    number = reader.text("number", _LONGEST_NUMBER)
    begins_on = reader.day("begins_on") or tools.today
    ends_on = reader.day("ends_on", is_needed=False)
    reader.check(lambda: read_reason(request.value("reason")), "")
    reader.done()
    life.require_dates(begins_on, ends_on, tools.today)
    document = _document(request, institution_id) if sent_file(request).filename else None
    new = Agreement(institution_id, begins_on, ends_on, modality=modality, number=number, document=document)
    return changing.register_agreement(new, tools=tools)


def _extend(request: PageRequest, institution_id: str, _: Agreement | None, tools: AgreementTools) -> Outcome:
    return changing.extend_agreement(institution_id, _addendum(request, institution_id, tools.today), tools=tools)


def _hold_up(request: PageRequest, institution_id: str, _: Agreement | None, tools: AgreementTools) -> Outcome:
    if _cause(request) is Reason.LATE_PAYMENT:
        return changing.inactivate_for_late_payment(institution_id, since=tools.today, tools=tools)
    return changing.inactivate_for_breach(institution_id, tools=tools)


def _bring_back(
    request: PageRequest, institution_id: str, agreement: Agreement | None, tools: AgreementTools
) -> Outcome:
    if agreement is None:
        raise changing.agreement_unknown()
    if agreement.state is AgreementState.CANCELLED:
        addendum = None
        if _needs_addendum(agreement, tools.today):
            addendum = _addendum(request, institution_id, tools.today)
        read_reason(request.value("reason"))
        return changing.revive_agreement(institution_id, addendum, tools=tools)
    if _cause(request) is Reason.LATE_PAYMENT:
        return changing.reactivate_on_payment(institution_id, tools=tools)
    return changing.lift_breach(institution_id, tools=tools)


_Run = Callable[[PageRequest, str, Agreement | None, AgreementTools], Outcome]
_DEEDS: dict[str, _Run] = {
    "registrar": _register,
    "adenda": _extend,
    "inactivar": _hold_up,
    "reactivar": _bring_back,
}


def _addendum(request: PageRequest, institution_id: str, today: date) -> Addendum:
    """Read an addendum; its document is kept once nothing else is wrong."""
    reader = Reader(request)
    number = reader.text("number", _LONGEST_NUMBER)
    ends_on = reader.day("ends_on") or today
    reader.check(lambda: read_reason(request.value("reason")), "")
    sent = sent_file(request)
    reader.check(lambda: check_document(sent.filename, sent.content, field="file"), None)
    reader.done()
    return Addendum(ends_on, today, number, _document(request, institution_id))


def _document(request: PageRequest, institution_id: str) -> KeptDocument:
    sent = sent_file(request)
    return keep_document(institution_id, sent.filename, sent.content, field="file", tools=document_tools(current()))


def _cause(request: PageRequest) -> Reason:
    """Read why, as a code and in words."""
    reader = Reader(request)
    cause = reader.choice("reason_code", {one.value: one for one in HOLDING_UP}, Reason.CLAUSE_BREACHED)
    reader.check(lambda: read_reason(request.value("reason")), "")
    reader.done()
    return cause


def _require_possible(request: PageRequest, deed: str, agreement: Agreement | None, owing: Owing) -> None:
    """Refuse what payments would not agree with; what else is wrong the deed itself says."""
    cause = next((one for one in HOLDING_UP if one == request.value("reason_code")), None)
    if cause is None:
        return
    if deed == "inactivar":
        life.require_owed(cause, owing)
    if deed == "reactivar" and (agreement is None or agreement.state is not AgreementState.CANCELLED):
        life.require_paid(cause, owing)


def _needs_addendum(agreement: Agreement, today: date) -> bool:
    return agreement.ends_on is not None and agreement.ends_on < today


def _page(
    request: PageRequest, institution_id: str, deed: str, owing: Owing, error: CasillaError | None = None
) -> Response:
    institution, agreement, shown = agreement_page(institution_id)
    if deed not in _DEEDS:
        raise _no_page()
    if deed not in deeds_for(agreement) and error is None:
        return go_to(base_of(institution_id))
    box = current()
    today = box.calendar.local(box.clock()).date()
    texts = ("number", "modality", "reason_code", "reason")
    typed: dict[str, Any] = {name: request.value(name) for name in texts}
    typed |= {name: typed_day(request, name) for name in ("begins_on", "ends_on")}
    if deed == "registrar" and not request.form:
        typed["begins_on"] = today.isoformat()
    held = {one.reason for one in agreement.causes} if agreement else set[Reason]()
    not_now = not owing.owes if deed == "inactivar" else owing.is_late
    offered = [
        one
        for one in HOLDING_UP
        if (one in held) is (deed == "reactivar") and not (not_now and one is Reason.LATE_PAYMENT)
    ]
    causes = [(one.value, REASON_WORDS[one].capitalize()) for one in offered]
    if len(causes) == 1 and not typed["reason_code"]:
        typed["reason_code"] = causes[0][0]
    is_cancelled = agreement is not None and agreement.state is AgreementState.CANCELLED
    return show_form(
        request,
        "agreement/deed.html",
        error,
        AGREEMENT_LABELS,
        institution=institution,
        deed=deed,
        base=base_of(institution_id),
        typed=typed,
        modalities=[(one.value, MODALITY_WORDS[one]) for one in Modality],
        causes=causes,
        held_by=len(held),
        pay_at=f"/plataforma/entidades/{institution_id}/consumo" if deed == "reactivar" and owing.is_late else "",
        is_cancelled=is_cancelled,
        needs_addendum=deed == "adenda" or (agreement is not None and _needs_addendum(agreement, today)),
        largest=LARGEST_DOCUMENT,
        **shown,
    )


def _no_page() -> NotFound:
    return NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
