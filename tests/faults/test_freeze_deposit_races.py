"""Seven deposits while the mailbox freezes: each is committed before, or refused; none is lost, none is doubled."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import ChangeKind, MailboxState
from chalicelib.services.access.contest_change import Standing, contest_change
from chalicelib.services.access.tell_change import new_telling
from chalicelib.services.access.thaw_mailbox import thaw_mailbox
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import World
from tests.faults.crowd import Act, Crowd, crowd
from tests.faults.journey import inline_body
from tests.person_world import USERNAME

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

_DEPOSITS = 7
_DELAYS_S = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)
"""After the deposits begin: from before any of them has read the mailbox until most are done."""


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, _DEPOSITS) as people:
        yield people


def deposited(world: World) -> int:
    """Return how many the mailbox counts."""
    [(_, counts)] = mailbox_store(world.container).find_all_counted((USERNAME,)).values()
    return counts.deposited


def told(world: World) -> str:
    """Keep what contests a change, and return its secret."""
    tools = access_tools(world.container)
    mailbox = mailbox_store(world.container).find(USERNAME)
    assert mailbox
    telling = new_telling(ChangeKind.PASSWORD, mailbox, mailbox.users[0], tools=tools, now=world.clock.now)
    for token in telling.tokens:  # for long: the engine deletes what is over by the real clock
        tools.tokens.issue(replace(token, valid_until=token.valid_until + timedelta(days=36500)))
    return telling.address.rpartition("/")[2]


def acts(world: World) -> list[Act]:
    return [
        Act(world.signed("POST", "/v1/deposits", inline_body(), idempotency_key=f"clave-{n}")) for n in range(_DEPOSITS)
    ]


def freeze_beside(world: World, people: Crowd, delay_s: float) -> tuple[list[tuple[int, Any]], int]:
    """Have all deposit while one freezes; return their answers, and what was counted once it was frozen."""
    secret, tools, frozen = told(world), access_tools(world.container), []

    def freeze() -> None:
        time.sleep(delay_s)
        contest = contest_change(secret, origin="192.0.2.1", tools=tools)
        frozen.append((contest.standing, deposited(world)))

    beside = threading.Thread(target=freeze)
    sent = acts(world)
    beside.start()
    answers = people.together(sent)
    beside.join()
    [(standing, counted)] = frozen
    assert standing is Standing.FROZEN
    return [(status, json.loads(body)) for status, body in answers], counted


@pytest.mark.parametrize("delay_s", _DELAYS_S)
def test_each_is_committed_before_the_freeze_or_refused(world: World, people: Crowd, delay_s: float) -> None:
    answers, counted = freeze_beside(world, people, delay_s)

    accepted = {answer["notice_id"] for status, answer in answers if status == 201}
    refused = [answer["code"] for status, answer in answers if status != 201]
    assert set(refused) <= {"mailbox_frozen"}
    assert len(accepted) + len(refused) == _DEPOSITS
    assert {item.notice_id for item in NoticeItem.scan(consistent_read=True)} == accepted
    assert deposited(world) == len(accepted) == counted  # nothing was committed once it was frozen

    again = [json.loads(body)["code"] for status, body in people.together(acts(world)) if status != 201]
    assert again == ["mailbox_frozen"] * len(refused)  # those that were accepted get the answer that they got


def test_what_was_refused_is_deposited_once_when_it_is_sent_again_after_the_thaw(world: World, people: Crowd) -> None:
    before, _ = freeze_beside(world, people, 0.1)
    world.clock.advance(minutes=3)
    act = OperatorAct("operator:prueba", "Vino con su DNI", world.clock, world.container.chance.new_event_id)
    tools = access_tools(world.container)
    opened = thaw_mailbox(USERNAME, is_undone=False, mark=lambda _: True, act=act, tools=tools).mailbox
    assert opened.state is MailboxState.OPEN
    world.clock.advance(minutes=-3)

    after = [(status, json.loads(body)) for status, body in people.together(acts(world))]

    assert {status for status, _ in after} == {201}
    ids = {answer["notice_id"] for _, answer in after}
    assert {answer["notice_id"] for status, answer in before if status == 201} <= ids
    assert {item.notice_id for item in NoticeItem.scan(consistent_read=True)} == ids
    assert deposited(world) == len(ids) == _DEPOSITS
