"""`/registro…`: a person or company registers in steps, each on a page of its own (REG-1 to REG-4).

Nobody gets to a step whose forerunner is missing; what was accepted and typed is kept in the draft.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, InvalidInput, TooManyRequests, Unavailable
from chalicelib.handlers.http import PUBLIC
from chalicelib.handlers.registration_door import is_registration_open, open_registration_tools
from chalicelib.handlers.web.cookies import DRAFT_COOKIE, no_cookie
from chalicelib.handlers.web.page import FieldError, go_to, page, show, show_form
from chalicelib.handlers.web.page_request import FORM, PageRequest
from chalicelib.handlers.web.registration_draft import (
    RegistrationDraft,
    find_registration_draft,
    finish_registration_draft,
    keep_registration_draft,
    new_registration_draft,
)

if TYPE_CHECKING:
    from chalicelib.domain.credentials import CaptchaAnswer
    from chalicelib.services.registration_tools import RegistrationTools

registration_pages = Blueprint(__name__)

View = Callable[[PageRequest, RegistrationDraft], Response]
LONGEST_ATTEMPT = timedelta(minutes=1)
"""No function runs longer behind the API."""
_TEXTS = {"/registro/terminos": "terms", "/registro/privacidad": "privacy"}
_TYPE, _REVIEW = "/registro/tipo", "/registro/revisar"


@registration_pages.route("/registro", methods=["GET"])
@page(registration_pages, access=PUBLIC)
def begin_registration(_: PageRequest) -> Response:
    """Lead to the first step."""
    return go_to("/registro/terminos")


def _step(address: str) -> Callable[[View], Callable[[PageRequest], Response]]:
    """Have a view get the draft, once all that comes before its step is there."""

    def wrap(view: View) -> Callable[[PageRequest], Response]:
        @functools.wraps(view)
        def opened(request: PageRequest) -> Response:
            if not is_registration_open(current()):
                return show(request, "registration_closed.html", status=403)
            draft = find_registration_draft(request)
            if draft is not None and draft.is_done:
                if address == _REVIEW:
                    return go_to(f"/registro/correo/{draft.registration_id}", cookies=[no_cookie(DRAFT_COOKIE)])
                draft = None
            draft = draft or new_registration_draft()
            missing = next((step for step in _steps_before(address, draft) if _is_missing(step, draft)), None)
            return view(request, draft) if missing is None else go_to(missing)

        return opened

    return wrap


@registration_pages.route("/registro/terminos", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step("/registro/terminos")
def show_terms_step(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show the terms."""
    return _text_page(request, draft, "/registro/terminos")


