"""Changing a password that is known, and replacing one that is not, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, UserState
from chalicelib.services.access.send_access_mail import NOBODY
from tests.cloud import Engine
from tests.deposit_world import NOW, World, a_mailbox, a_user
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def change(
    people: People, token: str, old: str = PASSWORD, new: str = NEW, again: str | None = None
) -> tuple[int, str]:
    body = {"old_password": old, "new_password": new, "new_password_repeated": new if again is None else again}
    answer = people.send("POST", "/v1/passwords", body, token=token)
    return answer.status_code, answer.json_body.get("code") or answer.json_body["token"]


def test_a_changed_password_ends_every_session_but_goes_on_here_and_tells_the_owner(people: People) -> None:
    here, elsewhere = people.token(), people.token()
    people.world.clock.advance(minutes=5)
    status, renewed = change(people, here)
    assert status == 201
    for ended in (here, elsewhere):
        assert people.send("GET", "/v1/sessions/current", token=ended).status_code == 401
    shown = people.send("GET", "/v1/sessions/current", token=renewed).json_body
    assert shown["validated_until"] == "2026-03-09T20:35:30Z"
    destination, text = people.mails()[-1]
    assert destination == EMAIL
    assert "Su contraseña cambió" in text
    assert people.log_in().status_code == 401
    assert people.log_in(password=NEW).status_code == 201


def test_no_email_ever_carries_a_password(people: People) -> None:
    change(people, people.token())
    people.world.clock.advance(minutes=2)
    people.ask_reset()
    people.use_reset(people.link_sent(), "Ventana-larga-azul-5")
    assert len(people.mails()) == 3
    for _, text in people.mails():
        assert not [secret for secret in (PASSWORD, NEW, "Ventana-larga-azul-5") if secret in text]
        assert "Nunca le pediremos su contraseña." in text


def test_a_temporary_password_opens_nothing_but_its_own_change(people: People) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, must_change_password=True, temporary_until=NOW + timedelta(days=2)))
    opened = people.log_in().json_body
    assert opened["must_change_password"] is True
    assert people.send("GET", "/v1/sessions", token=opened["token"]).json_body["code"] == "password_change_needed"
    _, renewed = change(people, opened["token"])
    assert people.send("GET", "/v1/sessions/current", token=renewed).json_body["must_change_password"] is False
    assert people.send("GET", "/v1/sessions", token=renewed).status_code == 200


@pytest.mark.parametrize("around", [" {}", "{}\n", "\u00a0{}\u200b", "{}"])
def test_what_is_copied_around_a_temporary_password_does_not_count(people: People, around: str) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, must_change_password=True, temporary_until=NOW + timedelta(days=2)))
    typed = around.format(PASSWORD)

    opened = people.log_in(password=typed)
    assert opened.status_code == 201
    status, _ = change(people, opened.json_body["token"], old=typed)
    assert status == 201


def test_a_blank_around_an_own_password_counts(people: People) -> None:
    assert people.log_in(password=f"{PASSWORD} ").status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(2 * 86400, 201), (2 * 86400 + 1, 403)])
def test_a_temporary_password_lasts_to_its_end(people: People, seconds: int, status: int) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, must_change_password=True, temporary_until=NOW + timedelta(days=2)))
    people.world.clock.advance(seconds=seconds)
    assert people.log_in().status_code == status


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"old": "Otra-clave-8"}, "old_password_wrong"),
        ({"new": PASSWORD}, "password_unchanged"),
        ({"again": "otra"}, "passwords_differ"),
        ({"new": "corta1A"}, "password_too_short"),
        ({"new": "Peru2026!"}, "password_common"),
        ({"new": "Quispe-lago-verde-7"}, "password_personal"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_against_the_rules(
    people: People, given: dict[str, str], code: str
) -> None:
    token = people.token()
    assert change(people, token, **given) == (422, code)
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 200


def test_a_reset_link_sets_the_password_once_ends_all_sessions_and_tells_the_owner(people: People) -> None:
    token = people.token()
    asked = people.ask_reset()
    assert asked.status_code == 202
    assert people.mails()[-1][0] == EMAIL
    link = people.link_sent()
    people.world.clock.advance(seconds=1)
    assert people.use_reset(link, "corta1A").json_body["code"] == "password_too_short"
    assert people.use_reset(link).status_code == 200
    assert "Su contraseña cambió" in people.mails()[-1][1]
    assert people.send("GET", "/v1/sessions/current", token=token).status_code == 401
    assert people.log_in(password=NEW).status_code == 201
    used = people.use_reset(link, "Ventana-larga-azul-5")
    assert (used.status_code, used.json_body["code"]) == (404, "link_unusable")
    assert people.log_in(password=NEW).status_code == 201


@pytest.mark.parametrize(("seconds", "status"), [(2 * 86400, 200), (2 * 86400 + 1, 409)])
def test_a_reset_link_is_good_for_two_days(people: People, seconds: int, status: int) -> None:
    people.ask_reset()
    people.world.clock.advance(seconds=seconds)
    assert people.use_reset(people.link_sent()).status_code == status


def test_an_expired_link_sends_one_new_link_and_says_so(people: People) -> None:
    people.ask_reset()
    expired = people.link_sent()
    people.world.clock.advance(days=2, seconds=1)
    answer = people.use_reset(expired)
    assert (answer.status_code, answer.json_body["code"]) == (409, "link_expired")
    assert people.use_reset(expired).json_body["code"] == "link_unusable"
    assert len(people.mails()) == 2
    assert people.mails()[-1][0] == EMAIL
    assert people.use_reset(people.link_sent()).status_code == 200


@pytest.mark.parametrize("by_link", [True, False])
@pytest.mark.parametrize("days", [0, 3])
def test_a_changed_password_ends_every_link_from_before(people: People, days: int, *, by_link: bool) -> None:
    links = []
    for _ in range(2):
        people.ask_reset()
        links.append(people.link_sent())
        people.world.clock.advance(seconds=61)
    if by_link:
        assert people.use_reset(links[1]).status_code == 200
    else:
        assert change(people, people.token())[0] == 201
    people.world.clock.advance(days=days)  # an expired one sends no new link either
    sent = len(people.mails())
    refused = people.use_reset(links[0], "Ventana-larga-azul-5")
    assert (refused.status_code, refused.json_body["code"], len(people.mails())) == (404, "link_unusable", sent)
    assert people.log_in(password=NEW).status_code == 201
    people.ask_reset()
    assert people.use_reset(people.link_sent(), "Ventana-larga-azul-5").status_code == 200


def test_other_data_than_the_registered_send_nothing_to_anyone(people: People) -> None:
    people.ask_reset("otra@ejemplo.pe")
    assert people.mails()[-1][0] == NOBODY
    assert people.use_reset(people.link_sent()).json_body["code"] == "link_unusable"


def test_a_secondary_user_is_found_by_the_holders_document_and_the_own_address(people: People) -> None:
    secondary = a_user(2, document_type=DocumentType.DNI, document_number="40000028")
    mailbox_store(people.world.container).put(a_mailbox(users=(a_user(1), secondary)))
    people.tools.accounts.add(Account("1-40000002.40000028", "u2", USERNAME, UserState.ACTIVE, password_hash="-"))
    people.ask_reset(secondary.email)
    assert people.mails()[-1][0] == secondary.email
    people.use_reset(people.link_sent())
    assert people.log_in("1-40000002.40000028", NEW).json_body["username"] == "1-40000002.40000028"
    assert people.log_in(password=NEW).status_code == 401


def test_users_of_one_mailbox_get_their_own_links_and_no_second_one_at_once(people: People) -> None:
    secondary = a_user(2, document_type=DocumentType.DNI, document_number="40000028")
    mailbox_store(people.world.container).put(a_mailbox(users=(a_user(1), secondary)))
    people.tools.accounts.add(Account("1-40000002.40000028", "u2", USERNAME, UserState.ACTIVE, password_hash="-"))
    typed = (EMAIL, secondary.email, EMAIL.upper(), "otra@ejemplo.pe", "otra@ejemplo.pe")
    assert [people.ask_reset(email).status_code for email in typed] == [202] * 5
    assert [destination for destination, _ in people.mails()] == [EMAIL, secondary.email, NOBODY]


def test_a_disabled_user_gets_no_link(people: People) -> None:
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, state=UserState.DISABLED))
    people.ask_reset()
    assert [destination for destination, _ in people.mails()] == [NOBODY]


def test_a_person_type_goes_with_its_documents(people: People) -> None:
    body = {"person_type": "juridica", "document_type": "DNI", "document_number": "40000002", "email": EMAIL}
    assert people.send("POST", "/v1/password-resets", body).json_body["code"] == "person_type_mismatch"
    body["person_type"] = "otra"
    assert people.send("POST", "/v1/password-resets", body).json_body["code"] == "field_choice"


def test_a_change_stands_when_no_mail_goes_out(people: People, moto_engine: Engine) -> None:
    token = people.token()
    moto_engine.client("sesv2").delete_email_identity(EmailIdentity=people.world.container.config.mail_from)
    assert change(people, token)[0] == 201
    assert people.log_in(password=NEW).status_code == 201


def test_the_log_tells_a_change_from_a_reset(people: People) -> None:
    change(people, people.token())
    people.world.clock.advance(minutes=1)
    people.ask_reset()
    people.use_reset(people.link_sent(), "Ventana-larga-azul-5")
    kinds = [str(event.type) for event in people.tools.events.list_for_subject("user#u1")]
    assert kinds.count("access.password_changed") == kinds.count("access.password_reset") == 1
