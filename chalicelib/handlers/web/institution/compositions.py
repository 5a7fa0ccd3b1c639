"""`/entidad/redactar`: an officer's drafts, one of them as a whole, and throwing it away."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import MOST_OPEN, Composition, CompositionState
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.notice import Notice
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import seen_version
from chalicelib.handlers.web.institution.composition_view import BASE, page_of_draft, summary_context
from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS
from chalicelib.services.institution.compositions import (
    begin_composition,
    discard_composition,
    find_composition,
    find_replaceable,
    list_compositions,
)

_LIST, _DRAFT, _DISCARD = (
    "institution/compose_list.html",
    "institution/compose_draft.html",
    "institution/compose_discard.html",
)
_TOLD = {"descartado": "El borrador se descartó. Puedes mirarlo durante 30 días."}


def show_compositions(request: PageRequest, staff: SignedIn) -> Response:
    """List what can be gone on with."""
    return _list_page(request, staff)


def begin_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Begin a draft and ask for its first part."""
    box = current()
    try:
        begun = begin_composition(
            staff.member,
            store=composition_store(box),
            new_id=box.chance.new_event_id,
            now=box.clock(),
            replaced=_replaced(request.value("reemplaza"), staff),
        )
    except CasillaError as error:
        return _list_page(request, staff, error)
    return go_to(page_of_draft(begun, begun.missing[0]))


def show_composition(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Show a draft as far as it is, with what it lacks."""
    composition = find_composition(composition_id, staff.member, store=composition_store(current()))
    if composition.state is CompositionState.DEPOSITED:
        return go_to(f"{BASE}/{composition_id}/depositada")
    return show(request, _DRAFT, **summary_context(composition, staff))


def show_discard(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Ask whether it is to be thrown away."""
    return _discard_page(request, staff, composition_id)


def discard_by_form(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Throw it away."""
    box = current()
    try:
        discard_composition(
            composition_id,
            staff.member,
            seen_version=seen_version(request),
            store=composition_store(box),
            now=box.clock(),
        )
    except CasillaError as error:
        return _discard_page(request, staff, composition_id, error)
    return go_to(f"{BASE}?hecho=descartado")


def _list_page(request: PageRequest, staff: SignedIn, error: CasillaError | None = None) -> Response:
    number = request.value("reemplaza") or request.asked("reemplaza")
    replaced = _replaced(number, staff) if error is None else None
    found = list_compositions(staff.member, store=composition_store(current()))
    shown: dict[str, Any] = {
        "own": found.own,
        "shared": found.shared,
        "most": MOST_OPEN,
        "replaced": replaced,
        "told": _TOLD.get(request.asked("hecho"), ""),
        "is_bad": False,
    }
    return show_form(request, _LIST, error, COMPOSE_LABELS, **shown)


def _replaced(number: str, staff: SignedIn) -> Notice | None:
    return find_replaceable(number, staff.member, readings=reading_store(current())) if number else None


def _discard_page(
    request: PageRequest, staff: SignedIn, composition_id: str, error: CasillaError | None = None
) -> Response:
    composition: Composition = find_composition(composition_id, staff.member, store=composition_store(current()))
    if not composition.is_open and error is None and request.answer is None:
        return go_to(f"{BASE}/{composition_id}")
    return show_form(
        request, _DISCARD, error, COMPOSE_LABELS, draft=composition, base=BASE, version=composition.version
    )
