"""The changes that nobody could be told stay on a list, ring, and are taken off it by an operator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind
from chalicelib.services.access.tell_change import new_telling, send_telling
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.tables import TokenItem
from tests.cloud import Engine
from tests.deposit_world import World
from tests.person_world import EMAIL, USERNAME, People

WHY = "--reason 'Se le llamó por teléfono' --operator rquispe"
SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)


class Refusing:
    """Takes nothing: for good, or now."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send(self, *_: Any) -> str:
        raise self._error


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def fail(people: People, error: Exception) -> str:
    """Change a password, as whose owner nobody can be reached; return what names it on the list."""
    refusing: Any = Refusing(error)
    tools: AccessTools = replace(people.tools, mail=refusing, sms=lambda: refusing)
    mailbox = tools.mailboxes.find(USERNAME)
    assert mailbox
    now = people.world.clock()
    telling = new_telling(ChangeKind.PASSWORD, mailbox, mailbox.users[0], tools=tools, now=now)
    for token in telling.tokens:
        tools.tokens.issue(token)
    assert not send_telling(telling, tools=tools, now=now)
    return telling.owed.telling_id


def watch(people: People) -> dict[str, Any]:
    report: dict[str, Any] = people.world.client.lambda_.invoke("watch_access", SCHEDULED).payload
    return report


def test_addresses_that_will_never_take_it_are_not_asked_again_and_ring_after_a_day(people: People) -> None:
    telling_id = fail(people, MessageRefused("email_address_refused", "No."))
    people.world.clock.advance(hours=25)

    report = watch(people)

    assert (report["change_told"], report["not_taken"], report["untold_s"]) == (0, 0, 25 * 3600)
    code, output = people.command(f"mailboxes untold {WHY}")
    assert code == 0
    assert telling_id in output
    assert "ya no se intenta" in output
    assert EMAIL not in output
    [look] = people.tools.events.list_for_subject(f"mailbox#{USERNAME}")
    assert (look.type, look.looker, look.data["shown"]) == (EventType.MAILBOX_SHOWN, "operator:rquispe", "untold")


def test_who_was_told_in_another_way_leaves_the_list_with_an_event(people: People) -> None:
    telling_id = fail(people, MessageRefused("email_address_refused", "No."))

    assert people.command(f"mailboxes told {telling_id} {WHY}")[0] == 0

    [event] = people.tools.events.list_for_subject(f"mailbox#{USERNAME}")
    assert (event.type, event.actor) == (EventType.CHANGE_TOLD, "operator:rquispe")
    assert watch(people)["untold_s"] == 0
    assert "No hay cambios por avisar" in people.command(f"mailboxes untold {WHY}")[1]
    assert people.command(f"mailboxes told {telling_id} {WHY}")[0] != 0


def test_what_nobody_takes_for_three_days_is_given_up_and_stays_on_the_list(people: People) -> None:
    telling_id = fail(people, Unavailable("sending_paused", "No."))
    store = people.tools.tellings
    [listed] = store.list_owed()
    assert store.claim(listed.token, due_at=people.world.clock())
    people.world.clock.advance(hours=73)

    assert watch(people)["given_up"] == 1
    assert watch(people)["given_up"] == 0
    assert telling_id in people.command(f"mailboxes untold {WHY}")[1]
    assert people.mails() == []


def test_a_code_that_went_to_nobody_freezes_nothing(people: People) -> None:
    fail(people, Unavailable("sending_paused", "No."))
    people.world.clock.advance(minutes=6)
    assert watch(people)["change_told"] == 1
    kept = [token for token in _tokens() if token.startswith("contest#")]
    assert len(kept) == 2


def _tokens() -> list[str]:
    return [str(item.token) for item in TokenItem.scan()]
