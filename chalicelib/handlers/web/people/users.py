"""`/usuarios…`: who has access to a mailbox; its principal user disables and enables the others (BOX-6)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.mailbox import MAX_USERS, Channel, Mailbox, MailboxUser, UserState, lacks_person
from chalicelib.domain.mailbox.channels import registered_channels
from chalicelib.domain.people.hand_over import is_company, standing_offer
from chalicelib.domain.people.last_mobile import has_last_mobile
from chalicelib.domain.people.mailbox_users import require_principal, secondary_user
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import DOCUMENT_TYPES, LABELS

USERS_PAGE = "/usuarios"
ADDED, NOT_SENT = "agregado", "sin-correo"
_DONE = {
    (ADDED, UserState.PENDING): "Agregamos a {name}. Le enviamos un correo a {email} para que active su acceso.",
    (NOT_SENT, UserState.PENDING): (
        "Agregamos a {name}, pero no pudimos enviarle el correo de activación. Envíalo otra vez dentro de un momento."
    ),
    ("enviado", UserState.PENDING): "Enviamos el correo de activación a {email}.",
    ("deshabilitado", UserState.DISABLED): "{name} ya no puede ingresar a la casilla ni recibe avisos.",
    ("habilitado", UserState.ACTIVE): "{name} puede ingresar otra vez a la casilla y recibe los avisos.",
    ("habilitado", UserState.PENDING): "Habilitaste a {name}. Todavía tiene que activar su acceso.",
}
"""What was just done, by the address's parameter; told only of a user who is as it says."""
GONE, OFFERED, DECLINED, WITHDRAWN = "quitado", "ofrecido", "rechazado", "retirado"
_TOLD = {
    GONE: "Ese usuario ya no está en tu casilla: no puede ingresar ni recibe avisos. Su lugar quedó libre.",
    OFFERED: "Enviamos tu ofrecimiento por correo. Mientras no lo acepten, sigues siendo el usuario principal.",
    DECLINED: "No aceptaste ser el usuario principal. Nada cambió.",
    WITHDRAWN: "Retiraste tu ofrecimiento. Sigues siendo el usuario principal.",
}
"""What was just done and is about no user of the list."""


def show_users(request: PageRequest, session: Session) -> Response:
    """List the users, with what the principal can do about each."""
    return _list_page(request, session)


def show_disabling(request: PageRequest, session: Session, user_id: str) -> Response:
    """Say what disabling does, before it is done (WCAG 3.3.4)."""
    mailbox, user = _secondary(session, user_id)
    if user.state is UserState.DISABLED:
        return go_to(USERS_PAGE)
    is_last = has_last_mobile(mailbox, user, current().sms_reach)
    return show(request, "people/user_disable.html", user=user, is_last=is_last)


def disable_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Take a user's access away at once."""
    try:
        people.disable_user(session, user_id, origin=request.origin)
    except CasillaError as error:
        return _list_page(request, session, error)
    return done("deshabilitado", user_id)


def show_removal(request: PageRequest, session: Session, user_id: str) -> Response:
    """Say what removing does, before it is done (WCAG 3.3.4)."""
    mailbox, user = _secondary(session, user_id)
    is_last = has_last_mobile(mailbox, user, current().sms_reach)
    return show(request, "people/user_remove.html", user=user, is_last=is_last)


def remove_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Take a user out of the mailbox; one who is gone already, by the same button pressed twice, is as wanted."""
    try:
        people.remove_user(session, user_id, origin=request.origin)
    except NotFound:
        if not people.was_removed(session, user_id):
            raise
    except CasillaError as error:
        return _list_page(request, session, error)
    return go_to(f"{USERS_PAGE}?hecho={GONE}")


def enable_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Give it back."""
    try:
        people.enable_user(session, user_id, origin=request.origin)
    except CasillaError as error:
        return _list_page(request, session, error)
    return done("habilitado", user_id)


def show_activation_mail(request: PageRequest, session: Session, user_id: str) -> Response:
    """Ask where to send the activation, in case the address was mistyped."""
    _, user = _secondary(session, user_id)
    if user.state is not UserState.PENDING:
        return go_to(USERS_PAGE)
    return _activation_page(request, user)


def send_activation_by_button(request: PageRequest, session: Session, user_id: str) -> Response:
    """Send it again, to the address typed or, from the list's button, to the one on record."""
    try:
        people.send_activation(request.field_as_typed("email"), session, user_id, origin=request.origin)
    except InvalidInput as error:
        return _activation_page(request, _secondary(session, user_id)[1], error)
    except CasillaError as error:
        return _list_page(request, session, error)
    return done("enviado", user_id)


def _activation_page(request: PageRequest, user: MailboxUser, error: CasillaError | None = None) -> Response:
    email = request.value("email") if "email" in request.form else user.email
    return show_form(request, "people/user_activation.html", error, LABELS, user=user, email=email)


def _secondary(session: Session, user_id: str) -> tuple[Mailbox, MailboxUser]:
    mailbox, asking = people.users_of(session)
    require_principal(asking)
    return mailbox, secondary_user(mailbox, user_id)


def done(what: str, user_id: str) -> Response:
    """Go back to the list, which tells what was done; `what` as in the list's own words."""
    return go_to(f"{USERS_PAGE}?hecho={what}&usuario={user_id}")


def _list_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    mailbox, asking = people.users_of(session)
    reach = current().sms_reach
    what, user = request.asked("hecho"), mailbox.user(request.asked("usuario"))
    told = _DONE.get((what, user.state), "").format(name=user.name, email=user.email) if user else _TOLD.get(what, "")
    box = current()
    offer = standing_offer(mailbox, box.clock())
    return show_form(
        request,
        "people/users.html",
        error,
        LABELS,
        at=USERS_PAGE,
        mailbox=mailbox,
        asking=asking,
        most=MAX_USERS,
        has_mobile=Channel.SMS in registered_channels(mailbox, reach),
        lacks_person=lacks_person(mailbox) and asking.is_principal,
        document_types=DOCUMENT_TYPES,
        offer=offer,
        offered_to=mailbox.user(offer.to) if offer else None,
        can_hand_over=asking.is_principal and is_company(mailbox.holder) and offer is None,
        told=told,
        is_bad=what == NOT_SENT,
    )
