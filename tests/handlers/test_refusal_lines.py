"""What is refused leaves a line that says where and, by marks, of whom: the same caller's alike, and nobody's name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import pepper, secret_texts
from chalicelib.domain.access.caller_mark import Marked, caller_mark
from chalicelib.domain.errors import Unavailable
from chalicelib.handlers.cookies import SESSION_COOKIE
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World
from tests.gateway_requests import HOSTILE, NUMBER, Lines, ask, log_in
from tests.person_world import PASSWORD, UNKNOWN, USERNAME, People

MARK = re.compile(r"[0-9a-f]{16}")


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


@pytest.mark.usefixtures("people")
def test_a_refused_login_says_where_and_by_marks_from_where_and_as_whom(lines: Lines) -> None:
    answer = log_in(USERNAME)

    [line] = lines
    assert answer["statusCode"] == 401
    assert {name: line[name] for name in ("code", "status", "door", "method", "correlation_id")} == {
        "code": "credentials_wrong",
        "status": 401,
        "door": "/v1/sessions",
        "method": "POST",
        "correlation_id": NUMBER,
    }
    assert MARK.fullmatch(line["from"])
    assert MARK.fullmatch(line["user"])
    for named in (USERNAME, "40000002", "192.0.2.1", "XXXXX", PASSWORD):
        assert named not in str(line)


@pytest.mark.usefixtures("people")
def test_a_caller_has_one_mark_and_others_have_others(lines: Lines) -> None:
    for username in (USERNAME, f" {USERNAME.lower()} ", UNKNOWN):
        log_in(username)
    for address in ("192.0.2.2", "2001:db8::1", "2001:db8::2:1", "2001:db8:0:1::1"):
        log_in(USERNAME, address=address)

    froms = [line["from"] for line in lines]
    users = [line["user"] for line in lines]
    assert users[0] == users[1] != users[2]
    assert len({*froms[:3]}) == 1
    assert froms[4] == froms[5]  # one /64 is one caller, as limits count it
    assert len(set(froms)) == 4


def test_a_session_has_its_users_mark_whatever_is_refused_within_it(people: People, lines: Lines) -> None:
    log_in(USERNAME)
    token = {"authorization": f"Bearer {people.token()}"}
    ask("DELETE", "/v1/sessions/{session_id}", parameters={"session_id": "x"}, headers=token)
    ask("POST", "/v1/exports", {"kind": "none"}, headers=token)
    people.world.clock.advance(minutes=21)
    ask("GET", "/v1/notices", headers=token)

    assert [line["code"] for line in lines][1:] == ["session_unknown", "field_choice", "validation_needed"]
    assert len({line["user"] for line in lines}) == 1


def test_a_page_says_the_same_of_a_session_and_of_who_was_typed(people: People, lines: Lines) -> None:
    log_in(USERNAME)
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    cookie = {"cookie": f"{SESSION_COOKIE}={people.token()}"}
    ask("POST", "/clave", headers={**form, **cookie})  # without the form's token
    people.world.clock.advance(minutes=21)
    ask("GET", "/casilla", headers=cookie)
    ask("POST", "/clave", headers={**form, "sec-fetch-site": "cross-site"})

    told = [(line["door"], line["code"], line["status"]) for line in lines]
    assert told[1:] == [
        ("/clave", "csrf_mismatch", 403),
        ("/casilla", "validation_needed", 401),
        ("/clave", "form_from_elsewhere", 403),
    ]
    assert lines[0]["user"] == lines[1]["user"] == lines[2]["user"]
    assert "user" not in lines[3]
    assert len({line["from"] for line in lines}) == 1


@pytest.mark.usefixtures("people")
def test_a_session_that_ended_is_a_line_where_a_cookie_claimed_it(lines: Lines) -> None:
    ask("GET", "/casilla")
    assert lines == []
    ask("GET", "/casilla", headers={"cookie": f"{SESSION_COOKIE}={'A' * 43}.{'0' * 32}"})
    assert [(line["code"], line["status"]) for line in lines] == [("session_ended", 401)]


@pytest.mark.parametrize("signed", [True, False])
def test_a_keyid_stands_in_a_line_only_where_the_service_gave_it(world: World, lines: Lines, signed: bool) -> None:
    keyid = f"{INSTITUTION_ID}:{KEY_ID}" if signed else "40000002:juan.perez"
    call = world.signed("GET", "/v1/deposits/x", keyid=keyid)
    ask(
        "GET",
        "/v1/deposits/{notice_id}",
        parameters={"notice_id": "y"},  # another one than was signed
        headers={name.lower(): value for name, value in call.headers.items()},
    )

    [line] = lines
    assert line["code"] == ("signature_wrong" if signed else "key_unknown")
    assert line["door"] == "/v1/deposits/{notice_id}"
    assert line["user"] == keyid if signed else MARK.fullmatch(line["user"])
    assert "juan" not in str(line)


@pytest.mark.parametrize("other", [';keyid="40000002:juan.perez"', ";keyid=juan:perez", ';c="keyid"'])
def test_a_keyid_beside_the_one_that_is_looked_at_is_in_no_line(world: World, lines: Lines, other: str) -> None:
    call = world.signed("GET", "/v1/deposits/x")
    headers = {name.lower(): value for name, value in call.headers.items()}
    headers["signature-input"] = f'b=("@method"){other}, {headers["signature-input"]}'
    ask("GET", "/v1/deposits/{notice_id}", parameters={"notice_id": "y"}, headers=headers)

    [line] = lines
    assert line["code"] == "signature_wrong"
    assert "juan" not in str(line)
    assert "user" not in line


@pytest.mark.usefixtures("world")
def test_what_leads_nowhere_and_what_no_door_takes_is_a_line_too(lines: Lines) -> None:
    ask("GET", "/{page}/{second}", parameters={"page": "v1", "second": "40000002"})
    ask("GET", "/{page}", parameters={"page": "40000002"})
    ask("DELETE", "/v1/deposits")
    ask("DELETE", "/ingresar")

    assert [(line["door"], line["code"], line["status"]) for line in lines] == [
        ("/{page}/{second}", "route_not_found", 404),
        ("/{page}", "page_not_found", 404),
        ("/v1/deposits", "method_not_allowed", 405),
        ("/ingresar", "method_not_allowed", 405),
    ]
    assert "40000002" not in str(lines)


@pytest.mark.parametrize("door", ["/activar/{link}", "/recuperar/{link}", "/registro/correo/{registration_id}"])
@pytest.mark.usefixtures("people")
def test_the_secret_in_an_address_is_in_no_line(lines: Lines, door: str) -> None:
    [name] = re.findall(r"{(\w+)}", door)
    for secret in ("A" * 43, "B" * 300, HOSTILE):
        ask("GET", door, parameters={name: secret})

    assert [line["door"] for line in lines if line["message"] == "refused"] == [door] * len(lines)
    assert "AAAA" not in str(lines)
    assert "BBBB" not in str(lines)


@pytest.mark.usefixtures("people")
def test_nothing_that_a_stranger_sends_stands_in_a_line_as_it_came(lines: Lines) -> None:
    log_in(HOSTILE)
    log_in("\ud800")
    ask("FORGED", "/v1/sessions")
    for headers in (
        {"authorization": f"Bearer {HOSTILE}"},
        {"signature-input": f'a=("@method");keyid="{HOSTILE}"', "signature": HOSTILE},
        {"signature-input": 'a=();tag="casilla";keyid="\ud800"', "signature": "a=:YQ==:"},
    ):
        ask("GET", "/v1/sessions/current", headers=headers)
        ask("GET", "/v1/deposits", headers=headers)
    log_in(USERNAME, address=HOSTILE)

    assert len(lines) == 10
    assert {line["message"] for line in lines} == {"refused"}
    told = json.dumps(lines, ensure_ascii=False)
    for sent in ("forged", "FORGED", "script", "40000002", "\x1b", "\u2028", "\ud800"):
        assert sent not in told
    assert {line["correlation_id"] for line in lines} == {NUMBER}


def no_clock() -> datetime:
    raise RuntimeError("DNI 40000002")


def test_an_unexpected_error_says_where_and_not_who(world: World, lines: Lines) -> None:
    credential = f"{'A' * 43}.{'0' * 32}"
    sent = {"authorization": f"Bearer {credential}", "cookie": f"{SESSION_COOKIE}={credential}"}
    with using(Container(world.container.config, clock=no_clock)):
        for door in ("/v1/sessions/current", "/clave"):
            assert ask("GET", door, headers=sent)["statusCode"] == 500

    assert [(line["message"], line["door"], line["method"]) for line in lines] == [
        ("unexpected", "/v1/sessions/current", "GET"),
        ("unexpected", "/clave", "GET"),
        ("outages unread", "/clave", "GET"),
    ]
    assert {line["correlation_id"] for line in lines} == {NUMBER}
    assert "40000002" not in str(lines)


class NoSecrets:
    """Stands for Secrets Manager where it does not answer, at the network's end."""

    asked = 0

    def get(self, _arn: str, _read: object) -> str:
        self.asked += 1
        raise Unavailable("secret_unavailable", "")


