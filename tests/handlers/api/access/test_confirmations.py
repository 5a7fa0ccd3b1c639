"""A password shown within a session: what is wrong is refused, counted by session and logged about the user."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.event import Event
from tests.cloud import Engine
from tests.deposit_world import World, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, People

WRONG = "Otra-clave-8"
REFUSED = "access.confirmation_refused"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    mailbox_store(world.container).put(a_mailbox(users=(a_user(1),)))
    people.seed()
    return people


def change_password(people: People, token: str, password: str) -> HTTPResponse:
    body = {"old_password": password, "new_password": NEW, "new_password_repeated": NEW}
    return people.send("POST", "/v1/passwords", body, token=token)


def change_email(people: People, token: str, password: str) -> HTTPResponse:
    return people.send("POST", "/v1/profile/email", {"email": "nueva@ejemplo.pe", "password": password}, token=token)


def validate(people: People, token: str, password: str) -> HTTPResponse:
    body = {"password": password, "captcha": people.captcha()}
    return people.send("POST", "/v1/sessions/current/validation", body, token=token)


Confirm = Callable[[People, str, str], HTTPResponse]
REFUSALS: dict[Confirm, tuple[str, str, str | None]] = {
    change_password: ("password_change", "old_password_wrong", "old_password"),
    change_email: ("email_change", "password_wrong", "password"),
    validate: ("validation", "credentials_wrong", None),
}
each_way = pytest.mark.parametrize("confirm", REFUSALS)


def refused(people: People) -> list[Event]:
    return [event for event in people.tools.events.list_for_subject("user#u1") if str(event.type) == REFUSED]


@each_way
def test_a_wrong_one_is_refused_logged_about_the_user_and_changes_nothing(people: People, confirm: Confirm) -> None:
    wanted, code, field = REFUSALS[confirm]
    token = people.token()
    answer = confirm(people, token, WRONG)
    assert (answer.json_body["code"], answer.json_body.get("field")) == (code, field)
    [event] = refused(people)
    proof = {"proof": "captcha"} if wanted == "validation" else {}
    assert (event.actor, event.origin, event.data) == ("user:u1", "127.0.0.1", {"for": wanted, **proof})
    assert people.mails() == []
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 200


@each_way
def test_a_right_one_is_no_such_event(people: People, confirm: Confirm) -> None:
    assert confirm(people, people.token(), PASSWORD).status_code in {200, 201, 202}
    assert refused(people) == []


def test_all_ways_share_the_sessions_ten_tries_and_no_more_are_logged(people: People) -> None:
    token = people.token()
    ways: tuple[Confirm, ...] = (change_password, change_email, validate)
    answers = [ways[number % 3](people, token, WRONG).json_body["code"] for number in range(13)]
    assert answers[10:] == ["limit_reached"] * 3
    assert "limit_reached" not in answers[:10]
    assert len(refused(people)) == 10
    assert change_email(people, token, PASSWORD).json_body["code"] == "limit_reached"
    assert change_email(people, people.token(), PASSWORD).status_code == 202


@each_way
def test_a_refusal_leaves_a_line_that_names_nobody(
    people: People, caplog: pytest.LogCaptureFixture, confirm: Confirm
) -> None:
    token = people.token()
    with caplog.at_level(logging.INFO, "casilla"):
        answer = confirm(people, token, WRONG)
    [line] = [vars(record) for record in caplog.records if record.message == "refused"]
    assert (line["code"], line["correlation_id"]) == (REFUSALS[confirm][1], answer.headers["X-Correlation-Id"])
    for secret in (WRONG, token, "40000002", "nueva@ejemplo.pe"):
        assert secret not in str(line)


def test_a_change_of_the_email_needs_the_password_and_looks_at_it_first(people: People) -> None:
    token = people.token()
    missing = people.send("POST", "/v1/profile/email", {"email": "nueva@ejemplo.pe"}, token=token)
    assert (missing.status_code, missing.json_body["code"], missing.json_body["field"]) == (
        422,
        "field_missing",
        "password",
    )
    taken = people.send("POST", "/v1/profile/email", {"email": "no es", "password": WRONG}, token=token)
    assert taken.json_body["code"] == "password_wrong"
