"""A mailbox by carné de extranjería receives, alerts and is got into as any other, with letters in its number too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, Holder, UserState
from chalicelib.renderers.deposit.receipt_rows import fact_rows
from tests.deposit_world import World, a_body, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, People, hash_once, texts_in_force

NUMBERS = pytest.mark.parametrize("number", ["001234567", "AB1234567890", "990000013"])
OWN = "María Ficción"


def foreign(world: World, number: str) -> tuple[People, str]:
    """Have a foreigner with a mailbox of their own, who can log in."""
    people, username = People(world), f"4-{number}"
    holder = Holder(DocumentType.CE, number, OWN)
    user = replace(a_user(1), document_type=DocumentType.CE, document_number=number, name=OWN)
    mailbox_store(world.container).put(a_mailbox(mailbox_id=username, holder=holder, users=(user,)))
    account = Account(username, "u1", username, UserState.ACTIVE, password_hash=hash_once(people.tools.hashing))
    people.tools.accounts.add(replace(account, document_number=number, accepted=texts_in_force()))
    return people, username


def to(number: str) -> dict[str, Any]:
    return a_body(recipient={"document_type": "CE", "document_number": number})


@NUMBERS
def test_a_deposit_arrives_and_its_receipt_names_the_carne(world: World, number: str) -> None:
    _, username = foreign(world, number)

    answer = world.deposit(to(number))

    assert answer.status_code == 201, answer.body
    notice = notice_store(world.container).get(answer.json_body["notice_id"])
    assert notice.mailbox_id == username
    rows = {row.label: row.value for row in fact_rows(notice, ZoneInfo("America/Lima"))}
    assert OWN in rows.values()
    assert any(f"CE {number}" in text for text in rows.values())


@NUMBERS
def test_who_asks_learns_that_it_can_receive(world: World, number: str) -> None:
    _, username = foreign(world, number)

    answer = world.get(f"/v1/mailboxes/{username}")

    assert (answer.status_code, answer.json_body["can_receive"]) == (200, True)


def test_a_carne_is_nobody_with_a_dni_or_passport_of_the_same_signs(world: World) -> None:
    foreign(world, "400000023")
    passport = a_body(recipient={"document_type": "PASAPORTE", "document_number": "400000023"})

    assert world.deposit(passport).json_body["code"] == "recipient_without_mailbox"
    arrived = world.deposit(key="otra").json_body["notice_id"]
    assert notice_store(world.container).get(arrived).mailbox_id == "1-40000002"


@NUMBERS
def test_the_holder_logs_in_however_the_number_is_typed(world: World, number: str) -> None:
    people, username = foreign(world, number)

    assert people.log_in(f" {username.lower()} ").status_code == 201
    assert people.log_in(f"1-{number}").status_code == 401


@NUMBERS
def test_a_forgotten_password_is_reset_by_the_carne(world: World, number: str) -> None:
    people, username = foreign(world, number)

    assert asked(people, number.lower()).status_code == 202
    assert people.use_reset(people.link_sent()).status_code == 200
    world.clock.advance(minutes=1)
    assert people.log_in(username, NEW).status_code == 201
    assert people.log_in(username, PASSWORD).status_code == 401


@NUMBERS
def test_operators_find_it_by_its_username(world: World, number: str) -> None:
    _, username = foreign(world, number)
    why = "--operator rquispe --reason 'Pedido 123'"

    told = world.client.lambda_.invoke("operator", {"command": f"mailboxes show {username} {why}"}).payload

    assert told["exit"] == 0, told
    assert told["output"].startswith(f"{username}  abierta")
    assert OWN in told["output"]


def asked(people: People, number: str) -> HTTPResponse:
    body = {"person_type": "natural", "document_type": "CE", "document_number": number, "email": "usuaria1@ejemplo.pe"}
    return people.send("POST", "/v1/password-resets", body)
