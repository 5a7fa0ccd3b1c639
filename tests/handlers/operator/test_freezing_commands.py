"""The operator's commands about frozen mailboxes, as Lambda runs them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import ChangeKind, Consent, Mailbox, MailboxState, UserState
from chalicelib.services.access.contest_change import contest_change
from chalicelib.services.access.tell_change import new_telling
from chalicelib.services.access.thaw_mailbox import MOST_EVENTS
from tests.cloud import Engine
from tests.company_world import COMPANY, FORMER_BOSS, THIRD, seed_company, token_of
from tests.deposit_world import World, a_user
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People

WHY = "--reason 'Lo pidió con su DNI' --operator rquispe"
INTRUDER = "intruso@ejemplo.pe"
SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
THIRD_PASSWORD = "Tercera-clave-larga-5"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def mailbox(people: People) -> Mailbox:
    found = mailbox_store(people.world.container).find(USERNAME)
    assert found
    return found


def take_over(people: People) -> str:
    """Have somebody who knows the password change the e-mail; return what the former address got to contest it."""
    token = people.log_in().json_body["token"]
    people.send("POST", "/v1/profile/email", {"email": INTRUDER, "password": PASSWORD}, token=token)
    answer = people.send("POST", "/v1/profile/email/verification", {"code": people.code_sent()}, token=token)
    assert answer.status_code == 200
    link = people.contest_sent()
    people.world.clock.advance(hours=24)
    assert people.world.client.lambda_.invoke("watch_access", SCHEDULED).payload["effective"] == 1
    return link


def contest(people: People, link: str) -> None:
    """Freeze it, long enough ago that an operator may decide."""
    contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=2)


def freeze(people: People) -> str:
    link = take_over(people)
    people.world.clock.advance(hours=2)
    contest(people, link)
    return link


def test_where_none_is_frozen_the_list_says_so(people: People) -> None:
    assert people.command(f"mailboxes frozen {WHY}") == (0, "No hay casillas congeladas.")


def test_the_list_says_since_when_and_what_is_contested(people: People) -> None:
    freeze(people)
    people.world.clock.advance(hours=5)

    code, output = people.command(f"mailboxes frozen {WHY}")

    assert code == 0
    assert f"Casilla {USERNAME}: congelada desde el 10/03/2026 17:15 (hace 5 h)" in output
    assert "Impugnado: cambiaron el correo de la casilla, usuario u1, el 09/03/2026 15:15" in output
    assert EMAIL not in output
    seen = people.tools.events.list_for_subject(f"mailbox#{USERNAME}")
    [look] = [event for event in seen if event.type is EventType.MAILBOX_SHOWN]
    assert (look.looker, look.data["shown"]) == ("operator:rquispe", "frozen")
    listed = json.loads(people.command(f"mailboxes frozen --json {WHY}")[1])
    assert [one["mailbox_id"] for one in listed["mailboxes"]] == [USERNAME]
    assert json.loads(people.command(f"mailboxes contested {USERNAME} --json {WHY}")[1]) == listed["mailboxes"][0]


def test_undone_the_former_address_is_back_and_chooses_another_password(people: People) -> None:
    freeze(people)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert code == 0, output
    assert "los cambios impugnados se deshicieron" in output
    assert "Queda el celular +51 *** *** 001 de " in output
    assert "está retirada" not in output
    assert EMAIL not in output
    now = mailbox(people)
    assert (now.state, now.freeze, now.users[0].email) == (MailboxState.OPEN, None, EMAIL)
    assert people.log_in(password=PASSWORD).json_body["code"] == "credentials_wrong"
    assert people.mails()[-1][0] == EMAIL
    people.world.clock.step = timedelta(microseconds=1)
    assert people.use_reset(people.link_sent(), NEW).status_code == 200
    assert people.send("GET", "/v1/notices", token=people.log_in(password=NEW).json_body["token"]).status_code == 200
    assert people.command(f"mailboxes frozen {WHY}") == (0, "No hay casillas congeladas.")
    [event] = [
        one
        for one in event_store(people.world.container).list_for_subject(f"mailbox#{USERNAME}")
        if one.type is EventType.MAILBOX_THAWED
    ]
    assert (event.actor, event.data["reason"], event.data["decided"]) == (
        "operator:rquispe",
        "Lo pidió con su DNI",
        "undone",
    )


def test_a_consent_revoked_meanwhile_is_told_to_who_decides(people: People) -> None:
    mailboxes = people.tools.mailboxes
    revoked = Consent(False, people.world.clock(), "2026-11", "192.0.2.1", "u1")
    mailboxes.update(replace(mailbox(people), consent=revoked))
    freeze(people)

    assert (
        "La autorización para notificar aquí está retirada"
        in people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")[1]
    )


def test_kept_the_change_stands_and_its_owner_is_told(people: People) -> None:
    freeze(people)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --keep {WHY}")

    assert code == 0, output
    assert mailbox(people).users[0].email == INTRUDER
    assert people.mails()[-1][0] == INTRUDER
    people.world.clock.step = timedelta(microseconds=1)
    assert people.send("GET", "/v1/notices", token=people.log_in().json_body["token"]).status_code == 200


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_sessions_and_links_from_before_stay_ended(people: People, how: str) -> None:
    link = take_over(people)
    token = people.token()
    people.ask_reset(INTRUDER)
    pending = people.link_sent()
    people.world.clock.advance(hours=2)
    contest(people, link)
    within = people.token()  # whoever got in while it was frozen
    people.world.clock.advance(seconds=1)

    people.command(f"mailboxes unfreeze {USERNAME} {how} {WHY}")

    assert [people.send("GET", "/v1/notices", token=one).status_code for one in (token, within)] == [401, 401]
    assert people.use_reset(pending, THIRD_PASSWORD).json_body["code"] == "link_unusable"


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_what_was_decided_about_freezes_no_more(people: People, how: str) -> None:
    link = freeze(people)
    people.command(f"mailboxes unfreeze {USERNAME} {how} {WHY}")

    contest_change(link, origin="", tools=people.tools)

    assert mailbox(people).state is MailboxState.OPEN


def test_given_again_it_does_nothing(people: People) -> None:
    freeze(people)
    people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")
    before = mailbox(people)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --keep {WHY}")
    assert (code, f"La casilla {USERNAME} no está congelada. No se cambió nada." in output) == (0, True)
    assert mailbox(people) == before


def test_who_was_added_since_has_no_access_any_more(people: People) -> None:
    link = take_over(people)
    token = people.token()
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": "rosa@ejemplo.pe"}
    assert people.send("POST", "/v1/users", user, token=token).status_code == 201
    contest(people, link)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert (code, "se agregó después del primer cambio impugnado" in output) == (0, True)
    added = next(one for one in mailbox(people).users if one.document_number == "40000021")
    account = people.tools.accounts.find(f"{USERNAME}.40000021")
    assert account
    assert (added.state, account.state) == (UserState.DISABLED, UserState.DISABLED)


def test_who_was_added_since_has_none_however_many_deposits_were_refused_meanwhile(people: People) -> None:
    link = take_over(people)
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": "rosa@ejemplo.pe"}
    assert people.send("POST", "/v1/users", user, token=people.token()).status_code == 201
    contest(people, link)
    for number in range(MOST_EVENTS):
        at, kind = people.world.clock(), EventType.MAILBOX_CONSULTED
        people.tools.events.add(Event(f"mailbox#{USERNAME}", kind, at, f"c{number}", "institution:20:k1"))

    people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert mailbox(people).users[-1].state is UserState.DISABLED


def test_undone_the_former_address_is_back_from_whom_the_intruder_gave_it_to(people: People) -> None:
    link = take_over(people)
    typed = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": EMAIL}
    assert people.send("POST", "/v1/users", typed, token=people.token()).status_code == 201
    contest(people, link)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert code == 0, output
    principal, added = mailbox(people).users[0], mailbox(people).users[-1]
    assert (principal.email, added.email, added.state) == (EMAIL, INTRUDER, UserState.DISABLED)
    people.world.clock.step = timedelta(microseconds=1)
    assert people.use_reset(people.link_sent(), NEW).status_code == 200


def test_of_two_contested_changes_the_first_says_what_was_before(people: People) -> None:
    first = take_over(people)
    people.world.clock.advance(hours=30)
    people.ask_reset(INTRUDER)
    people.use_reset(people.link_sent(), NEW)
    second = re.findall(r"/no-fui-yo/(\S+)", people.mails()[-1][1])[-1]
    contest_change(second, origin="", tools=people.tools)
    contest(people, first)

    people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert mailbox(people).users[0].email == EMAIL


def test_right_after_the_freeze_an_operator_has_to_wait(people: People) -> None:
    contest_change(take_over(people), origin="", tools=people.tools)

    code, output = people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")

    assert (code, "repita el comando" in output) == (1, True)
    assert mailbox(people).state is MailboxState.FROZEN


def test_an_unknown_mailbox_and_a_missing_decision_are_told(people: People) -> None:
    assert people.command(f"mailboxes contested 1-49999999 {WHY}") == (
        1,
        "No hay una casilla así. Revise el tipo y el número de documento.",
    )
    code, output = people.command(f"mailboxes unfreeze {USERNAME} {WHY}")
    assert (code, "--undo o --keep" in output) == (2, True)
    assert people.command("mailboxes contested abc")[0] == 2


def test_what_shows_a_mailbox_tells_who_opened_it_again_and_why(people: People) -> None:
    freeze(people)
    people.command(f"mailboxes unfreeze {USERNAME} --keep {WHY}")

    output = people.command(f"mailboxes contested {USERNAME} {WHY}")[1]

    assert f"Casilla {USERNAME}: abierta" in output
    assert "se congeló" in output
    assert "se descongeló. Lo hizo rquispe: Lo pidió con su DNI" in output
    assert a_user().email not in output


def contested_password(people: People) -> str:
    """Have the company's principal be told of a new password; return what contests it."""
    tools, now = people.tools, people.world.clock()
    company = tools.mailboxes.find(COMPANY)
    assert company
    telling = new_telling(ChangeKind.PASSWORD, company, company.principal, tools=tools, now=now)
    for token in telling.tokens:
        tools.tokens.issue(token)
    return telling.address.rpartition("/")[2]


