"""What access costs in round trips to AWS; docs/architecture.md tells the same figures."""

from __future__ import annotations

import re

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.session import MOST_SESSIONS
from tests.cloud import Engine
from tests.costs import measure
from tests.deposit_world import World, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, USERNAME, People


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    people.send("POST", "/v1/login-codes", {"username": "1-40000009"})  # makes every client
    return people


def test_an_authenticated_request_reads_once(people: People) -> None:
    token = people.token()
    book = measure(lambda: people.send("GET", "/v1/sessions/current", token=token), 200)
    assert book.operations == ["BatchGetItem"]


def test_a_request_without_a_token_reads_nothing(people: People) -> None:
    assert measure(lambda: people.send("GET", "/v1/sessions/current"), 401).calls == 0


def test_a_login_takes_four_hops_and_twelve_calls(people: People) -> None:
    captcha = people.captcha()
    book = measure(lambda: people.log_in(captcha=captcha), 201)
    assert (book.hops, book.calls) == (4, 12)


def test_a_login_on_a_known_device_takes_three_hops_and_six_calls(people: People) -> None:
    body = {"username": USERNAME, "password": PASSWORD, "device": people.log_in().json_body["device"]}
    captcha = people.captcha()
    book = measure(lambda: people.send("POST", "/v1/sessions", {**body, "captcha": captcha}), 201)
    assert (book.hops, book.calls) == (3, 6)


def test_a_login_that_ends_the_session_it_came_with_takes_one_call_and_no_hop_more(people: People) -> None:
    body = {"username": USERNAME, "password": PASSWORD, "captcha": people.captcha()}
    former = people.token()
    book = measure(lambda: people.send("POST", "/v1/sessions", body, token=former), 201)
    assert (book.hops, book.calls) == (4, 13)


def test_a_login_that_ends_the_oldest_session_takes_three_hops_more_and_five_where_the_owner_is_told(
    people: People,
) -> None:
    for _ in range(MOST_SESSIONS):
        people.token()
    books = []
    for _ in range(2):
        captcha = people.captcha()
        books.append(measure(lambda captcha=captcha: people.log_in(captcha=captcha), 201))  # type: ignore[misc]
    assert [(book.hops, book.calls) for book in books] == [(9, 17), (7, 15)]
    assert sorted(books[0].operations[12:14]) == ["BatchGetItem", "TransactWriteItems"]
    assert books[0].operations[14:] == ["UpdateItem", "GetItem", "SendEmail"]


def test_a_login_by_code_takes_four_hops_and_sixteen_calls(people: People) -> None:
    asked = people.send("POST", "/v1/login-codes", {"username": USERNAME})
    code = {"id": asked.json_body["code_id"], "code": people.code_sent()}
    book = measure(lambda: people.log_in(email_code=code), 201)
    assert (book.hops, book.calls) == (4, 16)


def test_a_failed_login_takes_three_hops_and_seven_calls_and_without_a_right_captcha_one(people: People) -> None:
    right, wrong = people.captcha(), people.captcha(is_right=False)
    failed = measure(lambda: people.log_in(password="Otra-clave-8", captcha=right), 401)
    unproven = measure(lambda: people.log_in(password="Otra-clave-8", captcha=wrong), 401)
    assert [(book.hops, book.calls) for book in (failed, unproven)] == [(3, 7), (1, 1)]


def test_a_validation_takes_four_hops_and_seven_calls(people: People) -> None:
    token, proof = people.token(), {"password": PASSWORD, "captcha": people.captcha()}
    book = measure(lambda: people.send("POST", "/v1/sessions/current/validation", proof, token=token), 200)
    assert (book.hops, book.calls) == (4, 7)


def test_asking_for_a_code_or_a_link_takes_six_hops_and_eleven_calls(people: People) -> None:
    people.world.clock.advance(hours=1)
    people.captcha()  # the secret is read again, as each process does every five minutes
    code = measure(lambda: people.send("POST", "/v1/login-codes", {"username": USERNAME}), 202)
    link = measure(people.ask_reset, 202)
    assert (code.hops, code.calls) == (link.hops, link.calls) == (6, 11)


def test_a_changed_password_takes_six_hops_and_nine_calls(people: People) -> None:
    token = people.token()
    body = {"old_password": PASSWORD, "new_password": NEW, "new_password_repeated": NEW}
    book = measure(lambda: people.send("POST", "/v1/passwords", body, token=token), 201)
    assert (book.hops, book.calls) == (6, 9)


def test_a_reset_takes_five_hops_and_seven_calls(people: People) -> None:
    people.ask_reset()
    link = people.link_sent()
    book = measure(lambda: people.use_reset(link), 200)
    assert (book.hops, book.calls) == (5, 7)


def test_recent_accesses_take_three_hops_and_ending_one_two(people: People) -> None:
    first, token = people.log_in().json_body["session_id"], people.token()
    listed = measure(lambda: people.send("GET", "/v1/sessions", token=token), 200)
    ended = measure(lambda: people.send("DELETE", f"/v1/sessions/{first}", token=token), 204)
    assert (listed.hops, listed.calls, ended.hops, ended.calls) == (3, 3, 2, 2)
    left = measure(lambda: people.send("DELETE", "/v1/sessions/current", token=token), 204)
    assert (left.hops, left.operations) == (2, ["BatchGetItem", "TransactWriteItems"])


def test_ending_the_other_sessions_takes_two_hops(people: People) -> None:
    token = people.token()
    ended = measure(lambda: people.send("DELETE", "/v1/sessions", token=token), 200)
    assert (ended.hops, ended.calls) == (2, 2)


def test_users_are_listed_in_two_hops_and_changed_in_a_few_more(people: People) -> None:
    mailbox_store(people.world.container).put(a_mailbox(users=(a_user(1),)))
    token = people.token()
    listed = measure(lambda: people.send("GET", "/v1/users", token=token), 200)
    body = {"document_type": "DNI", "document_number": "40000028", "name": "Luis", "email": "luis@ejemplo.pe"}
    added = measure(lambda: people.send("POST", "/v1/users", body, token=token), 201)
    link = re.findall(r"/activar/(\S+)", people.mails()[-1][1])[-1]
    chosen = {"new_password": NEW, "new_password_repeated": NEW}
    activated = measure(lambda: people.send("POST", f"/v1/activations/{link}", chosen), 200)
    user_id = people.send("GET", "/v1/users", token=token).json_body["users"][1]["user_id"]
    disabled = measure(lambda: people.send("POST", f"/v1/users/{user_id}/disabling", token=token), 200)
    enabled = measure(lambda: people.send("POST", f"/v1/users/{user_id}/enabling", token=token), 200)
    books = (listed, added, activated, disabled, enabled)
    assert [(book.hops, book.calls) for book in books] == [(2, 2), (5, 6), (3, 3), (6, 7), (4, 4)]


def test_a_profile_is_shown_in_two_hops_and_changed_in_five(people: People) -> None:
    token = people.token()
    shown = measure(lambda: people.send("GET", "/v1/profile", token=token), 200)
    changed = measure(lambda: people.send("POST", "/v1/profile", {"mobile": "987654321"}, token=token), 200)
    new = {"email": "nueva@ejemplo.pe", "password": PASSWORD}
    asked = measure(lambda: people.send("POST", "/v1/profile/email", new, token=token), 202)
    code = {"code": people.code_sent()}
    verified = measure(lambda: people.send("POST", "/v1/profile/email/verification", code, token=token), 200)
    books = (shown, changed, asked, verified)
    assert [(book.hops, book.calls) for book in books] == [(2, 3), (5, 6), (7, 10), (6, 7)]
