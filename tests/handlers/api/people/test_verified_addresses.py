"""A user has the own address that alerts do not reach live again, by a code sent there (ALR-4)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.access_policy import SMS_CODES_PER_USER
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import Channel, UserState
from chalicelib.services.access.contest_change import contest_change
from tests.cloud import Engine
from tests.costs import measure
from tests.deposit_world import NOW, World
from tests.person_world import EMAIL, USERNAME, People, hash_once, sent_sms, texts_in_force

MOBILE = "+51900000001"
BOTH = [Channel.EMAIL, Channel.SMS]


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def ask(people: People, token: str, channel: str = "email") -> Any:
    return people.send("POST", f"/v1/profile/addresses/{channel}/codes", {}, token=token)


def show_code(people: People, token: str, code: str, channel: str = "email") -> Any:
    return people.send("POST", f"/v1/profile/addresses/{channel}/verification", {"code": code}, token=token)


def sent_to(people: People, channel: str) -> tuple[str, str]:
    """Return where the last code went, and the code."""
    if channel == "email":
        return people.mails()[-1][0], people.code_sent()
    number, text = sent_sms()[-1]
    return number, text[:6]


@pytest.mark.parametrize("channel", BOTH)
def test_a_code_sent_to_the_dead_address_makes_it_live(people: People, channel: Channel) -> None:
    people.bounce(channel=channel)
    token = people.token()

    answer = ask(people, token, channel)
    assert answer.status_code == 202, answer.json_body
    assert answer.json_body["is_live"] is False
    assert answer.json_body["code_until"] == "2026-03-09T20:45:30Z"
    to, code = sent_to(people, channel)
    assert to == (EMAIL if channel == "email" else MOBILE)
    assert people.is_dead(channel)
    answer = show_code(people, token, code.lower(), channel)

    assert answer.status_code == 200, answer.json_body
    assert (answer.json_body["is_live"], answer.json_body["failing_since"]) == (True, None)
    assert not people.is_dead(channel)
    assert people.proofs() == [("u1", channel)]


def test_the_event_tells_who_from_where_and_no_address(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    show_code(people, token, people.code_sent())

    event = event_store(people.world.container).list_for_subject(f"mailbox#{USERNAME}")[-1]
    assert (event.type, event.actor, event.origin) == ("address.proved", "user:u1", "127.0.0.1")
    assert event.data == {"user_id": "u1", "channel": "email"}


@pytest.mark.parametrize("channel", BOTH)
def test_a_code_counts_once(people: People, channel: Channel) -> None:
    people.bounce(channel=channel)
    token = people.token()
    ask(people, token, channel)
    _, code = sent_to(people, channel)
    assert show_code(people, token, code, channel).status_code == 200
    people.bounce(channel=channel, at=people.world.clock.now + timedelta(seconds=1))

    again = show_code(people, token, code, channel)

    assert (again.status_code, again.json_body["code"]) == (422, "code_unusable")
    assert people.is_dead(channel)
    assert ("mensaje" if channel == "sms" else "correo") in again.json_body["detail"]


def test_a_code_is_over_after_half_an_hour_and_not_before(people: People) -> None:
    for minutes, status in ((31, 422), (30, 200)):
        people.bounce()
        token = people.token()
        assert ask(people, token).status_code == 202
        people.world.clock.advance(minutes=minutes)
        token = people.token()
        assert show_code(people, token, people.code_sent()).status_code == status
        assert people.is_dead() == (status == 422)


def test_only_the_last_code_counts_and_five_wrong_ones_end_it(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    first = people.code_sent()
    people.world.clock.advance(minutes=2)
    ask(people, token)
    last = people.code_sent()

    assert show_code(people, token, first).json_body["code"] == "code_superseded"
    wrong = "222222" if last != "222222" else "333333"
    told = [show_code(people, token, wrong).json_body["code"] for _ in range(5)]
    assert told == [*["code_wrong"] * 4, "code_unusable"]
    assert show_code(people, token, last).json_body["code"] == "code_unusable"
    assert people.is_dead()


def second_user(people: People) -> str:
    """Have the mailbox's other user get in."""
    number = "40000036"
    account = Account(
        f"{USERNAME}.{number}",
        "u2",
        USERNAME,
        UserState.ACTIVE,
        password_hash=hash_once(people.tools.hashing),
        accepted=texts_in_force(),
    )
    people.tools.accounts.add(account)
    return people.token_of(account)


def test_a_code_of_another_user_of_the_mailbox_counts_for_nobody_else(people: People) -> None:
    people.bounce()
    people.bounce(user_id="u2")
    own, other = people.token(), second_user(people)
    ask(people, own)
    code = people.code_sent()

    assert show_code(people, other, code).json_body["code"] == "code_unusable"
    ask(people, other)
    assert people.mails()[-1][0] == people.mailbox().users[1].email
    assert show_code(people, other, code).json_body["code"] in {"code_wrong", "code_superseded"}

    assert people.is_dead()
    assert people.is_dead(user_id="u2")
    assert show_code(people, own, code).status_code == 200


