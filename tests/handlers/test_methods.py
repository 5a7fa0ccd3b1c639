"""HEAD as GET without the body, and what an address says to methods it does not have."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import event_store
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.handlers.doors import DOORS
from tests.cloud import Engine
from tests.deposit_world import World, a_body
from tests.every_method import METHODS, address_of, ask
from tests.person_world import People

NOWHERE = {door.path for door in DOORS if re.fullmatch(r"(/{\w+})+", door.path)}
OF_PATH: dict[str, set[str]] = defaultdict(set)
for _door in DOORS:
    OF_PATH[_door.path] |= {"GET", "HEAD"} if _door.method == "GET" else {_door.method}
IS_PAGE = {door.path: door.kind == "web" for door in DOORS}
OTHERWISE = {"X-Correlation-Id", "Set-Cookie"}
"""Headers that differ from one answer to the next."""


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    found = People(world)
    found.seed()
    return found


def _alike(answer: HTTPResponse) -> dict[str, Any]:
    told = {name: value for name, value in answer.headers.items() if name not in OTHERWISE}
    place = str(told.get("Location", ""))
    return {**told, "Location": place.partition("?")[0], "status": answer.status_code}


@pytest.mark.usefixtures("people")
def test_head_says_all_that_get_says_but_the_body() -> None:
    for path, methods in OF_PATH.items():
        if "GET" in methods:
            shown, asked = (ask(method, address_of(path)) for method in ("GET", "HEAD"))
            assert _alike(asked) == _alike(shown), path
            assert asked.body == b"", path


@pytest.mark.usefixtures("people")
def test_other_methods_of_an_address_are_refused_with_those_it_has() -> None:
    for path, methods in OF_PATH.items():
        if path in NOWHERE:
            continue
        for method in set(METHODS) - methods:
            told = f"{method} {path}"
            answer = ask(method, address_of(path), {"sec-fetch-site": "same-origin"})
            assert answer.status_code == 405, told
            assert set(answer.headers["Allow"].split(", ")) == methods, told
            if method == "HEAD":
                assert answer.body == b"", told
            elif IS_PAGE[path]:
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8", told
                assert "Así no se puede" in answer.body.decode(), told
            else:
                assert answer.headers["Content-Type"] == "application/problem+json", told
                assert answer.json_body["code"] == "method_not_allowed", told


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded", "image/png"])
def test_nowhere_is_nowhere_by_every_method_and_whatever_is_sent(content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    for method in METHODS:
        for path in ("/nada", "/registro/nada", "/a/b/c", "/a/b/c/d", "/v1/nada", "/v1/a/b/c"):
            told = f"{method} {path}"
            answer = ask(method, path, headers, b"" if method in {"GET", "HEAD"} else b"\xff=\xfe")
            assert answer.status_code == 404, told
            if method == "HEAD":
                assert answer.body == b"", told
            elif path.startswith("/v1/"):
                assert answer.json_body["code"] == "route_not_found", told
            else:
                assert "Esta página no existe" in answer.body.decode(), told


@pytest.mark.usefixtures("people")
def test_a_form_that_is_none_is_told_on_a_page_and_json_that_is_none_to_the_program() -> None:
    page = ask("POST", "/ingresar", {"content-type": "text/xml", "sec-fetch-site": "same-origin"}, b"<a/>")
    assert (page.status_code, page.headers["Content-Type"]) == (415, "text/html; charset=utf-8")
    problem = ask("POST", "/v1/sessions", {"content-type": "text/xml"}, b"<a/>")
    assert (problem.status_code, problem.json_body["code"]) == (415, "media_type_unsupported")


def test_head_opens_nothing_and_is_logged_where_get_is(people: People) -> None:
    """A download's address stands in a header, so whoever gets it by HEAD can fetch the file: it has to be logged."""
    notice_id = str(people.world.deposit(a_body()).json_body["notice_id"])
    cookie = {"cookie": f"{SESSION_COOKIE}={people.token()}"}

    def logged() -> list[str]:
        events = event_store(people.world.container).list_for_subject(f"notice#{notice_id}")
        return [event.type.value for event in events]

    before = logged()
    assert ask("HEAD", f"/casilla/{notice_id}", cookie).status_code == 200
    assert logged() == before
    led = ask("HEAD", f"/casilla/{notice_id}/constancia", cookie)
    assert (led.status_code, led.body) == (303, b"")
    assert "X-Amz-Signature" in led.headers["Location"]
    assert sorted(logged()) == sorted([*before, "notice.downloaded"])


def test_a_signed_head_is_proven_as_one(world: World) -> None:
    notice_id = str(world.deposit(a_body()).json_body["notice_id"])
    path = f"/v1/deposits/{notice_id}"
    assert world.send(world.signed("HEAD", path)).status_code == 200
    assert world.send(replace(world.signed("GET", path), method="HEAD")).status_code == 401
