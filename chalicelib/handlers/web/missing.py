"""Addresses that lead nowhere: mistyped ones, and those of buttons, when somebody opens them again.

Of one to four parts, which is deeper than any page; the gateway answers what is deeper still, in JSON.
"""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Blueprint, Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.http import PUBLIC, problem_response
from chalicelib.handlers.page import go_to, page
from chalicelib.handlers.page_request import PageRequest

missing_pages = Blueprint(__name__)


_API = "/v1/"


@missing_pages.route("/{page}", methods=["GET"], name="missing_page")
@missing_pages.route("/{page}/{second}", methods=["GET"], name="missing_page_of_two_parts")
@missing_pages.route("/{page}/{second}/{third}", methods=["GET"], name="missing_page_of_three_parts")
@missing_pages.route("/{page}/{second}/{third}/{fourth}", methods=["GET"], name="missing_page_of_four_parts")
@page(missing_pages, access=PUBLIC)
def show_missing(request: PageRequest, **_: str) -> Response:
    """Say so on a page that leads back; to programs, which ask below `/v1/`, as the API says it."""
    if request.path.startswith(_API):
        detail = "La dirección no existe. Revísela en la guía de integración."
        return problem_response(NotFound("route_not_found", detail), request.correlation_id)
    raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")


BUTTONS = {
    "/salir": "/casilla",
    "/borrador/descartar": "/borrador",
    "/casilla/exportar": "/casilla",
    "/casilla/{notice_id}/anexos": "/casilla/{notice_id}",
    "/casilla/{notice_id}/pruebas": "/casilla/{notice_id}",
    "/activar/{link}/otro": "/activar/{link}",
    "/registro/correo/{registration_id}/reenviar": "/registro/correo/{registration_id}",
    "/verificar-correo/{token}/reenviar": "/verificar-correo/{token}",
    "/perfil/accesos/cerrar": "/perfil",
    "/perfil/accesos/{session_id}/cerrar": "/perfil",
    "/perfil/correo/codigo/reenviar": "/perfil/correo/codigo",
    "/usuarios/{user_id}/habilitar": "/usuarios",
}
"""Where buttons send forms to, and the pages they stand on: whoever opens the former by hand is led to the latter."""


def _lead_back(**parameters: str) -> Response:
    route = str(missing_pages.current_request.path)
    return go_to(BUTTONS[route].format(**{name: quote(value, safe="") for name, value in parameters.items()}))


def _register() -> None:
    for address in BUTTONS:

        @missing_pages.route(address, methods=["GET"], name=f"lead_back_from_{address}")
        @page(missing_pages, access=PUBLIC)
        def lead_back(_: PageRequest, **parameters: str) -> Response:
            """Lead to the page that the button stands on."""
            return _lead_back(**parameters)


_register()