@contextmanager
def without_pepper(world: World) -> Iterator[NoSecrets]:
    """Run in a process that never had the pepper and cannot have it."""
    fresh, broken = Container(world.container.config, clock=world.clock), NoSecrets()
    fresh.made[secret_texts] = broken
    with using(fresh):
        yield broken


def test_a_line_without_the_pepper_names_nobody_and_asks_once_a_minute(world: World, lines: Lines) -> None:
    with without_pepper(world) as secrets:
        for _ in range(3):
            assert ask("GET", "/{page}", parameters={"page": "x"})["statusCode"] == 404
        assert secrets.asked == 1
        world.clock.now += timedelta(minutes=1)
        ask("GET", "/{page}", parameters={"page": "x"})
        assert secrets.asked == 2

    assert [line["code"] for line in lines] == ["page_not_found"] * 4
    assert not any({"from", "user"} & line.keys() for line in lines)


def test_what_no_door_takes_asks_for_nothing(world: World, lines: Lines) -> None:
    with without_pepper(world) as secrets:
        assert ask("DELETE", "/v1/deposits")["statusCode"] == 405
        assert ask("DELETE", "/ingresar")["statusCode"] == 405
        assert secrets.asked == 0
    assert [line["code"] for line in lines] == ["method_not_allowed"] * 2


def test_a_mark_has_a_purpose_of_its_own(world: World) -> None:
    own = pepper(world.container)
    marks = {caller_mark(own, what, "192.0.2.1") for what in Marked}

    assert len(marks) == len(Marked)
    assert caller_mark(bytes(32), Marked.NETWORK, "192.0.2.1") not in marks


@pytest.mark.usefixtures("people")
def test_the_number_of_an_answer_is_the_one_in_its_line(lines: Lines) -> None:
    for answer in (log_in(USERNAME), ask("DELETE", "/v1/deposits"), ask("GET", "/{page}", parameters={"page": "x"})):
        assert answer["headers"]["X-Correlation-Id"] == NUMBER

    assert {line["correlation_id"] for line in lines} == {NUMBER}
