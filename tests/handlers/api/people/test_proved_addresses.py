"""The receipt goes to proved addresses only: whoever is alerted has shown what was sent there (REG-5, BOX-7)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import mailbox_store
from tests.cloud import Engine
from tests.deposit_world import World, a_mailbox, a_user, an_institution, put_institution
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People

LUIS = {"document_type": "DNI", "document_number": "40000028", "name": "Luis Vega Demo", "email": "luis@ejemplo.pe"}
RIGHT, WRONG = "luis@ejemplo.pe", "luiz@ejemplo.pe"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    put_institution(world.container, an_institution(attaches_receipt=True))
    mailbox_store(world.container).put(a_mailbox(users=(a_user(1),)))
    people = People(world)
    people.seed()
    return people


def sent_with_receipt(people: People) -> set[str]:
    """Deposit, and return the addresses that the receipt goes to."""
    deposited = people.world.deposit(key=f"clave-{next(people.world.nonces)}")
    batch = alert_batch_store(people.world.container).find(deposited.json_body["notice_id"])
    assert batch is not None
    assert batch.receipt_key is not None
    return {alert.destination for alert in batch.alerts if alert.channel == "email"}


def add(people: People, token: str, address: str) -> str:
    user_id: str = people.send("POST", "/v1/users", {**LUIS, "email": address}, token=token).json_body["user_id"]
    return user_id


def link(people: People) -> str:
    return str(re.findall(r"/activar/(\S+)", people.mails()[-1][1])[-1])


def activate(people: People, secret: str) -> int:
    body = {"new_password": NEW, "new_password_repeated": NEW}
    return people.send("POST", f"/v1/activations/{secret}", body).status_code


def correct(people: People, token: str, user_id: str) -> int:
    path = f"/v1/users/{user_id}/activation-mail"
    return people.send("POST", path, {"email": RIGHT}, token=token).status_code


def test_an_added_user_gets_it_once_the_link_sent_there_was_used(people: People) -> None:
    add(people, people.token(), RIGHT)
    assert sent_with_receipt(people) == {EMAIL}
    assert activate(people, link(people)) == 200
    assert sent_with_receipt(people) == {EMAIL, RIGHT}


def test_a_corrected_address_is_not_proved_by_what_was_sent_to_the_former(people: People) -> None:
    token = people.token()
    user_id = add(people, token, WRONG)
    lost = link(people)
    assert correct(people, token, user_id) == 202
    assert activate(people, lost) == 404
    assert sent_with_receipt(people) == {EMAIL}


def test_nor_where_the_correction_overtakes_the_activation(people: People) -> None:
    token = people.token()
    user_id, client = add(people, token, WRONG), connection(people.world.container).client
    lost = link(people)

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        assert correct(people, token, user_id) == 202

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert activate(people, lost) == 404
    assert sent_with_receipt(people) == {EMAIL}


def test_nor_by_being_disabled_and_enabled_or_by_recovery(people: People) -> None:
    token = people.token()
    user_id = add(people, token, RIGHT)
    for what in ("disabling", "enabling"):
        assert people.send("POST", f"/v1/users/{user_id}/{what}", token=token).status_code == 200
    assert people.ask_reset(RIGHT).status_code == 202
    assert "/activar/" in people.mails()[-1][1]
    assert sent_with_receipt(people) == {EMAIL}


def test_a_new_address_gets_it_once_its_code_was_shown_and_the_old_one_until_then(people: People) -> None:
    token = people.token()
    asked = people.send("POST", "/v1/profile/email", {"email": RIGHT, "password": PASSWORD}, token=token)
    assert asked.status_code == 202
    assert sent_with_receipt(people) == {EMAIL}
    shown = people.send("POST", "/v1/profile/email/verification", {"code": people.code_sent()}, token=token)
    assert shown.status_code == 200
    assert sent_with_receipt(people) == {EMAIL}
    people.confirm_email()
    assert sent_with_receipt(people) == {RIGHT}
    assert people.tools.mailboxes.find(USERNAME)
