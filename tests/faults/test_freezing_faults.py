"""Whatever goes wrong at whichever call of a freeze or a thaw, done again it is done once, wholly, for every user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.session import session_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxState, UserState
from chalicelib.domain.session import Session
from chalicelib.services.access.contest_change import contest_change
from chalicelib.services.access.tell_change import new_telling
from chalicelib.services.access.thaw_mailbox import thaw_mailbox
from chalicelib.services.operator_act import OperatorAct
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.job_journey import Job, go_through, job_calls
from tests.faults.journey import Lab
from tests.faults.matrix import Call
from tests.faults.strike import Fault, Strike
from tests.person_world import EMAIL, USERNAME

INTRUDER = "intruso@ejemplo.pe"
SECRET = "z" * 43
_USERS = tuple(a_user(number, document_number=f"4000002{number}") for number in range(1, 6))
_FAULTS = (*DEATHS, LOST_ANSWERS[0], LOST_ANSWERS[2], *LATE_EFFECTS[:2], *REFUSALS)
_QUICK = {str(DEATHS[0]), str(DEATHS[2]), str(LOST_ANSWERS[0])}


@dataclass(frozen=True)
class Done:
    """That a run came to its end."""

    is_complete: bool = True


def _cookie(box: Container, user_id: str, at: datetime) -> str:
    """Begin a session as whatever way in would."""
    secret = access_tools(box).new_secret()
    session_store(box).add(Session("", f"a-{user_id}", user_id, user_id, USERNAME, at), secret)
    return session_store(box).cookie(secret, user_id)


def _mailbox(box: Container) -> Mailbox:
    found = mailbox_store(box).find(USERNAME)
    assert found
    return found


def _seed(box: Container) -> None:
    """Make a mailbox of five, whose principal's e-mail is another one since an hour ago."""
    tools = access_tools(box)
    before = a_mailbox(users=_USERS)
    telling = new_telling(ChangeKind.EMAIL, before, _USERS[0], tools=tools, now=NOW - timedelta(hours=1))
    for token in telling.tokens[:1]:
        tools.tokens.issue(token)
    box.made["contest"] = telling.address.rpartition("/")[2]  # type: ignore[index]
    users = (a_user(1, email=INTRUDER), *_USERS[1:])
    mailbox_store(box).put(a_mailbox(users=users))
    for user in users:
        username = before.username_of(user)
        tools.accounts.add(Account(username, user.user_id, USERNAME, UserState.ACTIVE, password_hash="hash"))


def _freeze(box: Container, _until: Any) -> Done:
    contest_change(box.made["contest"], origin="", tools=access_tools(box))  # type: ignore[index]
    return Done()


def _wrong_of_freeze(_lab: Lab, box: Container) -> set[str]:
    mailbox, now = _mailbox(box), box.clock()
    wrong = {"k1"}
    if mailbox.state is not MailboxState.FROZEN or mailbox.freeze is None or len(mailbox.freeze.contested) != 1:
        wrong.add("not frozen")
    if len([one for one in _events(box) if one is EventType.MAILBOX_FROZEN]) != 1:
        wrong.add("not logged once")
    for user in mailbox.users:
        if session_store(box).find(_cookie(box, user.user_id, now), now) is not None:
            wrong.add(f"{user.user_id} gets in")
    return wrong


def _events(box: Container) -> list[EventType]:
    return [event.type for event in event_store(box).list_for_subject(f"mailbox#{USERNAME}")]


def _seed_frozen(box: Container) -> None:
    _seed(box)
    contest_change(box.made["contest"], origin="", tools=access_tools(box))  # type: ignore[index]


def _thaw(box: Container, _until: Any) -> Done:
    act = OperatorAct("operator:rquispe", "Vino con su DNI", box.clock, box.chance.new_event_id)
    thaw_mailbox(USERNAME, is_undone=True, mark=lambda _: True, act=act, tools=access_tools(box))
    return Done()


def _wrong_of_thaw(_lab: Lab, box: Container) -> set[str]:
    mailbox, now = _mailbox(box), box.clock()
    wrong = {"k1"}
    if (mailbox.state, mailbox.freeze, mailbox.users[0].email) != (MailboxState.OPEN, None, EMAIL):
        wrong.add("not undone")
    if len([one for one in _events(box) if one is EventType.MAILBOX_THAWED]) != 1:
        wrong.add("not logged once")
    account = access_tools(box).accounts.find(USERNAME)
    if account is None or account.password_hash is not None:
        wrong.add("the password opens it")
    for user in mailbox.users:
        if session_store(box).find(_cookie(box, user.user_id, now), now) is None:
            wrong.add(f"{user.user_id} is shut out")
    return wrong


FREEZE = Job("freeze", _seed, _freeze, _wrong_of_freeze, timedelta(0))
THAW = Job("thaw", _seed_frozen, _thaw, _wrong_of_thaw, timedelta(hours=1))
JOBS = (FREEZE, THAW)


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[Job], tuple[Call, ...]]:
    return cache(partial(job_calls, lab))


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_without_faults_it_is_done(lab: Lab, job: Job) -> None:
    assert go_through(lab, job) == []


def _matrix() -> list[Any]:
    marks = {fault: () if str(fault) in _QUICK else pytest.mark.deep for fault in _FAULTS}
    return [pytest.param(fault, marks=mark, id=str(fault)) for fault, mark in marks.items()]


@pytest.mark.parametrize("fault", _matrix())
@pytest.mark.parametrize("job", JOBS, ids=str)
def test_done_again_it_is_done_once(lab: Lab, calls: Callable[[Job], tuple[Call, ...]], job: Job, fault: Fault) -> None:
    struck = [Strike(fault, call.label, call.siblings) for call in calls(job) if can_strike(fault, call)]

    assert [wrong for strike in struck for wrong in go_through(lab, job, strike)] == []
    assert all(strike.struck for strike in struck)


def test_a_freeze_that_shuts_out_nobody_is_revealed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.store.access.session_store.SessionStore.shut_out_in", lambda *_: None)

    assert any("gets in" in wrong for wrong in go_through(lab, FREEZE))
