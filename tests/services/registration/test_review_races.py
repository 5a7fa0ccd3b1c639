"""Eight operators over the same registrations at once, on the engine that runs calls side by side (REG-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.registration.registration import LIFETIME, Registration, RegistrationState, confirmed
from chalicelib.domain.registration.review import ReviewRefusal
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.complete_registration import open_or_hold
from chalicelib.services.registration.review_registrations import (
    ReviewTools,
    approve_registration,
    refuse_registration,
)
from chalicelib.store import tables
from tests.access_world import CountedMails, at_once
from tests.registry_world import a_match, a_person

pytestmark = pytest.mark.ministack
NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


@dataclass
class Desk:
    tools: ReviewTools
    box: Container
    mails: CountedMails

    def hold(self, key: str, email: str = "rosa@ejemplo.pe") -> Registration:
        """Have one wait, as whoever could show names alone."""
        begun = Registration(
            key=key,
            state=RegistrationState.DRAFT,
            email=email,
            phone=Phone("+51987654321", is_mobile=True),
            accepted=(),
            started_at=NOW,
            expires_at=NOW + LIFETIME,
            person=a_person(),
        )
        store = self.tools.registration.registrations
        store.add(begun)
        names = replace(a_match(), compared=())
        return open_or_hold(store.update(confirmed(begun, names, NOW)), tools=self.tools.registration)

    def act(self, number: int) -> OperatorAct:
        chance = self.box.chance
        return OperatorAct(f"operator:o{number}", "DNI visto", lambda: NOW, chance.new_event_id)


@pytest.fixture
def desk(ministack: dict[str, str]) -> Desk:
    config = replace(Config.from_env(ministack), reniec_url="http://127.0.0.1:1", sunat_url="http://127.0.0.1:1")
    box = Container(config, clock=lambda: NOW)
    mails: Any = CountedMails()
    tools = replace(registration_tools(box), mail=mails)
    return Desk(ReviewTools(tools, mailbox_store(box)), box, mails)


def test_of_eight_operators_who_say_yes_and_no_at_once_one_decides(desk: Desk) -> None:
    held = desk.hold("a" * 64)
    assert held.state is RegistrationState.AWAITING_REVIEW
    desk.mails.sent.clear()

    def decide(number: int) -> Registration:
        if number % 2:
            return refuse_registration(held.reference, ReviewRefusal.DIFFERS, tools=desk.tools, act=desk.act(number))
        return approve_registration(held.reference, tools=desk.tools, act=desk.act(number))

    answers = at_once(8, decide)

    decided = [answer for answer in answers if isinstance(answer, Registration)]
    assert len(decided) == 1, answers
    refused = {answer.code for answer in answers if isinstance(answer, CasillaError)}
    assert refused <= {"registration_changed", "registration_not_in_review", "registration_unknown"}
    stored = desk.tools.registration.registrations.find(held.key)
    assert stored is not None
    assert stored.state is decided[0].state
    assert len(list(tables.MailboxItem.scan())) == int(stored.state is RegistrationState.COMPLETED)
    assert len(list(tables.AccountItem.scan())) == int(stored.state is RegistrationState.COMPLETED)
    assert desk.mails.sent == ["rosa@ejemplo.pe"]


def test_of_eight_registrations_of_one_document_approved_at_once_one_opens(desk: Desk) -> None:
    held = [desk.hold(f"{number:x}" * 64, f"p{number}@ejemplo.pe") for number in range(8)]

    answers = at_once(
        8, lambda number: approve_registration(held[number].reference, tools=desk.tools, act=desk.act(number))
    )

    assert all(isinstance(answer, Registration) for answer in answers), answers
    assert sum(answer.opened_mailbox for answer in answers if isinstance(answer, Registration)) == 1
    [mailbox] = tables.MailboxItem.scan()
    [account] = tables.AccountItem.scan()
    assert mailbox.mailbox_id == account.username == "1-99000001"
    opened = list(tables.EventItem.query("mailbox#1-99000001"))
    told = [EventType.MAILBOX_CONSULTED.value] * 7  # the others' reviewers learn that there is one
    assert sorted(event.type for event in opened) == [*told, EventType.MAILBOX_OPENED.value]


def test_one_held_twice_at_once_is_held_once_and_told_once(desk: Desk) -> None:
    tools = desk.tools.registration
    first = desk.hold("b" * 64)
    ready = replace(first, state=RegistrationState.AWAITING_CODE, review_since=None, review_until=None)
    ready = tools.registrations.update(replace(ready, expires_at=NOW + timedelta(days=1)))
    desk.mails.sent.clear()

    answers = at_once(8, lambda _: open_or_hold(ready, tools=tools))

    assert [isinstance(answer, Registration) for answer in answers].count(True) == 1
    assert {answer.code for answer in answers if isinstance(answer, CasillaError)} == {"registration_changed"}
    assert desk.mails.sent == ["rosa@ejemplo.pe"]
