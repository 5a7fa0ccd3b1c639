"""Logging in, confirming, seeing and ending sessions, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

from chalicelib.domain.access.credentials import login_subject
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.session import require_validated
from chalicelib.services.access.find_session import find_session
from tests.cloud import Engine
from tests.deposit_world import NOW, World
from tests.person_world import PASSWORD, UNKNOWN, USERNAME, People


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def test_password_and_captcha_open_a_session_that_is_validated_for_twenty_minutes(people: People) -> None:
    answer = people.log_in()
    assert answer.status_code == 201
    assert (answer.json_body["expires_at"], answer.json_body["validated_until"]) == (
        "2026-03-10T04:15:30Z",
        "2026-03-09T20:35:30Z",
    )
    assert answer.json_body["must_change_password"] is False
    shown = people.send("GET", "/v1/sessions/current", token=answer.json_body["token"])
    assert shown.json_body["username"] == USERNAME
    assert "token" not in shown.json_body


def test_a_captcha_can_be_heard_and_is_drawn_in_place(people: People) -> None:
    made = people.send("POST", "/v1/captchas").json_body
    assert made["image"].startswith("data:image/png;base64,")
    heard = people.send("GET", f"/v1/captchas/{made['captcha_id']}/audio")
    assert heard.json_body["audio"].startswith("data:audio/wav;base64,")
    assert people.send("GET", "/v1/captchas/otro/audio").status_code == 404


@pytest.mark.parametrize("typed", [" 1-40000002 ", "1 - 40000002"])
def test_a_username_is_read_however_it_is_spaced(people: People, typed: str) -> None:
    assert people.log_in(typed).status_code == 201


def test_everything_that_is_wrong_is_refused_alike(people: People) -> None:
    spent = people.captcha()
    people.log_in(captcha=spent)
    refusals = [
        people.log_in(password="Otra-clave-8"),
        people.log_in(captcha=people.captcha(is_right=False)),
        people.log_in(captcha=spent),
        people.log_in(UNKNOWN),
        people.log_in(email_code={"id": "x", "code": "222222"}),
    ]
    bodies = [{**refused.json_body, "correlation_id": ""} for refused in refusals]
    assert bodies[0]["code"] == "credentials_wrong"
    assert bodies == bodies[:1] * 5
    assert {refused.status_code for refused in refusals} == {401}


def test_a_code_by_email_stands_in_for_the_captcha_once(people: People) -> None:
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    code = {"id": asked.json_body["code_id"], "code": people.code_sent().lower()}
    assert asked.status_code == 202
    assert people.log_in(password="Otra-clave-8", email_code=code).status_code == 401
    assert people.log_in(email_code=code).status_code == 201
    assert people.log_in(email_code=code).status_code == 401


def test_a_code_expires_after_ten_minutes(people: People) -> None:
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    code = {"id": asked.json_body["code_id"], "code": people.code_sent()}
    people.world.clock.advance(minutes=10, microseconds=1)
    assert people.log_in(email_code=code).status_code == 401


def test_strangers_can_neither_spend_nor_replace_a_persons_code(people: People) -> None:
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    code = {"id": asked.json_body["code_id"], "code": people.code_sent()}
    people.world.clock.advance(seconds=61)
    others = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]
    for _ in range(6):
        people.log_in(email_code={"id": others, "code": "222222"})
    assert people.log_in(email_code=code).status_code == 201


def test_a_code_or_a_captcha_is_needed_and_not_both(people: People) -> None:
    assert people.log_in(otro=1).json_body["code"] == "proof_missing"
    both = people.log_in(captcha=people.captcha(), email_code={"id": "x", "code": "222222"})
    assert both.json_body["code"] == "proof_missing"


@pytest.mark.parametrize(
    ("state", "code"),
    [(UserState.DISABLED, "account_disabled"), (UserState.PENDING, "account_not_activated")],
)
def test_only_who_knows_the_password_is_told_about_the_account(people: People, state: UserState, code: str) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, state=state))
    assert people.log_in(password="Otra-clave-8").json_body["code"] == "credentials_wrong"
    told = people.log_in()
    assert (told.status_code, told.json_body["code"]) == (403, code)


def test_an_old_hash_is_renewed_at_login(people: People) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1, type=Type.ID).hash(PASSWORD)
    people.tools.accounts.update(replace(account, password_hash=old))
    assert people.log_in().status_code == 201
    renewed = people.tools.accounts.find(USERNAME)
    assert renewed
    assert (renewed.password_hash or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert people.log_in().status_code == 201


def test_a_session_has_ten_tries_at_its_password(people: People) -> None:
    token = people.token()

    def try_once() -> int:
        wrong = {"password": "Otra-clave-8", "captcha": people.captcha()}
        return int(people.send("POST", "/v1/sessions/current/validation", wrong, token=token).status_code)

    assert [try_once() for _ in range(11)] == [401] * 10 + [429]


@pytest.mark.parametrize(("seconds", "passes"), [(19 * 60 + 59, True), (20 * 60, True), (20 * 60 + 1, False)])
def test_a_validation_lasts_twenty_minutes_whatever_is_done_meanwhile(
    people: People, seconds: int, passes: bool
) -> None:
    token = people.token()
    people.world.clock.advance(minutes=10)
    people.send("GET", "/v1/sessions/current", token=token)
    now = NOW + timedelta(seconds=seconds)
    session = find_session(token, sessions=people.tools.sessions, now=now)[0]
    assert session.is_validated_at(now) is passes
    if passes:
        require_validated(session, now)


def test_validating_again_changes_the_token_and_keeps_the_end(people: People) -> None:
    token = people.token()
    people.world.clock.advance(minutes=20, seconds=1)
    proof = {"password": PASSWORD, "captcha": people.captcha()}
    answer = people.send("POST", "/v1/sessions/current/validation", proof, token=token)
    assert answer.status_code == 200
    assert answer.json_body["validated_until"] == "2026-03-09T20:55:31Z"
    assert answer.json_body["expires_at"] == "2026-03-10T04:15:30Z"
    assert people.send("GET", "/v1/sessions/current", token=token).json_body["code"] == "session_ended"
    assert people.send("GET", "/v1/sessions/current", token=answer.json_body["token"]).status_code == 200


def test_a_wrong_password_validates_nothing_and_ends_nothing(people: People) -> None:
    token = people.token()
    proof = {"password": "Otra-clave-8", "captcha": people.captcha()}
    refused = people.send("POST", "/v1/sessions/current/validation", proof, token=token)
    assert (refused.status_code, refused.json_body["code"]) == (401, "credentials_wrong")
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(8, 200), (8.001, 401)])
def test_a_session_ends_eight_hours_after_login(people: People, hours: float, status: int) -> None:
    token = people.token()
    people.world.clock.advance(hours=hours)
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == status


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/current"])
@pytest.mark.parametrize("token", ["", "x", f"{'A' * 43}.{'0' * 32}"])
def test_without_a_session_nothing_is_shown(people: People, path: str, token: str) -> None:
    assert people.send("GET", path, token=token).json_body["code"] == "session_ended"


def test_recent_accesses_are_listed_and_one_of_them_ended(people: People) -> None:
    first, second = people.log_in().json_body, people.token()
    listed = people.send("GET", "/v1/sessions", token=second).json_body["sessions"]
    assert len(listed) == 2
    assert [access["is_current"] for access in listed].count(True) == 1
    assert all(access["is_open"] for access in listed)
    path = f"/v1/sessions/{first['session_id']}"
    assert people.send("DELETE", path, token=second).status_code == 204
    assert people.send("DELETE", path, token=second).status_code == 404
    assert people.send("GET", "/v1/sessions/current", token=first["token"]).status_code == 401


def test_logging_out_ends_this_session_only(people: People) -> None:
    first, second = people.token(), people.token()
    assert people.send("DELETE", "/v1/sessions/current", token=first).status_code == 204
    assert people.send("GET", "/v1/sessions/current", token=first).status_code == 401
    assert people.send("GET", "/v1/sessions/current", token=second).status_code == 200


def test_the_log_knows_who_logged_in_and_counts_those_who_failed_and_names_nobody(people: People) -> None:
    session_id = people.log_in().json_body["session_id"]
    for _ in range(6):
        people.log_in(password="Otra-clave-8")
    [event] = people.tools.events.list_for_subject("user#u1")
    assert (event.type, event.actor) == ("access.logged_in", "user:u1")
    assert event.data == {"proof": "captcha", "device": "new", "access_id": session_id}
    [failed] = people.tools.events.list_for_subject(login_subject(people.tools.pepper, USERNAME))
    assert failed.data == {"attempts": "5", "proof": "captcha"}
    assert USERNAME not in repr(failed)


def test_the_log_knows_what_came_with_the_password_and_whether_the_device_was_known(people: People) -> None:
    body = {"username": USERNAME, "password": PASSWORD}
    people.send("POST", "/v1/login-codes", {"username": USERNAME})
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]
    entered = people.log_in(email_code={"id": asked, "code": people.code_sent()}).json_body
    people.send("POST", "/v1/sessions", {**body, "captcha": people.captcha(), "device": entered["device"]})
    validated_again(people, entered["token"])

    told = [(str(event.type), event.data) for event in people.tools.events.list_for_subject("user#u1")]
    kinds = [(kind, data.get("proof"), data.get("device")) for kind, data in told]
    assert sorted(kinds, key=str) == [
        ("access.logged_in", "captcha", "known"),
        ("access.logged_in", "email_code", "new"),
        ("access.validated", "captcha", None),
    ]


def test_logging_out_and_ending_another_session_are_events_and_what_ended_nothing_is_none(people: People) -> None:
    first, token = people.log_in().json_body["session_id"], people.token()
    people.world.clock.advance(seconds=1)
    for _ in range(2):
        people.send("DELETE", f"/v1/sessions/{first}", token=token)
        people.send("DELETE", "/v1/sessions/x", token=token)
    people.world.clock.advance(seconds=1)
    for _ in range(2):
        people.send("DELETE", "/v1/sessions/current", token=token)

    events = people.tools.events.list_for_subject("user#u1")[1:]
    assert [(str(event.type), event.actor, event.origin) for event in events] == [
        ("access.other_session_ended", "user:u1", "127.0.0.1"),
        ("access.logged_out", "user:u1", "127.0.0.1"),
    ]
    assert events[0].data == {"session_id": first}


def validated_again(people: People, token: str) -> str:
    proof = {"password": PASSWORD, "captcha": people.captcha()}
    answer = people.send("POST", "/v1/sessions/current/validation", proof, token=token)
    return str(answer.json_body["token"])


def test_ending_the_others_leaves_this_one_which_lives_no_longer_for_it(people: People) -> None:
    here, elsewhere = people.token(), people.token()
    people.world.clock.advance(minutes=19)
    answer = people.send("DELETE", "/v1/sessions", token=here)
    assert answer.status_code == 200
    token = answer.json_body["token"]
    assert answer.json_body["expires_at"] == "2026-03-10T04:15:30Z"
    for ended in (here, elsewhere):
        assert people.send("GET", "/v1/sessions/current", token=ended).status_code == 401
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 200
    listed = people.send("GET", "/v1/sessions", token=token).json_body["sessions"]
    assert [(one["started_at"], one["is_open"]) for one in listed] == [
        ("2026-03-09T20:15:30Z", True),
        ("2026-03-09T20:15:30Z", False),
    ]
    again = people.send("DELETE", "/v1/sessions", token=token).json_body
    assert again["expires_at"] == "2026-03-10T04:15:30Z"
    people.world.clock.advance(hours=7, minutes=41, seconds=1)
    assert people.send("GET", "/v1/sessions/current", token=again["token"]).status_code == 401


def test_others_are_ended_only_by_who_confirmed_lately_and_the_own_by_anybody(people: People) -> None:
    here, elsewhere = people.token(), people.log_in().json_body
    people.world.clock.advance(minutes=20, seconds=1)
    for path in ("/v1/sessions", f"/v1/sessions/{elsewhere['session_id']}"):
        refused = people.send("DELETE", path, token=here)
        assert (refused.status_code, refused.json_body["code"]) == (401, "validation_needed")
    assert people.send("GET", "/v1/sessions/current", token=elsewhere["token"]).status_code == 200
    assert people.send("DELETE", "/v1/sessions/current", token=here).status_code == 204


def test_a_session_that_was_ended_ends_no_other(people: People) -> None:
    here, elsewhere = people.token(), people.token()
    people.send("DELETE", "/v1/sessions/current", token=here)
    assert people.send("DELETE", "/v1/sessions", token=here).status_code == 401
    assert people.send("GET", "/v1/sessions/current", token=elsewhere).status_code == 200


def test_the_code_of_an_earlier_mail_is_called_so_and_costs_no_try(people: People) -> None:
    people.send("POST", "/v1/login-codes", {"username": USERNAME})
    earlier = people.code_sent()
    people.world.clock.advance(minutes=11)
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]

    for _ in range(7):
        told = people.log_in(email_code={"id": asked, "code": earlier})
        assert (told.status_code, told.json_body["code"]) == (422, "code_superseded"), told.json_body
    assert people.log_in(email_code={"id": asked, "code": people.code_sent()}).status_code == 201


def test_nobody_is_told_of_another_users_codes(people: People) -> None:
    people.send("POST", "/v1/login-codes", {"username": USERNAME})
    earlier = people.code_sent()
    people.world.clock.advance(minutes=11)
    people.send("POST", "/v1/login-codes", {"username": USERNAME})
    stranger = people.send("POST", "/v1/login-codes", {"username": "1-40000099"}).json_body["code_id"]

    told = people.log_in(username="1-40000099", email_code={"id": stranger, "code": earlier})
    assert (told.status_code, told.json_body["code"]) == (401, "credentials_wrong")
