"""Whoever answers with what was sent to their e-mail proves that it lives (ALR-4)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import Sign
from chalicelib.services.access.make_email_effective import make_emails_effective
from tests.cloud import Engine
from tests.costs import measure
from tests.deposit_world import NOW, World
from tests.person_world import EMAIL, PASSWORD, USERNAME, People

PROVED = [("u1", "email")]
FIVE = timedelta(minutes=5)
LUIS = {"document_type": "DNI", "document_number": "40000028", "name": "Luis Vega Demo", "email": "luis@ejemplo.pe"}


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def code_for(people: People) -> dict[str, str]:
    answer = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    assert answer.status_code == 202, answer.json_body
    return {"id": answer.json_body["code_id"], "code": people.code_sent()}


def log_in(people: People, **proof: Any) -> int:
    return people.log_in(**proof).status_code


def test_a_login_by_code_proves_it_and_says_so_in_the_log(people: People) -> None:
    people.bounce()

    assert log_in(people, email_code=code_for(people)) == 201

    assert not people.is_dead()
    assert people.proofs() == PROVED


def test_a_login_by_captcha_proves_nothing(people: People) -> None:
    people.bounce()

    assert log_in(people) == 201

    assert people.is_dead()
    assert people.proofs() == []


def test_nor_does_a_code_with_a_wrong_password(people: People) -> None:
    people.bounce()

    assert people.log_in(password="otra-Clave-99", email_code=code_for(people)).status_code == 401

    assert people.is_dead()


def test_what_bounces_after_the_code_was_sent_is_dead_all_the_same(people: People) -> None:
    code = code_for(people)
    people.world.clock.advance(minutes=2)
    people.bounce(at=people.world.clock.now - timedelta(minutes=1))

    assert log_in(people, email_code=code) == 201

    assert people.is_dead()
    assert people.proofs() == []


def test_a_report_that_comes_late_of_what_bounced_before_changes_nothing(people: People) -> None:
    assert log_in(people, email_code=code_for(people)) == 201
    people.bounce(at=NOW - timedelta(hours=1))
    assert people.is_dead()  # of a healthy address nothing was written when it was proved

    people.world.clock.advance(minutes=10)
    assert log_in(people, email_code=code_for(people)) == 201
    people.bounce(at=NOW - timedelta(minutes=30))
    assert not people.is_dead()


def test_bounces_for_now_begin_anew_and_the_log_says_nothing(people: People) -> None:
    for days in (2, 1):
        people.bounce(Sign.RETURNED, at=NOW - timedelta(days=days))

    assert log_in(people, email_code=code_for(people)) == 201
    people.bounce(Sign.RETURNED, at=NOW + timedelta(days=1))

    assert not people.is_dead()
    assert people.proofs() == []


def test_only_the_e_mail_that_answered_is_proved(people: People) -> None:
    people.bounce()
    people.bounce(channel=Channel.SMS)
    people.bounce(user_id="u2")

    assert log_in(people, email_code=code_for(people)) == 201

    assert people.is_dead(Channel.SMS)
    assert people.is_dead(user_id="u2")


def test_a_healthy_login_costs_what_it_did_and_a_proof_one_call_and_no_hop(people: People) -> None:
    log_in(people, email_code=code_for(people))  # makes every client
    people.world.clock.advance(minutes=11)
    code = code_for(people)
    healthy = measure(lambda: people.log_in(email_code=code), 201)
    people.world.clock.advance(minutes=11)
    people.bounce()
    code = code_for(people)
    dead = measure(lambda: people.log_in(email_code=code), 201)

    assert (dead.hops, dead.calls) == (healthy.hops, healthy.calls + 1)
    assert (healthy.hops, healthy.calls) == (4, 16)


def test_a_validation_by_code_proves_it(people: People) -> None:
    people.bounce()
    token = people.token()
    code = code_for(people)

    answer = people.send(
        "POST", "/v1/sessions/current/validation", {"password": PASSWORD, "email_code": code}, token=token
    )

    assert answer.status_code == 200, answer.json_body
    assert not people.is_dead()
    assert people.proofs() == PROVED


def test_a_recovery_link_proves_it_once_the_password_is_set(people: People) -> None:
    people.bounce()
    people.ask_reset()
    link = people.link_sent()

    assert people.use_reset(link, "corta").status_code == 422
    assert people.is_dead()
    assert people.use_reset(link).status_code == 200

    assert not people.is_dead()
    assert people.proofs() == PROVED
    people.bounce(at=people.world.clock.now + FIVE)
    assert people.use_reset(link).status_code == 404
    assert people.is_dead()


def test_a_link_from_before_the_bounce_recovers_the_access_and_proves_nothing(people: People) -> None:
    people.ask_reset()
    link = people.link_sent()
    people.world.clock.advance(hours=20)
    people.bounce()

    assert people.use_reset(link).status_code == 200

    assert people.is_dead()
    assert people.proofs() == []


def test_an_activation_proves_the_address_it_was_sent_to(people: People) -> None:
    token = people.token()
    user_id = people.send("POST", "/v1/users", LUIS, token=token).json_body["user_id"]
    [link] = re.findall(r"/activar/(\S+)", people.mails()[-1][1])
    people.bounce(user_id=user_id)

    body = {"new_password": "Lampara-rio-verde-9", "new_password_repeated": "Lampara-rio-verde-9"}
    assert people.send("POST", f"/v1/activations/{link}", body).status_code == 200

    assert not people.is_dead(user_id=user_id)
    assert people.proofs() == [(user_id, "email")]


def change_email(people: People, email: str) -> None:
    token = people.token()
    people.send("POST", "/v1/profile/email", {"email": email, "password": PASSWORD}, token=token)
    body = {"code": people.code_sent()}
    assert people.send("POST", "/v1/profile/email/verification", body, token=token).status_code == 200


def moved(people: People) -> list[dict[str, str]]:
    events = event_store(people.world.container).list_for_subject(f"mailbox#{USERNAME}")
    return [event.data for event in events if event.type is EventType.ADDRESS_CHANGED]


def make_effective(people: People) -> None:
    clock = people.world.clock
    clock.advance(hours=24)
    make_emails_effective(tools=people.tools, now=clock, until=clock.now + timedelta(hours=1))


def test_a_new_e_mail_that_counts_lives_and_the_mailboxs_log_says_whose_changed(people: People) -> None:
    people.bounce()
    change_email(people, "nueva@ejemplo.pe")
    assert people.is_dead()

    make_effective(people)

    assert not people.is_dead()
    assert moved(people) == [{"user_id": "u1", "channel": "email"}]


def test_an_e_mail_that_was_dead_before_lives_once_it_counts_again(people: People) -> None:
    people.bounce()
    change_email(people, "nueva@ejemplo.pe")
    make_effective(people)
    change_email(people, EMAIL)

    make_effective(people)

    assert people.mailbox().users[0].email == EMAIL
    assert not people.is_dead()
    assert people.proofs() == PROVED


def test_a_changed_mobile_is_in_the_mailboxs_log_and_a_removed_one_is_not(people: People) -> None:
    token = people.token()
    for user_number in ("+51900000055", "+51900000055"):
        assert people.send("POST", "/v1/profile", {"mobile": user_number}, token=token).status_code == 200
    assert moved(people) == [{"user_id": "u1", "channel": "sms"}]

    assert people.send("POST", "/v1/profile", {"mobile": ""}, token=token).status_code == 409
    assert moved(people) == [{"user_id": "u1", "channel": "sms"}]


def test_what_cannot_be_written_keeps_nobody_out(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.bounce()
    code = code_for(people)
    client = people.tools.people._connection.client  # noqa: SLF001 - the wire
    stop_transactions(client, monkeypatch)

    assert log_in(people, email_code=code) == 201

    assert people.is_dead()


def stop_transactions(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have DynamoDB refuse every transaction."""
    real = client._make_api_call  # noqa: SLF001 - the wire

    def call(operation: str, arguments: Any) -> Any:
        if operation == "TransactWriteItems":
            raise client.exceptions.InternalServerError({"Error": {"Code": "InternalServerError"}}, operation)
        return real(operation, arguments)

    monkeypatch.setattr(client, "_make_api_call", call)
