"""What strangers do, from the same address or from all over, keeps nobody out of their own mailbox (ACC-9)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.domain.access.access_policy import LOGINS_PER_NETWORK
from chalicelib.domain.access.credentials import login_subject
from chalicelib.domain.access.sent_mail import FEW
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import DocumentType
from chalicelib.services.access.login_codes import code_after_password, request_login_code
from chalicelib.store.tables import TokenItem
from tests.access_world import at_once
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


def view_of(people: People, username: str) -> dict[str, Any]:
    """What a stranger sees who asks for a code of this user, with what it costs."""
    with ledger() as book:
        answer = people.send("POST", "/v1/login-codes", {"username": username, "captcha": people.captcha()})
    body = {name: len(value) if name == "code_id" else value for name, value in answer.json_body.items()}
    return {"status": answer.status_code, "body": body, "calls": sorted(book.operations), "hops": book.hops}


@pytest.mark.parametrize("asked_before", [0, 1, FEW + 1])
def test_a_stranger_who_asks_for_a_code_learns_nothing_of_a_right_guess(people: People, asked_before: int) -> None:
    for _ in range(asked_before):
        ask_codes(people, 1)
        ask_codes(people, 1, UNKNOWN)
        people.world.clock.advance(seconds=61)
    guess(people, 11)
    guess(people, 11, UNKNOWN)
    seen = []
    for username, password in ((USERNAME, WRONG), (USERNAME, PASSWORD), (UNKNOWN, WRONG)):
        people.log_in(username, password)
        people.world.clock.advance(seconds=5)
        seen.append(view_of(people, username))
        people.world.clock.advance(seconds=61 if asked_before < FEW else 0)
    assert seen == [seen[0]] * 3


def test_strangers_hold_up_no_mail_to_who_knows_the_password(people: People) -> None:
    guess(people, 11)
    for _ in range(FEW + 2):
        ask_codes(people, 1)
        people.world.clock.advance(seconds=61)
    before = len([to for to, _ in people.mails() if to == EMAIL])
    assert get_in(people) == 2
    assert len([to for to, _ in people.mails() if to == EMAIL]) == before + 1


def test_whichever_code_the_owner_reads_last_is_right(people: People) -> None:
    guess(people, 11)
    answer = people.log_in()
    people.world.clock.advance(seconds=61)
    ask_codes(people, 1)  # a stranger's, which brings another one
    code = {"id": answer.json_body["code_id"], "code": code_sent_to_the_owner(people)}
    assert people.log_in(email_code=code).status_code == 201


def test_a_code_to_an_address_that_was_left_opens_nothing_and_the_new_one_gets_another(people: People) -> None:
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]
    code, token = people.code_sent(), people.token()
    new = {"email": "nueva@ejemplo.pe", "password": PASSWORD}
    assert people.send("POST", "/v1/profile/email", new, token=token).status_code == 202
    proof = {"code": people.code_sent()}
    assert people.send("POST", "/v1/profile/email/verification", proof, token=token).status_code == 200
    people.confirm_email()
    assert people.log_in(email_code={"id": asked, "code": code}).status_code == 401
    people.send("POST", "/v1/login-codes", {"username": USERNAME})
    assert people.mails()[-1][0] == "nueva@ejemplo.pe"


def test_a_link_that_was_used_keeps_no_other_from_being_sent(people: People) -> None:
    for _ in range(FEW + 2):
        people.ask_reset()
        people.world.clock.advance(seconds=61)
    sent = len(people.mails())
    assert people.use_reset(people.link_sent()).status_code == 200
    people.ask_reset()
    assert [to for to, _ in people.mails()[sent:]] == [EMAIL, EMAIL]  # word of the change, and another link


@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_the_same_guess_sent_twice_at_once_costs_two_mails_right_or_wrong(people: People, password: str) -> None:
    guess(people, 11)
    tools, now, before = people.tools, people.world.clock(), len(people.mails())
    account = tools.accounts.find(USERNAME) if password == PASSWORD else None

    at_once(2, lambda _: code_after_password(USERNAME, account, tools=tools, now=now))

    assert len(people.mails()) == before + 2


def test_who_takes_codes_instead_of_pictures_gets_one_each_time(people: People) -> None:
    for _ in range(9):
        asked = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body
        code = {"id": asked["code_id"], "code": code_sent_to_the_owner(people)}
        assert people.log_in(email_code=code).status_code == 201
        people.world.clock.advance(minutes=12)


def test_a_mail_that_is_refused_for_the_budget_ends_no_code(people: People) -> None:
    own = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]
    code, tools = people.code_sent(), people.tools
    people.world.clock.advance(seconds=61)
    for number in range(4 * tools.access_mails.total):
        with suppress(TooManyRequests):
            tools.limits.draw(tools.access_mails, Standing.PROVEN, by=f"{number}", now=people.world.clock())
    refused = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    assert (refused.status_code, refused.json_body["code"]) == (429, "budget_spent")
    assert people.log_in(email_code={"id": own, "code": code}).status_code == 201


def test_many_who_ask_at_once_draw_on_the_budget_of_mails_once(people: People) -> None:
    tools = people.tools

    def ask(_: int) -> object:
        return request_login_code(USERNAME, None, origin="192.0.2.1", tools=tools, now=people.world.clock())

    at_once(8, ask)
    assert tools.limits.drawn(tools.access_mails, now=people.world.clock()) == 1
    assert [to for to, _ in people.mails()].count(EMAIL) == 1


def test_what_is_left_of_who_does_not_exist_is_gone_within_hours(people: People) -> None:
    people.ask_reset("nadie@ejemplo.pe", number="40000003")
    for _ in range(6):
        people.log_in(UNKNOWN, WRONG)
    day = people.world.clock() + timedelta(hours=27)
    assert all(item.expires_at < day for item in TokenItem.scan())
    assert people.tools.events.list_for_subject(login_subject(people.tools.pepper, UNKNOWN)) == ()


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
