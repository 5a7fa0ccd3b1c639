"""The operator's commands about mailboxes, as Lambda runs them: who is in one, and who represents a company (BOX-9)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import Consent, DocumentType, Freeze, Holder, MailboxState, UserState
from tests.cloud import Engine
from tests.company_world import (
    BOSS_NUMBER,
    COMPANY,
    FORMER_BOSS,
    OTHER,
    a_company,
    seed_company,
    session_of,
    token_of,
    users_now,
)
from tests.deposit_world import World
from tests.person_world import NEW, PASSWORD, People

WHY = "--reason 'Escritura de nuevo gerente' --operator rquispe"
POWER = "--power-page 11012345 --power-entry C00012"
NEW_ONE = "--document-type DNI --document 40000077 --name 'Eva Demo' --email eva@ejemplo.pe --mobile '987 654 321'"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    return people


def principal(people: People, who: str, *more: str) -> tuple[int, str]:
    return people.command(" ".join(["mailboxes principal", COMPANY, who, POWER, WHY, *more]))


def test_a_new_person_is_the_principal_and_activates_by_mail_while_the_former_one_is_out(people: People) -> None:
    boss = token_of(people, COMPANY)

    code, output = principal(people, NEW_ONE)

    assert code == 0
    assert output.splitlines() == [
        f"{COMPANY}: el usuario principal es Eva Demo.",
        "  Le enviamos a e***@ejemplo.pe el enlace de activación, que vale siete días.",
        "  Usuaria Ejemplo 1 ya no es usuario: sus sesiones se cerraron.",
    ]
    users = users_now(people.tools)
    [new] = [user for user in users.values() if user.is_principal]
    assert set(users) == {"u2", "u3", new.user_id}
    assert (new.name, new.state) == ("Eva Demo", UserState.PENDING)
    people.world.clock.advance(seconds=1)
    assert people.send("GET", "/v1/users", token=boss).status_code == 401
    assert people.log_in(COMPANY, PASSWORD).status_code == 401
    mails = dict(people.mails())
    assert set(mails) == {"eva@ejemplo.pe", *(f"usuaria{number}@ejemplo.pe" for number in (1, 2, 3))}
    assert "Eva Demo" in mails["usuaria2@ejemplo.pe"]
    [link] = re.findall(r"/activar/(\S+)", mails["eva@ejemplo.pe"])
    body = {"new_password": NEW, "new_password_repeated": NEW}
    assert people.send("POST", f"/v1/activations/{link}", body).json_body["username"] == COMPANY
    assert people.log_in(COMPANY, NEW).status_code == 201
    [changed, _] = people.tools.events.list_for_subject(f"mailbox#{COMPANY}")
    assert (changed.type, changed.actor) == ("principal.changed", "operator:rquispe")
    assert changed.data == {
        "user_id": new.user_id,
        "former_id": "u1",
        "former": "removed",
        "power": "partida 11012345, asiento C00012",
        "reason": "Escritura de nuevo gerente",
    }
    former = people.tools.people.find_former("u1")
    assert former
    assert former.was_principal


def test_a_user_is_made_principal_and_the_former_one_stays_as_secondary(people: People) -> None:
    code, output = principal(people, f"--user {OTHER}", "--former secondary")

    assert code == 0
    assert f"queda como usuario secundario e ingresa con {FORMER_BOSS}" in output
    users = users_now(people.tools)
    assert [user.user_id for user in users.values() if user.is_principal] == ["u2"]
    assert set(users) == {"u1", "u2", "u3"}
    people.world.clock.advance(seconds=1)
    assert people.log_in(COMPANY, PASSWORD).status_code == 201
    assert people.log_in(FORMER_BOSS, PASSWORD).status_code == 201
    assert people.log_in(OTHER, PASSWORD).status_code == 401
    assert FORMER_BOSS in dict(people.mails())["usuaria1@ejemplo.pe"]


def test_a_user_is_made_principal_and_the_former_one_is_out_if_nothing_is_said(people: People) -> None:
    assert principal(people, f"--user {OTHER}")[0] == 0

    assert set(users_now(people.tools)) == {"u2", "u3"}
    assert people.tools.accounts.find(FORMER_BOSS) is None
    account = people.tools.accounts.find(COMPANY)
    assert account
    assert account.user_id == "u2"


def test_a_login_under_way_of_who_is_out_opens_nothing(people: People) -> None:
    principal(people, NEW_ONE)
    sessions, later = people.tools.sessions, people.world.clock() + timedelta(minutes=10)
    user, secret = a_company().users[0], "A" * 43
    session = session_of(user, a_company(), later)
    sessions.add(replace(session, session_id=sessions.session_id(secret)), secret)
    assert sessions.find(sessions.cookie(secret, "u1"), later) is None


def test_who_is_new_takes_the_fifth_place_of_who_leaves(people: People) -> None:
    company = a_company()
    more = tuple(
        replace(company.users[2], user_id=f"u{n}", document_number=f"4000005{n}", email=f"u{n}@ejemplo.pe")
        for n in (4, 5)
    )
    mailbox_store(people.world.container).put(replace(company, users=(*company.users, *more)))
    assert "5 usuarios" in principal(people, NEW_ONE, "--former secondary")[1]
    assert principal(people, NEW_ONE)[0] == 0
    assert len(users_now(people.tools)) == 5


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("--user 8-20100000009.40000099", "no tiene un usuario así"),
        (f"--user {COMPANY}", "ya es el principal"),
        (NEW_ONE.replace("40000077", "40000028"), "ya tiene un usuario con este número"),
        (NEW_ONE.replace("eva@ejemplo.pe", "usuaria2@ejemplo.pe"), "ya tiene este correo"),
        (NEW_ONE.replace("DNI", "RUC"), "es DNI, CE, PASAPORTE"),
        ("", "--user o --document"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(people: People, who: str, says: str) -> None:
    code, output = principal(people, who)

    assert code != 0
    assert says in output
    assert users_now(people.tools) == {user.user_id: user for user in a_company().users}
    assert people.mails() == []


def test_the_holder_of_a_persons_mailbox_is_not_changed(people: People) -> None:
    mailbox_store(people.world.container).put(
        replace(a_company(), holder=Holder(DocumentType.RUC, "10400000023", "QUISPE DEMO"))
    )
    assert "es de una persona" in principal(people, NEW_ONE)[1]
    assert "No hay una casilla así" in people.command(f"mailboxes principal 8-20100000017 {NEW_ONE} {POWER} {WHY}")[1]


def test_a_former_principal_without_a_document_cannot_stay(people: People) -> None:
    company = a_company()
    nameless = replace(company.users[0], document_type=None, document_number="")
    mailbox_store(people.world.container).put(replace(company, users=(nameless, *company.users[1:])))
    assert "No consta el documento" in principal(people, f"--user {OTHER}", "--former secondary")[1]
    assert principal(people, f"--user {OTHER}")[0] == 0


def test_a_mailbox_that_nobody_can_be_alerted_in_is_warned_of(people: People) -> None:
    company = a_company()
    mailbox_store(people.world.container).put(replace(company, users=company.users[:1]))
    code, output = principal(people, NEW_ONE)
    assert code == 0
    assert "Atención: nadie activo recibe avisos por correo" in output


def test_a_mailbox_is_shown_with_addresses_masked_and_who_looked_is_logged(people: People) -> None:
    principal(people, f"--user {OTHER}")

    code, output = people.command(f"mailboxes show {COMPANY} {WHY}")

    assert code == 0
    assert f"{COMPANY}, Usuaria Ejemplo 2: principal, activo; u***@ejemplo.pe" in output
    assert "poder: partida 11012345" in output
    assert "u1, Usuaria Ejemplo 1: principal, hasta" in output
    assert "usuaria2@ejemplo.pe" not in output
    assert BOSS_NUMBER not in output
    seen = people.tools.events.list_for_subject(f"mailbox#{COMPANY}")
    [looked] = [event for event in seen if event.type == "mailbox.shown"]
    assert (looked.actor, looked.data) == ("operator:rquispe", {"reason": "Escritura de nuevo gerente"})
    shown = json.loads(people.command(f"mailboxes show {COMPANY} {WHY} --json")[1])
    assert [user["user_id"] for user in shown["users"]] == ["u2", "u3"]
    assert [one["user_id"] for one in shown["former"]] == ["u1"]
    told = people.command(f"mailboxes contested {COMPANY} {WHY}")[1]
    assert "cambió el usuario principal (u2). Lo hizo rquispe: Escritura de nuevo gerente" in told
    assert people.command(f"mailboxes show 8-20100000017 {WHY}")[0] != 0
    assert "como 8-20100000009" in people.command(f"mailboxes show nada {WHY}")[1]


def test_a_mailbox_that_takes_no_notices_is_shown_as_such(people: People) -> None:
    store, now = mailbox_store(people.world.container), people.world.clock.now
    stored = store.find(COMPANY)
    assert stored
    assert "Autorización" not in people.command(f"mailboxes show {COMPANY} {WHY}")[1]
    revoked = Consent(is_given=False, at=now, version="2026-11", origin="", user_id="u1")
    store.put(replace(stored, state=MailboxState.FROZEN, freeze=Freeze(now, ()), consent=revoked))

    output = people.command(f"mailboxes show {COMPANY} {WHY}")[1]

    assert f"{COMPANY}  congelada" in output
    assert "Autorización para notificar: retirada desde el" in output
