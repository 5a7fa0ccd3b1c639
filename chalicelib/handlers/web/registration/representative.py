"""`/representante`: a company whose mailbox was opened before that was asked says who represents it (REG-11, S0)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import is_registration_open
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.mailbox import lacks_person
from chalicelib.domain.registration.representative import naming_principal
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import registration
from chalicelib.handlers.fields import Fields, errors_of
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, refuse_form, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.registration.fields import (
    PERSON,
    POWER,
    SEXES,
    as_company,
    kinds_of,
    take_typed,
    told_by_part,
)

ADDRESS = "/representante"
LABELS = {**PERSON, **POWER}


def show_representative(request: PageRequest, session: Session) -> Response:
    """Ask for the person, or lead to the mailbox where one is known."""
    return _page(request, session)


def name_by_form(request: PageRequest, session: Session) -> Response:
    """Compare and keep them."""
    try:
        registration.name_person(Fields(as_company(_typed(request))), session, origin=request.origin)
    except CasillaError as error:
        return _page(request, session, error)
    return go_to(ADDRESS)


def _typed(request: PageRequest) -> dict[str, str]:
    return take_typed(LABELS, request.value)


def _page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    mailbox, user = naming_principal(mailbox_store(current()).find(session.mailbox_id), session.user_id)
    typed = _typed(request)
    context: dict[str, Any] = {
        "form_labels": LABELS,
        "typed": typed,
        "kinds": kinds_of("juridica"),
        "sexes": list(SEXES.items()),
        "company": mailbox.holder.name,
        "is_named": not lacks_person(mailbox),
        "name": user.name,
        "is_open": is_registration_open(current()),
    }
    template = "registration/representative.html"
    if not isinstance(error, InvalidInput):
        return show_form(request, template, error, LABELS, **context)
    log_refusal(error)
    places = {name: place for place, name in enumerate(LABELS)}
    found = sorted(errors_of(error, LABELS), key=lambda one: places.get(one.field, -1))
    return refuse_form(request, template, told_by_part(found, typed), error=error, **context)
