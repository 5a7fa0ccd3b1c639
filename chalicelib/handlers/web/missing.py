"""Addresses that lead nowhere: mistyped ones, and those of buttons, when somebody opens them again.

Of one to six parts, which is as deep as any page; the gateway answers what is deeper still, in JSON.
"""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.http import problem_response
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest, page_of

_API = "/v1/"


def show_missing(request: PageRequest, **_: str) -> Response:
    """Say so on a page that leads back; to programs, which ask below `/v1/`, as the API says it."""
    if request.path.startswith(_API):
        detail = "La dirección no existe. Revísela en la guía de integración."
        return problem_response(NotFound("route_not_found", detail))
    raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")


def lead_back(request: PageRequest, **_: str) -> Response:
    """Lead to the page that the button stands on."""
    return go_to(page_of(request))
