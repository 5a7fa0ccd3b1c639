"""The pages' one way in and out: a request to a use case and back, own origin, errors as pages, headers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from chalice.app import Request, Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.page import page_view, seen_by_pages
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.session import PasswordChangeNeeded
from chalicelib.handlers.cookies import ANSWER_COOKIE, FORGET_ALL, SESSION_COOKIE, no_cookie
from chalicelib.handlers.door import PUBLIC, Door
from chalicelib.handlers.doors import find, view_of
from chalicelib.handlers.fault import PAGE_HEADERS, describe_fault
from chalicelib.handlers.fields import FieldError, errors_of
from chalicelib.handlers.http import (
    check_body,
    check_parameters,
    log_cookies_repeated,
    log_early_refusal,
    log_refusal,
    origin_of,
    status_of,
    unexpected,
)
from chalicelib.handlers.log import begin_visit, log, this_visit
from chalicelib.handlers.page_request import (
    CORRECT,
    DISPLACED,
    DONE,
    KeptAnswer,
    PageRequest,
    check_same_origin,
    page_of,
    page_request,
    with_form,
)
from chalicelib.renderers.outage.outage_words import Banner, banner_of
from chalicelib.renderers.pages import render_page
from chalicelib.services.seen_by_pages import look
from chalicelib.store.page_view import Seen

View = Callable[..., Response]

_REFUSAL = "refusal.html"
_HTML = {"Content-Type": "text/html; charset=utf-8"}


def answer(door: Door, raw: Request, parameters: dict[str, str]) -> Response:
    """Lead a browser's request to a door's view and back; a form counts only from the portal's own pages.

    A page that anybody may read knows who is inside; what a session opens finds that out for itself.
    """
    visit = begin_visit(door.path, raw, origin_of(raw))
    repeated: list[str] = []

    def enter(request: PageRequest) -> Response:
        check_parameters(parameters)
        check_body(door, raw)
        if door.method != "POST":
            return shown(request, lambda within: view_of(door)(within, **parameters))
        sent = with_form(request, raw)
        check_same_origin(sent, current().portal_url)
        response = told(lambda: view_of(door)(sent, **parameters), address=sent.path, request=sent)
        return _forget_answer(sent, response)

    def begin() -> Response:
        current().begin()
        request = page_request(raw)
        repeated.extend(request.repeated)
        if door.access == PUBLIC and door.target not in _NO_PAGES:
            request = known(request)
        return told(lambda: enter(request), address=str(raw.path), request=request if request.session else None)

    response = told(begin, address=str(raw.path))
    if repeated:
        response.headers |= _without_repeated(str(raw.method))
    response.headers = {**PAGE_HEADERS, "X-Correlation-Id": visit.correlation_id, **response.headers}
    return response


def shown(request: PageRequest, view: Callable[[PageRequest], Response]) -> Response:
    """Show a page with what a form was answered, if its address says so; where that is all, it is all of the page."""
    if not (request.asked(CORRECT) or request.asked(DONE)):
        return view(request)
    from chalicelib.handlers.kept_answer import with_kept_answer  # noqa: PLC0415 - most pages show no answer

    request = with_kept_answer(request)
    kept = request.answer
    if kept is None:
        return view(request)
    if kept.is_whole:
        return show(request, kept.template)
    response = view(request)
    if kept.is_refusal and response.status_code == HTTPStatus.SEE_OTHER:  # there is no such form any more
        words = {"heading": _HEADINGS[kept.status], "detail": " ".join(text for _, text in kept.errors)}
        kept = KeptAnswer(template=_REFUSAL, status=kept.status, retry_after=kept.retry_after, context=words)
        return show(replace(request, answer=kept), _REFUSAL)
    return response


def _forget_answer(request: PageRequest, response: Response) -> Response:
    """Drop what the last form of a page was answered, once one is taken."""
    if ANSWER_COOKIE not in request.cookies:
        return response
    from chalicelib.handlers.kept_answer import is_of_page  # noqa: PLC0415 - as above

    cookies = response.headers.get("Set-Cookie", [])
    if is_of_page(request, page_of(request)) and not any(line.startswith(f"{ANSWER_COOKIE}=") for line in cookies):
        response.headers["Set-Cookie"] = [*cookies, no_cookie(ANSWER_COOKIE)]
    return response


def is_led_back(response: Response) -> bool:
    """Tell whether a form was not taken yet: what it was answered leads back to it."""
    return f"{CORRECT}=" in str(response.headers.get("Location", ""))


def own_refusal(request: Request, status: int) -> Response:
    """Say what chalice refuses by itself, before any view, on a page."""
    visit = begin_visit(str(request.path), request)
    error, heading = _OWN_REFUSALS[status]
    log_early_refusal(error, status)
    response = refusal_page(error, (status, heading), request=known(page_request(request)))
    response.headers = {**PAGE_HEADERS, "X-Correlation-Id": visit.correlation_id, **response.headers}
    return response


_NO_PAGES = {"web.static:show_static_file", "web.security_txt:show_security_txt", "web.missing:lead_back"}
"""What shows nobody's name: styles and scripts, and what leads on."""


