"""`/entidad/oficinas/…/presentaciones`: until when what is filed at an office, or without one, counts that day."""

from __future__ import annotations

from functools import partial

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.receiving import Receiving, receiving_of
from chalicelib.domain.filing.rule_changes import INHERITED, read_rule
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.setting_words import COUNTS_UNTIL
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.filing.date_words import tell_rule
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.change_rule import change_rule_of_institution, change_rule_of_office
from chalicelib.services.institution.manage_offices import OfficeTools, find_office
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.institution_tools import InstitutionTools

_INSTITUTION = "-"
"""In the place of an office's id: the institution itself."""
_LABELS = {**STAFF_LABELS, "counts_until": "Hasta cuándo cuenta", "norm": "Norma propia"}
_LONGEST = 500


def show_rule(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Say what the rule means, with an example, and ask for another."""
    return _page(request, staff, _find(staff, office_id))


def set_rule_by_form(request: PageRequest, staff: SignedIn, office_id: str) -> Response:
    """Set it; what was filed before stays under the rule of then."""
    office, box = _find(staff, office_id), current()
    act = OperatorAct(staff.member.actor, "Desde la consola", box.clock, box.chance.new_event_id, request.origin)
    read, version = partial(_read, request), _version(request)
    try:
        if office is None:
            tools = InstitutionTools(institution_store(box), act)
            change_rule_of_institution(staff.own.institution_id, version, read, tools)
        else:
            change_rule_of_office(office, version, read, OfficeTools(office_store(box), act))
    except CasillaError as error:
        return _page(request, staff, office, error)
    return go_to(f"{request.path}?hecho=guardada")


def _page(request: PageRequest, staff: SignedIn, office: Office | None, error: CasillaError | None = None) -> Response:
    own, box = staff.own, current()
    calendar = box.calendar.with_entries(calendar_store(box).find())
    receiving, law = receiving_of(own, office, calendar), calendar.filing
    rule = own.filing_rule if office is None else office.filing_rule
    if "counts_until" in request.form or "norm" in request.form:
        typed = {name: request.value(name) for name in ("counts_until", "norm")}
    else:
        typed = {"counts_until": rule.counts_until.value if rule else INHERITED, "norm": rule.norm if rule else ""}
    return show_form(
        request,
        "filing/filing_rule.html",
        error,
        _LABELS,
        office=office,
        version=own.version if office is None else office.version,
        typed=typed,
        rule=receiving.rule,
        means=tell_rule(receiving, box.clock()),
        is_inherited=rule is None,
        options=_options(receiving_of(own, None, calendar), law.rule, office),
        against_closing=law.against_closing,
        is_closing=receiving.rule.counts_until is CountsUntil.CLOSING,
        told="Guardamos la regla. Lo que ya se presentó queda como estaba." if request.asked("hecho") else "",
        is_bad=False,
    )


def _options(of_institution: Receiving, general: FilingRule, office: Office | None) -> tuple[tuple[str, str], ...]:
    inherited = general if office is None else of_institution.rule
    whose = "La regla general" if office is None else "La de la entidad"
    return (
        (INHERITED, f"{whose}: {COUNTS_UNTIL[inherited.counts_until]}"),
        (CountsUntil.MIDNIGHT.value, "Hasta las 23:59 de un día hábil"),
        (CountsUntil.CLOSING.value, "Hasta el cierre de la oficina, por norma propia"),
    )


def _read(request: PageRequest, before: FilingRule | None, version: int) -> FilingRule | None:
    norm, general = request.value("norm")[:_LONGEST], current().calendar.filing.rule
    check_printable(tidy(norm), field="norm")
    return read_rule(request.value("counts_until"), norm, general, before, version)


def _version(request: PageRequest) -> int:
    """Return which version was shown; none where that was forged."""
    typed = request.value("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1  # noqa: PLR2004 - a number


def _find(staff: SignedIn, office_id: str) -> Office | None:
    if office_id == _INSTITUTION:
        return None
    return find_office(staff.own.institution_id, office_id, office_store(current()))
