"""`/verificar-correo/…`: what the link in a registration's e-mail opens; its button verifies the address (REG-5)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import open_registration_tools
from chalicelib.domain.errors import CasillaError, Conflict, NotFound
from chalicelib.domain.masking import mask_document, mask_mobile
from chalicelib.domain.registration.registration import RegistrationState
from chalicelib.domain.registration.taken import is_mistyped_out
from chalicelib.handlers.page import go_to, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.registration.held import shown_of_review
from chalicelib.services.registration.mail_link import resend_by_mail_link, show_link, verify_by_mail_link

_LABELS = {"number": "Número de tu documento de identidad"}


def show_mail_link(request: PageRequest, token: str) -> Response:
    """Say what the link is good for; opening it uses nothing up."""
    return _link_page(request, token)


def verify_by_button(request: PageRequest, token: str) -> Response:
    """Verify the address and complete the registration."""
    try:
        tools = open_registration_tools(current())
        verify_by_mail_link(token, request.value("number"), origin=request.origin, tools=tools)
    except NotFound:
        return tell(request, "registration/gone.html", status=404)
    except Conflict as error:
        if error.retryable:
            return _link_page(request, token, error)
    except CasillaError as error:
        return _link_page(request, token, error)
    return go_to(f"/verificar-correo/{token}")


def resend_by_link(request: PageRequest, token: str) -> Response:
    """Send another e-mail."""
    try:
        resend_by_mail_link(token, tools=open_registration_tools(current()))
    except NotFound:
        return tell(request, "registration/gone.html", status=404)
    except CasillaError as error:
        return _link_page(request, token, error)
    return go_to(f"/verificar-correo/{token}?envio=hecho")


def _link_page(request: PageRequest, token: str, error: CasillaError | None = None) -> Response:
    try:
        link = show_link(token, tools=open_registration_tools(current()))
    except NotFound:
        return tell(request, "registration/gone.html", status=404)
    context = {
        "address": f"/verificar-correo/{token}",
        "email": link.email,
        "document_type": link.registration.document[0],
        "document": mask_document(link.registration.document[1]),
        "phone": mask_mobile(link.registration.phone.e164) if link.registration.phone else "",
        "has_mails_left": link.registration.has_mails_left,
        "was_sent": bool(request.asked("envio")),
        "is_company": link.registration.is_company,
        "is_proven": link.registration.is_proven,
        "put_off_until": link.registration.put_off_until,
        "is_from_desk": link.registration.desk is not None,
        "is_mistyped_out": is_mistyped_out(link.registration),
        "number": request.value("number"),
        "is_asked_later": link.registration.state is RegistrationState.AWAITING_PROOF,
        **shown_of_review(link.registration),
    }
    return show_form(request, f"registration/mail_link_{link.state}.html", error, _LABELS, **context)
