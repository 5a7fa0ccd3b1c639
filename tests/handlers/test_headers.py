"""What a browser is told of every answer, whatever it is: OWASP ASVS 5.0, V3.4."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.handlers.doors import DOORS
from tests.cloud import Engine
from tests.deposit_world import World, a_body
from tests.every_method import METHODS, address_of, ask
from tests.person_world import People

YEAR = 365 * 86400
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATHS = sorted({door.path for door in DOORS})


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    found = People(world)
    found.seed()
    return found


def check_headers(answer: HTTPResponse, told: str) -> None:
    """Hold one answer to what all have to say."""
    headers = answer.headers
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE, told
    [age] = re.findall(r"^max-age=(\d+); includeSubDomains$", headers["Strict-Transport-Security"])
    assert int(age) >= YEAR, told
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy), told
    assert "unsafe" not in headers["Content-Security-Policy"], told
    assert "Access-Control-Allow-Origin" not in headers, told
    assert "X-Correlation-Id" in headers, told
    if "json" in headers["Content-Type"]:
        assert not [part for part in policy if not part.endswith(" 'none'")], told
    if "html" in headers["Content-Type"]:
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", told


def _asked(people: People, notice_id: str) -> Iterator[tuple[str, HTTPResponse]]:
    """Ask every address by every method, as nobody and as somebody, with what it takes and with what nobody takes."""
    token = people.token()
    somebody = {"authorization": f"Bearer {token}", "cookie": f"{SESSION_COOKIE}={token}"}
    kinds: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("application/json", lambda: json.dumps({"nada": 1}).encode()),
        ("application/x-www-form-urlencoded", lambda: urlencode({"nada": 1}).encode()),
        ("image/png", lambda: b"\x89PNG"),
    )
    for path in PATHS:
        for method in METHODS:
            yield f"{method} {path}", ask(method, address_of(path))
        for kind, body in kinds:
            sent = {"content-type": kind, "sec-fetch-site": "same-origin"}
            yield f"POST {path} {kind}", ask("POST", address_of(path), {**sent, **somebody}, body())
    for path in ("/casilla", f"/casilla/{notice_id}", f"/casilla/{notice_id}/constancia", "/descargas/x", "/perfil"):
        yield path, ask("GET", path, somebody)
    for path in ("/v1/notices", f"/v1/notices/{notice_id}", f"/v1/notices/{notice_id}/files/receipt", "/v1/exports/x"):
        yield path, ask("GET", path, somebody)


def test_every_answer_tells_browsers_what_they_may_do_with_it(people: People) -> None:
    notice_id = str(people.world.deposit(a_body()).json_body["notice_id"])
    seen = set()
    for told, answer in _asked(people, notice_id):
        check_headers(answer, told)
        assert answer.headers["Cache-Control"] == "no-store", told
        assert answer.status_code < 500, told
        seen.add(answer.status_code)
    assert {200, 201, 303, 401, 403, 404, 405, 415, 422} <= seen


@pytest.mark.usefixtures("people")
def test_a_style_does_too_and_may_be_kept() -> None:
    page = ask("GET", "/ingresar")
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.body.decode()))
    assert addresses
    for address in addresses:
        for method in ("GET", "HEAD"):
            answer = ask(method, address)
            check_headers(answer, address)
            assert answer.status_code == 200, address
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
