"""What showing and speaking captchas costs, by the API and on the pages: nothing that lasts, and nothing to others."""

from __future__ import annotations

import re

import pytest
from chalice.test import HTTPResponse

from chalicelib.domain.access.captcha import LIFETIME
from chalicelib.store.tables import TokenItem
from tests.costs import measure
from tests.deposit_world import World
from tests.person_world import USERNAME, People

SHOWS = [("GET", "/ingresar", 200), ("POST", "/v1/captchas", 201)]


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    people.log_in()  # makes every client
    return people


def ask(people: People, method: str, path: str) -> HTTPResponse:
    """Ask as both a browser and a program do."""
    return people.world.client.http.request(method, path, headers={"accept": "text/html"})


def kept() -> list[str]:
    return sorted(item.token for item in TokenItem.scan())


def sounds_of(people: People) -> list[tuple[str, str, int]]:
    captcha_id = people.captcha()["id"]
    return [("GET", f"{place}/captchas/{captcha_id}/audio", 200) for place in ("", "/v1")]


def test_showing_and_speaking_a_captcha_makes_no_call_and_leaves_nothing(people: People) -> None:
    before = kept()
    for method, path, status in SHOWS + sounds_of(people):
        assert measure(lambda method=method, path=path: ask(people, method, path), status).calls == 0  # type: ignore[misc]
    assert kept() == before


@pytest.mark.deep
def test_a_thousand_pictures_and_sounds_from_one_address_close_nothing(people: People) -> None:
    steps = SHOWS + sounds_of(people)
    for number in range(2000):
        method, path, status = steps[number % len(steps)]
        assert ask(people, method, path).status_code == status, path
    assert people.log_in().status_code == 201


def test_what_is_not_ours_or_has_expired_is_not_spoken(people: People) -> None:
    captcha_id = people.captcha()["id"]
    session = people.token()
    for not_ours in ("otro", captcha_id[:-1], captcha_id + "0", session, f"{captcha_id}%20"):
        answer = people.send("GET", f"/v1/captchas/{not_ours}/audio")
        assert (answer.status_code, answer.json_body["code"]) == (404, "captcha_gone"), not_ours
        assert ask(people, "GET", f"/captchas/{not_ours}/audio").status_code == 404
    people.world.clock.now += LIFETIME
    people.world.clock.now = people.world.clock.now.replace(microsecond=999_999)
    assert people.send("GET", f"/v1/captchas/{captcha_id}/audio").json_body["code"] == "captcha_gone"


def test_an_answered_captcha_is_spoken_until_it_expires_and_opens_nothing_again(people: People) -> None:
    proof = people.captcha()
    assert people.log_in(captcha=proof).status_code == 201
    assert people.send("GET", f"/v1/captchas/{proof['id']}/audio").status_code == 200
    assert people.log_in(captcha=proof).json_body["code"] == "credentials_wrong"


def test_a_wrong_answer_uses_the_captcha_up(people: People) -> None:
    proof = people.captcha()
    assert people.log_in(captcha={**proof, "answer": "XXXXX"}).status_code == 401
    assert people.log_in(captcha=proof).status_code == 401


def test_an_answer_costs_one_call_and_none_where_the_id_is_not_ours(people: People) -> None:
    ours, wrong = people.captcha(), people.captcha(is_right=False)
    right = measure(lambda: people.log_in(captcha=ours), 201)
    mistyped = measure(lambda: people.log_in(captcha=wrong), 401)
    forged = measure(lambda: people.log_in(captcha={**ours, "id": ours["id"][:-1] + "g"}), 401)
    assert (right.calls, mistyped.calls, forged.calls) == (12, 1, 0)


def test_the_login_page_carries_an_id_that_can_stand_in_an_address(people: People) -> None:
    [captcha_id] = re.findall(r'name="captcha_id" value="([^"]+)"', ask(people, "GET", "/ingresar").body.decode())
    assert re.fullmatch(r"[A-Za-z0-9_.-]{87,88}", captcha_id)
    assert USERNAME not in captcha_id
