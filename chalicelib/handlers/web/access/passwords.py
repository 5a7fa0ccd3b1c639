"""`/clave`, `/olvide-mi-clave`, `/recuperar/…`: change a password that is known, replace one that is not (ACC-3)."""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import access
from chalicelib.handlers.cookies import DEVICE_COOKIE, SESSION_COOKIE, cookie
from chalicelib.handlers.page import go_to, known, show, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.captcha import captcha_asked
from chalicelib.handlers.web.labels import CHANGE_LABELS, LABELS
from chalicelib.services.access.links import LinkExpired, LinkUnusable, open_link, show_link

_RESET_FIELDS = ("person_type", "document_type", "document_number", "email")
_NEW = ("new_password", "new_password_repeated")


def show_password_change(request: PageRequest, session: Session) -> Response:
    """Ask for the old password and the new one twice."""
    is_over = access.is_temporary_over(session)
    return show(request, "access/password.html", is_forced=session.must_change_password, is_over=is_over)


def change_password_by_form(request: PageRequest, session: Session) -> Response:
    """Change it, end the other sessions, and go on with a new cookie."""
    try:
        opened = access.change_own_password(request.fields("old_password", *_NEW), session, origin=request.origin)
    except CasillaError as error:
        is_forced = session.must_change_password
        return show_form(request, "access/password.html", error, CHANGE_LABELS, is_forced=is_forced, is_over=False)
    return go_to("/clave/cambiada", cookies=[cookie(SESSION_COOKIE, opened.cookie)])


def show_password_changed(request: PageRequest, session: Session) -> Response:  # noqa: ARG001
    """Tell that it changed."""
    return show(request, "access/password_changed.html")


def show_reset_request(request: PageRequest) -> Response:
    """Ask whose password is to be recovered."""
    return _reset_request_page(request)


def request_reset_by_form(request: PageRequest) -> Response:
    """Send a link; the answer is the same whether there is such a user or not."""
    try:
        device = request.cookies.get(DEVICE_COOKIE, "")
        access.ask_for_reset(request.fields(*_RESET_FIELDS, captcha=True), origin=request.origin, device=device)
    except CasillaError as error:
        return _reset_request_page(request, error)
    return tell(request, "access/reset_requested.html")


def show_reset(request: PageRequest, link: str) -> Response:
    """Say whether the link counts, and then ask for the new password; opening it uses nothing up and sends nothing."""
    return _reset_page(request, link)


def reset_by_form(request: PageRequest, link: str) -> Response:
    """Set the new password by the link."""
    try:
        access.use_reset(link, request.fields(*_NEW), origin=request.origin)
    except (LinkExpired, LinkUnusable) as error:
        return _link_over(request, error)
    except CasillaError as error:
        return _reset_page(request, link, error)
    return tell(known(request), "access/reset_done.html")  # the session may have ended with the others


def renew_reset(request: PageRequest, link: str) -> Response:
    """Send a new link for one that expired; one that is still good is all that is needed."""
    box = current()
    try:
        open_link(TokenKind.RESET_LINK, link, tools=access_tools(box), now=box.clock())
    except LinkExpired as error:
        return tell(request, "access/reset_link_renewed.html", detail=error.detail)
    except LinkUnusable as error:
        return _link_over(request, error)
    return go_to(f"/recuperar/{quote(link, safe='')}")


def _reset_page(request: PageRequest, link: str, error: CasillaError | None = None) -> Response:
    box = current()
    try:
        _, is_in_time = show_link(TokenKind.RESET_LINK, link, tools=access_tools(box), now=box.clock())
    except LinkUnusable as unusable:
        return _link_over(request, unusable)
    if not is_in_time:
        return tell(request, "access/reset_link_expired.html", status=410, link=link)
    return show_form(request, "access/reset.html", error, LABELS, link=link)


def _link_over(request: PageRequest, error: LinkExpired | LinkUnusable) -> Response:
    if isinstance(error, LinkExpired):
        return tell(request, "access/reset_link_renewed.html", status=410, detail=error.detail)
    return tell(request, "access/reset_link_over.html", status=410)


def _reset_request_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    typed = {name: request.value(name) for name in _RESET_FIELDS}
    captcha = captcha_asked(request, error)
    return show_form(request, "access/reset_request.html", error, LABELS, typed=typed, captcha=captcha)
