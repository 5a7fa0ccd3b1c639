"""`/plataforma/entidades/{institution_id}/…`: the emblem and colours of an institution's console."""

from __future__ import annotations

from functools import partial

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import emblem_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution_changes import read_colours, set_colours
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.institutions import BASE, find_institution, tools_of
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.services.institution.change_emblem import EMBLEM_POINTS, LARGEST_EMBLEM, change_emblem
from chalicelib.services.sender.change_institution import change_institution

_LONGEST = 50


def show_emblem(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - who may may
    """Show the emblem, and ask for another."""
    return _emblem_page(request, institution_id)


def change_emblem_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Show the picture that was sent, or the portal's again."""
    content = None if request.value("step") == "quitar" else _picture(request)
    try:
        change_emblem(institution_id, content, tools_of(staff), emblem_store(current()))
    except CasillaError as error:
        return _emblem_page(request, institution_id, error)
    return go_to(f"{BASE}/{institution_id}?hecho=cambiada")


def show_colours(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """Ask for its colours."""
    return _colours_page(request, institution_id)


def set_colours_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Set them; without any it has the portal's."""
    light, dark = (request.value(name)[:_LONGEST] for name in ("light", "dark"))
    try:
        colours = read_colours(light, dark) if light.strip() or dark.strip() else None
        change_institution(institution_id, partial(set_colours, colours=colours), tools_of(staff))
    except CasillaError as error:
        return _colours_page(request, institution_id, error)
    return go_to(f"{BASE}/{institution_id}?hecho=cambiada")


def _picture(request: PageRequest) -> bytes:
    sent = read_form(request.headers.get("content-type", ""), request.body)
    return sent.files.get("emblem", FormFile("", b"")).content


def _emblem_page(request: PageRequest, institution_id: str, error: CasillaError | None = None) -> Response:
    return show_form(
        request,
        "institution/institution_emblem.html",
        error,
        STAFF_LABELS,
        institution=find_institution(institution_id),
        largest=LARGEST_EMBLEM,
        least_points=EMBLEM_POINTS.start,
        most_points=EMBLEM_POINTS.stop - 1,
    )


def _colours_page(request: PageRequest, institution_id: str, error: CasillaError | None = None) -> Response:
    institution = find_institution(institution_id)
    own = institution.colours
    typed = {"light": own.light if own else "", "dark": own.dark if own else ""}
    if "light" in request.form:
        typed = {name: request.value(name) for name in typed}
    return show_form(
        request, "institution/institution_colours.html", error, STAFF_LABELS, institution=institution, typed=typed
    )
