"""`/v1/sessions` and `/v1/login-codes`: log in, confirm who one is, see where one is logged in, log out."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.errors import NotFound
from chalicelib.domain.session import Access, Session, require_own_password
from chalicelib.handlers.commands.access import read_captcha, read_login, read_user, read_validation
from chalicelib.handlers.http import (
    JsonRequest,
    empty_response,
    instant_in_json,
    json_response,
)
from chalicelib.services.access.end_other_sessions import end_other_sessions
from chalicelib.services.access.log_in import log_in, validate_access
from chalicelib.services.access.request_login_code import request_login_code
from chalicelib.services.access.sessions import OpenedSession, end_session, list_accesses


def create_login_code(request: JsonRequest) -> Response:
    """Send a code that stands in for the captcha."""
    box = current()
    fields = request.fields()
    username, captcha = read_user(fields), read_captcha(fields)
    fields.close()
    requested = request_login_code(username, captcha, origin=request.origin, tools=access_tools(box), now=box.clock())
    answer = {
        "code_id": requested.code_id,
        "expires_at": instant_in_json(requested.valid_until),
        "detail": "Si el usuario existe, enviamos un código a su correo. Vale diez minutos.",
    }
    return json_response(answer, status=202)


def create_session(request: JsonRequest) -> Response:
    """Log in."""
    box = current()
    opened = log_in(read_login(request.fields(), request.origin), tools=access_tools(box), now=box.clock())
    return json_response(opened_as_json(opened), status=201)


def list_sessions(_: JsonRequest, session: Session) -> Response:
    """List the recent logins of who asks."""
    require_own_password(session)
    box = current()
    accesses = list_accesses(session.user_id, sessions=access_tools(box).sessions, now=box.clock())
    return json_response({"sessions": [_access_as_json(access, session) for access in accesses]})


def end_others(request: JsonRequest, session: Session) -> Response:
    """End every session of one's own but this; the answer carries the token to go on with."""
    require_own_password(session)
    opened = end_other_sessions(session, origin=request.origin, tools=access_tools(current()))
    return json_response(opened_as_json(opened))


def show_session(_: JsonRequest, session: Session) -> Response:
    """Show whose session this is, and until when."""
    return json_response(_session_as_json(session))


def log_out(_: JsonRequest, session: Session) -> Response:
    """End this session."""
    end_session(session.session_id, user_id=session.user_id, sessions=access_tools(current()).sessions)
    return empty_response()


def end_other_session(_: JsonRequest, session: Session, session_id: str) -> Response:
    """End a session of one's own that a list showed."""
    require_own_password(session)
    if not end_session(session_id, user_id=session.user_id, sessions=access_tools(current()).sessions):
        raise NotFound("session_unknown", "Esa sesión ya terminó.")
    return empty_response()


def create_validation(request: JsonRequest, session: Session) -> Response:
    """Confirm who one is for twenty minutes of mailbox contents; the token changes."""
    require_own_password(session)
    box = current()
    attempt = read_validation(request.fields(), session.username, request.origin)
    return json_response(opened_as_json(validate_access(session, attempt, tools=access_tools(box), now=box.clock())))


def opened_as_json(opened: OpenedSession) -> dict[str, object]:
    """Write a session with the token that opens it, which is shown this once."""
    return {"token": opened.cookie, **_session_as_json(opened.session)}


def _session_as_json(session: Session) -> dict[str, object]:
    ends_at = session.validation_ends_at
    return {
        "session_id": session.session_id,
        "username": session.username,
        "expires_at": instant_in_json(session.valid_until),
        "validated_until": ends_at and instant_in_json(ends_at),
        "must_change_password": session.must_change_password,
    }


def _access_as_json(access: Access, own: Session) -> dict[str, object]:
    return {
        "session_id": access.session.session_id,
        "started_at": instant_in_json(access.session.logged_in_at),
        "origin": access.session.origin,
        "is_open": access.is_open,
        "is_current": access.session.session_id == own.session_id,
    }
