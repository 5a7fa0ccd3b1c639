"""The pages' one way in and out: a request to a use case and back, own origin, errors as pages, headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalice.app import Request, Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.page import page_view, seen_by_pages
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.session import PasswordChangeNeeded
from chalicelib.handlers.cookies import FORGET_ALL
from chalicelib.handlers.doors import Door, view_of
from chalicelib.handlers.fault import PAGE_HEADERS, describe_fault
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
from chalicelib.handlers.page_request import DISPLACED, PageRequest, check_same_origin, page_request
from chalicelib.renderers.outage.outage_words import Banner, banner_of
from chalicelib.renderers.pages import render_page
from chalicelib.services.seen_by_pages import look
from chalicelib.store.page_view import Seen

View = Callable[..., Response]

_HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, and the id of the field to correct; empty when it is no single one."""

    field: str
    text: str


def answer(door: Door, raw: Request, parameters: dict[str, str]) -> Response:
    """Lead a browser's request to a door's view and back; a form counts only from the portal's own pages."""
    visit = begin_visit(door.path, raw, origin_of(raw))
    repeated: list[str] = []

    def run() -> Response:
        check_parameters(parameters)
        check_body(door, raw)
        request = page_request(raw, has_form=door.method == "POST")
        repeated.extend(request.repeated)
        if door.method == "POST":
            check_same_origin(request, current().portal_url)
        return view_of(door)(request, **parameters)

    response = told(run, address=str(raw.path))
    if repeated:
        response.headers |= _without_repeated(str(raw.method))
    response.headers = {**PAGE_HEADERS, "X-Correlation-Id": visit.correlation_id, **response.headers}
    return response


def own_refusal(request: Request, status: int) -> Response:
    """Say what chalice refuses by itself, before any view, on a page."""
    visit = begin_visit(str(request.path), request)
    error, heading = _OWN_REFUSALS[status]
    log_early_refusal(error, status)
    response = refusal_page(error, (status, heading))
    response.headers = {**PAGE_HEADERS, "X-Correlation-Id": visit.correlation_id, **response.headers}
    return response


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
        return refusal_page(error, status_of(error), request=request)
    except Exception as error:  # noqa: BLE001 - told as it is, logged without its text
        log().error("unexpected", fault=describe_fault(error), **this_visit().where())
        return refusal_page(unexpected(), (500, "Algo falló de nuestro lado"), request=request)


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
    found = tuple(errors)
    values = {"request": request, "errors": found, "error_of": {e.field: e.text for e in reversed(found)}, **context}
    html = render_page(template, {**_common(request), **values}, local=local_time)
    return Response(html, status_code=status, headers={**_HTML, **_set(cookies)})


def show_form(
    request: PageRequest, template: str, error: CasillaError | None, labels: Mapping[str, str], **context: Any
) -> Response:
    """Answer a page with a form, and what was refused of it, if anything, on top and beside its fields."""
    if error is None:
        return show(request, template, **context)
    log_refusal(error)
    response = show(request, template, status=status_of(error)[0], errors=errors_of(error, labels), **context)
    response.headers.update(_retry_after(error))
    return response


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
    heading = _HEADINGS.get(status[0], status[1])
    context = {**_common(request), "heading": heading, "detail": error.detail, "retryable": error.retryable}
    html = render_page("refusal.html", context, local=local_time)
    return Response(html, status_code=status[0], headers={**_HTML, **_retry_after(error)})


def _retry_after(error: CasillaError) -> dict[str, str | list[str]]:
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


def errors_of(error: CasillaError, labels: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Tell a refusal beside the fields of a form; `labels` are theirs, by the last part of the refusal's field."""
    return tuple(_field_error(one, labels) for one in (error.problems or (error,)))


_NOT_GIVEN = {"field_missing", "field_empty"}
_IDS = {"answer": "captcha"}
"""Where a form's field is called otherwise than the API's."""


def _field_error(error: CasillaError, labels: Mapping[str, str]) -> FieldError:
    last = (error.field or "").rpartition(".")[2]
    name = _IDS.get(last, last)
    if name not in labels:
        return FieldError("", error.detail)
    if error.code in _NOT_GIVEN:
        return FieldError(name, f"Completa «{labels[name]}».")
    if error.code == "field_choice":
        return FieldError(name, f"Elige una opción en «{labels[name]}».")
    return FieldError(name, error.detail.replace(f"El campo «{error.field}»", f"«{labels[name]}»"))


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
        return {"session": None, "banner": banner}
    return {
        "session": request.session,
        "csrf": request.csrf,
        "now": current().clock(),
        "has_displaced": bool(request.asked(DISPLACED)),
        "banner": banner,
        "sms_countries": lambda: current().sms_reach.countries,
    }


def _set(cookies: Iterable[str]) -> dict[str, str | list[str]]:
    given = list(cookies)
    return {"Set-Cookie": given} if given else {}
