"""`/usuarios…`: who has access to a mailbox; its principal user adds, disables and enables the others (BOX-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.mailbox import MAX_USERS, UserState
from chalicelib.handlers.http import MAILBOX, log_refusal
from chalicelib.handlers.web.labels import DOCUMENT_TYPES, LABELS
from chalicelib.handlers.web.page import FieldError, errors_of, go_to, page, show, show_form
from chalicelib.handlers.web.page_request import FORM, PageRequest

if TYPE_CHECKING:
    from chalicelib.domain.mailbox import Mailbox, MailboxUser
    from chalicelib.domain.session import Session

user_pages = Blueprint(__name__)

USERS_PAGE = "/usuarios"
_FAILED = "sin-correo"
_DONE = {
    ("agregado", UserState.PENDING): "Agregamos a {name}. Le enviamos un correo a {email} para que active su acceso.",
    (_FAILED, UserState.PENDING): (
        "Agregamos a {name}, pero no pudimos enviarle el correo de activación. Envíalo otra vez dentro de un momento."
    ),
    ("enviado", UserState.PENDING): "Enviamos el correo de activación a {email}..",
    ("deshabilitado", UserState.DISABLED): "{name} ya no puede entrar a la casilla ni recibe avisos.",
    ("habilitado", UserState.ACTIVE): "{name} puede entrar otra vez a la casilla y recibe los avisos.",
    ("habilitado", UserState.PENDING): "Habilitaste a {name}. Todavía tiene que activar su acceso.",
}
"""What was just done, by the address's parameter; told only of a user who is as it says."""


@user_pages.route(USERS_PAGE, methods=["GET"])
@page(user_pages, access=MAILBOX)
def show_users(request: PageRequest, session: Session) -> Response:
    """List the users, with what the principal can do about each."""
    return _list_page(request, session)


@user_pages.route(f"{USERS_PAGE}/agregar", methods=["GET"])
@page(user_pages, access=MAILBOX)
def show_new_user(request: PageRequest, session: Session) -> Response:
    """Ask for a new user's data; who may not add one, or has five, is told so by the list."""
    mailbox, asking = _users(session)
    if not asking.is_principal or len(mailbox.users) >= MAX_USERS:
        return go_to(USERS_PAGE)
    return _new_user_page(request)


