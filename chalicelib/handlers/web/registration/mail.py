"""`/registro/correo/…`: the applicant proves the address by the code, and the way in comes there (REG-5)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import ADDRESS_OPEN, Registration, RegistrationState
from chalicelib.handlers.commands import registration
from chalicelib.handlers.page import go_to, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.registration.held import shown_of_review

_TOLD = {
    "fallido": "No pudimos enviarte el correo. Pide otra clave de validación dentro de un momento.",
    "hecho": "Tienes una clave de validación en tu correo: la que acabamos de enviar o una que se pidió hace poco.",
    "repetido": "Te enviamos otra vez el correo.",
    "cambiado": "Cambiamos tu correo y te escribimos a la dirección nueva.",
}
"""What just happened, by the address's parameter."""
_LABELS = {**LABELS, "code": "Clave de validación"}
"""S1's name for the code that proves an address at a registration; others are called *código*."""


def show_registration_state(request: PageRequest, registration_id: str) -> Response:
    """Tell how far the registration came, and ask for the code once it was sent."""
    return _state_page(request, registration_id)


def verify_by_typed_code(request: PageRequest, registration_id: str) -> Response:
    """Use the code up and complete the registration."""
    try:
        registration.verify(registration_id, request.fields("code"), origin=request.origin)
    except NotFound:
        return _gone_page(request)
    except CasillaError as error:
        return _state_page(request, registration_id, error)
    return go_to(f"/registro/correo/{registration_id}")


def resend_by_button(request: PageRequest, registration_id: str) -> Response:
    """Send the last e-mail again."""
    try:
        sent = registration.resend(registration_id)
    except NotFound:
        return _gone_page(request)
    except CasillaError as error:
        return _state_page(request, registration_id, error)
    what = "repetido" if sent.state is RegistrationState.AWAITING_REVIEW else "hecho"
    return go_to(f"/registro/correo/{registration_id}?envio={what}")


def show_address_change(request: PageRequest, registration_id: str) -> Response:
    """Ask for another address."""
    return _change_page(request, registration_id)


def change_address_by_form(request: PageRequest, registration_id: str) -> Response:
    """Take another address and write to it."""
    try:
        fields = request.fields("email", "email_again")
        registration.change_address(registration_id, fields)
    except NotFound:
        return _gone_page(request)
    except CasillaError as error:
        return _change_page(request, registration_id, error)
    return go_to(f"/registro/correo/{registration_id}?envio=cambiado")


def _state_page(request: PageRequest, registration_id: str, error: CasillaError | None = None) -> Response:
    try:
        found = registration.find_registration(registration_id)
    except NotFound:
        return _gone_page(request)
    asked = request.asked("envio")
    context = {
        **_shown(found, registration_id),
        "is_over": registration.is_code_over(found),
        "told": _TOLD.get(asked, ""),
        "is_bad": asked == "fallido",
    }
    return show_form(request, f"registration/{found.state}.html", error, _LABELS, **context)


def _change_page(request: PageRequest, registration_id: str, error: CasillaError | None = None) -> Response:
    try:
        found = registration.find_registration(registration_id)
    except NotFound:
        return _gone_page(request)
    if found.state not in ADDRESS_OPEN or (error is None and not found.has_mails_left):  # its page says how it stands
        return go_to(f"/registro/correo/{registration_id}")
    typed = {name: request.value(name) for name in ("email", "email_again")}
    context = {**_shown(found, registration_id), "typed": typed}
    return show_form(request, "registration/email.html", error, LABELS, **context)


def _gone_page(request: PageRequest) -> Response:
    return tell(request, "registration/gone.html", status=404)


def _shown(found: Registration, registration_id: str) -> dict[str, Any]:
    """Whether a mailbox was opened or was there already is not among it."""
    return {
        "address": f"/registro/correo/{registration_id}",
        "email": mask_email(found.email),
        "expires_at": found.expires_at,
        "has_mails_left": found.has_mails_left,
        "is_company": found.is_company,
        "is_proven": found.is_proven,
        "put_off_until": found.put_off_until,
        **shown_of_review(found),
    }
