"""Let into a page of the console whoever of the staff may do what its door is for; ask anybody else to log in.

One read tells session, person and institution as they are now. A use is noted once a minute at most, beside the view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.institution import staff_session_store
from chalicelib.domain.access.csrf import check_csrf, csrf_token
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.institution.permission import RULES, Act, require
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.cookies import FORGET_PAGES, STAFF_COOKIE, no_cookie
from chalicelib.handlers.log import this_visit
from chalicelib.handlers.page import View, go_to, is_led_back, shown, told
from chalicelib.handlers.page_request import PageRequest, page_of
from chalicelib.handlers.web.kept_form import RESENT, forget_form, keep_form
from chalicelib.handlers.web.multipart import with_texts
from chalicelib.services.together import together

PLATFORM_HOME, CONSOLE_HOME = "/plataforma", "/entidad"
CONFIRM_PAGE = "/entidad/confirmar"
KEPT_FORM_PAGE = "/entidad/borrador"
"""Where a form that was sent too late is shown again."""


def by_staff_cookie(view: View, access: str) -> Callable[..., Response]:
    """Have a page get who of the staff is inside; a form counts with that session's token only."""
    act = Act(access)

    def admitted(request: PageRequest, **parameters: str) -> Response:
        staff = signed_in(request)
        if staff is None:
            return _ask_to_log_in(request)
        this_visit().user = staff.member.username
        within = replace(request, staff=staff, csrf=csrf_token(pepper(current()), staff.session))
        run = partial(_shown, view, within, staff, act, parameters)
        return told(run, address=request.path, request=within)

    return admitted


def ask_for_code(request: PageRequest, staff: SignedIn, act: Act) -> Response | None:
    """Lead to where a code of the device is asked for again, if the act is final and the last one too old."""
    is_proven = staff.session.is_proven_for(current().clock(), is_sent=request.method == "POST")
    return _lead(request, CONFIRM_PAGE) if RULES[act].is_final and not is_proven else None


def signed_in(request: PageRequest) -> SignedIn | None:
    """Return who of the staff is inside; without a cookie nothing is read."""
    box, cookie = current(), request.cookies.get(STAFF_COOKIE, "")
    return staff_session_store(box).find(cookie, box.clock()) if cookie else None


def _shown(view: View, request: PageRequest, staff: SignedIn, act: Act, parameters: dict[str, str]) -> Response:
    now, is_sent = current().clock(), request.method == "POST"
    if is_sent:
        request = with_texts(request)
        check_csrf(pepper(current()), staff.session, request.value("csrf"))
    require(staff.member, act)
    unproven = ask_for_code(request, staff, act)
    if unproven is not None:
        return unproven
    is_noted = staff.session.is_to_be_written(now)
    used = replace(staff, session=replace(staff.session, seen_at=now)) if is_noted else staff
    request = replace(request, staff=used)
    answers: list[Response] = []

    def run() -> None:
        if is_sent:
            answers.append(view(request, used, **parameters))
        else:
            answers.append(shown(request, lambda within: view(within, used, **parameters)))

    def note() -> None:
        try:
            staff_session_store(current()).note_use(staff.session, now)
        except Unavailable:  # the session ends earlier than it could
            return

    together([run, note] if is_noted else [run])
    response = answers[0]
    is_taken = response.status_code == HTTPStatus.SEE_OTHER and not is_led_back(response)
    if is_sent and request.value(RESENT) and is_taken:
        response.headers["Set-Cookie"] = [*response.headers.get("Set-Cookie", ()), *forget_form(request)]
    return response


def _ask_to_log_in(request: PageRequest) -> Response:
    """Lead to the way in, and have the browser drop what it kept of a session that is over."""
    home = PLATFORM_HOME if request.path.startswith(PLATFORM_HOME) else CONSOLE_HOME
    ended = STAFF_COOKIE in request.cookies
    more = "&vencida=si" if ended else ""
    response = _lead(request, f"{home}/ingresar", more, cookies=[no_cookie(STAFF_COOKIE)] if ended else [])
    if ended:
        response.headers.update(FORGET_PAGES)
    return response


def _lead(request: PageRequest, to: str, more: str = "", *, cookies: Iterable[str] = ()) -> Response:
    """Lead elsewhere first, and then back to the page; what was typed into a form without files is kept until then."""
    if request.method != "POST":
        return go_to(f"{to}?volver={quote(request.address)}{more}", cookies=cookies)
    kept = [] if request.body else keep_form(request)
    back = KEPT_FORM_PAGE if kept else page_of(request)
    return go_to(f"{to}?volver={quote(back)}{more}", cookies=[*cookies, *kept])
