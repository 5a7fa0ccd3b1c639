"""`/v1/own-data` and `/v1/data-requests` for programs, and what they cost (DAT-1)."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, THIRD, seed_company, token_of
from tests.costs import measure
from tests.deposit_world import World
from tests.person_world import PASSWORD, People

WHY = "--reason 'Lo pidió por escrito' --operator rquispe"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    people.send("POST", "/v1/login-codes", {"username": "1-40000009"})  # makes every client
    return people


def test_a_program_reads_all_that_is_held_and_asks(people: People) -> None:
    token = token_of(people, COMPANY)
    held = people.send("GET", "/v1/own-data", token=token).json_body
    assert held["user"]["mobile"] == "+51900000001"
    assert held["mailbox"]["users"] == ["Usuaria Ejemplo 1", "Usuaria Ejemplo 2", "Usuaria Ejemplo 3"]
    assert (held["log"], held["log_is_whole"]) == ([], False)
    copy = people.send("POST", "/v1/data-requests", {"kind": "export"}, token=token).json_body
    assert [one["what"] for one in copy["own_data"]["log"]] == ["data.requested"]
    assert copy["own_data"]["log_is_whole"] is True
    asked = {"kind": "rectification", "words": "Falta mi segundo nombre."}
    made = people.send("POST", "/v1/data-requests", asked, token=token)
    assert made.status_code == 201
    assert (made.json_body["state"], made.json_body["due_at"]) == ("waiting", "2026-03-24T04:59:59Z")
    again = people.send("POST", "/v1/data-requests", asked, token=token)
    assert again.json_body["reference"] == made.json_body["reference"]
    listed = people.send("GET", "/v1/data-requests", token=token).json_body
    assert {one["reference"] for one in listed["requests"]} == {made.json_body["reference"], copy["reference"]}
    assert listed["terms"]["business_days"]["access"] == 20
    address = f"/v1/data-requests/{made.json_body['reference']}/withdrawal"
    assert people.send("POST", address, {}, token=token).json_body["state"] == "withdrawn"
    assert people.send("POST", address, {}, token=token).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "field_missing"),
        ({"kind": "all"}, 422, "field_choice"),
        ({"kind": "rectification"}, 422, "words_needed"),
        ({"kind": "access", "words": "a" * 1001}, 422, "words_too_long"),
        ({"kind": "access", "words": 7}, 422, "field_type"),
        ({"kind": "closure"}, 422, "field_empty"),
        ({"kind": "closure", "password": "no-es-esa-55"}, 422, "password_wrong"),
        ({"kind": "export", "more": 1}, 422, "field_unknown"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    people: People, body: dict[str, object], status: int, code: str
) -> None:
    token = token_of(people, COMPANY)
    answer = people.send("POST", "/v1/data-requests", body, token=token)
    assert (answer.status_code, answer.json_body["code"]) == (status, code)
    assert people.send("GET", "/v1/data-requests", token=token).json_body["requests"] == []


def test_passwords_guessed_within_a_session_are_bounded_and_logged(people: People) -> None:
    token = token_of(people, COMPANY)
    body = {"kind": "closure", "password": "no-es-esa-55"}
    answers = [people.send("POST", "/v1/data-requests", body, token=token).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    refused = people.tools.events.list_for_subject("user#u1")
    assert {one.data["for"] for one in refused} == {"closing"}
    assert people.send("GET", "/v1/own-data", token=token).status_code == 200


def test_who_asks_and_withdraws_without_end_is_refused_that_day_alone(people: People) -> None:
    token = token_of(people, COMPANY)
    for number in range(21):
        made = people.send("POST", "/v1/data-requests", {"kind": "access", "words": "¿Qué hay de mí?"}, token=token)
        assert made.status_code == (201 if number < 20 else 429)
        if number < 20:
            people.send("POST", f"/v1/data-requests/{made.json_body['reference']}/withdrawal", {}, token=token)
    export = {"kind": "export"}
    copies = [
        people.send("POST", "/v1/data-requests", export, token=token_of(people, THIRD)).status_code for _ in range(25)
    ]
    assert set(copies) == {201}  # what is not made does not count
    other = token_of(people, OTHER)
    assert people.send("POST", "/v1/data-requests", {"kind": "export"}, token=other).status_code == 201


def test_a_closed_mailbox_is_opened_again_by_its_principal_alone(people: People) -> None:
    token = token_of(people, COMPANY)
    made = people.send("POST", "/v1/data-requests", {"kind": "closure", "password": PASSWORD}, token=token)
    people.world.clock.advance(hours=24)
    reference = made.json_body["reference"]
    line = f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY} --json"
    done = people.world.client.lambda_.invoke("operator", {"command": line}).payload
    assert done["exit"] == 0
    other, boss = token_of(people, OTHER), token_of(people, COMPANY)
    shown = people.send("GET", "/v1/data-requests", token=boss).json_body
    assert shown["mailbox_closed_at"] == "2026-03-10T20:17:00Z"
    opening = ("POST", "/v1/reopening", {"password": PASSWORD})
    assert people.send(*opening, token=other).json_body["code"] == "principal_needed"
    assert people.send(*opening, token=boss).json_body == {"state": "open", "is_closed": False}
    assert people.send(*opening, token=boss).json_body["code"] == "mailbox_not_closed"


def test_what_each_costs_in_round_trips(people: People) -> None:
    token = token_of(people, COMPANY)
    seen = measure(lambda: people.send("GET", "/v1/own-data", token=token), 200)
    assert (seen.hops, seen.calls) == (2, 7)
    listed = measure(lambda: people.send("GET", "/v1/data-requests", token=token), 200)
    assert (listed.hops, listed.calls) == (2, 6)
    correction = {"kind": "rectification", "words": "Falta mi segundo nombre."}
    asked = measure(lambda: people.send("POST", "/v1/data-requests", correction, token=token), 201)
    assert (asked.hops, asked.calls) == (8, 8)
    closure = {"kind": "closure", "password": PASSWORD}
    closing = measure(lambda: people.send("POST", "/v1/data-requests", closure, token=token), 201)
    assert closing.calls == 17  # three are told at once, so that the hops are those of the slowest
