"""Let into a page of the console whoever of the staff may do what its door is for; ask anybody else to log in.

One read tells session, person and institution as they are now. A use is noted once a minute at most, beside the view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
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
from chalicelib.handlers.page import View, go_to, shown, told
from chalicelib.handlers.page_request import PageRequest, page_of
from chalicelib.handlers.web.multipart import with_texts
from chalicelib.services.together import together

PLATFORM_HOME, CONSOLE_HOME = "/plataforma", "/entidad"
CONFIRM_PAGE = "/entidad/confirmar"


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
    if RULES[act].is_final and not staff.session.is_proven_for(now, is_sent=is_sent):
        return go_to(f"{CONFIRM_PAGE}?volver={quote(page_of(request) if is_sent else request.address)}")
    answers: list[Response] = []

    def run() -> None:
        if is_sent:
            answers.append(view(request, staff, **parameters))
        else:
            answers.append(shown(request, lambda within: view(within, staff, **parameters)))

    def note() -> None:
        try:
            staff_session_store(current()).note_use(staff.session, now)
        except Unavailable:  # the session ends earlier than it could
            return

    together([run, note] if staff.session.is_to_be_written(now) else [run])
    return answers[0]


def _ask_to_log_in(request: PageRequest) -> Response:
    """Lead to the way in, and have the browser drop what it kept of a session that is over."""
    home = PLATFORM_HOME if request.path.startswith(PLATFORM_HOME) else CONSOLE_HOME
    back = request.address if request.method != "POST" else page_of(request)
    ended = STAFF_COOKIE in request.cookies
    response = go_to(
        f"{home}/ingresar?volver={quote(back)}{'&vencida=si' if ended else ''}",
        cookies=[no_cookie(STAFF_COOKIE)] if ended else [],
    )
    if ended:
        response.headers.update(FORGET_PAGES)
    return response
