"""What every answer carries, and the last answer; an unexpected error as the log may show it, never its text."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""As many as the gateway passes on."""
UNAVAILABLE = {
    "type": "about:blank",
    "title": "No disponible por ahora",
    "status": 503,
    "code": "unavailable",
    "detail": "El servicio no está disponible. Repita la misma solicitud con la misma clave: no se duplicará.",
    "retryable": True,
}
"""As the gateway says it where a function does not answer at all."""
_NO_NUMBER = re.compile(r"[^0-9A-Za-z=_+/-]")
_LONGEST_NUMBER = 100
_PAGE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>No disponible por ahora</title></head>
<body><main><h1>No disponible por ahora</h1>
<p>La casilla no está disponible por ahora. Vuelve a intentarlo en unos minutos.</p>
<p>Si sigue igual, avísanos con este número: <strong>{number}</strong></p></main></body></html>
"""
_EVERYWHERE = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
_OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
JSON_HEADERS = {**_EVERYWHERE, "Content-Security-Policy": _NOTHING}
"""Of every answer to a program (OWASP ASVS 5.0, V3.4); the template has the gateway give them as well."""
PAGE_HEADERS = {
    **_EVERYWHERE,
    "Content-Security-Policy": _OWN,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Of every answer to a browser."""


def page_policy(form_to: str) -> dict[str, str]:
    """Return the policy of a page whose form leads elsewhere as well: a store of the service, an identity provider."""
    return {"Content-Security-Policy": _OWN.replace("form-action 'self'", f"form-action 'self' {form_to}")}


def sending_policy(store: str) -> dict[str, str]:
    """Return the policy of a page whose form, or a script in its place, sends a file to the store."""
    policy = page_policy(store)["Content-Security-Policy"]
    return {"Content-Security-Policy": policy.replace("connect-src 'self'", f"connect-src 'self' {store}")}


def describe_fault(error: BaseException) -> dict[str, str]:
    """Return `error`, its kind and those of its causes, and `at`, the frames from the outermost inwards."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": " < ".join(_kinds(error)),
        "at": " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames),
    }


def correlation_of(request: Request | None) -> str:
    """Return a request's number: the gateway's `extendedRequestId`, since a caller can choose the `requestId`.

    What is no number's symbol is left out, so that it can stand in a header, a page and a line of the log.
    """
    context: Mapping[str, Any] = request.context if request else {}
    number = str(context.get("extendedRequestId") or context.get("requestId") or "")
    return _NO_NUMBER.sub("", number)[:_LONGEST_NUMBER]


def method_of(request: Request | None) -> str:
    """Return a request's method, if it is one that the gateway passes on."""
    return str(request.method) if request and request.method in EVERY_METHOD else ""


def out_of_order(error: BaseException, kind: str, path: str, request: Request | None) -> Response:
    """Answer where not even what tells errors could be loaded, with nothing but what this module has.

    `kind` and `path` are the door's. The number is in the log as well.
    """
    number = correlation_of(request)
    where = {"door": path, "method": method_of(request), "correlation_id": number}
    line = {"level": "ERROR", "message": "out of order", **where, "fault": describe_fault(error)}
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - the log may be what is missing
    media, body = (
        ("text/html; charset=utf-8", _PAGE.format(number=number))
        if kind == "web"
        else ("application/problem+json", json.dumps(UNAVAILABLE | {"correlation_id": number}, ensure_ascii=False))
    )
    carried = PAGE_HEADERS | JSON_HEADERS if kind == "web" else JSON_HEADERS  # such a page has no style either
    said = {"Retry-After": "60", "Content-Type": media, "X-Correlation-Id": number}
    return Response(body, status_code=503, headers={**carried, **said})


def _kinds(error: BaseException) -> list[str]:
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return kinds
