"""An answer that could not be told is told later, ends on an operator's list, and a pressing term wakes somebody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.people.data_request import (
    Awaited,
    DataRequest,
    DataRequestKind,
    DataRequestRefused,
    DataRequestState,
    DataWish,
    about_to_tell,
)
from chalicelib.services.access.tell_owed import tell_owed
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.answer_data_requests import Answer, answer_request, list_awaiting, note_told
from chalicelib.services.people.data_requests import DataRequestTools, make_request
from chalicelib.services.people.remove_user import remove_user
from chalicelib.services.people.reopen_mailbox import reopen_mailbox
from chalicelib.services.people.watch_data_requests import WatchedDataRequests, watch_data_requests
from chalicelib.store.people.data_request_store import DataRequestStore, Key
from tests.cloud import Engine
from tests.company_world import COMPANY, a_company, seed_company, session_of
from tests.deposit_world import NOW, World
from tests.person_world import PASSWORD

BOSS, SECOND, _ = (session_of(user, a_company(), NOW) for user in a_company().users)
CORRECTION = DataWish(DataRequestKind.RECTIFICATION, "Falta mi segundo nombre.")
DONE = Answer(DataRequestState.DONE, "Ya está corregido.")


@dataclass
class Mail:
    """A provider that answers as it is told."""

    trouble: BaseException | None = None
    sent: list[str] = field(default_factory=list)
    tried: int = 0

    def send(self, _message: Any, destination: str, _tags: Any) -> str:
        self.tried += 1
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(destination)
        return "id"


@dataclass
class MailToOthers(Mail):
    """A provider that takes nothing to one address."""

    refused: str = "usuaria1@ejemplo.pe"

    def send(self, message: Any, destination: str, tags: Any) -> str:
        if destination == self.refused:
            raise MessageRefused("email_address_refused", "no")
        return super().send(message, destination, tags)


class _ListedBefore:
    """The requests, and what was due when another worker asked."""

    def __init__(self, requests: DataRequestStore, keys: tuple[Key, ...]) -> None:
        self._requests, self._keys = requests, keys

    def awaiting(self, whom: Awaited, *, until: datetime, limit: int) -> tuple[Key, ...]:
        return self._keys if whom is Awaited.TELLING else self._requests.awaiting(whom, until=until, limit=limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)


@dataclass
class Office:
    box: Container
    mail: Mail
    now: datetime = NOW

    @property
    def tools(self) -> DataRequestTools:
        made = data_request_tools(self.box)
        return replace(made, access=replace(made.access, mail=self.mail, clock=lambda: self.now))  # type: ignore[arg-type]

    @property
    def without_sms(self) -> DataRequestTools:
        """Nobody gets an SMS either."""
        no_sms: Any = _NoSms()
        return replace(self.tools, access=replace(self.tools.access, sms=lambda: no_sms))

    def act(self) -> OperatorAct:
        return OperatorAct("operator:rquispe", "Se atendió", lambda: self.now, self.tools.access.new_event_id)

    def ask(self, session: Any = BOSS) -> DataRequest:
        return make_request(session, CORRECTION, origin="", tools=self.tools)

    def answer(self, request: DataRequest) -> DataRequest:
        return answer_request(COMPANY, request.reference, DONE, act=self.act(), tools=self.tools).request

    def run(self, **later: float) -> WatchedDataRequests:
        self.now += timedelta(**later)
        return watch_data_requests(tools=self.tools, now=lambda: self.now, until=self.now + timedelta(minutes=4))


@pytest.fixture
def office(world: World, moto_engine: Engine) -> Office:  # noqa: ARG001 - the engine behind the world
    office = Office(world.container, Mail())
    seed_company(office.tools.access, world.container)
    return office


def test_a_provider_that_refuses_for_a_weekend_delays_the_telling_and_loses_none(office: Office) -> None:
    request = office.ask()
    office.mail.trouble = Unavailable("mail_unavailable", "no")
    assert office.answer(request).told_at is None
    before = office.mail.tried
    reports = [office.run(minutes=5) for _ in range(60 * 60 // 5)]  # two days and a half
    assert sum(one.told for one in reports) == 0
    assert office.mail.tried - before <= 12
    assert {one.failed for one in reports} == {0}
    office.mail.trouble = None
    office.mail.sent.clear()
    told = [office.run(minutes=5).told for _ in range(60 * 13 // 5)]
    assert sum(told) == 1
    assert office.mail.sent == ["usuaria1@ejemplo.pe"]
    assert office.run(hours=24) == WatchedDataRequests(0, 0, 0, 0, pressing_s=0, is_complete=True)


def test_an_address_that_takes_no_mail_ends_on_the_operators_list_and_leaves_it_when_told(office: Office) -> None:
    request = office.ask()
    office.mail.trouble = MessageRefused("email_address_refused", "no")
    office.answer(request)
    for _ in range(30):
        report = office.run(hours=12)
    assert report.pressing_s > 0
    assert office.mail.tried <= 13
    [listed] = list_awaiting(act=office.act(), tools=office.tools, limit=9).requests
    assert listed.is_untold
    note_told(COMPANY, request.reference, act=office.act(), tools=office.tools)
    assert list_awaiting(act=office.act(), tools=office.tools, limit=9).requests == ()
    assert office.run(hours=1).pressing_s == 0


def test_a_worker_that_dies_ten_times_before_it_notes_the_outcome_does_not_tell_without_end(office: Office) -> None:
    """The try is noted before it is made, so that the pauses grow though nothing of the outcome is ever written."""
    request = office.ask()
    office.mail.trouble = Unavailable("mail_unavailable", "no")
    office.answer(request)
    office.mail.trouble, deaths = None, 0
    for _ in range(12 * 24 * 4):
        office.mail.trouble = _Died()
        try:
            office.run(minutes=5)
        except _Died:
            deaths += 1
    office.mail.trouble = None
    assert deaths <= 11
    assert office.mail.tried <= 14


def test_a_term_presses_two_days_before_its_end_and_no_sooner(office: Office) -> None:
    request = office.ask()
    office.now = request.due_at - timedelta(days=2)
    assert office.run().pressing_s == 0
    assert office.run(seconds=1).pressing_s == 1
    assert office.run(days=30).pressing_s > 0
    office.answer(request)
    assert office.run().pressing_s == 0


def test_nothing_is_closed_while_nobody_could_be_told_that_it_was_asked_for(office: Office) -> None:
    office.mail.trouble = Unavailable("mail_unavailable", "no")
    wish = DataWish(DataRequestKind.CLOSURE, password=PASSWORD)
    request = make_request(BOSS, wish, origin="", tools=office.without_sms)
    office.now += timedelta(hours=25)
    with pytest.raises(DataRequestRefused, match="closure_untold"):
        office.answer(request)
    office.mail.trouble = None
    tell_owed(tools=office.tools.access, now=lambda: office.now, until=office.now + timedelta(minutes=4))
    assert office.answer(request).state is DataRequestState.DONE


def test_what_a_worker_is_telling_no_other_tells_that_had_it_listed(office: Office) -> None:
    request = office.ask()
    office.mail.trouble = Unavailable("mail_unavailable", "no")
    office.answer(request)
    office.now += timedelta(hours=1)
    stores: Any = office.tools.requests
    listed: Any = _ListedBefore(stores, stores.awaiting(Awaited.TELLING, until=office.now, limit=9))
    [key] = listed.awaiting(Awaited.TELLING, until=office.now, limit=9)
    stores.update(about_to_tell(stores.find(key), office.now))  # by the other, who is sending it now
    office.mail.trouble = None
    other = replace(office.tools, requests=listed)
    report = watch_data_requests(tools=other, now=lambda: office.now, until=office.now + timedelta(minutes=4))
    assert (report.told, report.void, office.mail.sent[1:]) == (0, 1, [])


def test_of_a_closing_the_others_hear_once_however_often_who_asked_is_tried(office: Office) -> None:
    wish = DataWish(DataRequestKind.CLOSURE, password=PASSWORD)
    request = make_request(BOSS, wish, origin="", tools=office.tools)
    office.now += timedelta(hours=25)
    office.mail = MailToOthers()
    office.answer(request)
    for _ in range(3):
        assert office.run(hours=12).untold == 1
    assert sorted(office.mail.sent) == ["usuaria2@ejemplo.pe", "usuaria3@ejemplo.pe"]


def test_nobody_hears_that_a_mailbox_is_closed_that_was_opened_again(office: Office) -> None:
    wish = DataWish(DataRequestKind.CLOSURE, password=PASSWORD)
    request = make_request(BOSS, wish, origin="", tools=office.tools)
    office.now += timedelta(hours=25)
    office.mail.trouble = Unavailable("mail_unavailable", "no")
    office.answer(request)
    reopen_mailbox(BOSS, PASSWORD, origin="", tools=office.tools.access)
    office.mail.trouble = None
    office.mail.sent.clear()
    assert office.run(hours=1).told == 1
    assert office.mail.sent == ["usuaria1@ejemplo.pe"]


def test_who_left_the_mailbox_is_still_told(office: Office) -> None:
    request = office.ask(SECOND)
    remove_user(BOSS, "u2", origin="", tools=office.tools.access, now=office.now)
    office.mail.sent.clear()
    assert office.answer(request).told_at is not None
    assert office.mail.sent == ["usuaria2@ejemplo.pe"]


class _NoSms:
    def send(self, *_: Any) -> str:
        raise Unavailable("sms_unavailable", "no")


class _Died(BaseException):
    """The process ended."""
