"""The steps of a registration: their order, and the form that several of them show (REG-1 to REG-3)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import is_registration_open, open_registration_tools
from chalicelib.domain.identity_document import read_document_number
from chalicelib.domain.mailbox import DocumentType, dni_in_ruc
from chalicelib.handlers.cookies import DRAFT_COOKIE, no_cookie
from chalicelib.handlers.fields import FieldError
from chalicelib.handlers.page import go_to, show_or_refuse, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.registration.draft import (
    RegistrationDraft,
    find_registration_draft,
    new_registration_draft,
)
from chalicelib.handlers.web.registration.fields import (
    SEXES,
    find_errors,
    form_address,
    kinds_of,
    labels_of,
)
from chalicelib.renderers.portal_texts import portal_texts

View = Callable[[PageRequest, RegistrationDraft], Response]
TEXT_STEPS = {"/registro/terminos": "terms", "/registro/privacidad": "privacy"}
LOST = "borrador=vencido"
"""Tells the first step that what was typed is kept no more."""
TYPE_STEP, REVIEW_STEP = "/registro/tipo", "/registro/revisar"


def step(address: str) -> Callable[[View], Callable[[PageRequest], Response]]:
    """Have a view get the draft, once all that comes before its step is there."""

    def wrap(view: View) -> Callable[[PageRequest], Response]:
        @functools.wraps(view)
        def opened(request: PageRequest) -> Response:
            if not is_registration_open(current()):
                return tell(request, "registration/closed.html", status=403)
            draft = find_registration_draft(request)
            is_lost = draft is None and DRAFT_COOKIE in request.cookies
            draft = draft or new_registration_draft()
            missing = next((one for one in _steps_before(address, draft) if _is_missing(one, draft)), None)
            if missing is None:
                return view(request, draft)
            return go_to(f"{missing}?{LOST}", cookies=[no_cookie(DRAFT_COOKIE)]) if is_lost else go_to(missing)

        return opened

    return wrap


def form_page(
    request: PageRequest,
    draft: RegistrationDraft,
    errors: tuple[FieldError, ...] = (),
    cookies: Iterable[str] = (),
) -> Response:
    """Show the form of the draft's type of person as it was filled in."""
    labels = labels_of(draft)
    context: dict[str, Any] = {
        "labels": labels,
        "typed": {name: draft.typed_now().get(name, "") for name in labels},
        "kinds": kinds_of(draft.person_type),
        "sexes": list(SEXES.items()),
        "person": draft.authenticated,
        "address": form_address(draft.person_type),
        "is_person": dni_in_ruc(read_document_number(DocumentType.RUC, draft.typed_now().get("ruc", ""))) is not None,
        "back": REVIEW_STEP if request.asked("desde") == "revisar" else TYPE_STEP,
    }
    template, at = f"registration/{draft.person_type}.html", form_address(draft.person_type)
    return show_or_refuse(request, template, errors, at=at, cookies=cookies, **context)


def _steps_before(address: str, draft: RegistrationDraft) -> list[str]:
    steps = [*TEXT_STEPS, TYPE_STEP, form_address(draft.person_type or "natural"), REVIEW_STEP]
    if address in steps:
        return steps[: steps.index(address)]
    return [*TEXT_STEPS, TYPE_STEP]  # the other type's form, which chooses it as well


def _is_missing(address: str, draft: RegistrationDraft) -> bool:
    if address in TEXT_STEPS:
        return draft.version_of(TEXT_STEPS[address]) != portal_texts().current[TEXT_STEPS[address]]
    if address == TYPE_STEP:
        return not draft.person_type
    return bool(find_errors(draft, open_registration_tools(current())))
