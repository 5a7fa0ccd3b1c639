"""Eight at once about one request of own data: one request, one answer, and a mailbox closed once or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.domain.errors import CasillaError, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxChanged, MailboxFrozen, MailboxState
from chalicelib.domain.people.data_request import (
    Awaited,
    DataRequest,
    DataRequestKind,
    DataRequestRefused,
    DataRequestState,
    DataWish,
)
from chalicelib.services.access.contest_change import Contest, contest_change
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.answer_data_requests import Answer, RequestInMailbox, answer_request
from chalicelib.services.people.data_requests import DataRequestTools, make_request, withdraw_request
from chalicelib.services.people.reopen_mailbox import reopen_mailbox
from chalicelib.services.people.watch_data_requests import watch_data_requests
from chalicelib.store.people.data_request_store import EVER
from tests.access_world import at_once, racing_tools
from tests.company_world import COMPANY, a_company, seed_company, session_of
from tests.deposit_world import NOW
from tests.person_world import PASSWORD

pytestmark = pytest.mark.ministack

TIMES = 8
BOSS = session_of(a_company().users[0], a_company(), NOW)
SECRET = "A" * 43
CLOSING = DataWish(DataRequestKind.CLOSURE, password=PASSWORD)
CORRECTION = DataWish(DataRequestKind.RECTIFICATION, "Falta mi segundo nombre.")
DONE = Answer(DataRequestState.DONE, "Cerramos tu casilla.")
REFUSED = Answer(DataRequestState.REFUSED, "No corresponde.")


@dataclass
class Desk:
    """The tools over a company's mailbox, and the clock they tell."""

    tools: DataRequestTools
    box: Container
    mails: Any

    def later(self, **by: float) -> None:
        now = self.tools.access.clock() + timedelta(**by)
        self.tools = replace(self.tools, access=replace(self.tools.access, clock=lambda: now))

    def act(self, number: int) -> OperatorAct:
        return OperatorAct("operator:rquispe", "Se atendió", self.tools.access.clock, lambda: f"act-{number}")

    def answer(self, reference: str, number: int, answer: Answer = DONE) -> RequestInMailbox:
        return answer_request(COMPANY, reference, answer, act=self.act(number), tools=self.tools)

    def ask(self, wish: DataWish = CORRECTION) -> DataRequest:
        return make_request(BOSS, wish, origin="", tools=self.tools)

    @property
    def mailbox(self) -> Mailbox:
        mailbox = self.tools.access.mailboxes.find(COMPANY)
        assert mailbox
        return mailbox

    def events(self) -> list[EventType]:
        return [one.type for one in self.tools.access.events.list_for_subject(f"mailbox#{COMPANY}")]

    @property
    def all(self) -> list[DataRequest]:
        return list(self.tools.requests.of_mailbox(COMPANY))


@pytest.fixture
def desk(ministack: dict[str, str]) -> Iterator[Desk]:
    with racing_tools(ministack) as (box, access):
        seed_company(access, box)
        secrets = count(1)
        made = replace(
            access, clock=lambda: NOW, sms=_no_sms, new_secret=lambda: SECRET if next(secrets) == 1 else "B" * 43
        )
        yield Desk(replace(data_request_tools(box), access=made), box, made.mail)


def _no_sms() -> Any:
    class Silent:
        def send(self, *_: Any) -> str:
            return "id"

    return Silent()


def test_of_eight_equal_wishes_at_once_one_is_made_and_told_once(desk: Desk) -> None:
    outcomes = at_once(TIMES, lambda _: desk.ask())

    made = [one for one in outcomes if isinstance(one, DataRequest)]
    assert len(made) == TIMES, outcomes
    assert len({one.reference for one in made}) == 1
    assert len(desk.all) == 1
    assert desk.events() == [EventType.DATA_REQUESTED]
    assert desk.mails.sent == ["usuaria1@ejemplo.pe"]


def test_of_eight_operators_one_closes_the_mailbox(desk: Desk) -> None:
    reference = desk.ask(CLOSING).reference
    desk.later(hours=24)

    outcomes = at_once(TIMES, lambda number: desk.answer(reference, number))

    done = [one for one in outcomes if isinstance(one, RequestInMailbox)]
    assert len(done) == 1
    lost = [one for one in outcomes if isinstance(one, CasillaError)]
    assert {one.code for one in lost} <= {"request_not_waiting", "mailbox_changed", "store_unavailable"}
    assert desk.mailbox.state is MailboxState.DISABLED
    assert desk.events().count(EventType.DATA_REQUEST_ANSWERED) == 1


