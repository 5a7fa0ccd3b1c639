"""JSON's one way in and out: a request to a use case and back, errors to problem+json, correlation, headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalice.app import Request, Response

from chalicelib.bootstrap import current
from chalicelib.domain.access.caller_mark import Marked, caller_mark
from chalicelib.domain.errors import (
    CasillaError,
    Conflict,
    CredentialsWrong,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    SessionEnded,
    TooLarge,
    TooManyRequests,
    Unavailable,
    ValidationNeeded,
    told_problems,
)
from chalicelib.handlers.door import SIGNED, Door
from chalicelib.handlers.doors import find, view_of
from chalicelib.handlers.fault import JSON_HEADERS, describe_fault
from chalicelib.handlers.fields import Fields, read_json
from chalicelib.handlers.log import Visit, begin_visit, log, this_visit

_STATUSES: dict[type[CasillaError], tuple[int, str]] = {
    InvalidInput: (422, "Datos no aceptados"),
    NotAuthenticated: (401, "Firma no aceptada"),
    CredentialsWrong: (401, "Ingreso no aceptado"),
    SessionEnded: (401, "Sesión terminada"),
    ValidationNeeded: (401, "Falta confirmar el acceso"),
    Forbidden: (403, "No permitido"),
    NotFound: (404, "No encontrado"),
    Conflict: (409, "En conflicto con el estado actual"),
    TooLarge: (413, "Demasiado grande"),
    TooManyRequests: (429, "Demasiados pedidos"),
    Unavailable: (503, "No disponible por ahora"),
}
_FRAMEWORK: dict[int, tuple[str, CasillaError]] = {
    405: ("Método no admitido", InvalidInput("method_not_allowed", "Esta dirección no admite ese método HTTP.")),
    415: (
        "Tipo de contenido no admitido",
        InvalidInput(
            "media_type_unsupported", "Este contenido no se acepta aquí. Envíe Content-Type: application/json."
        ),
    ),
}
_LONGEST_PARAMETER = 200
_KEY_IS_KNOWN = {"signature_wrong", "key_not_valid", "nonce_reused", "consultation_limit", "undelivered_limit"}
"""Refusals that are told only where the claimed key is registered: its keyid is then one that the service gave."""


@dataclass(frozen=True, slots=True)
class JsonRequest:
    """A person's request by a program. `origin` is the caller's network address; `parameters` are the query's."""

    headers: Mapping[str, str]
    body: bytes
    origin: str
    parameters: Mapping[str, tuple[str, ...]]

    def fields(self, *, otherwise: bytes = b"") -> Fields:
        """Return what was sent, or `otherwise` where nothing was.

        Raises:
            InvalidInput: `body_not_utf8` or `body_not_json`.

        """
        return read_json(self.body or otherwise)


def answer(door: Door, raw: Request, parameters: dict[str, str]) -> Response:
    """Lead a request to a door's view and back: errors are mapped here, since chalice's middleware never sees them."""
    visit = begin_visit(door.path, raw, origin_of(raw))
    try:
        current().begin()
        check_parameters(parameters)
        check_body(door, raw)
        read = find("signed:signed_request") if door.access == SIGNED else json_request
        response = view_of(door)(read(raw), **parameters)
    except CasillaError as error:
        log_refusal(error)
        response = _problem(error, status_of(error))
    except Exception as error:  # noqa: BLE001 - told as it is, logged without its text
        log().error("unexpected", fault=describe_fault(error), **visit.where())
        response = _problem(unexpected(), (500, "Error inesperado"))
    response.headers = {**JSON_HEADERS, "X-Correlation-Id": visit.correlation_id, **response.headers}
    return response


def own_refusal(request: Request, status: int) -> Response:
    """Say what chalice refuses by itself, before any view, in the shape of all other errors."""
    title, error = _FRAMEWORK[status]
    visit = begin_visit(str(request.path), request)
    log_early_refusal(error, status)
    problem = _problem(error, (status, title))
    problem.headers = {**JSON_HEADERS, "X-Correlation-Id": visit.correlation_id, **problem.headers}
    return problem


def check_parameters(parameters: dict[str, str]) -> None:
    """Refuse a part of the path that is longer than any name the service gives, before a table is asked for it.

    Raises:
        NotFound: `route_not_found`.

    """
    if any(len(value) > _LONGEST_PARAMETER for value in parameters.values()):
        raise NotFound("route_not_found", "La dirección no existe. Revisa cómo está escrita.")


def check_body(door: Door, request: Request) -> None:
    """Refuse a body that is larger than any that the door has a use for, before anything reads it.

    Raises:
        TooLarge: `request_too_large`.

    """
    if len(raw_body(request)) > door.largest:
        detail = f"Lo que se envía a esta dirección puede tener hasta {door.largest // 1024} KB. Envía menos."
        raise TooLarge("request_too_large", detail)


