"""Let into a page whoever the browser's cookie opens it for; ask anybody else, and keep what they typed until then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper, pepper_for_a_line
from chalicelib.bootstrap.session import impatient_session_store
from chalicelib.domain.access.csrf import check_csrf, csrf_token
from chalicelib.domain.errors import Forbidden, SessionEnded, ValidationNeeded
from chalicelib.domain.session import TextsNotAccepted
from chalicelib.handlers.admission import admit
from chalicelib.handlers.cookies import FORGET_PAGES, SESSION_COOKIE, no_cookie
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.log import log, this_visit
from chalicelib.handlers.page import View, go_to, is_led_back, shown, told
from chalicelib.handlers.page_request import PageRequest, page_of
from chalicelib.handlers.web.kept_form import KEPT_PAGE, RESENT, forget_form, is_done_anew, keep_form
from chalicelib.handlers.web.multipart import with_texts
from chalicelib.services.access.find_session import find_session

TEXTS_PAGE = "/textos"
"""Where texts that changed are accepted."""


def by_cookie(view: View, access: str) -> Callable[..., Response]:
    """Have a page get the session that the browser's cookie opens; a form counts with that session's token only."""

    def admitted(request: PageRequest, **parameters: str) -> Response:
        try:
            who = admit(request.cookies.get(SESSION_COOKIE, ""), view, access, parameters)
        except (SessionEnded, TextsNotAccepted, ValidationNeeded) as error:
            return _ask_again(request, error)
        within = replace(request, session=who[0], csrf=csrf_token(pepper(current()), who[0]))
        run = partial(_shown, view, within, who, parameters)
        return told(run, address=request.path, request=within)

    return admitted


def within_own_session(request: PageRequest) -> PageRequest:
    """Return the request of a page that anybody may read, within the session that the browser's cookie opens, if any.

    One read, which is not waited for. Where it fails the page is shown as to a stranger, and so where the session is
    over: the cookie stays, since the answer to a login in another tab may just have replaced it. A form is to be held
    against the session's token by its page.
    """
    box = current()
    try:
        secret = pepper_for_a_line(box)
        if secret is None:
            return request
        sessions = impatient_session_store(box)
        session, _ = find_session(request.cookies[SESSION_COOKIE], sessions=sessions, now=box.clock())
        this_visit().user = session.username
        return replace(request, session=session, csrf=csrf_token(secret, session))
    except SessionEnded:
        return request
    except Exception as error:  # noqa: BLE001 - whatever it is, a page that anybody may read goes out
        log().warning("session unread", fault=describe_fault(error), **this_visit().where())
        return request


def _shown(view: View, request: PageRequest, who: tuple[Any, ...], parameters: dict[str, str]) -> Response:
    if request.method != "POST":
        return shown(request, lambda within: view(within, *who, **parameters))
    request = with_texts(request)
    try:
        check_csrf(pepper(current()), who[0], request.value("csrf"))
    except Forbidden as error:  # the page is of a session before this one
        kept = keep_form(request) if request.value("csrf") and not request.body else []
        if not kept:
            raise
        log_refusal(error)
        return go_to(KEPT_PAGE, cookies=kept)
    response = view(request, *who, **parameters)
    is_taken = response.status_code == HTTPStatus.SEE_OTHER and not is_led_back(response)
    if request.value(RESENT) and is_taken:  # it was taken: offer it no more
        response.headers["Set-Cookie"] = [*response.headers.get("Set-Cookie", ()), *forget_form(request)]
    return response


def _ask_again(request: PageRequest, error: SessionEnded | TextsNotAccepted | ValidationNeeded) -> Response:
    """Have the person log in, accept or confirm who they are, and keep a form until then; no cookie logs nothing."""
    if SESSION_COOKIE in request.cookies:
        log_refusal(error)
    is_over = isinstance(error, SessionEnded)
    address = "/ingresar" if is_over else "/validar" if isinstance(error, ValidationNeeded) else TEXTS_PAGE
    cookies = [no_cookie(SESSION_COOKIE)] if is_over else []
    if request.method != "POST":
        response = go_to(f"{address}?volver={quote(request.address)}", cookies=cookies)
    else:
        kept = [] if request.body else keep_form(request)
        back = KEPT_PAGE if kept else page_of(request) if is_done_anew(request) else ""
        response = go_to(f"{address}?volver={quote(back)}" if back else address, cookies=[*cookies, *kept])
    if is_over and SESSION_COOKIE in request.cookies:
        response.headers.update(FORGET_PAGES)
    return response