@user_pages.route(f"{USERS_PAGE}/agregar", methods=["POST"], content_types=FORM)
@page(user_pages, access=MAILBOX)
def add_user_by_form(request: PageRequest, session: Session) -> Response:
    """Show what was typed for a last look; from there, add the user or go back to the form."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.handlers.api.body import Fields
    from chalicelib.handlers.api.users import NEW_USER_FIELDS, read_new_user
    from chalicelib.services.mailbox_users import add_user, check_new_user

    box, step = current(), request.value("step")
    if step == "corregir":
        return _new_user_page(request)
    tools = access_tools(box)
    try:
        typed = read_new_user(Fields({name: request.value(name) or None for name in NEW_USER_FIELDS}, ""))
        if step != "agregar":
            user = check_new_user(session, typed, tools=tools)
            return show(request, "user_check.html", user=user, document_types=DOCUMENT_TYPES, names=NEW_USER_FIELDS)
        added = add_user(session, typed, origin=request.origin, tools=tools, now=box.clock())
    except CasillaError as error:
        twin = _added_meanwhile(request, session) if step == "agregar" and error.code == "document_taken" else None
        return _new_user_page(request, error) if twin is None else _done("agregado", twin.user_id)
    return _done("agregado" if added.is_mail_sent else _FAILED, added.user.user_id)


@user_pages.route(f"{USERS_PAGE}/{{user_id}}/deshabilitar", methods=["GET"])
@page(user_pages, access=MAILBOX)
def show_disabling(request: PageRequest, session: Session, user_id: str) -> Response:
    """Say what disabling does, before it is done (WCAG 3.3.4)."""
    user = _secondary(session, user_id)
    return go_to(USERS_PAGE) if user.state is UserState.DISABLED else show(request, "user_disable.html", user=user)


@user_pages.route(f"{USERS_PAGE}/{{user_id}}/deshabilitar", methods=["POST"], content_types=FORM)
@page(user_pages, access=MAILBOX)
def disable_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Take a user's access away at once."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.mailbox_users import disable_user

    box = current()
    try:
        disable_user(session, user_id, origin=request.origin, tools=access_tools(box), now=box.clock())
    except CasillaError as error:
        return _list_page(request, session, error)
    return _done("deshabilitado", user_id)


@user_pages.route(f"{USERS_PAGE}/{{user_id}}/habilitar", methods=["POST"], content_types=FORM)
@page(user_pages, access=MAILBOX)
def enable_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Give it back."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.mailbox_users import enable_user

    box = current()
    try:
        enable_user(session, user_id, origin=request.origin, tools=access_tools(box), now=box.clock())
    except CasillaError as error:
        return _list_page(request, session, error)
    return _done("habilitado", user_id)


@user_pages.route(f"{USERS_PAGE}/{{user_id}}/activacion", methods=["GET"])
@page(user_pages, access=MAILBOX)
def show_activation_mail(request: PageRequest, session: Session, user_id: str) -> Response:
    """Ask where to send the activation, in case the address was mistyped."""
    user = _secondary(session, user_id)
    if user.state is not UserState.PENDING:
        return go_to(USERS_PAGE)
    return show(request, "user_activation.html", user=user, email=user.email)


@user_pages.route(f"{USERS_PAGE}/{{user_id}}/activacion", methods=["POST"], content_types=FORM)
@page(user_pages, access=MAILBOX)
def send_activation_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Send it again, to the address typed or, from the list's button, to the one on record."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.handlers.api.body import Fields
    from chalicelib.handlers.api.users import read_corrected_email
    from chalicelib.services.send_activation import resend_activation

    box = current()
    try:
        email = read_corrected_email(
            Fields({name: request.value(name) for name in ("email",) if name in request.form}, "")
        )
        resend_activation(session, user_id, email, origin=request.origin, tools=access_tools(box), now=box.clock())
    except InvalidInput as error:
        user = _secondary(session, user_id)
        return show_form(request, "user_activation.html", error, LABELS, user=user, email=request.value("email"))
    except CasillaError as error:
        return _list_page(request, session, error)
    return _done("enviado", user_id)


def _users(session: Session) -> tuple[Mailbox, MailboxUser]:
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.mailbox_users import list_users

    return list_users(session, tools=access_tools(current()))


def _added_meanwhile(request: PageRequest, session: Session) -> MailboxUser | None:
    """Return the same new user, if a second click on the same button is all that happened since the last look."""
    user = _users(session)[0].user_with_email(request.value("email").strip())
    is_same = user is not None and user.document_number == "".join(request.value("document_number").split()).upper()
    return user if is_same else None


def _secondary(session: Session, user_id: str) -> MailboxUser:
    from chalicelib.domain.mailbox_users import require_principal, secondary_user

    mailbox, asking = _users(session)
    require_principal(asking)
    return secondary_user(mailbox, user_id)


def _done(what: str, user_id: str) -> Response:
    return go_to(f"{USERS_PAGE}?hecho={what}&usuario={user_id}")


def _list_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    mailbox, asking = _users(session)
    done, user = request.asked("hecho"), mailbox.user(request.asked("usuario"))
    told = _DONE.get((done, user.state), "").format(name=user.name, email=user.email) if user else ""
    return show_form(
        request,
        "users.html",
        error,
        LABELS,
        mailbox=mailbox,
        asking=asking,
        most=MAX_USERS,
        document_types=DOCUMENT_TYPES,
        told=told,
        is_bad=done == _FAILED,
    )


def _new_user_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    from chalicelib.domain.mailbox_users import PERSON_DOCUMENTS
    from chalicelib.handlers.api.users import NEW_USER_FIELDS

    typed = {name: request.value(name) for name in NEW_USER_FIELDS}
    kinds = [(kind.value, DOCUMENT_TYPES[kind]) for kind in PERSON_DOCUMENTS]
    if not isinstance(error, InvalidInput):
        return show_form(request, "user_new.html", error, LABELS, typed=typed, kinds=kinds)
    log_refusal(error, request.correlation_id)
    found = {one.field: one for one in errors_of(error, LABELS)} | _left_empty(typed)
    errors = [found[name] for name in NEW_USER_FIELDS if name in found]
    return show(request, "user_new.html", status=422, errors=errors, typed=typed, kinds=kinds)


def _left_empty(typed: dict[str, str]) -> dict[str, FieldError]:
    """Say of what was left empty just that."""
    told = {
        name: f"{'Elige una opción en' if name == 'document_type' else 'Completa'} «{LABELS[name]}»."
        for name, text in typed.items()
        if name != "mobile" and not text.strip()
    }
    return {name: FieldError(name, text) for name, text in told.items()}
