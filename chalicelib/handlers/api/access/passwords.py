"""`/v1/passwords` and `/v1/password-resets`: change a password that is known, replace one that is not."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.session import Session
from chalicelib.handlers.api.access.opened import opened_as_json
from chalicelib.handlers.commands import access
from chalicelib.handlers.http import JsonRequest, json_response


def create_password(request: JsonRequest, session: Session) -> Response:
    """Change the password; the answer carries the token to go on with."""
    opened = access.change_own_password(request.fields(), session, origin=request.origin)
    return json_response(opened_as_json(opened), status=201)


def create_password_reset(request: JsonRequest) -> Response:
    """Send a link to the registered address."""
    access.ask_for_reset(request.fields(), origin=request.origin)
    detail = "Si los datos son los registrados, te enviamos un enlace al correo. Vale dos días."
    return json_response({"detail": detail}, status=202)


def use_password_reset(request: JsonRequest, link: str) -> Response:
    """Set a new password by the link; all sessions end."""
    access.use_reset(link, request.fields(), origin=request.origin)
    return json_response({"detail": "Tu contraseña cambió. Ingresa con la nueva."})
