"""Ask a deployed API by methods that its addresses have, and do not have."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

from chalicelib.handlers.fault import JSON_HEADERS, PAGE_HEADERS
from infra.deploy.use.check import check
from infra.deploy.use.person import PersonClient

OF_GET = ("/", "/terminos", "/casilla", "/salir", "/nada", "/a/b/c/d", "/v1/deposits", "/v1/sessions/current", "/v1/no")
"""Addresses that take GET, let in or not: HEAD says the same of each."""
NOT_HAD = {
    ("PUT", "/v1/deposits"): "GET, HEAD, POST",
    ("OPTIONS", "/v1/deposits"): "GET, HEAD, POST",
    ("PATCH", "/v1/sessions/current"): "DELETE, GET, HEAD",
    ("DELETE", "/v1/notices/AAAA-AAAA-AAAA/files/main"): "GET, HEAD",
    ("GET", "/v1/login-codes"): "POST",
    ("HEAD", "/v1/login-codes"): "POST",
    ("DELETE", "/"): "GET, HEAD",
    ("OPTIONS", "/ingresar"): "GET, HEAD, POST",
    ("POST", "/static/x"): "GET, HEAD",
}
"""What `Allow` says, sorted."""
NOWHERE = ("/nada", "/registro/nada", "/v1/nada", "/a/b/c/d", "/a/b/c/d/e", "/v1/a/b/c/d/e")
"""The last two are deeper than any address: the gateway answers them."""


def ask_by_every_method(client: PersonClient, tell: Callable[[str], None]) -> None:
    """Ask as HEAD what GET asks, and each address by methods that it lacks.

    Raises:
        AssertionError: at the first answer that is not what it should be.

    """
    for path in OF_GET:
        (shown, _, page), (status, headers, body) = (client.exchange(method, path) for method in ("GET", "HEAD"))
        check((status, body) == (shown, "") and (page != "" or shown == 303), f"HEAD {path}: {status}, GET {shown}")  # noqa: PLR2004 - HTTP's own
        _check_headers(f"HEAD {path}", headers)
    for (method, path), allowed in NOT_HAD.items():
        status, headers, _ = client.exchange(method, path)
        named = ", ".join(sorted(headers.get("Allow", "").split(", ")))
        check((status, named) == (405, allowed), f"{method} {path}: {status}, Allow: {named}")
        _check_headers(f"{method} {path}", headers)
    for path in NOWHERE:
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            status, headers, _ = client.exchange(method, path)
            check(status == 404, f"{method} {path}: {status}")  # noqa: PLR2004 - HTTP's own
            _check_headers(f"{method} {path}", headers)
    tell("HEAD as GET, other methods refused with Allow, nowhere by every method")


def _check_headers(asked: str, headers: Message) -> None:
    carried = JSON_HEADERS if "json" in headers.get("Content-Type", "") else PAGE_HEADERS
    lacking = [name for name, value in carried.items() if headers.get(name) != value]
    check(not lacking, f"{asked} lacks {lacking}")