def test_of_a_yes_and_a_no_and_a_withdrawal_at_once_one_counts(desk: Desk) -> None:
    reference = desk.ask(CLOSING).reference
    desk.later(hours=24)

    def either(number: int) -> object:
        if number % 4 == 0:
            return withdraw_request(BOSS, reference, origin="", tools=desk.tools)
        return desk.answer(reference, number, DONE if number % 2 else REFUSED)

    outcomes = at_once(TIMES, either)

    assert len([one for one in outcomes if not isinstance(one, CasillaError)]) == 1
    [request] = desk.all
    assert (desk.mailbox.state is MailboxState.DISABLED) == (request.state is DataRequestState.DONE)


def test_a_closing_and_a_freeze_at_once_never_both_pass_unseen(desk: Desk) -> None:
    reference = desk.ask(CLOSING).reference
    desk.later(hours=24)

    def either(number: int) -> object:
        if number % 2:
            return contest_change(SECRET, origin="", tools=desk.tools.access)
        return desk.answer(reference, number)

    outcomes = at_once(TIMES, either)

    frozen = desk.mailbox
    assert frozen.state is MailboxState.FROZEN
    assert frozen.freeze
    was_closed = frozen.freeze.former_state is MailboxState.DISABLED
    assert was_closed == any(isinstance(one, RequestInMailbox) for one in outcomes)
    assert any(isinstance(one, Contest) for one in outcomes)


def test_of_eight_reopenings_at_once_one_is_written(desk: Desk) -> None:
    reference = desk.ask(CLOSING).reference
    desk.later(hours=24)
    desk.answer(reference, 0)
    desk.mails.sent.clear()

    before = len(desk.mails.sent)

    outcomes = at_once(TIMES, lambda _: reopen_mailbox(BOSS, PASSWORD, origin="", tools=desk.tools.access))

    lost = [one for one in outcomes if isinstance(one, CasillaError)]
    assert {one.code for one in lost} <= {"mailbox_not_closed", "mailbox_changed", "store_unavailable"}
    assert sorted(desk.mails.sent[before:]) == [f"usuaria{number}@ejemplo.pe" for number in (1, 2, 3)]
    assert desk.mailbox.can_receive
    assert desk.events().count(EventType.MAILBOX_REOPENED) == 1
    assert sorted(desk.mails.sent) == [f"usuaria{number}@ejemplo.pe" for number in (1, 2, 3)]


def test_of_two_workers_at_once_one_tells(desk: Desk) -> None:
    reference = desk.ask().reference
    nothing_goes_out: Any = _Down()
    down = replace(desk.tools.access, mail=nothing_goes_out)
    answer_request(COMPANY, reference, REFUSED, act=desk.act(1), tools=replace(desk.tools, access=down))
    assert desk.tools.requests.awaiting(Awaited.TELLING, until=EVER, limit=9)
    desk.mails.sent.clear()
    desk.later(hours=1)
    clock = desk.tools.access.clock

    reports = at_once(2, lambda _: watch_data_requests(tools=desk.tools, now=clock, until=clock() + timedelta(1)))

    assert desk.mails.sent == ["usuaria1@ejemplo.pe"]
    assert sum(one.told for one in reports if not isinstance(one, CasillaError)) == 1


class _Down:
    def send(self, *_: Any) -> str:
        raise Unavailable("mail_unavailable", "no")


def test_a_request_read_before_a_freeze_is_not_made_after_it(desk: Desk) -> None:
    """What was read before the freeze does not count: it is read again, and refused."""
    desk.ask(CLOSING)
    withdraw_request(BOSS, desk.all[0].reference, origin="", tools=desk.tools)
    newest = desk.tools.requests.newest

    def froze_meanwhile(*given: Any, **more: Any) -> Any:
        found = newest(*given, **more)
        if desk.mailbox.freeze is None:
            contest_change(SECRET, origin="", tools=desk.tools.access)
        return found

    desk.tools.requests.newest = froze_meanwhile  # type: ignore[method-assign]
    with pytest.raises((MailboxFrozen, MailboxChanged)):
        desk.ask()
    assert len(desk.all) == 1


def test_answers_of_what_is_not_there_are_refused(desk: Desk) -> None:
    with pytest.raises(CasillaError, match="request_unknown"):
        desk.answer("2222-2222-2222", 1)
    made = desk.ask()
    desk.answer(made.reference, 1, REFUSED)
    with pytest.raises(DataRequestRefused, match="request_not_waiting"):
        desk.answer(made.reference, 2)
