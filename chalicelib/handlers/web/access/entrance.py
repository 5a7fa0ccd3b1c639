"""`/ingresar`, `/validar`, `/salir`: get in, confirm who one is for mailbox contents, log out (ACC-1, ACC-2)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.access import known_device
from chalicelib.domain.access.credentials import EmailCodeNeeded
from chalicelib.domain.errors import CasillaError, CredentialsWrong
from chalicelib.domain.session import Session, require_own_password
from chalicelib.handlers.commands import access
from chalicelib.handlers.cookies import (
    ANSWER_COOKIE,
    DEVICE_COOKIE,
    FORGET_PAGES,
    SESSION_COOKIE,
    cookie,
    lasting_cookie,
    no_cookie,
)
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import DISPLACED, PageRequest, own_address, with_parameter
from chalicelib.handlers.web.access.login_form import (
    LOGIN,
    ask_for_code,
    code_request_page,
    credentials_page,
    login_page,
)
from chalicelib.handlers.web.session_page import TEXTS_PAGE
from chalicelib.services.access.sessions import OpenedSession

MAILBOX_PAGE = "/casilla"
_VALIDATION = "access/validation.html"
_WRONG = "La contraseña, o el texto o código, no son correctos. Revísalos y vuelve a intentarlo."
"""Who validates is asked for no username."""
_PROOF = {"captcha": True, "email_code": True}
"""A login is proven by either."""


def log_in_by_form(request: PageRequest) -> Response:
    """Log in."""
    device = request.cookies.get(DEVICE_COOKIE, "")
    try:
        typed, former = request.fields("username", "password", **_PROOF), request.cookies.get(SESSION_COOKIE, "")
        entered = access.enter(typed, origin=request.origin, former=former, device=device)
    except EmailCodeNeeded as error:
        log_refusal(error)
        return ask_for_code(request, LOGIN, error.members["code_id"], at="/ingresar", next_step=error.detail)
    except CasillaError as error:
        return login_page(request, error)
    known = lasting_cookie(DEVICE_COOKIE, entered.device, int(known_device.LIFETIME.total_seconds()))
    return go_in(entered.opened, request.value("volver"), known, has_displaced=entered.displaced.count > 0)


def send_login_code(request: PageRequest) -> Response:
    """Send a code, and ask for it with the password."""
    try:
        device = request.cookies.get(DEVICE_COOKIE, "")
        sent = access.send_login_code(request.fields("username", **_PROOF), origin=request.origin, device=device)
    except CasillaError as error:
        return code_request_page(request, error)
    return ask_for_code(request, LOGIN, sent.code_id, at="/ingresar", has_sent=True)


def log_out_by_form(request: PageRequest, session: Session) -> Response:
    """End the session."""
    access.end_own_session(session, session.session_id, origin=request.origin)
    response = go_to("/ingresar?salida=si", cookies=[no_cookie(SESSION_COOKIE), no_cookie(ANSWER_COOKIE)])
    response.headers.update(FORGET_PAGES)
    return response


def show_validation(request: PageRequest, session: Session) -> Response:
    """Ask for the password again, and a captcha or code; a temporary one has to be changed before."""
    require_own_password(session)
    return _validation_page(request, session)


def validate_by_form(request: PageRequest, session: Session) -> Response:
    """Begin twenty minutes of mailbox contents; a button apart asks for a code instead of the captcha."""
    require_own_password(session)
    if request.value("action") == "code":
        return _send_validation_code(request, session)
    try:
        opened = access.validate(request.fields("password", **_PROOF), session, origin=request.origin)
    except EmailCodeNeeded as error:
        log_refusal(error)
        return ask_for_code(request, _VALIDATION, error.members["code_id"], at="/validar", next_step=error.detail)
    except CredentialsWrong as error:
        return _validation_page(request, session, CredentialsWrong(error.code, _WRONG))
    except CasillaError as error:
        return _validation_page(request, session, error)
    return go_in(opened, request.value("volver"))


def _send_validation_code(request: PageRequest, session: Session) -> Response:
    try:
        sent = access.send_validation_code(session)
    except CasillaError as error:
        return _validation_page(request, session, error)
    return ask_for_code(request, _VALIDATION, sent.code_id, at="/validar", has_sent=True)


def go_in(opened: OpenedSession, back: str, *cookies: str, has_displaced: bool = False) -> Response:
    """Lead to the page that was asked for, within the session that was opened."""
    wanted = own_address(back, otherwise=MAILBOX_PAGE)
    if opened.session.must_accept_texts:
        wanted = with_parameter(TEXTS_PAGE, "volver", wanted)
    address = "/clave" if opened.session.must_change_password else wanted
    if has_displaced:
        address = with_parameter(address, DISPLACED, "cerrada")
    return go_to(address, cookies=[cookie(SESSION_COOKIE, opened.cookie), *cookies])


def _validation_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    return credentials_page(request, _VALIDATION, error, username=session.username)
