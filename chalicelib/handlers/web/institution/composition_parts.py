"""Each part of a draft: what its page shows, and how what was typed into it changes the draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import consultation_tools
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.institution.composition import (
    ChosenTerm,
    Composition,
    Heading,
    Recipient,
    Signers,
    changed,
    composition_changed,
    with_remedy,
    without_remedy,
)
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import CaseFile, Remedy
from chalicelib.domain.sender.institution import decide_regime
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.officer import Officer
from chalicelib.domain.sender.setting_words import REGIMES
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import (
    DOCUMENT_TYPES,
    NAME,
    NUMBER,
    SUBJECT,
    TYPE,
    UNITS,
    Reader,
    seen_version,
    typed_day,
)
from chalicelib.handlers.web.institution.composition_view import page_of_draft
from chalicelib.renderers.institution.composition_words import tell_reception
from chalicelib.services.deposit.consult_mailbox import consult_for_officer

Change = Callable[[Composition], Composition]
Shown = dict[str, Any]
_ITSELF = "entidad"
"""What a form calls the institution itself, in the place of an office's id."""
_ENDS = {"si": True, "no": False, "": None}


def officer_of(staff: SignedIn, request: PageRequest, office_id: str | None) -> Officer:
    """Return who is inside as the deposit wing knows an officer."""
    member = staff.member
    return Officer(member.actor, member.institution_id, office_id, staff.session.access_id, request.origin)


