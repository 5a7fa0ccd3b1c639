"""The operator's command that ends a user's sessions, as Lambda runs it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from tests.deposit_world import World
from tests.person_world import UNKNOWN, USERNAME, People

WHY = "--reason 'Computadora robada' --operator rquispe"


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def is_open(people: People, token: str) -> bool:
    return people.send("GET", "/v1/sessions/current", token=token).status_code == 200


def test_every_session_of_the_user_ends_and_the_log_says_who_asked(people: People) -> None:
    tokens = [people.token(), people.token()]
    people.world.clock.advance(seconds=1)

    code, output = people.command(f"sessions end --user ' 1-4000 0002' {WHY}")

    assert (code, output) == (
        0,
        "Se cerraron todas las sesiones de ese usuario. Puede ingresar de nuevo con su contraseña.",
    )
    assert not any(is_open(people, token) for token in tokens)
    [event] = event_store(people.world.container).list_for_subject("user#u1")
    assert (event.type, event.actor) == (EventType.SESSIONS_ENDED_FOR_USER, "operator:rquispe")
    assert event.data == {"reason": "Computadora robada"}


def test_the_user_can_log_in_again_at_once(people: People) -> None:
    people.world.clock.step = timedelta(microseconds=1)
    people.command(f"sessions end --user {USERNAME} {WHY}")

    assert is_open(people, people.log_in().json_body["token"])


def test_it_can_be_given_twice_and_as_json(people: People) -> None:
    first = people.command(f"sessions end --user {USERNAME} {WHY} --json")
    people.world.clock.advance(seconds=1)

    assert first == people.command(f"sessions end --user {USERNAME} {WHY} --json")
    assert (first[0], json.loads(first[1])) == (0, {"ended": True})


def test_a_user_that_is_none_is_told_and_nothing_of_it_repeated(people: People) -> None:
    code, output = people.command(f"sessions end --user {UNKNOWN} {WHY}")

    assert code == 1
    assert "No hay un usuario así" in output
    assert UNKNOWN not in output


@pytest.mark.parametrize("typed", ["", f"--user {'x' * 41}", f"--user {USERNAME} --user {USERNAME}", "--user"])
def test_one_user_is_named(people: People, typed: str) -> None:
    token = people.token()

    code, _ = people.command(f"sessions end {typed} {WHY}")

    assert code == 2
    assert is_open(people, token)


def test_who_and_why_are_needed(people: People) -> None:
    token = people.token()

    assert people.command(f"sessions end --user {USERNAME}")[0] == 2
    assert is_open(people, token)
