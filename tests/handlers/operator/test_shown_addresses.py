"""What an operator reads of addresses that alerts do not reach, and what their owner takes along (ALR-4, DAT-1)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import Sign
from tests.cloud import Engine
from tests.deposit_world import NOW, World
from tests.handlers.operator.conftest import Give
from tests.person_world import EMAIL, USERNAME, People

SHOW = "mailboxes show 1-40000002 --reason 'Llamó porque no recibe avisos' --operator rquispe"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def line_of(output: str, masked: str) -> str:
    found = [line for line in output.splitlines() if f"{masked}:" in line]
    return found[0].strip() if found else ""


def test_the_operator_reads_since_when_and_why_nothing_arrives(people: People, give: Give) -> None:
    people.bounce(Sign.DELIVERED, at=NOW - timedelta(days=3))
    people.bounce()

    code, output = give(SHOW)

    assert code == 0
    assert line_of(output, "u***@ejemplo.pe") == (
        "1-40000002, u***@ejemplo.pe: los avisos no llegan desde 09/03/2026 15:10:30: el servidor de ese correo dice"
        " que no existe; el último entregado 06/03/2026 15:15:30"
    )
    assert EMAIL not in output
    assert "los avisos no llegan a ningún correo" not in output  # another user's lives


def test_of_a_healthy_address_it_says_when_it_last_received(people: People, give: Give) -> None:
    people.bounce(Sign.DELIVERED)
    people.bounce(Sign.PROVED, Channel.SMS)

    _, output = give(SHOW)

    assert "u***@ejemplo.pe: los avisos llegan; el último entregado 09/03/2026 15:10:30" in output
    assert "+51 *** *** 001: los avisos llegan; verificado por su dueño 09/03/2026 15:10:30" in output


def test_a_mailbox_that_nobody_is_reached_in_is_warned_of(people: People, give: Give) -> None:
    for user_id in ("u1", "u2"):
        people.bounce(user_id=user_id)
    people.bounce(channel=Channel.SMS, reason="mobile_opted_out")

    _, output = give(SHOW)

    assert "Atención: los avisos no llegan a ningún correo de la casilla: ninguna entidad puede notificar" in output
    assert "Atención: los avisos no llegan a ningún celular de la casilla" in output
    assert "desde ese número se pidió no recibir mensajes de texto" in output


def test_programs_read_the_same(people: People, give: Give) -> None:
    people.bounce()

    _, output = give(f"{SHOW} --json")

    [first, second] = json.loads(output)["users"][0]["addresses"]
    assert (first["channel"], first["address"], first["is_live"]) == ("email", "u***@ejemplo.pe", False)
    assert (first["failing_since"], first["reason"]) == (
        "2026-03-09T20:10:30+00:00",
        "bounce_permanent_general_5.1.1",
    )
    assert (second["channel"], second["is_live"], second["failing_since"]) == ("sms", True, None)


def test_the_copy_of_the_own_data_holds_what_is_known_of_the_own_addresses(people: People) -> None:
    for user_id in ("u1", "u2"):
        people.bounce(user_id=user_id)
    token = people.token()

    held = people.send("GET", "/v1/own-data", token=token).json_body

    [email, mobile] = held["user"]["addresses"]
    assert (email["address"], email["is_live"], email["bounced_at"]) == (EMAIL, False, "2026-03-09T20:10:30Z")
    assert mobile["is_live"] is True
    assert people.mailbox().users[1].email not in json.dumps(held)


def test_the_copy_says_that_an_address_was_proved(people: People) -> None:
    people.bounce()
    token = people.token()
    people.send("POST", "/v1/profile/addresses/email/codes", {}, token=token)
    body = {"code": people.code_sent()}
    people.send("POST", "/v1/profile/addresses/email/verification", body, token=token)

    copy = people.send("POST", "/v1/data-requests", {"kind": "export"}, token=token).json_body["own_data"]

    assert copy["user"]["username"] == USERNAME
    assert "address.proved" in [one["what"] for one in copy["log"]]
