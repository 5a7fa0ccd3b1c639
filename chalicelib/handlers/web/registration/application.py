"""`/registro…`: a person or company registers in steps, each on a page of its own (REG-1 to REG-3).

Nobody gets to a step whose forerunner is missing; what was accepted and typed is kept in the draft.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import open_registration_tools
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.handlers.fields import FieldError
from chalicelib.handlers.page import go_to, show_or_refuse
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.provider_way import provider_way
from chalicelib.handlers.web.registration.draft import RegistrationDraft, keep_registration_draft
from chalicelib.handlers.web.registration.fields import PERSON_TYPES, find_errors, form_address, labels_of, take_typed
from chalicelib.handlers.web.registration.steps import REVIEW_STEP, TEXT_STEPS, TYPE_STEP, form_page, step
from chalicelib.renderers.portal_texts import portal_texts

_LOST_TOLD = "Pasó más de una hora y, por tu seguridad, borramos lo que escribiste. Empieza de nuevo."


def begin_registration(_: PageRequest) -> Response:
    """Lead to the first step."""
    return go_to("/registro/terminos")


@step("/registro/terminos")
def show_terms_step(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show the terms."""
    return _text_page(request, draft, "/registro/terminos")


@step("/registro/terminos")
def accept_terms(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note that they were accepted."""
    return _accept(request, draft, "/registro/terminos", "/registro/privacidad")


@step("/registro/privacidad")
def show_privacy_step(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Show the privacy policy with the sworn statement."""
    return _text_page(request, draft, "/registro/privacidad")


@step("/registro/privacidad")
def accept_privacy(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note that it was accepted."""
    following = TYPE_STEP if draft.authenticated is None else form_address("natural")
    return _accept(request, draft, "/registro/privacidad", following)


@step(TYPE_STEP)
def show_person_types(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask who registers."""
    return _type_page(request, draft.person_type)


@step(TYPE_STEP)
def choose_person_type(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Note it, and go on to the form."""
    person_type = request.value("person_type")
    if person_type not in PERSON_TYPES:
        error = FieldError("person_type", "Elige una opción en «Tipo de Persona».")
        return _type_page(request, "", error)
    cookies = keep_registration_draft(replace(draft, person_type=person_type))
    return go_to(form_address(person_type), cookies=cookies)


@step("/registro/persona-natural")
def show_person_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask for a person's data."""
    return form_page(request, replace(draft, person_type="natural"))


@step("/registro/persona-natural")
def take_person(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Keep and check them."""
    return _take_form(request, draft, "natural")


@step("/registro/persona-juridica")
def show_company_form(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Ask for a company's data."""
    return form_page(request, replace(draft, person_type="juridica"))


@step("/registro/persona-juridica")
def take_company(request: PageRequest, draft: RegistrationDraft) -> Response:
    """Keep and check them."""
    return _take_form(request, draft, "juridica")


def _type_page(request: PageRequest, person_type: str, *errors: FieldError) -> Response:
    provider = provider_way()
    context: dict[str, Any] = {"person_type": person_type, "provider": provider}
    response = show_or_refuse(request, "registration/type.html", errors, **context)
    response.headers.update(provider.headers if provider else {})
    return response


def _text_page(request: PageRequest, draft: RegistrationDraft, address: str, wrong: str = "") -> Response:
    text = portal_texts().text(TEXT_STEPS[address])
    errors = [FieldError("accepted", wrong)] if wrong else []
    is_accepted = draft.version_of(text.name) == text.version
    told = _LOST_TOLD if request.asked("borrador") else ""
    context: dict[str, Any] = {"text": text, "address": address, "is_accepted": is_accepted, "told": told}
    return show_or_refuse(request, "registration/text.html", errors, is_bad=True, **context)


def _accept(request: PageRequest, draft: RegistrationDraft, address: str, following: str) -> Response:
    """Note an acceptance of the very version that the page showed."""
    text = portal_texts().text(TEXT_STEPS[address])
    if request.value("accepted") != "si":
        return _text_page(request, draft, address, "Lee el texto y marca la casilla para continuar.")
    if request.value("version") != text.version:
        return _text_page(request, draft, address, "El texto cambió. Lee el nuevo y marca la casilla para continuar.")
    accepted = AcceptedText(text.name, text.version, current().clock(), request.origin)
    return go_to(following, cookies=keep_registration_draft(draft.with_accepted(accepted)))


def _take_form(request: PageRequest, draft: RegistrationDraft, person_type: str) -> Response:
    draft = replace(draft, person_type=person_type)
    draft = draft.with_typed(person_type, take_typed(labels_of(draft), request.value))
    cookies = keep_registration_draft(draft)
    errors = find_errors(draft, open_registration_tools(current()))
    return form_page(request, draft, errors, cookies) if errors else go_to(REVIEW_STEP, cookies=cookies)
