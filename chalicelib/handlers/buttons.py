"""Where buttons send forms to, and the pages that buttons and forms stand on."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.handlers.page_request import PageRequest

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


def page_of(request: PageRequest) -> str:
    """Return the address of the page that a form or button stands on, without parameters."""
    page = BUTTONS.get(request.route)
    if page is None:
        return request.path
    given = dict(zip(request.route.split("/"), request.path.split("/"), strict=False))
    return "/".join(quote(given[part], safe="") if part.startswith("{") else part for part in page.split("/"))
