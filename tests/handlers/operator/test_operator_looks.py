"""What a command tells an operator of a holder is an event before it is told, also a refusal (INS-8)."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import Event, EventType
from chalicelib.handlers.operator.commands import COMMANDS
from chalicelib.store.tables import EventItem
from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, seed_company
from tests.deposit_world import World
from tests.person_world import People

WHO = "--reason 'Llamó su abogado' --operator rquispe"
NOBODY = "1-40000099"
POWER = "--power-page 11012345 --power-entry C00012"
NAMES_A_MAILBOX = frozenset({"mailbox", "username"})


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    return people


def looks(people: People, mailbox_id: str) -> list[Event]:
    events = event_store(people.world.container).list_for_subject(f"mailbox#{mailbox_id}")
    return [event for event in events if event.looker == "operator:rquispe"]


def test_a_command_that_names_a_mailbox_says_who_asks_and_why() -> None:
    named = {one.name for one in COMMANDS if NAMES_A_MAILBOX & {argument.kind for argument in one.arguments}}

    assert named >= {"mailboxes contested", "mailboxes show", "requests show", "sessions end"}
    assert not [one.name for one in COMMANDS if one.name in named and not one.changes]


def test_how_a_contest_stands_is_a_look(people: People) -> None:
    assert people.command(f"mailboxes contested {COMPANY}")[0] == 2
    assert people.command(f"mailboxes contested {COMPANY} {WHO}")[0] == 0

    [look] = looks(people, COMPANY)
    assert look.type is EventType.MAILBOX_SHOWN
    assert look.data == {"shown": "contested", "reason": "Llamó su abogado"}


@pytest.mark.parametrize(
    ("line", "mailbox_id", "result"),
    [
        (f"mailboxes contested {NOBODY}", NOBODY, "mailbox_unknown"),
        (f"mailboxes show {NOBODY}", NOBODY, "mailbox_unknown"),
        (f"mailboxes name {NOBODY} --name 'Eva Demo'", NOBODY, "mailbox_unknown"),
        (f"mailboxes principal {NOBODY} --user {OTHER} {POWER}", NOBODY, "mailbox_unknown"),
        (f"mailboxes unfreeze {NOBODY} --keep", NOBODY, "mailbox_unknown"),
        (f"requests show {NOBODY} 7KQ2-M9XA-4TRC", NOBODY, "mailbox_unknown"),
        (f"requests told {COMPANY} 7KQ2-M9XA-4TRC", COMPANY, "request_unknown"),
        (f"sessions end --user {NOBODY}", NOBODY, "user_unknown"),
        (f"sessions end --user {COMPANY}.40000098", COMPANY, "user_unknown"),
    ],
)
def test_a_refusal_that_tells_whether_somebody_has_a_mailbox_is_one(
    people: People, line: str, mailbox_id: str, result: str
) -> None:
    assert people.command(f"{line} {WHO}")[0] == 1

    [look] = looks(people, mailbox_id)
    assert look.type is EventType.MAILBOX_CONSULTED
    assert look.data == {"result": result, "reason": "Llamó su abogado"}


def test_that_a_mailbox_is_not_frozen_is_one(people: People) -> None:
    assert "no está congelada" in people.command(f"mailboxes unfreeze {COMPANY} --keep {WHO}")[1]

    [look] = looks(people, COMPANY)
    assert (look.type, look.data["result"]) == (EventType.MAILBOX_CONSULTED, "mailbox_not_frozen")


def test_what_is_not_like_a_mailbox_is_nobodys(people: People) -> None:
    before = EventItem.count()

    assert people.command(f"sessions end --user 'rosa quispe' {WHO}")[0] == 1

    assert EventItem.count() == before


def test_where_the_log_takes_nothing_nothing_is_told(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("chalicelib.store.event_store.EventStore.add", broken)

    for line in (f"mailboxes contested {COMPANY}", f"mailboxes show {NOBODY}", f"sessions end --user {NOBODY}"):
        told = people.command(f"{line} {WHO}")[1]
        assert told.startswith("Error inesperado"), line
