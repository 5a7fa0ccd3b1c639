"""`/verificar-correo/…`: what the link in a registration's e-mail opens; its button verifies the address (REG-5)."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, Conflict, NotFound
from chalicelib.handlers.http import PUBLIC
from chalicelib.handlers.page import go_to, page, show, show_form
from chalicelib.handlers.page_request import FORM, PageRequest
from chalicelib.handlers.registration_door import open_registration_tools

mail_link_pages = Blueprint(__name__)


@mail_link_pages.route("/verificar-correo/{token}", methods=["GET"])
@page(mail_link_pages, access=PUBLIC)
def show_mail_link(request: PageRequest, token: str) -> Response:
    """Say what the link is good for; opening it uses nothing up."""
    return _link_page(request, token)


@mail_link_pages.route("/verificar-correo/{token}", methods=["POST"], content_types=FORM)
@page(mail_link_pages, access=PUBLIC)
def verify_by_button(request: PageRequest, token: str) -> Response:
    """Verify the address and complete the registration."""
    from chalicelib.services.registration.mail_link import verify_by_mail_link

    try:
        verify_by_mail_link(token, tools=open_registration_tools(current()))
    except NotFound:
        return show(request, "registration_gone.html", status=404)
    except Conflict as error:
        if error.retryable:
            return _link_page(request, token, error)
    except CasillaError as error:
        return _link_page(request, token, error)
    return go_to(f"/verificar-correo/{token}")


@mail_link_pages.route("/verificar-correo/{token}/reenviar", methods=["POST"], content_types=FORM)
@page(mail_link_pages, access=PUBLIC)
def resend_by_link(request: PageRequest, token: str) -> Response:
    """Send another e-mail."""
    from chalicelib.services.registration.mail_link import resend_by_mail_link

    try:
        resend_by_mail_link(token, tools=open_registration_tools(current()))
    except NotFound:
        return show(request, "registration_gone.html", status=404)
    except CasillaError as error:
        return _link_page(request, token, error)
    return go_to(f"/verificar-correo/{token}?envio=hecho")


def _link_page(request: PageRequest, token: str, error: CasillaError | None = None) -> Response:
    from chalicelib.services.registration.mail_link import show_link

    try:
        link = show_link(token, tools=open_registration_tools(current()))
    except NotFound:
        return show(request, "registration_gone.html", status=404)
    context = {"address": f"/verificar-correo/{token}", "email": link.email, "was_sent": bool(request.asked("envio"))}
    return show_form(request, f"mail_link_{link.state}.html", error, {}, **context)
