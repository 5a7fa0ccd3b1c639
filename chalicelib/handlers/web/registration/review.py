"""`/registro/revisar`: the applicant sees what will be sent, and sends it (REG-3, REG-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import open_registration_tools
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.contact import read_mobile
from chalicelib.domain.errors import CasillaError, InvalidInput, TooManyRequests, Unavailable
from chalicelib.domain.registration.registration import Registration, RegistrationChanged, RegistrationState
from chalicelib.handlers.cookies import DRAFT_COOKIE, no_cookie
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.registration.draft import (
    RegistrationDraft,
    keep_registration_draft,
)
from chalicelib.handlers.web.registration.fields import form_address, is_dni, read_typed, summary_rows, told
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
    begun = tools.registrations.find(tools.registrations.key(draft.registration_id))
    if begun is not None:
        return _begun_before(request, draft, begun, tools)
    try:
        application = replace(
            read_typed(draft, tools), captcha=_captcha(request), by_mail=bool(request.value("by_mail"))
        )
        started = start_registration(
            application, origin=request.origin, tools=tools, registration_id=draft.registration_id
        )
    except RegistrationChanged:
        return go_to(mail_page)
    except CasillaError as error:
        if error.field == "captcha" or isinstance(error, TooManyRequests):  # nothing was begun
            return _review_page(request, draft, error)
        renewed, cookies = _renew(draft)
        if isinstance(error, InvalidInput):
            return form_page(request, renewed, told(error, draft), cookies)
        return _review_page(request, renewed, error, cookies)
    address = mail_page if started.is_mail_sent else f"{mail_page}?envio=fallido"
    return go_to(address, cookies=[no_cookie(DRAFT_COOKIE)])


def _captcha(request: PageRequest) -> CaptchaAnswer | None:
    captcha_id = request.value("captcha_id")
    is_typed = bool(captcha_id) and not request.value("by_mail")
    return CaptchaAnswer(captcha_id, request.value("captcha")) if is_typed else None


def _begun_before(
    request: PageRequest, draft: RegistrationDraft, begun: Registration, tools: RegistrationTools
) -> Response:
    """Lead to the registration that this form began, or have it be sent anew where that attempt broke off."""
    if begun.state is not RegistrationState.DRAFT or begun.started_at + LONGEST_ATTEMPT >= tools.clock():
        return go_to(f"/registro/correo/{draft.registration_id}")
    renewed, cookies = _renew(draft)
    again = Unavailable("registration_stuck", "No terminamos de recibir tus datos. Elige «Registrar» otra vez.")
    return _review_page(request, renewed, again, cookies)


def _renew(draft: RegistrationDraft) -> tuple[RegistrationDraft, list[str]]:
    """Have the next attempt be another registration than the one that failed; return it with its cookie."""
    renewed = replace(draft, registration_id=current().chance.new_token())
    return renewed, keep_registration_draft(renewed)


def _gets_sms(draft: RegistrationDraft) -> bool:
    try:
        return current().sms_reach.reaches(read_mobile(draft.typed_now().get("phone", ""), field="phone"))
    except InvalidInput:
        return True


def _review_page(
    request: PageRequest, draft: RegistrationDraft, error: CasillaError | None = None, cookies: Iterable[str] = ()
) -> Response:
    context: dict[str, Any] = {
        "cookies": cookies,
        "rows": summary_rows(draft),
        "gets_sms": _gets_sms(draft),
        "is_dni": draft.authenticated is not None or is_dni(draft.typed_now()),
        "back": form_address(draft.person_type),
        "captcha": new_captcha() if _needs_captcha(request, error) else None,
    }
    labels = {"captcha": "Texto de la imagen"}
    return show_form(request, "registration/review.html", error, labels, **context)


def _needs_captcha(request: PageRequest, error: CasillaError | None) -> bool:
    if error is not None:
        return error.field == "captcha"
    return request.answer is not None and any(field == "captcha" for field, _ in request.answer.errors)