def json_response(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer JSON; bytes and text are taken as JSON already written."""
    text = body.decode() if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, headers={"Content-Type": "application/json", **(headers or {})})


def empty_response() -> Response:
    """Answer 204."""
    return Response("", status_code=204, headers={"Content-Type": "text/plain"})


def instant_in_json(instant: datetime) -> str:
    """Write an instant in UTC, to the second."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def problem_response(error: CasillaError) -> Response:
    """Answer a refusal to a program, whole, by a door that is a page's; it is logged here."""
    log_refusal(error)
    response = _problem(error, status_of(error))
    response.headers = {**JSON_HEADERS, **response.headers}
    return response


def log_refusal(error: CasillaError) -> None:
    """Log what was refused, where, and marks of whom; a page may lead elsewhere instead of answering this status.

    Of a vendor's error only its kind and code are logged, since its text may hold personal data.
    """
    visit, status = this_visit(), status_of(error)[0]
    if not isinstance(error, Unavailable):
        who = _marks(visit, error.code)
        log().info("refused", code=error.code, status=status, **visit.where(), **who)
        return
    cause = error.__cause__
    response = getattr(getattr(cause, "cause", None) or cause, "response", None) or {}
    log().warning(
        "unavailable",
        code=error.code,
        status=status,
        cause=type(cause).__name__,
        vendor_code=response.get("Error", {}).get("Code", ""),
        **visit.where(),
    )


def log_early_refusal(error: CasillaError, status: int) -> None:
    """Log what is refused before any door, of nobody: such an answer asks nothing of anything."""
    log().info("refused", code=error.code, status=status, **this_visit().where())


def log_cookies_repeated() -> None:
    """Log that a browser sent one of the portal's cookies more than once."""
    visit = this_visit()
    log().info("refused", code="cookie_repeated", **visit.where(), **_marks(visit, "cookie_repeated"))


def _marks(visit: Visit, code: str) -> dict[str, Any]:
    """Return the marks of the caller's network, and of the user or key as far as known; none without the pepper."""
    from chalicelib.bootstrap.aws import pepper_for_a_line  # noqa: PLC0415 - most pages refuse nothing

    pepper = pepper_for_a_line(current())
    if pepper is None:
        return {}
    told = {"from": caller_mark(pepper, Marked.NETWORK, visit.origin)}
    if visit.user:
        told["user"] = caller_mark(pepper, Marked.USER, visit.user)
    elif visit.keyid:
        told["user"] = visit.keyid if code in _KEY_IS_KNOWN else caller_mark(pepper, Marked.KEYID, visit.keyid)
    return told


def status_of(error: CasillaError) -> tuple[int, str]:
    """Return the status and the heading of a refusal, by its nearest kind."""
    return next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)


def _problem(error: CasillaError, status: tuple[int, str]) -> Response:
    """Write an error as RFC 9457: `code` for programs, `detail` for people, `retryable` for both."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status[1],
        "status": status[0],
        "code": error.code,
        "detail": error.detail,
        "retryable": error.retryable,
        "correlation_id": this_visit().correlation_id,
        **error.members,
    }
    if error.field:
        body["field"] = error.field
    if error.problems:
        told = told_problems(error)
        body["errors"] = [{"code": one.code, "detail": one.detail, "field": one.field} for one in told]
    headers: dict[str, str | list[str]] = {"Content-Type": "application/problem+json"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace").decode()  # a refusal must always get out
    return Response(text, status_code=status[0], headers=headers)


def unexpected() -> Unavailable:
    """Return what is told of an error nobody foresaw."""
    return Unavailable(
        "unexpected",
        "Ocurrió un error inesperado y quedó registrado. Inténtalo de nuevo; si se repite, dinos este número: "
        + this_visit().correlation_id,
    )


def json_request(request: Request) -> JsonRequest:
    """Read a person's request."""
    query = request.query_params
    return JsonRequest(
        headers=request.headers,
        body=raw_body(request),
        origin=origin_of(request),
        parameters={} if query is None else {name: tuple(query.getlist(name)) for name in query},
    )


def origin_of(request: Request) -> str:
    """Return the caller's network address."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def reached_at(request: Request) -> datetime | None:
    """Return when API Gateway took the request; a cold start comes seconds later. None where it does not say."""
    told = request.context.get("requestTimeEpoch")
    return datetime.fromtimestamp(told / 1000, UTC) if isinstance(told, int) else None


def raw_body(request: Request) -> bytes:
    """Return the body as bytes."""
    raw = request.raw_body
    return raw.encode() if isinstance(raw, str) else raw
