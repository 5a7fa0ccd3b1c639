"""The forms of `/ingresar` as they are shown, apart from what takes them: most who open one meet a fresh process."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.page import answer_form, go_to, show, show_form
from chalicelib.handlers.page_request import KeptAnswer, PageRequest, own_address, with_typed
from chalicelib.handlers.web.access.captcha import captcha_asked, new_captcha
from chalicelib.handlers.web.access.provider_way import provider_way
from chalicelib.handlers.web.labels import LABELS

LOGIN = "access/login.html"


def show_login(request: PageRequest) -> Response:
    """Ask for username, password and captcha, or the code that was sent in its place; whoever is inside goes on."""
    return _inside(request) or login_page(request)


def show_code_request(request: PageRequest) -> Response:
    """Ask whom to send a code that stands in for the captcha; whoever is inside goes on, or is told so."""
    return _inside(request) or code_request_page(request)


def _inside(request: PageRequest) -> Response | None:
    """Lead whoever is inside to the page they wanted; without one, say who is and offer to log in as another."""
    if request.session is None or request.answer is not None:
        return None
    wanted = own_address(request.asked("volver"), otherwise="")
    return go_to(wanted) if wanted else show(request, "access/inside.html")


def login_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    """Show the form again or for the first time, with what is wrong."""
    return credentials_page(request, LOGIN, error)


def ask_for_code(request: PageRequest, template: str, code_id: str, *, at: str, **told: Any) -> Response:
    """Lead to the form that asks for a code, with what is told of it."""
    request = with_typed(request, code_id=code_id)
    return answer_form(request, KeptAnswer(template=template, context=told), at=at, **_values(request))


def credentials_page(
    request: PageRequest, template: str, error: CasillaError | None = None, **context: Any
) -> Response:
    """Ask for a password, and a captcha or code."""
    provider = provider_way()
    values = {**_values(request), **context}
    response = show_form(request, template, error, LABELS, **values)
    response.headers.update(provider.headers if provider else {})
    return response


def _values(request: PageRequest) -> dict[str, Any]:
    code_id = request.value("code_id")
    return {
        "username": request.value("username"),
        "code_id": code_id,
        "has_sent": False,
        "next_step": "",
        "provider": provider_way(),
        "captcha": None if code_id else new_captcha(),
        "volver": own_address(request.value("volver") or request.asked("volver"), otherwise=""),
        "has_left": bool(request.asked("salida")),
    }


def code_request_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    """Ask for the username alone."""
    values: dict[str, Any] = {
        "username": request.value("username") or request.asked("usuario"),
        "captcha": captcha_asked(request, error),
        "volver": own_address(request.value("volver") or request.asked("volver"), otherwise=""),
    }
    return show_form(request, "access/login_code.html", error, LABELS, **values)
