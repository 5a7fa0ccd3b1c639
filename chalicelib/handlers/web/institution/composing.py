"""`/entidad/redactar/{composition_id}/{part}`: one page for each part of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import composition_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.institution.composition import Composition, Part
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution import composition_parts as parts
from chalicelib.handlers.web.institution.composition_fields import seen_version
from chalicelib.handlers.web.institution.composition_view import BASE, PAGES, page_of_draft, shown_version
from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS
from chalicelib.services.institution.compositions import change_found, find_composition

Change = Callable[[Composition], Composition]


@dataclass(frozen=True, slots=True)
class _Form:
    """A page's template, what is typed into it, and how that changes a draft."""

    template: str
    shown: Callable[[PageRequest, SignedIn, Composition], dict[str, Any]]
    read: Callable[[PageRequest, SignedIn, Composition], Change]


_FORMS = {
    "oficina": _Form("institution/compose_office.html", parts.shown_office, parts.read_office),
    "destinatario": _Form("institution/compose_recipient.html", parts.shown_recipient, parts.read_recipient),
    "expediente": _Form("institution/compose_case_file.html", parts.shown_case_file, parts.read_case_file),
    "documento": _Form("institution/compose_document.html", parts.shown_heading, parts.read_heading),
    "remite": _Form("institution/compose_signers.html", parts.shown_signers, parts.read_signers),
    "efectos": _Form("institution/compose_effects.html", parts.shown_effects, parts.read_effects),
    "recursos": _Form("institution/compose_remedies.html", parts.shown_remedies, parts.read_remedies),
    "plazo": _Form("institution/compose_term.html", parts.shown_term, parts.read_term),
}
_STAYING = ("destinatario", "recursos")
"""Pages that show what became of their form, and lead on from there."""


def show_part(request: PageRequest, staff: SignedIn, composition_id: str, part: str) -> Response:
    """Ask for a part of a draft."""
    _form_of(part)
    composition = find_composition(composition_id, staff.member, store=composition_store(current()))
    if not composition.is_open:
        return go_to(page_of_draft(composition))
    return _page(request, staff, composition, part)


def save_part_by_form(request: PageRequest, staff: SignedIn, composition_id: str, part: str) -> Response:
    """Keep it, if the draft is as its page showed it."""
    form, store = _form_of(part), composition_store(current())
    composition = find_composition(composition_id, staff.member, store=store)
    try:
        change = form.read(request, staff, composition)
        saved = change_found(composition, change, seen_version=seen_version(request), store=store)
    except NotFound:
        raise
    except CasillaError as error:
        return _page(request, staff, composition, part, error)
    return go_to(_next(composition, saved, part, comes_back=request.value("volver") == "depositar"))


def _form_of(part: str) -> _Form:
    if part not in _FORMS:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return _FORMS[part]


def _page(
    request: PageRequest, staff: SignedIn, composition: Composition, part: str, error: CasillaError | None = None
) -> Response:
    form = _FORMS[part]
    back = request.value("volver") or request.asked("volver")
    shown: dict[str, Any] = {
        "draft": composition,
        "base": BASE,
        "own": page_of_draft(composition),
        "address": f"{page_of_draft(composition)}/{part}",
        "version": shown_version(request, composition),
        "volver": "depositar" if back == "depositar" else "",
        **form.shown(request, staff, composition),
    }
    return show_form(request, form.template, error, COMPOSE_LABELS, **shown)


def _next(before: Composition, after: Composition, part: str, *, comes_back: bool) -> str:
    """Return where a part that was kept leads: to the next one while the draft is written for the first time."""
    own = page_of_draft(after)
    if part in _STAYING:
        return f"{own}/{part}?hecho=guardado{'&volver=depositar' if comes_back else ''}"
    if comes_back:
        return f"{own}/depositar"
    is_new = any(PAGES[one] == part for one in before.missing)
    if part == PAGES[Part.SIGNERS] and is_new:
        return f"{own}/efectos"
    if after.missing and (is_new or part == "efectos"):
        return page_of_draft(after, after.missing[0])
    return own
