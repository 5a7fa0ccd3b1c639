"""`…/procedimientos/{procedure_id}/{deed}`: forms to download, versions, retiring and taking up (FIL-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.institution import staff_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.filing.procedure_changes import MOST_FORMS, changed_fields, without_form
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import tidy
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.console.procedure_form import show_change
from chalicelib.handlers.web.filing.console.procedure_view import (
    BASE,
    done,
    find_procedure,
    procedure_tools,
    seen_version,
    shown_of,
)
from chalicelib.handlers.web.filing.labels import FILING_LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.filing.procedure_words import change_words
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.manage_procedures import (
    SentForm,
    add_form,
    change_procedure,
    retire_procedure,
    take_up_procedure,
)

_Deed = Callable[[PageRequest, SignedIn, Procedure], Response]
_LONGEST = 500
_STATE_LABELS = {"reason": FILING_LABELS["reason"]}
"""No other field is on that page, whatever the refusal is about."""
_VERSIONS_SHOWN = 20
_CHANGE, _FORMS, _VERSIONS, _RETIRE, _TAKE_UP = "cambiar", "formularios", "versiones", "retirar", "retomar"
_FORMS_TOLD = {
    "agregado": "Agregamos el formulario. Ya se puede descargar.",
    "quitado": "Quitamos el formulario. Las versiones anteriores lo conservan.",
}


def show_deed(request: PageRequest, staff: SignedIn, procedure_id: str, deed: str) -> Response:
    """Ask what the deed needs, or show what there is."""
    procedure = find_procedure(staff, procedure_id)
    if deed == _CHANGE:
        return show_change(request, staff, procedure)
    pages: Mapping[str, _Deed] = {
        _FORMS: _forms_page,
        _VERSIONS: _versions_page,
        _RETIRE: _state_page,
        _TAKE_UP: _state_page,
    }
    return _known(pages, deed)(request, staff, procedure)


def do_by_form(request: PageRequest, staff: SignedIn, procedure_id: str, deed: str) -> Response:
    """Do it; what is so already, by the same button pressed twice, is as wanted."""
    deeds: Mapping[str, _Deed] = {_FORMS: _change_forms, _RETIRE: _retire, _TAKE_UP: _take_up}
    do = _known(deeds, deed)
    procedure = find_procedure(staff, procedure_id)
    return do(request, staff, procedure)


def _known(deeds: Mapping[str, _Deed], deed: str) -> _Deed:
    if deed not in deeds:
        raise NotFound("page_not_found", "Esta página no existe. Vuelve al catálogo.")
    return deeds[deed]


def _retire(request: PageRequest, staff: SignedIn, procedure: Procedure) -> Response:
    try:
        typed = request.value("reason")[:_LONGEST]
        check_printable(tidy(typed), field="reason")
        tools = procedure_tools(request, staff, read_reason(typed))
        retire_procedure(procedure, seen_version(request), tools)
    except CasillaError as error:
        return _state_page(request, staff, procedure, error)
    return done("retirado", procedure.procedure_id)


def _take_up(request: PageRequest, staff: SignedIn, procedure: Procedure) -> Response:
    try:
        take_up_procedure(procedure, seen_version(request), procedure_tools(request, staff))
    except CasillaError as error:
        return _state_page(request, staff, procedure, error)
    return done("retomado", procedure.procedure_id)


def _state_page(request: PageRequest, _: SignedIn, procedure: Procedure, error: CasillaError | None = None) -> Response:
    """Say what it does before it is done, and ask why (WCAG 3.3.4); of what is so already, lead back."""
    retires = request.path.endswith(f"/{_RETIRE}")
    if error is None and retires is procedure.is_retired:
        return go_to(f"{BASE}/{procedure.procedure_id}")
    shown = shown_of(procedure, ())
    reason = request.value("reason")
    return show_form(
        request, "filing/procedure_state.html", error, _STATE_LABELS, retires=retires, reason=reason, **shown
    )


def _change_forms(request: PageRequest, staff: SignedIn, procedure: Procedure) -> Response:
    tools, version = procedure_tools(request, staff), seen_version(request)
    removed = request.value("remove")[:_LONGEST]
    try:
        if removed:
            change_procedure(procedure, without_form(procedure, removed), version, tools)
        else:
            add_form(procedure, _sent(request), version, files=files(current()), tools=tools)
    except CasillaError as error:
        return _forms_page(request, staff, procedure, error)
    return go_to(f"{BASE}/{procedure.procedure_id}/{_FORMS}?hecho={'quitado' if removed else 'agregado'}")


def _sent(request: PageRequest) -> SentForm:
    file = FormFile("", b"")
    if request.body:
        file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", file)
    title = request.value("form_title")[:_LONGEST]
    check_printable(tidy(title), field="form_title")
    return SentForm(file.filename, file.content, title)


def _forms_page(request: PageRequest, _: SignedIn, procedure: Procedure, error: CasillaError | None = None) -> Response:
    return show_form(
        request,
        "filing/procedure_files.html",
        error,
        FILING_LABELS,
        form_title=request.value("form_title"),
        largest=MAX_INLINE_SIZE,
        most=MOST_FORMS,
        told=_FORMS_TOLD.get(request.asked("hecho"), ""),
        is_bad=False,
        **shown_of(procedure, ()),
    )


def _versions_page(request: PageRequest, staff: SignedIn, procedure: Procedure) -> Response:
    """List what it was, the newest first: since when, by whom, and what changed."""
    own = staff.own.institution_id
    found = procedure_store(current()).list_versions(own, procedure.procedure_id, limit=_VERSIONS_SHOWN + 1)
    names = {one.actor: one.name for one in staff_store(current()).list_for_institution(own)}
    rows = [
        {"version": after, "changes": change_words(changed_fields(before, after)), "by": names.get(after.changed_by)}
        for after, before in pairwise(found)
    ]
    if len(found) <= _VERSIONS_SHOWN:
        first = found[-1]
        rows.append({"version": first, "changes": "", "by": names.get(first.changed_by)})
    has_more = len(found) > _VERSIONS_SHOWN
    return show(request, "filing/procedure_versions.html", rows=rows, has_more=has_more, **shown_of(procedure, ()))