@registration_pages.route("/registro/terminos", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step("/registro/terminos")
def accept_terms(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note that they were accepted."""
    return _accept(request, draft, "/registro/terminos", "/registro/privacidad")


@registration_pages.route("/registro/privacidad", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step("/registro/privacidad")
def show_privacy_step(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show the privacy policy with the sworn statement."""
    return _text_page(request, draft, "/registro/privacidad")


@registration_pages.route("/registro/privacidad", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step("/registro/privacidad")
def accept_privacy(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note that it was accepted."""
    return _accept(request, draft, "/registro/privacidad", _TYPE)


@registration_pages.route("/registro/tipo", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step(_TYPE)
def show_person_types(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask who registers."""
    return show(request, "registration_type.html", person_type=draft.person_type)


@registration_pages.route("/registro/tipo", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step(_TYPE)
def choose_person_type(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note it, and go on to the form."""
    from chalicelib.handlers.web.registration_fields import PERSON_TYPES, form_address

    person_type = request.value("person_type")
    if person_type not in PERSON_TYPES:
        error = FieldError("person_type", "Elige una opción en «Tipo de Persona».")
        return show(request, "registration_type.html", status=422, errors=[error], person_type="")
    cookies = keep_registration_draft(replace(draft, person_type=person_type))
    return go_to(form_address(person_type), cookies=cookies)


@registration_pages.route("/registro/persona-natural", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step("/registro/persona-natural")
def show_person_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask for a person's data."""
    return _form_page(request, replace(draft, person_type="natural"))


@registration_pages.route("/registro/persona-natural", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step("/registro/persona-natural")
def take_person(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Keep and check them."""
    return _take_form(request, draft, "natural")


@registration_pages.route("/registro/persona-juridica", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step("/registro/persona-juridica")
def show_company_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask for a company's data."""
    return _form_page(request, replace(draft, person_type="juridica"))


@registration_pages.route("/registro/persona-juridica", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step("/registro/persona-juridica")
def take_company(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Keep and check them."""
    return _take_form(request, draft, "juridica")


@registration_pages.route("/registro/revisar", methods=["GET"])
@page(registration_pages, access=PUBLIC)
@_step(_REVIEW)
def show_review(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show what will be sent."""
    return _review_page(request, draft)


@registration_pages.route("/registro/revisar", methods=["POST"], content_types=FORM)
@page(registration_pages, access=PUBLIC)
@_step(_REVIEW)
def register_by_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Begin the registration; what is refused comes back with all that was typed."""
    from chalicelib.domain.registration import RegistrationChanged
    from chalicelib.handlers.web.registration_fields import read_typed, told
    from chalicelib.services.start_registration import start_registration

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
            return _form_page(request, renewed, told(error, draft.person_type))
        return _review_page(request, renewed, error)
    finish_registration_draft(draft)
    address = mail_page if started.is_mail_sent else f"{mail_page}?envio=fallido"
    return go_to(address, cookies=[no_cookie(DRAFT_COOKIE)])


def _captcha(request: PageRequest) -> CaptchaAnswer | None:
    from chalicelib.domain.credentials import CaptchaAnswer

    captcha_id = request.value("captcha_id")
    return CaptchaAnswer(captcha_id, request.value("captcha")) if captcha_id else None


def _renew(draft: RegistrationDraft) -> RegistrationDraft:
    """Have the next attempt be another registration than the one that failed."""
    renewed = replace(draft, registration_id=current().new_token())
    keep_registration_draft(renewed)
    return renewed


def _is_stuck(registration_id: str, tools: RegistrationTools) -> bool:
    """Tell whether the first of two equal attempts ended without asking the registry to the end."""
    from chalicelib.domain.registration import RegistrationState

    found = tools.registrations.find(tools.registrations.key(registration_id))
    if found is None or found.state is not RegistrationState.DRAFT:
        return False
    return found.started_at + LONGEST_ATTEMPT < tools.clock()


def _steps_before(address: str, draft: RegistrationDraft) -> list[str]:
    from chalicelib.handlers.web.registration_fields import form_address

    steps = [*_TEXTS, _TYPE, form_address(draft.person_type or "natural"), _REVIEW]
    if address in steps:
        return steps[: steps.index(address)]
    return [*_TEXTS, _TYPE]  # the other type's form, which chooses it as well


def _is_missing(step: str, draft: RegistrationDraft) -> bool:
    from chalicelib.handlers.web.registration_fields import find_errors
    from chalicelib.renderers.portal import portal

    if step in _TEXTS:
        return draft.version_of(_TEXTS[step]) != portal().current[_TEXTS[step]]
    if step == _TYPE:
        return not draft.person_type
    return bool(find_errors(draft, open_registration_tools(current())))


def _text_page(request: PageRequest, draft: RegistrationDraft, address: str, wrong: str = "") -> Response:
    from chalicelib.renderers.portal import portal

    text = portal().text(_TEXTS[address])
    errors = [FieldError("accepted", wrong)] if wrong else []
    is_accepted = draft.version_of(text.name) == text.version
    context: dict[str, Any] = {"text": text, "address": address, "is_accepted": is_accepted}
    return show(request, "registration_text.html", status=422 if wrong else 200, errors=errors, **context)


def _accept(request: PageRequest, draft: RegistrationDraft, address: str, following: str) -> Response:
    """Note an acceptance of the very version that the page showed."""
    from chalicelib.domain.consent import AcceptedText
    from chalicelib.renderers.portal import portal

    text = portal().text(_TEXTS[address])
    if request.value("accepted") != "si":
        return _text_page(request, draft, address, "Lee el texto y marca la casilla para continuar.")
    if request.value("version") != text.version:
        return _text_page(request, draft, address, "El texto cambió. Lee el nuevo y marca la casilla para continuar.")
    accepted = AcceptedText(text.name, text.version, current().clock(), request.origin)
    return go_to(following, cookies=keep_registration_draft(draft.with_accepted(accepted)))


def _take_form(request: PageRequest, draft: RegistrationDraft, person_type: str) -> Response:
    from chalicelib.handlers.web.registration_fields import find_errors, take_typed

    draft = replace(draft, person_type=person_type).with_typed(person_type, take_typed(person_type, request.value))
    cookies = keep_registration_draft(draft)
    errors = find_errors(draft, open_registration_tools(current()))
    return _form_page(request, draft, errors) if errors else go_to(_REVIEW, cookies=cookies)


def _form_page(request: PageRequest, draft: RegistrationDraft, errors: tuple[FieldError, ...] = ()) -> Response:
    from chalicelib.handlers.web.registration_fields import LABELS, SEXES, form_address

    labels = LABELS[draft.person_type]
    context: dict[str, Any] = {
        "labels": labels,
        "typed": {name: draft.typed_now().get(name, "") for name in labels},
        "sexes": list(SEXES.items()),
        "address": form_address(draft.person_type),
        "back": _REVIEW if request.asked("desde") == "revisar" else _TYPE,
    }
    status = 422 if errors else 200
    return show(request, f"registration_{draft.person_type}.html", status=status, errors=errors, **context)


def _review_page(request: PageRequest, draft: RegistrationDraft, error: CasillaError | None = None) -> Response:
    from chalicelib.handlers.web.captcha import new_captcha
    from chalicelib.handlers.web.registration_fields import form_address, summary_rows

    context = {
        "rows": summary_rows(draft),
        "back": form_address(draft.person_type),
        "captcha": new_captcha(request) if error is not None and error.field == "captcha" else None,
    }
    return show_form(request, "registration_review.html", error, {"captcha": "Texto de la imagen"}, **context)
