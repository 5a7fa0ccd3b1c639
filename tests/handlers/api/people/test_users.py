"""The users of a mailbox over HTTP: who sees, adds, activates, disables and enables them (BOX-6)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, UserState
from chalicelib.services.access.send_access_mail import NOBODY
from tests.cloud import Engine
from tests.deposit_world import World, a_body, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, USERNAME, People

SECONDARY = f"{USERNAME}.40000028"
LUIS = {
    "document_type": "DNI",
    "document_number": "40000028",
    "name": "Luis Vega Demo",
    "email": "luis@ejemplo.pe",
    "mobile": "987 654 321",
}


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    mailbox_store(world.container).put(a_mailbox(users=(a_user(1),)))
    people.seed()
    return people


def add(people: People, token: str, **overrides: Any) -> HTTPResponse:
    return people.send("POST", "/v1/users", {**LUIS, **overrides}, token=token)


def link_sent(people: People) -> str:
    return str(re.findall(r"/activar/(\S+)", people.mails()[-1][1])[-1])


def activate(people: People, link: str, new: str = NEW) -> HTTPResponse:
    return people.send("POST", f"/v1/activations/{link}", {"new_password": new, "new_password_repeated": new})


def post(people: People, user_id: str, what: str, token: str, body: Any = None) -> HTTPResponse:
    return people.send("POST", f"/v1/users/{user_id}/{what}", body, token=token)


def state_of(people: People, user_id: str) -> tuple[Any, Any]:
    mailbox = people.tools.mailboxes.find(USERNAME)
    assert mailbox
    user = mailbox.user(user_id)
    assert user
    account = people.tools.accounts.find(mailbox.username_of(user))
    return user.state, account and account.state


def added_and_active(people: People, token: str) -> str:
    user_id: str = add(people, token).json_body["user_id"]
    assert activate(people, link_sent(people)).status_code == 200
    return user_id


def test_an_added_user_is_pending_gets_one_email_and_logs_in_after_choosing_a_password(people: People) -> None:
    token = people.token()
    answer = add(people, token)
    assert (answer.status_code, answer.json_body) == (
        201,
        {
            "user_id": answer.json_body["user_id"],
            "username": SECONDARY,
            "document_type": "DNI",
            "document_number": "40000028",
            "name": "Luis Vega Demo",
            "email": "luis@ejemplo.pe",
            "mobile": "+51987654321",
            "state": "pending",
            "is_principal": False,
            "is_current": False,
            "mail_sent": True,
        },
    )
    [(destination, text)] = people.mails()
    assert destination == "luis@ejemplo.pe"
    assert SECONDARY in text
    assert people.log_in(SECONDARY, NEW).status_code == 401
    answer = activate(people, link_sent(people))
    assert (answer.status_code, answer.json_body["username"]) == (200, SECONDARY)
    assert people.log_in(SECONDARY, NEW).json_body["must_change_password"] is False
    listed = people.send("GET", "/v1/users", token=token).json_body
    assert [(user["state"], user["is_current"]) for user in listed["users"]] == [("active", True), ("active", False)]
    assert (listed["most"], listed["can_change"]) == (5, True)
    kinds = [event.type for event in people.tools.events.list_for_subject(f"mailbox#{USERNAME}")]
    assert sorted(kinds) == ["user.activated", "user.added"]


def test_a_link_activates_once_and_a_refused_password_leaves_it_good(people: People) -> None:
    add(people, people.token())
    link = link_sent(people)
    assert activate(people, link, "Vega-lago-verde-7").json_body["code"] == "password_personal"
    assert activate(people, link).status_code == 200
    again = activate(people, link, "Ventana-larga-azul-5")
    assert (again.status_code, again.json_body["code"]) == (404, "link_unusable")
    assert people.log_in(SECONDARY, NEW).status_code == 201


@pytest.mark.parametrize(("seconds", "status"), [(7 * 86400, 200), (7 * 86400 + 1, 409)])
def test_an_activation_is_good_for_seven_days(people: People, seconds: int, status: int) -> None:
    add(people, people.token())
    people.world.clock.advance(seconds=seconds)
    assert activate(people, link_sent(people)).status_code == status


def test_an_expired_activation_sends_one_new_one_and_says_so(people: People) -> None:
    add(people, people.token())
    expired = link_sent(people)
    people.world.clock.advance(days=8)
    assert activate(people, expired).json_body["code"] == "link_expired"
    assert activate(people, expired).json_body["code"] == "link_unusable"
    assert [to for to, _ in people.mails()] == ["luis@ejemplo.pe"] * 2
    assert activate(people, link_sent(people)).status_code == 200


def test_everything_that_is_wrong_is_told_at_once(people: People) -> None:
    body = {"document_type": "RUC", "name": "4", "email": "usuaria1@ejemplo.pe", "mobile": "014567890"}
    answer = people.send("POST", "/v1/users", body, token=people.token())
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json_body["errors"]] == [
        ("document_type", "document_type_invalid"),
        ("name", "name_invalid"),
        ("email", "email_taken"),
        ("mobile", "mobile_invalid"),
    ]
    assert people.mails() == []


@pytest.mark.parametrize(("length", "status"), [(120, 201), (121, 422)])
def test_a_full_name_can_be_long(people: People, length: int, status: int) -> None:
    assert add(people, people.token(), name="Ñ" * length).status_code == status


@pytest.mark.parametrize("kind", ["DNI", "PASAPORTE"])
def test_a_document_has_one_user(people: People, kind: str) -> None:
    token = people.token()
    add(people, token)
    again = add(people, token, document_type=kind, email="otro@ejemplo.pe").json_body
    assert [(error["field"], error["code"]) for error in again["errors"]] == [("document_number", "document_taken")]


def test_a_sixth_user_is_refused(people: People) -> None:
    mailbox_store(people.world.container).put(
        a_mailbox(users=(a_user(1), *(a_user(n, document_number=f"4000003{n}") for n in range(2, 5))))
    )
    token = people.token()
    assert add(people, token).status_code == 201
    sixth = add(people, token, document_number="40000099", email="seis@ejemplo.pe")
    assert (sixth.status_code, sixth.json_body["code"]) == (409, "users_full")
    assert sixth.json_body["detail"].startswith("Tu casilla ya tiene 5 usuarios")


def test_a_secondary_user_looks_and_changes_nothing(people: People) -> None:
    user_id = added_and_active(people, people.token())
    token = people.accept_texts(people.log_in(SECONDARY, NEW).json_body["token"])
    listed = people.send("GET", "/v1/users", token=token).json_body
    assert ([user["user_id"] for user in listed["users"]], listed["can_change"]) == (["u1", user_id], False)
    tries = [
        add(people, token, document_number="40000099", email="otro@ejemplo.pe"),
        *(post(people, user_id, what, token) for what in ("disabling", "enabling", "activation-mail")),
    ]
    assert {(answer.status_code, answer.json_body["code"]) for answer in tries} == {(403, "principal_needed")}


def test_a_disabled_user_is_out_at_once_without_alerts_and_back_when_enabled(people: People) -> None:
    token = people.token()
    user_id = added_and_active(people, token)
    theirs = people.log_in(SECONDARY, NEW).json_body["token"]
    people.world.clock.advance(seconds=1)
    assert post(people, user_id, "disabling", token).json_body["state"] == "disabled"
    assert state_of(people, user_id) == (UserState.DISABLED, UserState.DISABLED)
    assert people.mails()[-1][0] == "luis@ejemplo.pe"
    assert "Ya no tiene acceso" in people.mails()[-1][1]
    assert people.send("GET", "/v1/sessions/current", token=theirs).status_code == 401
    assert people.log_in(SECONDARY, NEW).json_body["code"] == "account_disabled"
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 200
    deposited = people.world.deposit(a_body())
    assert deposited.status_code == 201
    batch = alert_batch_store(people.world.container).find(deposited.json_body["notice_id"])
    assert batch
    assert {alert.alert_id.partition(".")[0] for alert in batch.alerts} == {"u1"}
    sent = len(people.mails())
    assert post(people, user_id, "disabling", token).status_code == 200
    assert len(people.mails()) == sent
    assert post(people, user_id, "enabling", token).json_body["state"] == "active"
    assert people.log_in(SECONDARY, NEW).status_code == 201


def without_mobile(people: People) -> None:
    mailbox = people.tools.mailboxes.find(USERNAME)
    assert mailbox
    people.tools.mailboxes.update(
        replace(mailbox, users=(replace(mailbox.users[0], mobile=None), *mailbox.users[1:])),
    )


def test_the_only_active_user_with_a_mobile_is_not_disabled(people: People) -> None:
    token = people.token()
    user_id = added_and_active(people, token)
    without_mobile(people)
    refused = post(people, user_id, "disabling", token)
    assert (refused.status_code, refused.json_body["code"]) == (409, "last_mobile")
    assert "Luis Vega Demo" in refused.json_body["detail"]
    assert state_of(people, user_id) == (UserState.ACTIVE, UserState.ACTIVE)
    assert people.world.deposit(a_body()).status_code == 201
    assert people.send("POST", "/v1/profile", {"mobile": "912345678"}, token=token).status_code == 200
    assert post(people, user_id, "disabling", token).status_code == 200


def test_whoever_has_no_live_mobile_is_disabled_as_before(people: People) -> None:
    token = people.token()
    without_mobile(people)
    pending = add(people, token).json_body["user_id"]
    assert post(people, pending, "disabling", token).status_code == 200


def test_who_never_activated_is_pending_again_when_enabled_and_the_link_sleeps_meanwhile(people: People) -> None:
    token = people.token()
    user_id = add(people, token).json_body["user_id"]
    link = link_sent(people)
    post(people, user_id, "disabling", token)
    assert activate(people, link).json_body["code"] == "link_unusable"
    assert post(people, user_id, "enabling", token).json_body["state"] == "pending"
    assert state_of(people, user_id) == (UserState.PENDING, UserState.PENDING)
    assert activate(people, link).status_code == 200


@pytest.mark.parametrize("what", ["disabling", "enabling", "activation-mail"])
def test_the_principal_and_strangers_are_not_to_be_changed(people: People, what: str) -> None:
    token = people.token()
    own, unknown = post(people, "u1", what, token), post(people, "u99", what, token)
    assert (own.status_code, own.json_body["code"]) == (409, "user_is_principal")
    assert (unknown.status_code, unknown.json_body["code"]) == (404, "user_unknown")


def test_the_activation_is_sent_again_after_a_minute(people: People) -> None:
    token = people.token()
    user_id = add(people, token).json_body["user_id"]
    assert post(people, user_id, "activation-mail", token).status_code == 202
    assert post(people, user_id, "activation-mail", token).json_body["code"] == "limit_reached"
    people.world.clock.advance(seconds=60)
    assert post(people, user_id, "activation-mail", token).status_code == 202
    assert activate(people, link_sent(people)).status_code == 200
    people.world.clock.advance(seconds=60)
    assert post(people, user_id, "activation-mail", token).json_body["code"] == "user_not_pending"


def test_a_mistyped_address_is_corrected_and_what_was_sent_there_opens_nothing(people: People) -> None:
    token = people.token()
    user_id = add(people, token, email="luiz@ejemplo.pe").json_body["user_id"]
    lost = link_sent(people)
    taken = post(people, user_id, "activation-mail", token, {"email": "usuaria1@ejemplo.pe"})
    assert taken.json_body["code"] == "email_taken"
    corrected = post(people, user_id, "activation-mail", token, {"email": "luis@ejemplo.pe"})
    assert (corrected.status_code, corrected.json_body["email"]) == (202, "luis@ejemplo.pe")
    assert activate(people, lost).json_body["code"] == "link_unusable"
    assert people.mails()[-1][0] == "luis@ejemplo.pe"
    assert activate(people, link_sent(people)).status_code == 200


def test_recovery_sends_a_pending_user_the_activation_again(people: People) -> None:
    add(people, people.token())
    assert people.ask_reset("luis@ejemplo.pe").status_code == 202
    assert [to for to, _ in people.mails()] == ["luis@ejemplo.pe"] * 2
    assert activate(people, link_sent(people)).status_code == 200


def test_recovery_of_a_disabled_user_goes_to_nobody(people: People) -> None:
    token = people.token()
    user_id = added_and_active(people, token)
    post(people, user_id, "disabling", token)
    people.ask_reset("luis@ejemplo.pe")
    assert people.mails()[-1][0] == NOBODY


def test_a_reset_link_activates_no_one_and_an_activation_resets_nothing(people: People) -> None:
    add(people, people.token())
    activation = link_sent(people)
    people.ask_reset()
    assert people.use_reset(activation).json_body["code"] == "link_unusable"
    assert activate(people, people.link_sent()).json_body["code"] == "link_unusable"


def test_a_user_is_added_even_while_no_email_can_go_out(people: People, moto_engine: Engine) -> None:
    token = people.token()
    moto_engine.client("ses").delete_identity(Identity=people.world.container.config.mail_from)
    answer = add(people, token)
    assert (answer.status_code, answer.json_body["mail_sent"]) == (201, False)


def test_users_of_one_mailbox_are_unknown_in_another(people: People) -> None:
    other = a_mailbox("40000003", users=(a_user(3, is_principal=True),))
    mailbox_store(people.world.container).put(other)
    hashed = people.tools.hashing.hash(PASSWORD)
    people.tools.accounts.add(Account("1-40000003", "u3", "1-40000003", UserState.ACTIVE, password_hash=hashed))
    user_id = add(people, people.token()).json_body["user_id"]
    token = people.accept_texts(people.log_in("1-40000003").json_body["token"])
    assert post(people, user_id, "disabling", token).json_body["code"] == "user_unknown"
    assert [user["user_id"] for user in people.send("GET", "/v1/users", token=token).json_body["users"]] == ["u3"]


def test_users_need_a_fresh_validation(people: People) -> None:
    token = people.token()
    people.world.clock.advance(minutes=21)
    assert people.send("GET", "/v1/users", token=token).json_body["code"] == "validation_needed"
    assert add(people, token).json_body["code"] == "validation_needed"


def test_document_types_are_those_of_people() -> None:
    from chalicelib.domain.people.mailbox_users import PERSON_DOCUMENTS  # noqa: PLC0415 - one constant

    assert set(DocumentType) - set(PERSON_DOCUMENTS) == {DocumentType.RUC}
