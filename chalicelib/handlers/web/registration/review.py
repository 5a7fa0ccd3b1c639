"""`/registro/revisar`: the applicant sees what will be sent, and sends it (REG-3, REG-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import open_registration_tools
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.errors import CasillaError, InvalidInput, TooManyRequests, Unavailable
from chalicelib.domain.registration.registration import RegistrationChanged, RegistrationState
from chalicelib.handlers.cookies import DRAFT_COOKIE, no_cookie
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.registration.draft import (
    RegistrationDraft,
    finish_registration_draft,
    keep_registration_draft,
)
from chalicelib.handlers.web.registration.fields import form_address, read_typed, summary_rows, told
from chalicelib.handlers.web.registration.steps import REVIEW_STEP, form_page, step
from chalicelib.services.registration.start_registration import start_registration
from chalicelib.services.registration.tools import RegistrationTools

LONGEST_ATTEMPT = timedelta(minutes=1)
"""No function runs longer behind the API."""


@step(REVIEW_STEP)
def show_review(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show what will be sent."""
    return _review_page(request, draft)


@step(REVIEW_STEP)
def register_by_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Begin the registration; what is refused comes back with all that was typed."""
    tools = open_registration_tools(current())
    mail_page = f"/registro/correo/{draft.registration_id}"
    try:
        application = replace(read_typed(draft, tools), captcha=_captcha(request))
        started = start_registration(
            application, origin=request.origin, tools=tools, registration_id=draft.registration_id
        )
    except RegistrationChanged:
        if not _is_stuck(draft.registration_id, tools):
            return go_to(mail_page)
        renewed = _renew(draft)
        again = Unavailable("registration_stuck", "No terminamos de recibir tus datos. Elige «Registrar» otra vez.")
        return _review_page(request, renewed, again)
    except CasillaError as error:
        if error.field == "captcha" or isinstance(error, TooManyRequests):  # nothing was begun
            return _review_page(request, draft, error)
        renewed = _renew(draft)
        if isinstance(error, InvalidInput):
            return form_page(request, renewed, told(error, draft.person_type))
        return _review_page(request, renewed, error)
    finish_registration_draft(draft)
    address = mail_page if started.is_mail_sent else f"{mail_page}?envio=fallido"
    return go_to(address, cookies=[no_cookie(DRAFT_COOKIE)])


def _captcha(request: PageRequest) -> CaptchaAnswer | None:
    captcha_id = request.value("captcha_id")
    return CaptchaAnswer(captcha_id, request.value("captcha")) if captcha_id else None


def _renew(draft: RegistrationDraft) -> RegistrationDraft:
    """Have the next attempt be another registration than the one that failed."""
    renewed = replace(draft, registration_id=current().chance.new_token())
    keep_registration_draft(renewed)
    return renewed


def _is_stuck(registration_id: str, tools: RegistrationTools) -> bool:
    """Tell whether the first of two equal attempts ended without asking the registry to the end."""
    found = tools.registrations.find_by_id(registration_id)
    if found is None or found.state is not RegistrationState.DRAFT:
        return False
    return found.started_at + LONGEST_ATTEMPT < tools.clock()


def _review_page(request: PageRequest, draft: RegistrationDraft, error: CasillaError | None = None) -> Response:
    context = {
        "rows": summary_rows(draft),
        "back": form_address(draft.person_type),
        "captcha": new_captcha() if error is not None and error.field == "captcha" else None,
    }
    return show_form(request, "registration/review.html", error, {"captcha": "Texto de la imagen"}, **context)
