"""The forms of `/ingresar` as they are shown, apart from what takes them: most who open one meet a fresh process."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.page import show_form
from chalicelib.handlers.page_request import PageRequest, own_address
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.access.provider_way import provider_way
from chalicelib.handlers.web.labels import LABELS


def show_login(request: PageRequest) -> Response:
    """Ask for username, password and captcha."""
    return login_page(request, by_code=False)


def show_code_request(request: PageRequest) -> Response:
    """Ask whom to send a code that stands in for the captcha."""
    return code_request_page(request)


def login_page(request: PageRequest, *, by_code: bool, error: CasillaError | None = None, **context: Any) -> Response:
    """Show the form again or for the first time, with what is wrong."""
    return credentials_page(request, "access/login.html", by_code=by_code, error=error, **context)


def credentials_page(
    request: PageRequest, template: str, *, by_code: bool, error: CasillaError | None, **context: Any
) -> Response:
    """Ask for a password, and a captcha or code."""
    provider = provider_way()
    values = {
        "username": request.value("username"),
        "code_id": request.value("code_id"),
        "has_sent": False,
        "next_step": "",
        "provider": provider,
        **context,
        "captcha": None if by_code else new_captcha(),
        "volver": own_address(request.value("volver") or request.asked("volver"), otherwise=""),
        "has_left": bool(request.asked("salida")),
    }
    response = show_form(request, template, error, LABELS, **values)
    response.headers.update(provider.headers if provider else {})
    return response


def code_request_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    """Ask for the username alone."""
    needs_captcha = error is not None and error.code in {"captcha_needed", "captcha_wrong"}
    values = {
        "username": request.value("username") or request.asked("usuario"),
        "captcha": new_captcha() if needs_captcha else None,
        "volver": own_address(request.value("volver") or request.asked("volver"), otherwise=""),
    }
    return show_form(request, "access/login_code.html", error, LABELS, **values)
