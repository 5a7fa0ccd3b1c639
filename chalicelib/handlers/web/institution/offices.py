"""`/entidad/oficinas`: a coordinator adds, changes and closes the offices of the own institution (INS-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import office_store, staff_store
from chalicelib.domain.calendar import OfficeHours
from chalicelib.domain.errors import CasillaError, refusal_of, refusals
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.office_changes import TypedOffice, read_office
from chalicelib.domain.sender.setting_words import COUNTS_UNTIL
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.institution_forms import regions
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.printable import check_printable
from chalicelib.services.institution.manage_offices import OfficeTools, add_office, change_office, find_office
from chalicelib.services.operator_act import OperatorAct

_BASE = "/entidad/oficinas"
_FIELDS = ("name", "address", "opens_at", "closes_at", "region")
_LABELS = {**STAFF_LABELS, "name": STAFF_LABELS["office_name"]}
_LONGEST = 500
_FROM_CONSOLE = "Desde la consola"
_VERSIONS_SHOWN = 10
_TOLD = {
    "agregada": "Agregamos la oficina. Ya puedes inscribir operadores en ella.",
    "cambiada": "Guardamos los cambios. Lo que ya se emitió queda como estaba.",
    "cerrada": "Cerramos la oficina: ya no notifica. Lo que emitió queda como está.",
    "abierta": "Abrimos otra vez la oficina.",
}
_FEW_HOURS = " Son menos de ocho horas seguidas: revisa el TUO de la Ley N° 27444, artículo 149."


def list_offices(request: PageRequest, staff: SignedIn) -> Response:
    """List them, those that are open first."""
    listed = sorted(office_store(current()).list_for_institution(staff.own.institution_id), key=lambda o: o.is_closed)
    told = _TOLD.get(request.asked("hecho"), "")
    return show(
        request,
        "institution/offices.html",
        offices=listed,
        told=told + _FEW_HOURS if told and request.asked("horas") else told,
        is_bad=False,
    )


def show_new(request: PageRequest, staff: SignedIn) -> Response:
    """Ask for a new one's data."""
    return _office_page(request, staff, None)


def add_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Add it."""
    own, box = staff.own.institution_id, current()
    try:
        office = _read(request, Office(box.chance.new_code(), own, "", ""))
        add_office(office, _tools(request, staff))
    except CasillaError as error:
        return _office_page(request, staff, None, error)
    return _done("agregada", office)


def show_office(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Show one, to be changed, and what it was before."""
    return _office_page(request, staff, _find(staff, office_id))


def change_by_form(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Change it."""
    before = _find(staff, office_id)
    try:
        office = change_office(before, _read(request, before), _version(request), _tools(request, staff))
    except CasillaError as error:
        return _office_page(request, staff, before, error)
    return _done("cambiada", office)


def show_state(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Say what closing or opening it does, before it is done, and ask why (WCAG 3.3.4)."""
    return _state_page(request, staff, _find(staff, office_id))


def set_state_by_form(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Close it, or open it again; what is so already, by the same button pressed twice, is as wanted."""
    office, closes = _find(staff, office_id), request.value("closes") == "si"
    done = "cerrada" if closes else "abierta"
    if office.is_closed is closes:
        return _done(done)
    try:
        reason = read_reason(request.value("reason")[:_LONGEST])
        after = replace(office, is_closed=closes)
        change_office(office, after, _version(request), _tools(request, staff, reason))
    except CasillaError as error:
        return _state_page(request, staff, office, error)
    return _done(done)


def _office_page(
    request: PageRequest, staff: SignedIn, office: Office | None, error: CasillaError | None = None
) -> Response:
    own = staff.own
    if office is None or "name" in request.form:
        typed = {name: request.value(name) for name in _FIELDS}
    else:
        hours = {name: f"{value:%H:%M}" if (value := getattr(office, name)) else "" for name in _FIELDS[2:4]}
        typed = {"name": office.name, "address": office.address, **hours, "region": office.region or ""}
    known = regions()
    listed = [*known, *([office.region] if office and office.region and office.region not in known else [])]
    shown: dict[str, Any] = {
        "office": office,
        "typed": typed,
        "regions": [
            ("", f"La de la entidad ({own.region.capitalize() if own.region else 'ninguna'})"),
            *((one, one.capitalize()) for one in listed),
        ],
        "counts_until": COUNTS_UNTIL,
        "versions": _versions(own.institution_id, office) if office else (),
    }
    at = f"{_BASE}/{office.office_id}" if office else f"{_BASE}/agregar"
    return show_form(request, "institution/office.html", error, _LABELS, at=at, **shown)


def _state_page(request: PageRequest, staff: SignedIn, office: Office, error: CasillaError | None = None) -> Response:
    everybody = staff_store(current()).list_for_institution(staff.own.institution_id)
    officers = [one for one in everybody if one.office_id == office.office_id]
    reason = request.value("reason")
    return show_form(
        request, "institution/office_state.html", error, _LABELS, office=office, officers=officers, reason=reason
    )


def _versions(institution_id: str, office: Office) -> list[Any]:
    """Return what it was before, the newest first."""
    found = office_store(current()).list_versions(institution_id, office.office_id, limit=_VERSIONS_SHOWN + 1)
    return [one for one in found if one.office.version != office.version][:_VERSIONS_SHOWN]


def _read(request: PageRequest, before: Office) -> Office:
    typed, known = TypedOffice(**{name: request.value(name)[:_LONGEST] for name in _FIELDS}), regions()
    problems = refusals(
        lambda: read_office(typed, before, known),
        lambda: check_printable(typed.name, field="name"),
        lambda: check_printable(typed.address, field="address"),
    )
    if problems:
        raise refusal_of(problems)
    return read_office(typed, before, known)


def _version(request: PageRequest) -> int:
    """Return which version was shown; none where that was forged."""
    typed = request.value("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - a number


def _find(staff: SignedIn, office_id: str) -> Office:
    return find_office(staff.own.institution_id, office_id, office_store(current()))


def _tools(request: PageRequest, staff: SignedIn, reason: str = _FROM_CONSOLE) -> OfficeTools:
    box = current()
    act = OperatorAct(staff.member.actor, reason, box.clock, box.chance.new_event_id, request.origin)
    return OfficeTools(office_store(box), act)


def _done(what: str, office: Office | None = None) -> Response:
    opens, closes = (office.opens_at, office.closes_at) if office else (None, None)
    few = opens is not None and closes is not None and OfficeHours(opens, closes, "").are_few
    return go_to(f"{_BASE}?hecho={what}{'&horas=pocas' if few else ''}")
