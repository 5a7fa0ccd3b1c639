"""Nothing a stranger sees or measures tells whether a user exists (ACC-6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import UserState
from tests.cloud import Engine
from tests.costs import counted_hashes
from tests.deposit_world import World, a_mailbox, a_user
from tests.person_world import EMAIL, PASSWORD, UNKNOWN, USERNAME, People

IDS = ("correlation_id", "code_id")
Call = Callable[[People, str], HTTPResponse]


def _log_in(people: People, username: str) -> HTTPResponse:
    return people.log_in(username, "Otra-clave-8", captcha=people.captcha(is_right=False))


def _log_in_with_right_captcha(people: People, username: str) -> HTTPResponse:
    return people.log_in(username, "Otra-clave-8")


def _log_in_by_code(people: People, username: str) -> HTTPResponse:
    return people.log_in(username, PASSWORD, email_code={"id": "x", "code": "222222"})


def _ask_code(people: People, username: str) -> HTTPResponse:
    return people.send("POST", "/v1/login-codes", {"username": username})


def _ask_reset(people: People, username: str) -> HTTPResponse:
    return people.ask_reset(number=username.partition("-")[2])


def _ask_reset_at_another_address(people: People, username: str) -> HTTPResponse:
    return people.ask_reset("otra@ejemplo.pe", username.partition("-")[2])


CALLS = [_log_in, _log_in_with_right_captcha, _log_in_by_code, _ask_code, _ask_reset, _ask_reset_at_another_address]


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def _seen(people: People, call: Call, username: str) -> dict[str, Any]:
    with counted_hashes() as hashed, ledger(latency_s=0.12) as book:
        answer = call(people, username)
    body = {name: len(value) if name in IDS else value for name, value in answer.json_body.items()}
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "x-correlation-id"}
    return {
        "status": answer.status_code,
        "body": body,
        "headers": headers,
        "calls": sorted(book.operations),
        "hops": book.hops,
        "hashed": hashed.count,
    }


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_known_and_unknown_users_get_and_cost_the_same(people: People, call: Call) -> None:
    call(people, "1-40000009")  # makes every client
    known = _seen(people, call, USERNAME)
    assert known == _seen(people, call, UNKNOWN)
    assert known["calls"]


@pytest.mark.parametrize("state", list(UserState))
def test_recovery_costs_the_same_for_a_secondary_user_in_whatever_state(people: People, state: UserState) -> None:
    secondary = a_user(2, document_number="40000028", state=state)
    mailbox_store(people.world.container).put(a_mailbox(users=(a_user(1), secondary)))
    people.tools.accounts.add(Account(f"{USERNAME}.40000028", "u2", USERNAME, state))
    _ask_reset(people, "1-40000009")  # makes every client

    known = _seen(people, lambda one, _: one.ask_reset(secondary.email), USERNAME)

    assert known == _seen(people, _ask_reset, UNKNOWN)
    gets_one = secondary.email if state is not UserState.DISABLED else "success@simulator.amazonses.com"
    assert people.mails()[-2][0] == gets_one


def test_what_was_sent_to_nobody_activates_nothing(people: People) -> None:
    people.ask_reset("otra@ejemplo.pe")
    body = {"new_password": PASSWORD, "new_password_repeated": PASSWORD}
    answers = [people.send("POST", f"/v1/activations/{link}", body) for link in (people.link_sent(), "x" * 43)]
    assert [(answer.status_code, answer.json_body["code"]) for answer in answers] == [(404, "link_unusable")] * 2


@pytest.mark.parametrize("call", [_ask_code, _ask_reset])
def test_asking_again_at_once_is_answered_alike_and_sends_nothing_more(people: People, call: Call) -> None:
    for username in (USERNAME, UNKNOWN):
        assert call(people, username).status_code == 202
    sent = len(people.mails())
    assert _seen(people, call, USERNAME) == _seen(people, call, UNKNOWN)
    assert len(people.mails()) == sent == 2


def test_an_email_goes_out_either_way_and_only_the_owner_gets_one(people: People) -> None:
    _ask_code(people, USERNAME)
    _ask_code(people, UNKNOWN)
    assert [destination for destination, _ in people.mails()] == [EMAIL, "success@simulator.amazonses.com"]


@pytest.mark.parametrize("call", [_ask_code, _ask_reset])
def test_after_twenty_mails_from_everywhere_a_captcha_is_asked_of_everyone(people: People, call: Call) -> None:
    for username in (USERNAME, UNKNOWN):
        for recipient in (f"login#{username}", f"reset#{username}#{EMAIL}"):
            for _ in range(20):
                people.tools.limits.tally(f"mail-user#{recipient}", window_s=86400, now=people.world.clock())
    answers = [call(people, username) for username in (USERNAME, UNKNOWN)]
    assert [(answer.status_code, answer.json_body["code"]) for answer in answers] == [(422, "captcha_needed")] * 2


def test_the_owner_still_gets_a_code_by_solving_that_captcha(people: People) -> None:
    for _ in range(20):
        people.tools.limits.tally(f"mail-user#login#{USERNAME}", window_s=86400, now=people.world.clock())
    body = {"username": USERNAME, "captcha": people.captcha(is_right=False)}
    assert people.send("POST", "/v1/login-codes", body).json_body["code"] == "captcha_wrong"
    body["captcha"] = people.captcha()
    assert people.send("POST", "/v1/login-codes", body).status_code == 202
    assert people.mails()[-1][0] == EMAIL