def known(request: PageRequest) -> PageRequest:
    """Return a request within the session that its cookie opens by now; who has none loads nothing and asks nothing."""
    if SESSION_COOKIE not in request.cookies:
        return request
    within: PageRequest = find("web.session_page:within_own_session")(replace(request, session=None, csrf=""))
    return within


def _without_repeated(method: str) -> Mapping[str, str]:
    """Have the browser forget cookies of which nothing tells whose they are; a form's answer may set its own first."""
    log_cookies_repeated()
    return FORGET_ALL if method == "GET" else {}


def told(run: Callable[[], Response], *, address: str, request: PageRequest | None = None) -> Response:
    """Return an answer, or tell what was refused or failed on a page, within the session that `request` may have."""
    try:
        return run()
    except CasillaError as error:
        log_refusal(error)
        if isinstance(error, PasswordChangeNeeded) and address != "/clave":
            return go_to("/clave")
        return _refuse(error, status_of(error), request)
    except Exception as error:  # noqa: BLE001 - told as it is, logged without its text
        log().error("unexpected", fault=describe_fault(error), **this_visit().where())
        return _refuse(unexpected(), (500, "Algo falló de nuestro lado"), request)


def show(
    request: PageRequest,
    template: str,
    *,
    status: int = 200,
    errors: Iterable[FieldError] = (),
    cookies: Iterable[str] = (),
    **context: Any,
) -> Response:
    """Answer a page; `errors` stand on top and beside their fields, and what was typed stays."""
    kept, found = request.answer, tuple(errors)
    retry_after: dict[str, str | list[str]] = {}
    if kept is not None and kept.template == template and not found:
        status, found = kept.status, tuple(FieldError(*one) for one in kept.errors)
        context.update(kept.context)
        retry_after = _retry_after(kept.retry_after)
    values = {"request": request, "errors": found, "error_of": {e.field: e.text for e in reversed(found)}, **context}
    html = render_page(template, {**_common(request), **values}, local=local_time)
    return Response(html, status_code=status, headers={**_HTML, **retry_after, **_set(cookies)})


def answer_form(
    request: PageRequest, kept: KeptAnswer, *, at: str = "", cookies: Iterable[str] = (), **context: Any
) -> Response:
    """Answer a form: keep what it is answered for the page at an address, or its own, and lead there.

    Where that cannot be kept the page is the answer itself; `context` is what it then shows besides.
    """
    from chalicelib.handlers.kept_answer import keep_answer  # noqa: PLC0415 - as above

    found = keep_answer(request, kept, at or page_of(request))
    if found is not None:
        return go_to(found[0], cookies=[*cookies, found[1]])
    return show(replace(request, answer=kept), kept.template, cookies=cookies, **context)


def show_form(
    request: PageRequest,
    template: str,
    error: CasillaError | None,
    labels: Mapping[str, str],
    *,
    at: str = "",
    **context: Any,
) -> Response:
    """Answer a page with a form; what was refused of it, if anything, leads back to it, on top and beside its fields.

    `at` is the form's page, where it is not at its own address.
    """
    if error is None:
        return show(request, template, **context)
    log_refusal(error)
    return refuse_form(request, template, errors_of(error, labels), error=error, at=at, **context)


def refuse_form(
    request: PageRequest,
    template: str,
    errors: Iterable[FieldError],
    *,
    error: CasillaError | None = None,
    at: str = "",
    **context: Any,
) -> Response:
    """Lead back to a form by what is wrong with it."""
    kept = KeptAnswer(
        template=template,
        status=422 if error is None else status_of(error)[0],
        errors=tuple((one.field, one.text) for one in errors),
        code="" if error is None else error.code,
        retry_after=None if error is None else error.retry_after,
    )
    if request.method == "POST":
        return answer_form(request, kept, at=at, **context)
    return show(replace(request, answer=kept), template, **context)


