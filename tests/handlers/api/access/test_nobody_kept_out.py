"""What strangers do, from the same address or from all over, keeps nobody out of their own mailbox (ACC-9)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.domain.access.access_policy import LOGINS_PER_NETWORK
from chalicelib.domain.access.sent_mail import FEW
from chalicelib.domain.mailbox import DocumentType
from tests.deposit_world import World
from tests.person_world import EMAIL, NEW, PASSWORD, UNKNOWN, USERNAME, People

WRONG = "Otra-clave-8"


@pytest.fixture
def people(world: World, moto_engine: Any) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def guess(people: People, times: int, username: str = USERNAME) -> None:
    for number in range(times):
        people.log_in(username.format(number), WRONG, captcha=people.captcha())


def hammer(people: People) -> None:
    """Try one password on each of a hundred users, from the same address as everybody."""
    guess(people, LOGINS_PER_NETWORK.limit + 1, "1-4000{:04d}")


def ask_codes(people: People, times: int, username: str = USERNAME) -> None:
    for number in range(times):
        people.send("POST", "/v1/login-codes", {"username": username.format(number), "captcha": people.captcha()})


def code_sent_to_the_owner(people: People) -> str:
    [*_, text] = [text for to, text in people.mails() if to == EMAIL]
    return str(re.findall(r"^([2-9A-Z]{6})\r?$", text, re.MULTILINE)[-1])


def get_in(people: People, **device: str) -> int:
    """Log in as the owner does, who follows what the answers say; return in how many steps."""
    answer = people.send(
        "POST", "/v1/sessions", {"username": USERNAME, "password": PASSWORD, "captcha": people.captcha(), **device}
    )
    if answer.status_code == 201:
        return 1
    assert answer.json_body["code"] == "email_code_needed"
    code = {"id": answer.json_body["code_id"], "code": code_sent_to_the_owner(people)}
    assert people.log_in(email_code=code).status_code == 201
    return 2


def test_wrong_logins_and_code_requests_from_the_same_address_leave_the_owner_two_steps(people: People) -> None:
    guess(people, 11)
    ask_codes(people, 5)
    assert get_in(people) == 2


def test_a_hundred_wrong_logins_from_an_address_leave_everybody_there_two_steps(people: People) -> None:
    hammer(people)
    assert get_in(people) == 2


def test_they_end_no_validation_within_a_session(people: People) -> None:
    token = people.token()
    hammer(people)
    proof = {"password": PASSWORD, "captcha": people.captcha()}
    assert people.send("POST", "/v1/sessions/current/validation", proof, token=token).status_code == 200


def test_asking_for_many_codes_from_an_address_stops_nobodys_recovery_there(people: People) -> None:
    ask_codes(people, 31, "1-4000{:04d}")
    asked = people.ask_reset()
    assert asked.json_body.get("code") == "captcha_needed"
    body = {"person_type": "natural", "document_type": DocumentType.DNI, "document_number": "40000002", "email": EMAIL}
    answer = people.send("POST", "/v1/password-resets", {**body, "captcha": people.captcha()})
    assert answer.status_code == 202
    assert people.use_reset(people.link_sent()).status_code == 200
    assert people.log_in(password=NEW).status_code == 201


def test_strangers_who_ask_for_the_owners_code_send_few_and_the_owner_can_use_the_last(people: People) -> None:
    for _ in range(60):
        ask_codes(people, 1)
        people.world.clock.advance(seconds=61)
    sent = people.mails()
    assert len(sent) == FEW + 2
    answer = people.send("POST", "/v1/login-codes", {"username": USERNAME, "captcha": people.captcha()})
    code = {"id": answer.json_body["code_id"], "code": people.code_sent()}
    assert people.log_in(email_code=code).status_code == 201
    assert len(people.mails()) == len(sent)


def test_where_somebody_got_in_before_no_stranger_adds_a_step(people: People) -> None:
    device = people.log_in().json_body["device"]
    guess(people, 25)
    assert get_in(people, device=device) == 1
    assert get_in(people) == 2


def test_the_mark_of_one_user_is_worth_nothing_for_another(people: People) -> None:
    device = people.log_in().json_body["device"]
    guess(people, 21, UNKNOWN)
    body = {"username": UNKNOWN, "password": WRONG, "captcha": people.captcha(), "device": device}
    assert people.send("POST", "/v1/sessions", body).json_body["code"] == "email_code_needed"


def test_a_right_password_is_answered_like_a_wrong_one_once_many_were_tried(people: People) -> None:
    guess(people, 11)
    guess(people, 11, UNKNOWN)
    seen = []
    for username, password in ((USERNAME, PASSWORD), (USERNAME, WRONG), (UNKNOWN, WRONG), (USERNAME, PASSWORD)):
        answer = people.log_in(username, password)
        body = {name: value for name, value in answer.json_body.items() if name not in {"code_id", "correlation_id"}}
        seen.append((answer.status_code, body, len(answer.json_body["code_id"])))
    assert seen == [seen[0]] * 4
    assert [to for to, _ in people.mails() if to == EMAIL] == [EMAIL]


def test_only_who_knows_the_password_causes_a_mail_to_the_owner(people: People) -> None:
    guess(people, 40)
    assert EMAIL not in [to for to, _ in people.mails()]


def test_a_code_counts_once_whoever_asked_for_it(people: People) -> None:
    asked = [people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"] for _ in range(2)]
    code = people.code_sent()
    answers = [people.log_in(email_code={"id": code_id, "code": code}).status_code for code_id in asked]
    assert answers == [201, 401]


def test_a_stranger_spends_no_try_of_the_owners_code(people: People) -> None:
    theirs, own = (
        people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"] for _ in range(2)
    )
    for _ in range(6):
        people.log_in(password=WRONG, email_code={"id": theirs, "code": "XXXXXX"})
    assert people.log_in(email_code={"id": own, "code": people.code_sent()}).status_code == 201


def test_a_code_asked_for_by_a_stranger_a_minute_later_ends_none_that_the_owner_holds(people: People) -> None:
    own = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]
    code = people.code_sent()
    people.world.clock.advance(seconds=61)
    ask_codes(people, 1)
    assert len(people.mails()) == 2
    assert people.log_in(email_code={"id": own, "code": code}).status_code == 201


def test_without_a_right_captcha_no_password_is_looked_at(people: People) -> None:
    class Unasked:
        def check(self, *_: Any) -> Any:
            raise AssertionError

    hashing = people.tools.hashing
    object.__setattr__(people.tools, "hashing", Unasked())
    try:
        wrong = people.log_in(captcha=people.captcha(is_right=False))
    finally:
        object.__setattr__(people.tools, "hashing", hashing)
    assert wrong.json_body["code"] == "credentials_wrong"


def test_attempts_without_a_right_captcha_raise_nothing_for_anybody(people: People) -> None:
    for _ in range(30):
        people.log_in(password=WRONG, captcha={"id": "x", "answer": "XXXXX"})
    assert get_in(people) == 1
