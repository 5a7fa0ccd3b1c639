"""Mi perfil over HTTP: own data, mobile, and a new address that proves itself first (BOX-7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import AcceptedText, DocumentType, MailboxUser, UserState
from chalicelib.services.access.send_access_mail import NOBODY
from tests.cloud import Engine
from tests.deposit_world import NOW, World, a_mailbox, a_user
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People

NEW_EMAIL = "nueva@ejemplo.pe"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    principal = a_user(1, document_type=DocumentType.DNI, document_number="40000002")
    accepted = (AcceptedText("terms", "2026-01", NOW, "192.0.2.1"),)
    mailbox_store(world.container).put(a_mailbox(users=(principal, a_user(2, mobile=None)), accepted=accepted))
    people.seed()
    return people


def shown(people: People, token: str) -> dict[str, Any]:
    body: dict[str, Any] = people.send("GET", "/v1/profile", token=token).json_body
    return body


def change(people: People, token: str, **body: Any) -> HTTPResponse:
    return people.send("POST", "/v1/profile", body, token=token)


def ask(people: People, token: str, email: str = NEW_EMAIL, password: str = PASSWORD) -> HTTPResponse:
    return people.send("POST", "/v1/profile/email", {"email": email, "password": password}, token=token)


def verify(people: People, token: str, code: str) -> HTTPResponse:
    return people.send("POST", "/v1/profile/email/verification", {"code": code}, token=token)


def test_a_profile_shows_the_own_data_and_the_texts_accepted(people: People) -> None:
    assert shown(people, people.token()) == {
        "username": USERNAME,
        "is_principal": True,
        "document_type": "DNI",
        "document_number": "40000002",
        "name": "Usuaria Ejemplo 1",
        "email": EMAIL,
        "mobile": "+51900000001",
        "addresses": [
            {
                "channel": channel,
                "address": address,
                "is_live": True,
                **dict.fromkeys(
                    ("failing_since", "failing_because", "delivered_at", "proved_at", "bounced_at", "asked_at")
                ),
                "returned_at": [],
            }
            for channel, address in (("email", EMAIL), ("sms", "+51900000001"))
        ],
        "waiting_email": None,
        "waiting_email_from": None,
        "new_email": None,
        "new_email_until": None,
        "accepted": [
            {"text": "terms", "version": "2026-01", "accepted_at": "2026-03-09T20:15:30Z"},
            {"text": "terms", "version": "2026-11-28", "accepted_at": "2026-03-08T20:15:30Z"},
            {"text": "privacy", "version": "2026-11-28", "accepted_at": "2026-03-08T20:15:30Z"},
        ],
        "mailbox": {
            "mailbox_id": USERNAME,
            "holder": {"document_type": "DNI", "document_number": "40000002", "name": "QUISPE DEMO MARÍA ÑUSTA"},
            "accepted": [{"text": "terms", "version": "2026-01", "accepted_at": "2026-03-09T20:15:30Z"}],
        },
    }


def keep(people: People, *others: MailboxUser) -> None:
    mailboxes = people.tools.mailboxes
    found = mailboxes.find(USERNAME)
    assert found
    mailboxes.update(replace(found, users=(found.users[0], *others)))


def test_the_mobile_changes_alone_and_goes_where_another_active_user_has_one(people: People) -> None:
    token = people.token()
    keep(people, a_user(2))
    assert change(people, token, mobile="987-654-321").json_body["mobile"] == "+51987654321"
    assert change(people, token, mobile="").json_body["mobile"] is None
    mailbox = people.tools.mailboxes.find(USERNAME)
    assert mailbox
    assert mailbox.users[1] == a_user(2)
    events = [event for event in people.tools.events.list_for_subject("user#u1") if event.type == "profile.changed"]
    assert [event.data for event in events] == [{"fields": "mobile"}] * 2
    assert change(people, token, mobile="").status_code == 200
    assert change(people, token).status_code == 200
    assert mailbox.version == 4


@pytest.mark.parametrize("state", [None, UserState.PENDING, UserState.DISABLED])
def test_the_last_mobile_of_a_mailbox_changes_and_does_not_go(people: People, state: UserState | None) -> None:
    token = people.token()
    keep(people, a_user(2, mobile=None) if state is None else a_user(2, state=state))
    refused = change(people, token, mobile="")
    assert (refused.status_code, refused.json_body["code"], refused.json_body["field"]) == (
        409,
        "last_mobile",
        "mobile",
    )
    assert "no pueden notificarte por este medio" in refused.json_body["detail"]
    assert shown(people, token)["mobile"] == "+51900000001"
    assert people.world.deposit().status_code == 201
    assert change(people, token, mobile="987654321").json_body["mobile"] == "+51987654321"


def test_the_last_mobile_that_sms_reach_is_not_changed_for_one_abroad(people: People) -> None:
    token = people.token()
    keep(people, a_user(2, mobile="+34612345678"))
    refused = change(people, token, mobile="+34 612 345 679")
    assert (refused.status_code, refused.json_body["code"]) == (409, "last_mobile")
    assert "de ese país todavía no enviamos" in refused.json_body["detail"]
    keep(people, a_user(2))
    assert change(people, token, mobile="+34 612 345 679").json_body["mobile"] == "+34612345679"


def test_of_two_who_take_their_mobiles_away_at_once_one_keeps_it(people: People) -> None:
    token = people.token()
    keep(people, a_user(2))
    client = connection(people.world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        keep(people, a_user(2, mobile=None))

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert change(people, token, mobile="").json_body["code"] == "last_mobile"
    assert shown(people, token)["mobile"] == "+51900000001"


def test_alerts_by_sms_are_no_choice(people: People) -> None:
    refused = change(people, people.token(), alerts_by_sms=False)
    assert (refused.status_code, refused.json_body["code"]) == (422, "field_unknown")


@pytest.mark.parametrize("mobile", ["014567890", "12345", "99999999999"])
def test_only_a_mobile_number_gets_sms(people: People, mobile: str) -> None:
    refused = change(people, people.token(), mobile=mobile)
    assert (refused.status_code, refused.json_body["code"], refused.json_body["field"]) == (
        422,
        "mobile_invalid",
        "mobile",
    )


def test_name_and_document_are_not_to_be_changed(people: People) -> None:
    assert change(people, people.token(), name="Otra").json_body["code"] == "field_unknown"


def test_a_new_address_waits_once_its_code_was_shown_and_the_old_one_is_told(people: People) -> None:
    token = people.token()
    asked = ask(people, token)
    assert (asked.status_code, asked.json_body["email"], asked.json_body["new_email"]) == (202, EMAIL, NEW_EMAIL)
    assert people.mails()[-1][0] == NEW_EMAIL
    assert shown(people, token)["new_email_until"] == "2026-03-09T20:45:30Z"
    code = people.code_sent()
    assert verify(people, token, "222222").json_body["code"] == "code_wrong"
    assert shown(people, token)["email"] == EMAIL
    verified = verify(people, token, f"{code[:3]}-{code[3:].lower()}")
    assert (verified.status_code, verified.json_body["email"], verified.json_body["new_email"]) == (
        200,
        EMAIL,
        None,
    )
    assert (verified.json_body["waiting_email"], verified.json_body["waiting_email_from"]) == (
        NEW_EMAIL,
        "2026-03-10T20:15:30Z",
    )
    destination, text = people.mails()[-1]
    assert destination == EMAIL
    assert "n***@ejemplo.pe" in text
    assert NEW_EMAIL not in text
    assert verify(people, token, code).json_body["code"] == "code_unusable"
    kinds = [event.type for event in people.tools.events.list_for_subject("user#u1")]
    assert kinds.count("profile.email_waits") == 1  # type: ignore[arg-type]
    people.confirm_email()
    assert (shown(people, token)["email"], shown(people, token)["waiting_email"]) == (NEW_EMAIL, None)
    people.ask_reset()
    assert people.mails()[-1][0] == NOBODY


def test_a_reset_link_sent_to_the_old_address_opens_nothing_any_more(people: People) -> None:
    people.ask_reset()
    link, token = people.link_sent(), people.token()
    ask(people, token)
    verify(people, token, people.code_sent())
    people.confirm_email()
    assert people.use_reset(link, NEW).json_body["code"] == "link_unusable"


@pytest.mark.parametrize(("seconds", "status"), [(30 * 60, 200), (30 * 60 + 1, 422)])
def test_a_code_is_good_for_thirty_minutes(people: People, seconds: int, status: int) -> None:
    ask(people, people.token())
    code = people.code_sent()
    people.world.clock.advance(seconds=seconds)
    assert verify(people, people.token(), code).status_code == status


def test_five_wrong_codes_spend_it(people: People) -> None:
    token = people.token()
    ask(people, token)
    code = people.code_sent()
    answers = [verify(people, token, "222222").json_body["code"] for _ in range(5)]
    assert answers == ["code_wrong"] * 4 + ["code_unusable"]
    assert verify(people, token, code).json_body["code"] == "code_unusable"


def test_a_code_is_worthless_after_another_address_was_asked_for(people: People) -> None:
    token = people.token()
    ask(people, token)
    first = people.code_sent()
    assert ask(people, token).json_body["code"] == "limit_reached"
    people.world.clock.advance(seconds=60)
    assert ask(people, token, "tercera@ejemplo.pe").status_code == 202
    assert verify(people, token, first).json_body["code"] == "code_superseded"
    assert verify(people, token, people.code_sent()).json_body["waiting_email"] == "tercera@ejemplo.pe"


@pytest.mark.parametrize(
    ("email", "code"),
    [("no es correo", "email_invalid"), ("USUARIA2@ejemplo.pe", "email_taken"), (EMAIL, "email_unchanged")],
)
def test_an_address_that_cannot_be_the_new_one_gets_no_code(people: People, email: str, code: str) -> None:
    assert ask(people, people.token(), email).json_body["code"] == code
    assert people.mails() == []


def test_an_address_that_another_user_took_meanwhile_is_refused(people: People) -> None:
    token = people.token()
    ask(people, token)
    mailbox = people.tools.mailboxes.find(USERNAME)
    assert mailbox
    mailbox_store(people.world.container).put(a_mailbox(users=(mailbox.users[0], a_user(2, email=NEW_EMAIL))))
    assert verify(people, token, people.code_sent()).json_body["code"] == "email_taken"


def test_strangers_inboxes_are_filled_by_no_one(people: People) -> None:
    token, statuses = people.token(), []
    for _ in range(11):
        people.world.clock.advance(seconds=60)
        statuses.append(ask(people, token).status_code)
    assert statuses == [202] * 10 + [429]


def test_a_profile_needs_a_fresh_validation(people: People) -> None:
    token = people.token()
    people.world.clock.advance(minutes=21)
    answers = [
        people.send("GET", "/v1/profile", token=token),
        change(people, token, mobile=""),
        ask(people, token),
        verify(people, token, "222222"),
    ]
    assert {answer.json_body["code"] for answer in answers} == {"validation_needed"}


def test_the_code_of_an_earlier_mail_to_a_new_address_is_called_so(people: People) -> None:
    token = people.token()
    ask(people, token, "otra@ejemplo.pe")
    earlier = people.code_sent()
    people.world.clock.advance(seconds=61)
    ask(people, token)

    for _ in range(7):
        assert verify(people, token, earlier).json_body["code"] == "code_superseded"
    assert verify(people, token, people.code_sent()).status_code == 200
