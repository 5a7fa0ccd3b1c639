"""Addresses that lead nowhere: mistyped ones, and those of buttons, when somebody opens them again.

Of one to four parts, which is deeper than any page; the gateway answers what is deeper still, in JSON.
"""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.http import problem_response
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest

_API = "/v1/"


def show_missing(request: PageRequest, **_: str) -> Response:
    """Say so on a page that leads back; to programs, which ask below `/v1/`, as the API says it."""
    if request.path.startswith(_API):
        detail = "La dirección no existe. Revísela en la guía de integración."
        return problem_response(NotFound("route_not_found", detail))
    raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")


BUTTONS = {
    "/salir": "/casilla",
    "/ingresar/identidad": "/ingresar",
    "/registro/identidad": "/registro",
    "/borrador/descartar": "/borrador",
    "/casilla/exportar": "/casilla",
    "/casilla/{notice_id}/anexos": "/casilla/{notice_id}",
    "/casilla/{notice_id}/pruebas": "/casilla/{notice_id}",
    "/activar/{link}/otro": "/activar/{link}",
    "/recuperar/{link}/otro": "/recuperar/{link}",
    "/registro/correo/{registration_id}/reenviar": "/registro/correo/{registration_id}",
    "/verificar-correo/{token}/reenviar": "/verificar-correo/{token}",
    "/no-fui-yo/{token}/fui-yo": "/no-fui-yo/{token}",
    "/mis-datos/copia": "/mis-datos",
    "/mis-datos/solicitudes/{reference}/retirar": "/mis-datos/solicitudes/{reference}",
    "/perfil/accesos/cerrar": "/perfil",
    "/perfil/accesos/{session_id}/cerrar": "/perfil",
    "/perfil/correo/codigo/reenviar": "/perfil/correo/codigo",
    "/usuarios/{user_id}/habilitar": "/usuarios",
}
"""Where buttons send forms to, and the pages they stand on: whoever opens the former by hand is led to the latter."""


def lead_back(request: PageRequest, **parameters: str) -> Response:
    """Lead to the page that the button stands on."""
    return go_to(BUTTONS[request.route].format(**{name: quote(part, safe="") for name, part in parameters.items()}))
