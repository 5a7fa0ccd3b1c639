"""`mailboxes name`, as Lambda runs it: a name that came without its letters is mended, and what was issued stays."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxChanged, mailbox_changed
from chalicelib.store.people_store import PeopleChange, PeopleStore
from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, a_company, seed_company
from tests.deposit_world import World
from tests.person_world import USERNAME, People

WHY = "--reason 'Ficha del registro a la vista' --operator rquispe"
LOST, MENDED = "ROSA MU\N{REPLACEMENT CHARACTER}OZ", "ROSA MUÑOZ DEMO"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def found(people: People, mailbox_id: str = USERNAME) -> Mailbox:
    mailbox = mailbox_store(people.world.container).find(mailbox_id)
    assert mailbox
    return mailbox


def lose(people: People, name: str = LOST) -> None:
    """Have a person's mailbox stand under a name without its letters, as a package before took it."""
    mailbox = found(people)
    users = (replace(mailbox.users[0], name=name), *mailbox.users[1:])
    people.tools.mailboxes.update(replace(mailbox, holder=replace(mailbox.holder, name=name), users=users))
    account = people.tools.accounts.find(USERNAME)
    assert account
    people.tools.accounts.update(replace(account, name=name))


def acts(people: People, mailbox_id: str = USERNAME) -> list[Event]:
    events = event_store(people.world.container).list_for_subject(f"mailbox#{mailbox_id}")
    return [event for event in events if event.type == "mailbox.name_mended"]


@pytest.mark.parametrize("lost", [LOST, "ROSA MU?OZ", "ROSA MUÃ\u2018OZ", "ROSA MU\u4e00OZ"])
@pytest.mark.parametrize("who", ["", f"--user {USERNAME}"])
def test_a_persons_name_is_mended_as_holder_as_user_and_in_the_account(people: People, lost: str, who: str) -> None:
    lose(people, lost)

    code, output = people.command(f"mailboxes name {USERNAME} {who} --name '{MENDED}' {WHY}")

    assert code == 0, output
    assert f"el titular se llama {MENDED} y el usuario {USERNAME} se llama {MENDED}" in output
    mailbox, account = found(people), people.tools.accounts.find(USERNAME)
    assert account
    assert {mailbox.holder.name, mailbox.users[0].name, account.name} == {MENDED}
    [event] = acts(people)
    assert (event.actor, event.data) == (
        *("operator:rquispe", {"of": "holder user", "user_id": "u1", "reason": "Ficha del registro a la vista"}),
    )  # fmt: skip
    assert "se corrigió un nombre (u1). Lo hizo rquispe" in people.command(f"mailboxes contested {USERNAME} {WHY}")[1]


def test_what_was_issued_keeps_its_name_and_what_is_deposited_next_has_the_mended_one(people: People) -> None:
    lose(people)
    world = people.world
    notices, store = notice_store(world.container), files(world.container)
    first = world.deposit(key="antes").json_body
    before = notices.get(first["notice_id"])
    receipt = store.get_document(before.receipt_key)

    assert people.command(f"mailboxes name {USERNAME} --name '{MENDED}' {WHY}")[0] == 0

    assert world.deposit(key="antes").json_body == first
    assert notices.get(first["notice_id"]) == before
    assert (before.holder.name, store.get_document(before.receipt_key)) == (LOST, receipt)
    after = world.deposit(key="despues").json_body
    assert notices.get(after["notice_id"]).holder.name == MENDED


def test_given_again_it_does_nothing(people: People) -> None:
    lose(people)
    line = f"mailboxes name {USERNAME} --name '{MENDED}' {WHY}"
    people.command(line)
    before = found(people)

    assert people.command(line) == (0, f"{USERNAME}: ya se llama así. No se cambió nada.")
    assert json.loads(people.command(f"{line} --json")[1])["mended"] is False
    assert (found(people), len(acts(people))) == (before, 1)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{USERNAME} --name 'OTRA PERSONA'", "no tiene letras perdidas"),
        ("1-49999999 --name 'OTRA PERSONA'", "No hay una casilla así"),
        (f"{USERNAME} --user 1-40000002.40000099 --name 'OTRA PERSONA'", "no tiene un usuario así"),
    ],
)
def test_a_name_that_is_whole_and_what_is_not_there_are_refused(people: People, line: str, told: str) -> None:
    before = found(people)

    code, output = people.command(f"mailboxes name {line} {WHY}")

    assert (code, told in output) == (1, True), output
    assert (found(people), acts(people)) == (before, [])


@pytest.mark.parametrize("name", ["ROSA MU?OZ", "ROSA MU¥OZ", "ROSA 2", "  .. "])
def test_no_name_is_mended_by_one_that_lacks_letters_too(people: People, name: str) -> None:
    lose(people)

    assert people.command(f"mailboxes name {USERNAME} --name '{name}' {WHY}")[0] != 0
    assert found(people).holder.name == LOST


def test_without_who_and_why_nothing_is_done(people: People) -> None:
    lose(people)

    assert people.command(f"mailboxes name {USERNAME} --name '{MENDED}'")[0] == 2
    assert found(people).holder.name == LOST


def test_of_a_company_only_the_one_who_was_meant_is_mended(people: People) -> None:
    company = a_company()
    users = (company.users[0], replace(company.users[1], name=LOST), company.users[2])
    lost = replace(company, holder=replace(company.holder, name="PE\N{REPLACEMENT CHARACTER}A S.A.C."), users=users)
    seed_company(people.tools, people.world.container, lost)

    assert people.command(f"mailboxes name {COMPANY} --name 'PEÑA & HIJOS 2 S.A.C.' {WHY}")[0] == 0
    assert found(people, COMPANY).holder.name == "PEÑA & HIJOS 2 S.A.C."
    assert found(people, COMPANY).users == users
    assert people.command(f"mailboxes name {COMPANY} --user {OTHER} --name '{MENDED}' {WHY}")[0] == 0

    assert [user.name for user in found(people, COMPANY).users] == [users[0].name, MENDED, users[2].name]
    account = people.tools.accounts.find(OTHER)
    assert account
    assert account.name == MENDED
    assert sorted(event.data["of"] for event in acts(people, COMPANY)) == ["holder", "user"]


def test_a_representative_called_as_the_company_is_named_and_the_company_stays(people: People) -> None:
    company = a_company()
    as_company = replace(
        company.users[0], name=company.holder.name, document_type=DocumentType.CE, document_number="001234567"
    )
    seed_company(people.tools, people.world.container, replace(company, users=(as_company, *company.users[1:])))

    code, output = people.command(f"mailboxes name {COMPANY} --user {COMPANY} --name 'Ana María Demo' {WHY}")

    assert code == 0, output
    mailbox = found(people, COMPANY)
    assert (mailbox.holder, mailbox.principal.name) == (company.holder, "Ana María Demo")


def test_who_loses_a_race_decides_anew(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    lose(people)
    commit, lost = PeopleStore.commit, [True, True]

    def once(self: PeopleStore, change: PeopleChange) -> Mailbox:
        if lost:
            lost.pop()
            raise MailboxChanged(mailbox_changed().code, "")
        return commit(self, change)

    monkeypatch.setattr(PeopleStore, "commit", once)

    assert people.command(f"mailboxes name {USERNAME} --name '{MENDED}' {WHY}")[0] == 0
    assert len(acts(people)) == 1
