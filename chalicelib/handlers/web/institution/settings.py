"""`/entidad/institucion`: how the own institution is set, and the contacts by subject that its coordinator keeps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import CasillaError, Conflict, NotFound, refusal_of, refusals
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution, SubjectContact
from chalicelib.domain.sender.institution_changes import (
    LONGEST_OF_CONTACT,
    MOST_CONTACTS,
    InstitutionDecision,
    read_contact,
    remove_contact,
    set_contact,
)
from chalicelib.domain.sender.setting_words import REGIMES
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.printable import check_printable
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.change_institution import change_institution
from chalicelib.services.sender.institution_tools import InstitutionTools

_BASE = "/entidad/institucion"
_NEW = "nuevo"
_FIELDS = (*LONGEST_OF_CONTACT, "email")
_LABELS = {**STAFF_LABELS, "subject": "Tema", "phone": "Teléfono", "email": "Correo electrónico"}
_LONGEST = 500
_TOLD = {"guardado": "Guardamos el contacto.", "quitado": "Quitamos el contacto."}
_CHANGED = (
    "Otra persona cambió los datos de la entidad mientras tanto y no guardamos nada. Revísalos y vuelve a guardar."
)


def show_settings(request: PageRequest, staff: SignedIn) -> Response:
    """Show how the institution is set, and by whom each part is changed."""
    return show(
        request,
        "institution/settings.html",
        institution=_own(staff),
        regime_words=REGIMES,
        most=MOST_CONTACTS,
        told=_TOLD.get(request.asked("hecho"), ""),
        is_bad=False,
    )


def show_contact(request: PageRequest, staff: SignedIn, contact_id: str) -> Response:
    """Ask for a contact's data: of a new one, or of one that there is."""
    return _contact_page(request, staff, contact_id)


def change_contact_by_form(request: PageRequest, staff: SignedIn, contact_id: str) -> Response:
    """Keep it, or take it out; a contact that is gone already is as wanted."""
    removes = request.value("step") == "quitar"
    if removes and not any(one.contact_id == contact_id for one in _own(staff).contacts):
        return go_to(f"{_BASE}?hecho=quitado")
    before = _contact(_own(staff), contact_id)
    try:
        if request.value("seen") != _mark(before):
            raise Conflict("institution_changed", _CHANGED)
        if removes:
            _change(request, staff, partial(remove_contact, contact_id=contact_id))
            return go_to(f"{_BASE}?hecho=quitado")
        typed = SubjectContact(
            **{name: request.value(name)[:_LONGEST] for name in _FIELDS}, contact_id=before.contact_id
        )
        read = _read(typed)
        contact = replace(read, contact_id=read.contact_id or current().chance.new_code())
        _change(request, staff, partial(_set_as_shown, contact=contact, before=before))
    except CasillaError as error:
        told = Conflict(error.code, _CHANGED) if error.code == "institution_changed" else error
        return _contact_page(request, staff, contact_id, told)
    return go_to(f"{_BASE}?hecho=guardado")


def _mark(contact: SubjectContact) -> str:
    """Return by what a form tells which contact was shown, as it was."""
    return hashlib.sha256(repr(contact).encode()).hexdigest()[:16]


def _set_as_shown(institution: Institution, contact: SubjectContact, before: SubjectContact) -> InstitutionDecision:
    """Set a contact if it is as it was when its form was read."""
    if before.contact_id and before not in institution.contacts:
        raise Conflict("institution_changed", _CHANGED)
    return set_contact(institution, contact)


def _change(request: PageRequest, staff: SignedIn, decide: Any) -> None:
    box = current()
    act = OperatorAct(staff.member.actor, "Desde la consola", box.clock, box.chance.new_event_id, request.origin)
    change_institution(staff.own.institution_id, decide, InstitutionTools(institution_store(box), act))


def _read(typed: SubjectContact) -> SubjectContact:
    problems = refusals(
        lambda: read_contact(typed), *(partial(_check, typed, name) for name in ("subject", "desk", "phone", "hours"))
    )
    if problems:
        raise refusal_of(problems)
    return read_contact(typed)


def _check(typed: SubjectContact, name: str) -> None:
    check_printable(getattr(typed, name), field=name)


def _contact_page(
    request: PageRequest, staff: SignedIn, contact_id: str, error: CasillaError | None = None
) -> Response:
    contact = _contact(_own(staff), contact_id)
    if "subject" in request.form:
        typed = {name: request.value(name) for name in _FIELDS}
    else:
        typed = {name: getattr(contact, name) or "" for name in _FIELDS}
    return show_form(
        request,
        "institution/contact.html",
        error,
        _LABELS,
        contact=contact,
        contact_id=contact_id,
        typed=typed,
        seen=_mark(contact),
    )


def _contact(institution: Institution, contact_id: str) -> SubjectContact:
    if contact_id == _NEW:
        return SubjectContact("", "", "")
    found = next((one for one in institution.contacts if one.contact_id == contact_id), None)
    if found is None:
        raise NotFound("contact_unknown", "Tu entidad no tiene ese contacto. Vuelve a la lista.")
    return found


def _own(staff: SignedIn) -> Institution:
    """Return the institution as it is now, which was read with the session."""
    return staff.own
