"""JSON can write halves of surrogate pairs, which are no text: they are refused by name, and never break an answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deposit_world import World
from tests.person_world import NEW, PASSWORD, USERNAME, People

HALF = "\ud800abc"


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def refused(people: People, path: str, body: dict[str, Any], token: str = "") -> tuple[int, str, str]:
    answer = people.send("POST", path, body, token=token)
    answer.body.decode("utf-8")
    return answer.status_code, answer.json_body["code"], answer.json_body.get("field", "")


def test_a_password_that_is_no_text_is_refused_before_anything_is_hashed(people: People) -> None:
    token, proof = people.token(), {"captcha": {"id": "x", "answer": "XXXXX"}}
    new = {"new_password": NEW, "new_password_repeated": NEW}
    code = "field_control_characters"
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("/v1/sessions", {"username": USERNAME, "password": HALF, **proof}, "password"),
        ("/v1/sessions", {"username": HALF, "password": PASSWORD, **proof}, "username"),
        ("/v1/sessions/current/validation", {"password": HALF, **proof}, "password"),
        ("/v1/passwords", {**new, "old_password": HALF}, "old_password"),
        ("/v1/passwords", {"old_password": PASSWORD, "new_password": HALF}, "new_password"),
        ("/v1/password-resets/x", {"new_password": HALF, "new_password_repeated": HALF}, "new_password"),
        ("/v1/profile", {"mobile": HALF}, "mobile"),
    ]
    for path, body, field in calls:
        assert refused(people, path, body, token) == (422, code, field)


def test_an_unknown_name_that_is_no_text_is_told_as_far_as_it_can_be(people: People) -> None:
    body = {"username": USERNAME, "\ud800x": 1}
    assert refused(people, "/v1/login-codes", body) == (422, "field_unknown", "?x")
    nested = {"username": USERNAME, "password": PASSWORD, "captcha": {"id": "x", "answer": "X", "\udfff": 1}}
    assert refused(people, "/v1/sessions", nested) == (422, "field_unknown", "captcha.?")