def shown_office(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:
    """Show the offices that a notice can be from, to who works for all of them, and who sees the draft."""
    offices = [(_ITSELF, "La entidad misma")]
    if staff.member.office_id is None:
        offices += [(one.office_id, one.name) for one in _open_offices(staff)]
    chosen = composition.office_id or (_ITSELF if composition.is_office_chosen else "")
    return {
        "offices": offices if staff.member.office_id is None else [],
        "office_id": request.value("office_id") or chosen,
        "is_shared": request.value("is_shared") == "si" if request.form else composition.is_shared,
    }


def read_office(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read which office it is from: of who is limited to one, that one."""
    limited, typed = staff.member.office_id, request.value("office_id")
    office_id = limited or (None if typed == _ITSELF else typed)
    if limited is None and typed != _ITSELF:
        open_ones = {one.office_id for one in _open_offices(staff)}
        if typed not in open_ones:
            raise InvalidInput("field_choice", "Elige de qué oficina sale.", field="office_id")
    if limited is not None and typed not in {"", limited}:
        raise InvalidInput("office_unknown", "Trabajas para una sola oficina: sale de ella.")
    is_shared = request.value("is_shared") == "si"
    return lambda it: changed(it, _now(), office_id=office_id, is_office_chosen=True, is_shared=is_shared)


def shown_recipient(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Ask who it is for and why one asks, and show what the last consultation told."""
    recipient = composition.recipient
    kind, number = _holder(composition)
    return {
        "kinds": DOCUMENT_TYPES,
        "document_type": request.value("document_type") or kind.value,
        "document_number": _typed(request, "document_number", number),
        "reason": request.value("reason"),
        "recipient": recipient,
        "reception": tell_reception(recipient.told, current().calendar.zone) if recipient else None,
        "onward": _onward(composition, request),
    }


def read_recipient(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:
    """Ask whether the recipient has a mailbox; that is recorded, with the reason, whatever becomes of the draft."""
    reader, box = Reader(request), current()
    kind, number = reader.person()
    reason = reader.check(lambda: read_reason(request.value("reason")), "")
    reader.done()
    if seen_version(request) != composition.version:
        raise composition_changed()
    mailbox_id = mailbox_id_for(kind, number, box.mailbox_prefixes)
    told = consult_for_officer(
        mailbox_id,
        officer=officer_of(staff, request, composition.office_id),
        reason=reason,
        requests=sender_tools(box).requests,
        consultations=consultation_tools(box),
    )
    recipient = Recipient(kind, number, mailbox_id, box.clock(), told)
    return lambda it: changed(it, _now(), recipient=recipient)


def shown_case_file(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Ask for the case file."""
    own = composition.case_file
    return {
        "number": _typed(request, "case_number", own.number if own else ""),
        "opened_on": _day_of(request, "opened_on", own.opened_on.isoformat() if own else ""),
    }


def read_case_file(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read it."""
    reader = Reader(request)
    number, opened_on = reader.text("case_number", NUMBER), reader.day("opened_on")
    reader.done()
    if opened_on is None:  # pragma: no cover - told above
        raise AssertionError
    return lambda it: changed(it, _now(), case_file=CaseFile(number, opened_on))


def shown_heading(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Ask what the document is."""
    own = composition.heading
    local = current().calendar.local(own.issued_at) if own else None
    return {
        "type": _typed(request, "type", own.type if own else ""),
        "number": _typed(request, "number", own.number if own else ""),
        "subject": _typed(request, "subject", own.subject if own else ""),
        "issued_on": _day_of(request, "issued_on", local.date().isoformat() if local else ""),
        "issued_time": _typed(request, "issued_time", f"{local:%H:%M}" if local else ""),
    }


def read_heading(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read it."""
    reader = Reader(request)
    kind, number, subject = reader.text("type", TYPE), reader.text("number", NUMBER), reader.text("subject", SUBJECT)
    issued_at = reader.instant("issued_on", "issued_time")
    reader.done()
    if issued_at is None:  # pragma: no cover - told above
        raise AssertionError
    return lambda it: changed(it, _now(), heading=Heading(kind, number, subject, issued_at.astimezone(UTC)))


def shown_signers(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Ask where it comes from and who signed it."""
    own = composition.signers
    return {
        name: _typed(request, name, getattr(own, name) if own else "")
        for name in ("office", "signed_by", "prepared_by")
    }


def read_signers(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read it."""
    reader = Reader(request)
    signers = Signers(*(reader.text(name, NAME) for name in ("office", "signed_by", "prepared_by")))
    reader.done()
    return lambda it: changed(it, _now(), signers=signers)


def shown_effects(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Ask since when the act is in force and whether it ends the path; both may be left out."""
    own = composition.effects
    ends = {True: "si", False: "no", None: ""}[own.ends_administrative_path]
    return {
        "in_force_from": _day_of(request, "in_force_from", own.in_force_from.isoformat() if own.in_force_from else ""),
        "ends_path": request.value("ends_path") if request.form else ends,
    }


def read_effects(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read it."""
    reader = Reader(request)
    in_force_from = reader.day("in_force_from", is_needed=False)
    ends = reader.choice("ends_path", _ENDS, None)
    reader.done()

    def change(it: Composition) -> Composition:
        effects = replace(it.effects, in_force_from=in_force_from, ends_administrative_path=ends)
        return changed(it, _now(), effects=effects)

    return change


def shown_remedies(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:  # noqa: ARG001 - as others
    """Show the remedies and ask for one more."""
    names = ("remedy", "body", "amount", "unit")
    return {
        **{name: request.value(name) for name in names},
        "units": UNITS,
        "remedies": composition.effects.remedies,
        "onward": _onward(composition, request),
    }


def read_remedies(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read one more, or which one goes."""
    gone = request.value("remove")
    if gone:
        place = int(gone) if gone.isascii() and gone.isdigit() and len(gone) < 3 else -1  # noqa: PLR2004 - ten at most
        return partial(without_remedy, place=place, now=_now())
    reader = Reader(request)
    name, body, term = reader.text("remedy", NAME), reader.text("body", NAME), reader.term("amount", "unit")
    reader.done()
    if term is None:  # pragma: no cover - told above
        raise AssertionError
    return partial(with_remedy, remedy=Remedy(name, body, term), now=_now())


def shown_term(request: PageRequest, staff: SignedIn, composition: Composition) -> Shown:
    """Ask for the term and the regime; the holder's place where the institution has a table of distances."""
    own, institution = composition.chosen_term, staff.own
    term = own.term if own else None
    usual = decide_regime(institution, None)
    cited = [one for one in Regime if one is Regime.ACKNOWLEDGEMENT or institution.norm_for(one)]
    has_term = "" if own is None else "si" if own.term else "no"
    return {
        "has_term": request.value("has_term") if request.form else has_term,
        "amount": _typed(request, "amount", str(term.amount) if term else ""),
        "unit": _typed(request, "unit", term.unit.value if term else UNITS[0][0]),
        "units": UNITS,
        "regime": _typed(request, "regime", own.regime.value if own and own.regime else ""),
        "regimes": [
            ("", f"El de siempre: {REGIMES[usual]}"),
            *((one.value, REGIMES[one].capitalize()) for one in cited),
        ],
        "place": _typed(request, "place", (own.place if own else None) or ""),
        "places": [("", "Ninguno"), *((one.place, one.place) for one in institution.distances)]
        if institution.distances
        else [],
    }


def read_term(request: PageRequest, staff: SignedIn, composition: Composition) -> Change:  # noqa: ARG001 - as others
    """Read it."""
    reader = Reader(request)
    has_term = reader.choice("has_term", {"si": True, "no": False}, otherwise=False)
    term = reader.term("amount", "unit") if has_term else None
    regimes: dict[str, Regime | None] = {"": None, **{one.value: one for one in Regime}}
    regime = reader.choice("regime", regimes, None)
    places: dict[str, str | None] = {"": None, **{one.place: one.place for one in staff.own.distances}}
    place = reader.choice("place", places, None) if has_term else None
    reader.done()
    return lambda it: changed(it, _now(), chosen_term=ChosenTerm(term, regime, place))


def _open_offices(staff: SignedIn) -> list[Office]:
    listed = office_store(current()).list_for_institution(staff.member.institution_id)
    return [one for one in listed if not one.is_closed]


def _holder(composition: Composition) -> tuple[DocumentType, str]:
    """Return whom a form is filled with before anything is typed: whose notice is made again, or whom it answers."""
    if composition.recipient is not None:
        return composition.recipient.document_type, composition.recipient.document_number
    if composition.answers is not None:
        return composition.answers.document_type, composition.answers.document_number
    if composition.replaces is None:
        return DocumentType.DNI, ""
    holder = notice_store(current()).get(composition.replaces).holder
    return holder.document_type, holder.document_number


def _onward(composition: Composition, request: PageRequest) -> str:
    """Return where a page that shows what became of its form leads on to."""
    own = page_of_draft(composition)
    if request.asked("volver") == "depositar":
        return f"{own}/depositar"
    return page_of_draft(composition, composition.missing[0]) if composition.missing else own


def _typed(request: PageRequest, name: str, own: str) -> str:
    return request.value(name) if name in request.form else own


def _day_of(request: PageRequest, name: str, own: str) -> str:
    is_typed = any(field.startswith(f"{name}_") or field == name for field in request.form)
    return typed_day(request, name) if is_typed else own


def _now() -> datetime:
    return current().clock()
