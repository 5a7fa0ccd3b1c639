"""`/v1/sessions` and `/v1/login-codes`: log in, confirm who one is, see where one is logged in, log out."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.domain.session import Access, Session, require_own_password
from chalicelib.handlers.admission import given_token
from chalicelib.handlers.api.access.opened import opened_as_json, session_as_json
from chalicelib.handlers.commands import access
from chalicelib.handlers.http import JsonRequest, empty_response, instant_in_json, json_response


def create_login_code(request: JsonRequest) -> Response:
    """Send a code that stands in for the captcha."""
    requested = access.send_login_code(request.fields(), origin=request.origin)
    answer = {
        "code_id": requested.code_id,
        "detail": "Si el usuario existe, tiene un código en su correo, que dice hasta qué hora vale.",
    }
    return json_response(answer, status=202)


def create_session(request: JsonRequest) -> Response:
    """Log in; a token that comes with it ends, and of too many sessions the oldest, which the answer counts.

    The marks of the device are sent with the next login from it.
    """
    entered = access.enter(request.fields(), origin=request.origin, former=given_token(request) or "")
    told = {"device": entered.device, "sessions_displaced": entered.displaced.count}
    return json_response({**opened_as_json(entered.opened), **told}, status=201)


def list_sessions(_: JsonRequest, session: Session) -> Response:
    """List the recent logins of who asks."""
    require_own_password(session)
    return json_response({"sessions": [_access_as_json(one, session) for one in access.own_accesses(session)]})


def end_others(request: JsonRequest, session: Session) -> Response:
    """End every session of one's own but this; the answer carries the token to go on with."""
    return json_response(opened_as_json(access.end_others(session, origin=request.origin)))


def show_session(_: JsonRequest, session: Session) -> Response:
    """Show whose session this is, and until when."""
    return json_response(session_as_json(session))


def log_out(request: JsonRequest, session: Session) -> Response:
    """End this session."""
    access.end_own_session(session, session.session_id, origin=request.origin)
    return empty_response()


def end_other_session(request: JsonRequest, session: Session, session_id: str) -> Response:
    """End a session of one's own that a list showed."""
    if not access.end_own_session(session, session_id, origin=request.origin):
        raise NotFound("session_unknown", "Esa sesión ya terminó.")
    return empty_response()


def create_validation(request: JsonRequest, session: Session) -> Response:
    """Confirm who one is for twenty minutes of mailbox contents; the token changes."""
    require_own_password(session)
    return json_response(opened_as_json(access.validate(request.fields(), session, origin=request.origin)))


def _access_as_json(shown: Access, own: Session) -> dict[str, object]:
    return {
        "session_id": shown.session.session_id,
        "started_at": instant_in_json(shown.session.logged_in_at),
        "origin": shown.session.origin,
        "is_open": shown.is_open,
        "is_current": shown.session.session_id == own.session_id,
    }