def hand_over(people: People, user_id: str) -> None:
    tools = people.tools
    offer = {"password": PASSWORD}
    answer = people.send("POST", f"/v1/users/{user_id}/hand-over", offer, token=token_of(people, COMPANY))
    assert answer.status_code == 202, answer.json_body
    company = tools.mailboxes.find(COMPANY)
    assert company
    user = company.user(user_id)
    assert user
    token = token_of(people, company.username_of(user))
    assert people.send("POST", "/v1/hand-over", {"answer": "accept"}, token=token).status_code == 200
    people.world.clock.advance(seconds=1)


def add_active(people: People) -> str:
    """Have the principal add somebody, who activates the access at once; return who it is."""
    typed = {"document_type": "DNI", "document_number": "40000045", "name": "Rosa Demo", "email": "rosa@ejemplo.pe"}
    answer = people.send("POST", "/v1/users", typed, token=token_of(people, COMPANY))
    assert answer.status_code == 201, answer.json_body
    [link] = re.findall(r"/activar/(\S+)", people.mails()[-1][1])
    body = {"new_password": PASSWORD, "new_password_repeated": PASSWORD}
    assert people.send("POST", f"/v1/activations/{link}", body).status_code == 200
    company = people.tools.mailboxes.find(COMPANY)
    assert company
    return company.users[-1].user_id


