"""`/usuarios/…/traspasar` and `/traspaso`: the principal user hands over to another, who accepts (BOX-9)."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.people.hand_over import is_company, user_to_be_principal
from chalicelib.domain.people.mailbox_users import require_principal
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.commands.people import Answer
from chalicelib.handlers.cookies import FORGET_PAGES, SESSION_COOKIE, no_cookie
from chalicelib.handlers.page import go_to, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.people.users import DECLINED, OFFERED, USERS_PAGE, WITHDRAWN

_ANSWERS = {"aceptar": Answer.ACCEPT, "rechazar": Answer.DECLINE, "retirar": Answer.WITHDRAW}
_TOLD = {Answer.DECLINE: DECLINED, Answer.WITHDRAW: WITHDRAWN}


def show_offering(request: PageRequest, session: Session, user_id: str) -> Response:
    """Say what handing over does, and ask for the own password and for what is not on record."""
    return _offering_page(request, session, user_id)


def offer_by_form(request: PageRequest, session: Session, user_id: str) -> Response:
    """Offer the mailbox to the user."""
    try:
        people.offer_mailbox(request.fields("password"), session, user_id, origin=request.origin)
    except CasillaError as error:
        return _offering_page(request, session, user_id, error)
    return go_to(f"{USERS_PAGE}?hecho={OFFERED}")


def show_offer(request: PageRequest, session: Session) -> Response:
    """Show the offer to whom it is made, with what accepting does; to the principal, who can take it back."""
    return _offer_page(request, session)


def answer_by_button(request: PageRequest, session: Session) -> Response:
    """Accept, decline or take back; who accepts logs in again, by another username."""
    answer = _ANSWERS.get(request.value("step"))
    if answer is None:
        return go_to("/traspaso")
    try:
        mailbox = people.answer_offer(answer, session, origin=request.origin)
    except CasillaError as error:
        return _offer_page(request, session, error)
    if answer is not Answer.ACCEPT:
        return go_to(f"{USERS_PAGE}?hecho={_TOLD[answer]}")
    former = next(user for user in mailbox.users if not user.is_principal)
    response = tell(
        replace(request, session=None, cookies={}),
        "people/hand_over_done.html",
        at="/ingresar",
        cookies=[no_cookie(SESSION_COOKIE)],
        username=mailbox.mailbox_id,
        former={"name": former.name},
        former_username=mailbox.username_of(former),
    )
    response.headers.update(FORGET_PAGES)
    return response


def _offering_page(request: PageRequest, session: Session, user_id: str, error: CasillaError | None = None) -> Response:
    mailbox, asking = people.users_of(session)
    require_principal(asking)
    if is_company(mailbox.holder) and not asking.document_number:
        return go_to("/representante")
    user = user_to_be_principal(mailbox, user_id, current().clock())
    return show_form(
        request,
        "people/user_hand_over.html",
        error,
        LABELS,
        user=user,
        mailbox=mailbox,
        own_username=f"{mailbox.mailbox_id}.{asking.document_number}",
    )


def _offer_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    shown = people.standing_offer(session)
    is_mine = shown.to is not None and shown.to.user_id == shown.asking.user_id
    if error is None and not (is_mine or (shown.asking.is_principal and shown.offer is not None)):
        return go_to(USERS_PAGE)
    return show_form(request, "people/hand_over.html", error, LABELS, shown=shown, is_mine=is_mine)
