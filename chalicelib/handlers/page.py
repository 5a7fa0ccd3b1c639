"""From a browser's request to a use case and back: declared access, own origin, errors as pages, headers.

Every page is wrapped by `page`, whose `access` says who may see it, as `endpoint` does for the API.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.domain.access.credentials import PasswordChangeNeeded
from chalicelib.domain.errors import CasillaError, SessionEnded, ValidationNeeded
from chalicelib.handlers.cookies import SESSION_COOKIE, no_cookie
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.http import (
    COMMON_HEADERS,
    PUBLIC,
    Find,
    check_parameters,
    log_refusal,
    logger,
    status_of,
    unexpected,
)
from chalicelib.handlers.page_request import PageRequest, check_same_origin, page_request

View = Callable[..., Response]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS = {
    **COMMON_HEADERS,
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, and the id of the field to correct; empty when it is no single one."""

    field: str
    text: str


def page(blueprint: Blueprint, *, access: str, find: Find | None = None) -> Callable[[View], View]:
    """Wrap a view beneath `@route`: it gets the request, then whose session it is as `endpoint` does, then the path's.

    A form counts only from the portal's own pages and, within a session, with that session's token.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(**parameters: str) -> Response:
            raw = blueprint.current_request
            correlation_id = str(raw.context.get("requestId", ""))
            known: list[PageRequest] = []
            try:
                check_parameters(parameters)
                known.append(page_request(raw))
                response = _answer(view, known, access, find, parameters)
            except CasillaError as error:
                log_refusal(error, correlation_id)
                response = _refusal(error, raw.path, _last(known))
            except Exception as error:  # noqa: BLE001 - told as it is, logged without its text
                logger.error("unexpected", correlation_id=correlation_id, fault=describe_fault(error))
                response = refusal_page(
                    unexpected(correlation_id), (500, "Algo falló de nuestro lado"), request=_last(known)
                )
            response.headers = {**PAGE_HEADERS, "X-Correlation-Id": correlation_id, **response.headers}
            return response

        guarded.access = access  # type: ignore[attr-defined]
        guarded.is_page = True  # type: ignore[attr-defined]
        return guarded

    return wrap


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
    from chalicelib.renderers.pages import render_page

    found = tuple(errors)
    values = {"request": request, "errors": found, "error_of": {e.field: e.text for e in reversed(found)}, **context}
    html = render_page(template, {**_common(request), **values}, zone=current().calendar.zone)
    return Response(html, status_code=status, headers={**_HTML, **_set(cookies)})


def show_form(
    request: PageRequest, template: str, error: CasillaError | None, labels: Mapping[str, str], **context: Any
) -> Response:
    """Answer a page with a form, and what was refused of it, if anything, on top and beside its fields."""
    if error is None:
        return show(request, template, **context)
    log_refusal(error, request.correlation_id)
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
    422: "Algo de lo enviado no se entiende",
    429: "Espera un momento",
    503: "Ahora no podemos atenderte",
}
"""What refusals are called on pages; the API has its own titles."""


def refusal_page(error: CasillaError, status: tuple[int, str], *, request: PageRequest | None = None) -> Response:
    """Answer a page that says what happened and what to do, within the session that `request` may have."""
    from chalicelib.renderers.pages import render_page

    common: dict[str, Any] = {"session": None} if request is None else _common(request)
    heading = _HEADINGS.get(status[0], status[1])
    context = {**common, "heading": heading, "detail": error.detail, "retryable": error.retryable}
    html = render_page("refusal.html", context, zone=current().calendar.zone)
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


def _answer(
    view: View, known: list[PageRequest], access: str, find: Find | None, parameters: dict[str, str]
) -> Response:
    """Answer the last request `known`; once its session is known, it is added with that, for refusals to show."""
    box, request = current(), known[-1]
    if request.method == "POST":
        check_same_origin(request, box.config.portal_base_url or f"https://{box.config.portal_address}")
    if access == PUBLIC:
        return view(request, **parameters)
    from chalicelib.domain.access.csrf import check_csrf
    from chalicelib.handlers.admission import admit

    try:
        who = admit(request.cookies.get(SESSION_COOKIE, ""), access=access, find=find, parameters=parameters)
    except (SessionEnded, ValidationNeeded) as error:
        return _ask_again(request, error)
    session = who[0]
    request = replace(request, session=session)
    known.append(request)
    if request.method == "POST":
        check_csrf(box.pepper, session, request.value("csrf"))
    response = view(request, *who, **parameters)
    if request.value("resent") and response.status_code == HTTPStatus.SEE_OTHER:
        _forget(request, response)
    return response


def _ask_again(request: PageRequest, error: CasillaError) -> Response:
    """Have the person log in or confirm who they are, and keep a form until then."""
    from urllib.parse import quote

    page_address = "/validar" if isinstance(error, ValidationNeeded) else "/ingresar"
    cookies = [] if page_address == "/validar" else [no_cookie(SESSION_COOKIE)]
    if request.method != "POST":
        return go_to(f"{page_address}?volver={quote(request.address)}", cookies=cookies)
    from chalicelib.handlers.web.access.kept_form import KEPT_PAGE, keep_form

    kept = keep_form(request)
    return go_to(f"{page_address}?volver={KEPT_PAGE}" if kept else page_address, cookies=[*cookies, *kept])


def _forget(request: PageRequest, response: Response) -> None:
    """Offer a form that was kept no more, once it was taken."""
    from chalicelib.handlers.web.access.kept_form import forget_form

    response.headers["Set-Cookie"] = [*response.headers.get("Set-Cookie", ()), *forget_form(request)]


def _last(known: list[PageRequest]) -> PageRequest | None:
    return known[-1] if known else None


def _refusal(error: CasillaError, route: str, request: PageRequest | None) -> Response:
    if isinstance(error, PasswordChangeNeeded) and route != "/clave":
        return go_to("/clave")
    return refusal_page(error, status_of(error), request=request)


def _common(request: PageRequest) -> dict[str, Any]:
    box, session = current(), request.session
    if session is None:
        return {"session": None, "csrf": "", "now": box.clock()}
    from chalicelib.domain.access.csrf import csrf_token

    return {"session": session, "csrf": csrf_token(box.pepper, session), "now": box.clock()}


def _set(cookies: Iterable[str]) -> dict[str, str | list[str]]:
    given = list(cookies)
    return {"Set-Cookie": given} if given else {}