@pytest.mark.parametrize("is_added", [True, False])
@pytest.mark.parametrize("is_owner_removed", [True, False])
def test_who_was_handed_a_company_by_an_intruder_is_out(people: People, is_added: bool, is_owner_removed: bool) -> None:
    seed_company(people.tools, people.world.container)
    link = contested_password(people)
    people.world.clock.advance(minutes=5)
    accomplice = add_active(people) if is_added else "u2"
    hand_over(people, accomplice)
    if is_owner_removed:
        removed = people.send("POST", "/v1/users/u1/removal", None, token=token_of(people, COMPANY))
        assert removed.status_code == 200
    contest(people, link)
    seen = people.command(f"mailboxes contested {COMPANY} {WHY}")[1]

    output = people.command(f"mailboxes unfreeze {COMPANY} --undo {WHY}")[1]

    assert "cambió el usuario principal" in seen
    assert ("se quitó a un usuario" in seen) is is_owner_removed
    assert "le traspasaron la casilla después del primer cambio impugnado" in output
    people.world.clock.advance(seconds=1)
    assert people.log_in(COMPANY, PASSWORD).json_body["code"] == "account_disabled"
    power = "--power-page 11012345 --power-entry C00012"
    new = "--document 40000011 --document-type DNI --name 'Eva Demo' --email eva@ejemplo.pe --mobile 987654321"
    who = new if is_owner_removed else f"--user {FORMER_BOSS}"
    code, output = people.command(f"mailboxes principal {COMPANY} {who} {power} {WHY}")
    assert code == 0, output
    assert people.tools.mailboxes.find(COMPANY).principal.document_number == "40000011"  # type: ignore[union-attr]


def test_whom_an_operator_made_the_principal_stays(people: People) -> None:
    seed_company(people.tools, people.world.container)
    link = contested_password(people)
    people.world.clock.advance(minutes=5)
    hand_over(people, "u2")
    power = "--power-page 11012345 --power-entry C00012"
    assert people.command(f"mailboxes principal {COMPANY} --user {THIRD} {power} {WHY}")[0] == 0
    contest(people, link)

    people.command(f"mailboxes unfreeze {COMPANY} --undo {WHY}")

    people.world.clock.advance(seconds=1)
    assert people.log_in(COMPANY, PASSWORD).status_code == 201


def test_while_it_is_frozen_no_operator_changes_the_principal_and_is_told_why(people: People) -> None:
    seed_company(people.tools, people.world.container)
    contest(people, contested_password(people))
    before = people.tools.mailboxes.find(COMPANY)

    power = "--power-page 11012345 --power-entry C00012"
    code, output = people.command(f"mailboxes principal {COMPANY} --user {THIRD} {power} {WHY}")

    assert (code, "decida antes con «mailboxes unfreeze»" in output) == (1, True)
    assert people.tools.mailboxes.find(COMPANY) == before
