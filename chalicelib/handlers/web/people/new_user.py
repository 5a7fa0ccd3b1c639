"""`/usuarios/agregar`: the principal user adds another, after a last look (BOX-6)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.mailbox import MAX_USERS, MailboxUser
from chalicelib.domain.people.mailbox_users import PERSON_DOCUMENTS, typed_number
from chalicelib.domain.session import Session
from chalicelib.domain.typed import plain
from chalicelib.handlers.commands import people
from chalicelib.handlers.fields import FieldError, errors_of
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import answer_form, go_to, refuse_form, show, show_form
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.labels import DOCUMENT_TYPES, LABELS
from chalicelib.handlers.web.people.users import ADDED, NOT_SENT, USERS_PAGE, done

_NEW, _CHECK = "people/user_new.html", "people/user_check.html"


def show_new_user(request: PageRequest, session: Session) -> Response:
    """Ask for a new user's data; who may not add one, or has five, is told so by the list."""
    if request.answer is not None and request.answer.template == _CHECK:
        return _check_page(request, session)
    mailbox, asking = people.users_of(session)
    if not asking.is_principal or len(mailbox.users) >= MAX_USERS:
        return go_to(USERS_PAGE)
    return _new_user_page(request)


def add_user_by_form(request: PageRequest, session: Session) -> Response:
    """Show what was typed for a last look; from there, add the user or go back to the form."""
    step = request.value("step")
    if step == "corregir":
        return answer_form(request, KeptAnswer(template=_NEW), **_shown(request))
    if step != "agregar":
        return _check_page(request, session)
    try:
        added = people.add_user(request.fields(*people.NEW_USER_FIELDS), session, origin=request.origin)
    except CasillaError as error:
        twin = _added_meanwhile(request, session) if error.code == "document_taken" else None
        return _new_user_page(request, error) if twin is None else done(ADDED, twin.user_id)
    return done(ADDED if added.is_mail_sent else NOT_SENT, added.user.user_id)


def _check_page(request: PageRequest, session: Session) -> Response:
    try:
        user = people.check_user(request.fields(*people.NEW_USER_FIELDS), session)
    except CasillaError as error:
        return _new_user_page(request, error)
    shown: dict[str, Any] = {
        "names": people.NEW_USER_FIELDS,
        "gets_sms": current().sms_reach.reaches(user.mobile),
        "user": user,
        "document_types": DOCUMENT_TYPES,
    }
    if request.method == "POST":
        return answer_form(request, KeptAnswer(template=_CHECK), **shown)
    return show(request, _CHECK, **shown)


def _added_meanwhile(request: PageRequest, session: Session) -> MailboxUser | None:
    """Return the same new user, if a second click on the same button is all that happened since the last look."""
    user = people.users_of(session)[0].user_with_email(plain(request.value("email")))
    number = typed_number(request.value("document_type"), request.value("document_number"))
    is_same = user is not None and user.document_number == number
    return user if is_same else None


def _new_user_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    shown = _shown(request)
    if not isinstance(error, InvalidInput):
        return show_form(request, _NEW, error, LABELS, **shown)
    log_refusal(error)
    found = {one.field: one for one in errors_of(error, LABELS)} | _left_empty(shown["typed"])
    errors = [found[name] for name in people.NEW_USER_FIELDS if name in found]
    return refuse_form(request, _NEW, errors, **shown)


def _shown(request: PageRequest) -> dict[str, Any]:
    return {
        "typed": {name: request.value(name) for name in people.NEW_USER_FIELDS},
        "kinds": [(kind.value, DOCUMENT_TYPES[kind]) for kind in PERSON_DOCUMENTS],
    }


def _left_empty(typed: dict[str, str]) -> dict[str, FieldError]:
    """Say of what was left empty just that."""
    told = {
        name: f"{'Elige una opción en' if name == 'document_type' else 'Completa'} «{LABELS[name]}»."
        for name, text in typed.items()
        if name != "mobile" and not plain(text)
    }
    return {name: FieldError(name, text) for name, text in told.items()}
