"""A login ends the session that it came with, and of more than ten of one user the oldest, over HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.session import MOST_SESSIONS
from chalicelib.services.access.sessions import open_session
from tests.cloud import Engine
from tests.deposit_world import World
from tests.person_world import EMAIL, PASSWORD, USERNAME, People

DISPLACED = "access.session_displaced"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def is_open(people: People, token: str) -> bool:
    return people.tools.sessions.find(token, people.world.clock()) is not None


def opened_before(people: People, count: int = MOST_SESSIONS) -> list[str]:
    """Open sessions a second apart, oldest first."""
    tokens = []
    for _ in range(count):
        tokens.append(people.token())
        people.world.clock.advance(seconds=1)
    return tokens


def log_in(people: People, token: str = "") -> tuple[str, int]:
    body = {"username": USERNAME, "password": PASSWORD, "captcha": people.captcha()}
    answer = people.send("POST", "/v1/sessions", body, token=token)
    assert answer.status_code == 201
    return answer.json_body["token"], answer.json_body["sessions_displaced"]


def displaced(people: People) -> list[str]:
    events = people.tools.events.list_for_subject("user#u1")
    return [event.data["access_id"] for event in events if str(event.type) == DISPLACED]


def test_a_login_with_a_token_ends_its_session(people: People) -> None:
    former, elsewhere = people.token(), people.token()
    renewed, _ = log_in(people, former)
    assert [is_open(people, token) for token in (former, elsewhere, renewed)] == [False, True, True]


@pytest.mark.parametrize("token", ["x", f"{'A' * 43}.{'0' * 32}"])
def test_a_token_that_opens_nothing_keeps_nobody_out(people: People, token: str) -> None:
    assert is_open(people, log_in(people, token)[0])


def test_the_tenth_session_ends_none(people: People) -> None:
    tokens = opened_before(people, MOST_SESSIONS - 1)
    mine, count = log_in(people)
    assert count == 0
    assert all(is_open(people, token) for token in (*tokens, mine))
    assert (displaced(people), people.mails()) == ([], [])


def test_the_eleventh_session_ends_the_oldest_is_logged_and_the_owner_is_told(people: People) -> None:
    oldest, *others = opened_before(people)
    found = people.tools.sessions.find(oldest, people.world.clock())
    assert found
    mine, count = log_in(people)
    assert count == 1
    assert not is_open(people, oldest)
    assert all(is_open(people, token) for token in (*others, mine))
    assert displaced(people) == [found.access_id]
    [(destination, text)] = people.mails()
    assert destination == EMAIL
    assert "Se cerró una de sus sesiones" in text


def test_the_owner_is_told_once_a_day_at_most_and_each_end_is_logged(people: People) -> None:
    opened_before(people)
    assert [log_in(people)[1] for _ in range(3)] == [1, 1, 1]
    assert (len(displaced(people)), len(people.mails())) == (3, 1)
    people.world.clock.advance(days=1)
    opened_before(people)
    log_in(people)
    assert len(people.mails()) == 2


def test_a_letter_that_could_not_go_out_is_sent_the_next_time(people: People, moto_engine: Engine) -> None:
    opened_before(people)
    identity = {"EmailIdentity": people.world.container.config.mail_from}
    moto_engine.client("sesv2").delete_email_identity(**identity)
    assert log_in(people)[1] == 1
    assert people.mails() == []
    moto_engine.client("sesv2").create_email_identity(**identity)
    assert log_in(people)[1] == 1
    assert [destination for destination, _ in people.mails()] == [EMAIL]


def test_sessions_that_are_over_do_not_count(people: People) -> None:
    opened_before(people, 6)
    people.tools.sessions.end_all("u1", before=people.world.clock())
    for token in opened_before(people, 5):
        assert is_open(people, token)
    assert log_in(people)[1] == 0
    people.world.clock.advance(hours=8)
    opened_before(people, 5)
    assert log_in(people)[1] == 0


def test_the_session_that_the_login_came_with_makes_room_for_it(people: People) -> None:
    *others, mine = opened_before(people)
    assert log_in(people, mine)[1] == 0
    assert all(is_open(people, token) for token in others)


def test_more_than_one_too_many_are_ended_by_the_next_login(people: People) -> None:
    tokens = opened_before(people, MOST_SESSIONS + 3)
    assert log_in(people)[1] == 4
    assert [is_open(people, token) for token in tokens] == [False] * 4 + [True] * 9


def test_another_users_sessions_do_not_count(people: People) -> None:
    tools, now = people.tools, people.world.clock()
    account = tools.accounts.find(USERNAME)
    assert account
    other = replace(account, user_id="u2")
    for _ in range(MOST_SESSIONS):
        open_session(other, tools.new_secret(), origin="", sessions=tools.sessions, now=now)
    assert log_in(people)[1] == 0
