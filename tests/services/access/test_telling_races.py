"""Eight workers at once about what is still to be told: one tells it, once by each channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import ChangeKind
from chalicelib.services.access.tell_change import new_telling, send_telling
from chalicelib.services.access.tell_owed import ToldOwed, tell_owed
from chalicelib.services.access.tell_repeated import tell_repeated, to_be_told
from chalicelib.services.access.tools import AccessTools
from tests.access_world import NOW, CountedMails, at_once, racing_tools
from tests.deposit_world import a_mailbox

pytestmark = pytest.mark.ministack

TIMES = 8
LATER = NOW + timedelta(minutes=6)


class CountedSms:
    """Counts SMS instead of sending them."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, number: str, _text: str) -> str:
        self.sent.append(number)
        return "id"


@pytest.fixture
def tools(ministack: dict[str, str]) -> Iterator[AccessTools]:
    """Yield the tools over a mailbox; `mail` and `sms` count."""
    with racing_tools(ministack) as (container, made):
        mailbox_store(container).put(a_mailbox())
        sms: Any = CountedSms()
        yield replace(made, sms=lambda: sms, clock=lambda: LATER)


def owe(tools: AccessTools) -> Any:
    """Leave a change untold, as who died right after its commit."""
    mailbox = a_mailbox()
    telling = new_telling(ChangeKind.PASSWORD, mailbox, mailbox.users[0], tools=tools, now=NOW)
    for token in telling.tokens:
        tools.tokens.issue(token)
    return telling


def sent(tools: AccessTools) -> tuple[int, int]:
    mail, sms = tools.mail, tools.sms()
    assert isinstance(mail, CountedMails)
    assert isinstance(sms, CountedSms)
    return len(mail.sent), len(sms.sent)


def sweep(tools: AccessTools) -> ToldOwed:
    return tell_owed(tools=tools, now=lambda: LATER, until=LATER + timedelta(minutes=4))


def test_of_eight_workers_one_tells_it(tools: AccessTools) -> None:
    owe(tools)

    outcomes = at_once(TIMES, lambda _: sweep(tools))

    told = [one.worked.outcomes["change_told"] for one in outcomes if isinstance(one, ToldOwed)]
    assert sum(told) == 1
    assert sent(tools) == (1, 1)
    assert tools.tellings.list_owed() == ()


def test_no_worker_tells_what_whoever_changed_it_may_still_be_telling(tools: AccessTools) -> None:
    telling = owe(tools)
    early = NOW + timedelta(minutes=4)

    def tell_or_sweep(number: int) -> object:
        if number == 0:
            return send_telling(telling, tools=tools, now=NOW)
        return tell_owed(tools=tools, now=lambda: early, until=early + timedelta(minutes=4))

    at_once(TIMES, tell_or_sweep)

    assert sent(tools) == (1, 1)
    assert tools.tellings.list_owed() == ()


def test_of_eight_workers_one_tells_that_somebody_registered_again(tools: AccessTools) -> None:
    tools.tokens.issue(to_be_told(a_mailbox().mailbox_id, NOW))

    at_once(TIMES, lambda _: tell_repeated(tools=tools, now=lambda: LATER, until=LATER + timedelta(minutes=4)))

    assert sent(tools) == (1, 1)
    assert tell_repeated(tools=tools, now=lambda: LATER, until=LATER + timedelta(minutes=4)).total() == 0