def show_or_refuse(
    request: PageRequest, template: str, errors: Collection[FieldError], *, at: str = "", **context: Any
) -> Response:
    """Answer a page with a form, or lead back to it by what is wrong with it, if anything."""
    if errors:
        return refuse_form(request, template, errors, at=at, **context)
    return show(request, template, **context)


def tell(
    request: PageRequest, template: str, *, status: int = 200, at: str = "", cookies: Iterable[str] = (), **words: Any
) -> Response:
    """Answer a page that shows nothing but words, which is kept as it is where a form is answered by it."""
    if request.method != "POST":
        return show(request, template, status=status, cookies=cookies, **words)
    kept = KeptAnswer(template=template, status=status, context=words, is_whole=True)
    return answer_form(request, kept, at=at, cookies=cookies)


def go_to(address: str, *, cookies: Iterable[str] = ()) -> Response:
    """Have the browser open an address by GET, after a form or instead of a page."""
    return Response("", status_code=303, headers={"Location": address, "Content-Type": "text/plain", **_set(cookies)})


_HEADINGS = {
    403: "Aquí no puedes hacer eso",
    404: "No lo encontramos",
    409: "Ahora no se puede",
    413: "Lo que enviaste es demasiado grande",
    422: "Algo de lo enviado no se entiende",
    429: "Espera un momento",
    503: "Ahora no podemos atenderte",
}
"""What refusals are called on pages; the API has its own titles."""


_OWN_REFUSALS: dict[int, tuple[CasillaError, str]] = {
    405: (InvalidInput("method_not_allowed", "Esta página no se puede pedir de esa manera."), "Así no se puede"),
    415: (
        InvalidInput("media_type_unsupported", "El formulario no llegó completo. Ábrelo de nuevo y vuelve a enviarlo."),
        "No se entiende lo enviado",
    ),
}
"""What chalice refuses by itself."""


def refusal_page(error: CasillaError, status: tuple[int, str], *, request: PageRequest | None = None) -> Response:
    """Answer a page that says what happened and what to do, within the session that `request` may have."""
    html = render_page(_REFUSAL, {**_common(request), **_refusal_words(error, status)}, local=local_time)
    return Response(html, status_code=status[0], headers={**_HTML, **_retry_after(error.retry_after)})


def _refuse(error: CasillaError, status: tuple[int, str], request: PageRequest | None) -> Response:
    """Say so on a page, to which a form leads."""
    if request is None or request.method != "POST":
        return refusal_page(error, status, request=request)
    words, code = _refusal_words(error, status), error.code
    kept = KeptAnswer(
        template=_REFUSAL, status=status[0], code=code, retry_after=error.retry_after, context=words, is_whole=True
    )
    return answer_form(request, kept)


def _refusal_words(error: CasillaError, status: tuple[int, str]) -> dict[str, Any]:
    return {"heading": _HEADINGS.get(status[0], status[1]), "detail": error.detail, "retryable": error.retryable}


def _retry_after(seconds: int | None) -> dict[str, str | list[str]]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def local_time(instant: datetime) -> datetime:
    """Put an instant on the country's clock."""
    return current().calendar.local(instant)


def seen_now() -> Seen:
    """Return what pages see beside their own; no page fails or waits long for it."""
    box = current()
    seen = seen_by_pages(box)
    try:
        return look(seen=seen, read=lambda: page_view(box).read(), now=box.clock())
    except Exception as error:  # noqa: BLE001 - whatever it is, the page goes out with what was seen last
        log().warning("outages unread", fault=describe_fault(error), **this_visit().where())
        return seen.last


def _common(request: PageRequest | None) -> dict[str, Any]:
    """Return what every page shows: outages, whose session it is, if anybody's, and what its forms carry."""
    board = seen_now().board
    banner = banner_of(board, current().clock(), local_time) if board.outages else Banner()
    if request is None:
        return {"session": None, "staff": None, "banner": banner}
    return {
        "session": request.session,
        "staff": request.staff,
        "csrf": request.csrf,
        "now": current().clock(),
        "has_displaced": bool(request.asked(DISPLACED)),
        "banner": banner,
        "sms_countries": lambda: current().sms_reach.countries,
    }


def _set(cookies: Iterable[str]) -> dict[str, str | list[str]]:
    given = list(cookies)
    return {"Set-Cookie": given} if given else {}