def test_a_code_for_the_e_mail_says_nothing_of_the_mobile(people: People) -> None:
    for channel in BOTH:
        people.bounce(channel=channel)
    token = people.token()
    ask(people, token)
    code = people.code_sent()

    assert show_code(people, token, code, "sms").json_body["code"] == "code_unusable"
    ask(people, token, "sms")
    if sent_to(people, "sms")[1] != code:
        assert show_code(people, token, code, "sms").json_body["code"] == "code_wrong"
    assert people.is_dead(Channel.SMS)


def test_a_code_for_an_address_that_was_changed_meanwhile_counts_for_none(people: People) -> None:
    people.bounce(channel=Channel.SMS)
    token = people.token()
    ask(people, token, "sms")
    _, code = sent_to(people, "sms")
    people.send("POST", "/v1/profile", {"mobile": "+51900000066"}, token=token)
    people.bounce(channel=Channel.SMS)

    assert show_code(people, token, code, "sms").json_body["code"] == "code_unusable"

    assert people.is_dead(Channel.SMS)


def test_what_bounces_after_the_code_was_sent_stays_dead(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    people.world.clock.advance(minutes=3)
    people.bounce(at=people.world.clock.now - timedelta(minutes=1))

    answer = show_code(people, token, people.code_sent())

    assert (answer.status_code, answer.json_body["is_live"]) == (200, False)
    assert people.is_dead()
    assert people.proofs() == []


@pytest.mark.parametrize("channel", BOTH)
def test_nothing_is_sent_to_an_address_that_lives(people: People, channel: Channel) -> None:
    mails, texts = len(people.mails()), len(sent_sms())

    answer = ask(people, people.token(), channel)

    assert (answer.status_code, answer.json_body["code"]) == (409, "address_lives")
    assert (len(people.mails()), len(sent_sms())) == (mails, texts)


def test_a_user_without_mobile_and_an_unknown_channel_are_told(people: People) -> None:
    token = second_user(people)

    assert ask(people, token, "sms").json_body["code"] == "address_unknown"
    assert ask(people, token, "fax").json_body["code"] == "address_unknown"
    assert show_code(people, token, "K7M3QX", "sms").json_body["code"] == "code_unusable"


def test_a_minute_has_to_pass_between_two_and_the_refusal_says_how_long(people: People) -> None:
    people.bounce(channel=Channel.SMS)
    token = people.token()
    assert ask(people, token, "sms").status_code == 202

    answer = ask(people, token, "sms")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Ya pediste este mensaje" in answer.json_body["detail"]
    assert len(sent_sms()) == 1


def test_five_sms_a_day_go_out_and_the_e_mail_is_no_part_of_them(people: People) -> None:
    for channel in BOTH:
        people.bounce(channel=channel)
    for _ in range(SMS_CODES_PER_USER.limit):
        assert ask(people, people.token(), "sms").status_code == 202
        people.world.clock.advance(minutes=2)

    assert ask(people, people.token(), "sms").status_code == 429
    assert len(sent_sms()) == SMS_CODES_PER_USER.limit
    assert ask(people, people.token()).status_code == 202
    people.world.clock.now = NOW + timedelta(days=1, hours=4)
    assert ask(people, people.token(), "sms").status_code == 202


def test_what_the_provider_did_not_take_costs_nothing_of_the_day_and_can_be_asked_at_once(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.bounce(channel=Channel.SMS)
    token = people.token()
    with monkeypatch.context() as patch:
        refuse(people, patch, "Throttling", "Rate exceeded")
        for _ in range(SMS_CODES_PER_USER.limit + 1):
            assert ask(people, token, "sms").status_code == 503

    assert ask(people, token, "sms").status_code == 202


def test_a_number_that_takes_no_sms_is_told_what_to_do(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.bounce(channel=Channel.SMS, reason="mobile_opted_out")
    refuse(people, monkeypatch, "OptedOut", "opted out")

    answer = ask(people, people.token(), "sms")

    assert (answer.status_code, answer.json_body["code"]) == (422, "mobile_opted_out")
    assert "comunícate con ella" in answer.json_body["detail"]


def refuse(people: People, monkeypatch: pytest.MonkeyPatch, code: str, message: str) -> None:
    client = people.tools.sms()._client  # noqa: SLF001 - the wire

    def publish(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "Publish")

    monkeypatch.setattr(client, "publish", publish)


def test_a_frozen_mailbox_takes_no_code_and_sends_none(people: People) -> None:
    token = people.token()
    people.send("POST", "/v1/profile", {"mobile": "+51900000066"}, token=token)
    people.bounce()
    ask(people, token)
    code = people.code_sent()
    contest_change(people.contest_sent(), origin="", tools=people.tools)

    assert show_code(people, token, code).status_code == 401
    assert ask(people, token).status_code == 401
    assert people.is_dead()


def test_nor_where_it_freezes_between_the_code_and_its_proof(people: People) -> None:
    token = people.token()
    people.send("POST", "/v1/profile", {"mobile": "+51900000066"}, token=token)
    people.bounce()
    ask(people, token)
    link = people.contest_sent()
    client, frozen = connection(people.world.container).client, list[bool]()

    def freeze(**_: Any) -> None:
        if not frozen:
            frozen.append(True)
            contest_change(link, origin="", tools=people.tools)

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", freeze)
    try:
        answer = show_code(people, token, people.code_sent())
    finally:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", freeze)

    assert frozen == [True]
    assert answer.json_body["code"] == "mailbox_frozen"
    assert people.is_dead()
    assert people.proofs() == []


def test_a_closed_session_neither_asks_nor_proves(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    code = people.code_sent()
    people.send("DELETE", "/v1/sessions/current", token=token)

    assert show_code(people, token, code).status_code == 401
    assert ask(people, token).status_code == 401
    assert people.is_dead()
    assert show_code(people, people.token(), code).status_code == 200  # it is the user's, whichever session asked


def test_a_report_that_comes_between_is_kept(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    client, came = connection(people.world.container).client, list[bool]()

    def report(**_: Any) -> None:
        if not came:
            came.append(True)
            people.bounce(channel=Channel.SMS)

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", report)
    try:
        answer = show_code(people, token, people.code_sent())
    finally:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", report)

    assert answer.status_code == 200
    assert came == [True]
    assert not people.is_dead()
    assert people.is_dead(Channel.SMS)
    assert people.proofs() == [("u1", "email")]


def test_a_proof_whose_answer_was_lost_is_told_as_done(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    client, lost = connection(people.world.container).client, list[bool]()

    def lose(**_: Any) -> None:
        if not lost:
            lost.append(True)
            answer: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "[ConditionalCheckFailed]"}}
            raise ClientError(answer, "TransactWriteItems")  # as the repeated call of the client finds it done

    client.meta.events.register("after-call.dynamodb.TransactWriteItems", lose)
    try:
        answer = show_code(people, token, people.code_sent())
    finally:
        client.meta.events.unregister("after-call.dynamodb.TransactWriteItems", lose)

    assert lost == [True]
    assert (answer.status_code, answer.json_body["is_live"]) == (200, True)
    assert people.proofs() == [("u1", "email")]


def test_the_same_code_that_another_tab_sends_meanwhile_proves_once(people: People) -> None:
    people.bounce()
    token = people.token()
    ask(people, token)
    code, answers = people.code_sent(), list[Any]()
    client = connection(people.world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        answers.append(show_code(people, token, code))

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    answers.append(show_code(people, token, code))

    assert [(one.status_code, one.json_body["is_live"]) for one in answers] == [(200, True), (200, True)]
    assert people.proofs() == [("u1", "email")]


def test_the_profile_tells_the_own_addresses_and_no_others(people: People) -> None:
    people.bounce()
    people.bounce(user_id="u2")

    shown = people.send("GET", "/v1/profile", token=people.token()).json_body

    assert [(one["channel"], one["is_live"]) for one in shown["addresses"]] == [("email", False), ("sms", True)]
    [first, _] = shown["addresses"]
    assert first["failing_since"] == "2026-03-09T20:10:30Z"
    assert first["failing_because"] == "el servidor de ese correo dice que no existe"
    assert people.mailbox().users[1].email not in json.dumps(shown)


def test_letter_and_sms_bring_the_code_and_say_until_when(people: People) -> None:
    for channel in BOTH:
        people.bounce(channel=channel)
    token = people.token()
    ask(people, token)
    ask(people, token, "sms")

    _, text = people.mails()[-1]
    assert "15:45 (hora de Lima)" in text
    assert "usted no lo pidió" in re.sub(r"\s+", " ", text)
    _, sms = sent_sms()[-1]
    assert re.fullmatch(r"[2-9A-Z]{6}: escriba esto en el perfil de su casilla, .*antes de las 15:45\. .*", sms)


def test_what_each_costs(people: People) -> None:
    for channel in BOTH:
        people.bounce(channel=channel)
    token = people.token()
    for channel in BOTH:  # makes every client
        ask(people, token, channel)
    people.world.clock.advance(minutes=2)
    sent = measure(lambda: ask(people, token), 202)
    text = measure(lambda: ask(people, token, "sms"), 202)
    code = people.code_sent()
    proved = measure(lambda: show_code(people, token, code), 200)

    assert (sent.hops, sent.calls) == (6, 8)
    assert (text.hops, text.calls) == (6, 7)
    assert (proved.hops, proved.calls) == (4, 4)
