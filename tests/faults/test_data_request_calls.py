"""Whatever goes wrong at whichever call about own data, the same asked again ends it: once, as a whole, and told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.people.data_request import DataRequestKind, DataRequestState, DataWish
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.answer_data_requests import Answer, answer_request
from chalicelib.services.people.data_requests import DataRequestTools, make_request, withdraw_request
from chalicelib.services.people.reopen_mailbox import reopen_mailbox
from chalicelib.services.people.watch_data_requests import watch_data_requests
from tests.company_world import COMPANY, a_company, seed_company, session_of
from tests.deposit_world import NOW
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.person_world import PASSWORD

_FAULTS = (DEATHS[0], DEATHS[2], LOST_ANSWERS[2], REFUSALS[1])
_BOSS = session_of(a_company().users[0], a_company(), NOW)
_CLOSING = DataWish(DataRequestKind.CLOSURE, password=PASSWORD)
_DONE = Answer(DataRequestState.DONE, "Cerramos tu casilla.")


def _reference(tools: DataRequestTools) -> str:
    return next(tools.requests.of_mailbox(COMPANY)).reference


def _act(tools: DataRequestTools) -> OperatorAct:
    return OperatorAct("operator:rquispe", "Lo pidió", tools.access.clock, tools.access.new_event_id)


def _make(tools: DataRequestTools) -> None:
    make_request(_BOSS, _CLOSING, origin="", tools=tools)


def _answer(tools: DataRequestTools) -> None:
    answer_request(COMPANY, _reference(tools), _DONE, act=_act(tools), tools=tools)


def _withdraw(tools: DataRequestTools) -> None:
    withdraw_request(_BOSS, _reference(tools), origin="", tools=tools)


def _reopen(tools: DataRequestTools) -> None:
    reopen_mailbox(_BOSS, PASSWORD, origin="", tools=tools.access)


@dataclass(frozen=True, eq=False)
class Step:
    """What is asked for, after what, and what holds when it is done."""

    name: str
    before: tuple[Callable[[DataRequestTools], None], ...]
    ask: Callable[[DataRequestTools], None]
    events: tuple[EventType, ...]
    request: DataRequestState
    mailbox: MailboxState

    def __str__(self) -> str:
        return self.name


_ASKED, _ANSWERED = EventType.DATA_REQUESTED, EventType.DATA_REQUEST_ANSWERED
STEPS = (
    Step("asking", (), _make, (_ASKED,), DataRequestState.WAITING, MailboxState.OPEN),
    Step("closing", (_make,), _answer, (_ASKED, _ANSWERED), DataRequestState.DONE, MailboxState.DISABLED),
    Step(
        "withdrawing",
        (_make,),
        _withdraw,
        (_ASKED, EventType.DATA_REQUEST_WITHDRAWN),
        DataRequestState.WITHDRAWN,
        MailboxState.OPEN,
    ),
    Step(
        "reopening",
        (_make, _answer),
        _reopen,
        (_ASKED, _ANSWERED, EventType.MAILBOX_REOPENED),
        DataRequestState.DONE,
        MailboxState.OPEN,
    ),
)


def begin(lab: Lab, step: Step, *strikes: Strike) -> Container:
    lab.reset()
    box = lab.process("people")
    with using(box):
        seed_company(access_tools(box), box)
        for ask in step.before:
            ask(data_request_tools(box))
            lab.clock.now += timedelta(hours=24)
    lab.wire.strikes = list(strikes)
    lab.clock.now += timedelta(seconds=1)
    return box


def ask(lab: Lab, step: Step, box: Container) -> None:
    """Ask as a person would, who is told of what cannot be done, or of nothing."""
    with suppress(ProcessDied, Exception), using(box), lab.wire.running("first", "first"):
        step.ask(data_request_tools(box))


def wrong_after(lab: Lab, step: Step, *strikes: Strike) -> list[str]:
    """Ask with a fault, ask again without, let the job run, and return what does not hold."""
    box = begin(lab, step, *strikes)
    ask(lab, step, box)
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    lab.clock.advance(minutes=30)
    with using(box):
        tools = data_request_tools(box)
        with suppress(CasillaError):
            step.ask(tools)
        watch_data_requests(tools=tools, now=lab.clock, until=lab.clock() + timedelta(minutes=4))
        mailbox = tools.access.mailboxes.find(COMPANY)
        requests = list(tools.requests.of_mailbox(COMPANY))
        events = [one.type for one in tools.access.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert mailbox
    wrong = {
        "not struck: the call never came": not has_struck,
        f"events {events}": sorted(events) != sorted(step.events),
        f"{len(requests)} requests": len(requests) != 1,
        f"request {requests[0].state}": requests[0].state is not step.request,
        f"mailbox {mailbox.state}": mailbox.state is not step.mailbox,
        "answered and not told": requests[0].state is DataRequestState.DONE and requests[0].told_at is None,
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{step}: {met}]" for what, is_so in wrong.items() if is_so]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[Step], tuple[Call, ...]]:
    @cache
    def of(step: Step) -> tuple[Call, ...]:
        box = begin(lab, step)
        ask(lab, step, box)
        return each_call(tuple(lab.wire.attempts))

    return of


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_without_a_fault_it_is_as_it_is_to_be(lab: Lab, step: Step) -> None:
    assert wrong_after(lab, step) == []


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_any_fault_at_any_call_leaves_it_whole(
    lab: Lab, calls: Callable[[Step], tuple[Call, ...]], step: Step, fault: Fault
) -> None:
    struck = [call for call in calls(step) if can_strike(fault, call)]
    assert struck
    wrong = [one for call in struck for one in wrong_after(lab, step, Strike(fault, call.label, call.siblings))]
    assert wrong == []
