"""Eight at once about one mailbox that freezes: one freeze, nobody in, and each opening is marked or is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import Attempt, EmailCode, PasswordChange
from chalicelib.domain.errors import CasillaError, CredentialsWrong, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxFrozen, MailboxState, UserState
from chalicelib.domain.session import Session
from chalicelib.services.access.change_password import change_password
from chalicelib.services.access.contest_change import Contest, Standing, contest_change
from chalicelib.services.access.links import LinkUnusable, new_link, owner_from
from chalicelib.services.access.log_in import LoggedIn, log_in
from chalicelib.services.access.reset_password import reset_password
from chalicelib.services.access.tell_change import new_telling
from chalicelib.services.access.thaw_mailbox import Thawed, thaw_mailbox
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.profile import change_mobile
from chalicelib.services.reading.mark_contested import mark_contested, span_of
from chalicelib.services.reading.open_notice import OpenedNotice
from tests.access_world import at_once, issue_login_code, racing_tools
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, USERNAME
from tests.reading_world import NOTICE, Shelf, a_shelf

pytestmark = pytest.mark.ministack

TIMES = 8
MIDDLE = TIMES // 2
LATER = NOW + timedelta(minutes=5)
PRINCIPAL = Session("s", "s", "u1", USERNAME, USERNAME, NOW)


@pytest.fixture
def tools(ministack: dict[str, str]) -> Iterator[AccessTools]:
    """Yield the tools over a mailbox of five active users, whose principal's password was just changed."""
    with racing_tools(ministack) as (container, made):
        users = tuple(a_user(number, document_number=f"4000002{number}") for number in range(1, 6))
        mailbox_store(container).put(a_mailbox(users=users))
        hashed = made.hashing.hash(PASSWORD)
        for user in users:
            username = a_mailbox(users=users).username_of(user)
            made.accounts.add(Account(username, user.user_id, USERNAME, UserState.ACTIVE, password_hash=hashed))
        yield replace(made, sms=no_sms, clock=lambda: NOW)


def no_sms() -> Any:
    """Return what none of these tests uses."""
    raise NotImplementedError


def told(tools: AccessTools) -> str:
    """Keep what contests a change, and return its secret."""
    mailbox = found(tools)
    telling = new_telling(ChangeKind.PASSWORD, mailbox, mailbox.users[0], tools=tools, now=NOW - timedelta(hours=1))
    for token in telling.tokens:
        tools.tokens.issue(token)
    return telling.address.rpartition("/")[2]


def found(tools: AccessTools) -> Mailbox:
    mailbox = tools.mailboxes.find(USERNAME)
    assert mailbox
    return mailbox


def events_of(tools: AccessTools, kind: EventType) -> int:
    return sum(event.type is kind for event in tools.events.list_for_subject(f"mailbox#{USERNAME}"))


def thaw(tools: AccessTools, number: int, *, is_undone: bool = True) -> Thawed:
    act = OperatorAct("operator:rquispe", "Vino con su DNI", lambda: LATER, lambda: f"thaw-{number}")
    return thaw_mailbox(USERNAME, is_undone=is_undone, mark=lambda _: True, act=act, tools=tools)


def test_of_eight_freezes_at_once_one_is_written(tools: AccessTools) -> None:
    secret = told(tools)

    outcomes = at_once(TIMES, lambda _: contest_change(secret, origin="", tools=tools))

    assert all(isinstance(one, Contest) and one.standing is Standing.FROZEN for one in outcomes)
    assert events_of(tools, EventType.MAILBOX_FROZEN) == 1
    assert found(tools).version == 2


def test_of_eight_contested_changes_at_once_all_are_kept(tools: AccessTools) -> None:
    secrets = [told(tools) for _ in range(TIMES)]

    outcomes = at_once(TIMES, lambda number: contest_change(secrets[number], origin="", tools=tools))

    assert not [one for one in outcomes if isinstance(one, CasillaError)]
    freeze = found(tools).freeze
    assert freeze
    assert len(freeze.contested) == TIMES


def attempt(tools: AccessTools, number: int) -> Attempt:
    code = f"K7M3Q{'23456789ACDFHJK'[number]}"
    issue_login_code(tools, USERNAME, f"c{number}", code, now=NOW)
    return Attempt(USERNAME, PASSWORD, EmailCode(f"c{number}", code), f"192.0.2.{number}")


_OF_A_SLOW_STORE = CredentialsWrong | Unavailable


def test_no_login_beside_a_freeze_opens_a_session_that_counts(tools: AccessTools) -> None:
    secret, attempts = told(tools), [attempt(tools, number) for number in range(TIMES)]

    def log_in_or_freeze(number: int) -> LoggedIn | Contest:
        if number == MIDDLE:
            return contest_change(secret, origin="", tools=tools)
        return log_in(attempts[number], tools=tools, now=NOW + timedelta(seconds=number))

    outcomes = at_once(TIMES, log_in_or_freeze)

    assert all(isinstance(one, LoggedIn | Contest | MailboxFrozen | _OF_A_SLOW_STORE) for one in outcomes)
    opened = [one.opened for one in outcomes if isinstance(one, LoggedIn)]
    assert [one for one in opened if tools.sessions.find(one.cookie, LATER)] == []
    thaw(tools, 1)
    assert [one for one in opened if tools.sessions.find(one.cookie, LATER)] == []


def test_a_login_that_read_everything_just_before_the_freeze_opens_nothing(tools: AccessTools) -> None:
    secret, one = told(tools), attempt(tools, 1)

    def new_secret() -> str:
        """Make the session's secret, which is done once all was proven, and have the mailbox freeze just then."""
        contest_change(secret, origin="", tools=tools)
        return tools.new_secret()

    at = NOW + timedelta(minutes=1)
    opened = log_in(one, tools=replace(tools, new_secret=new_secret), now=at).opened

    assert tools.sessions.find(opened.cookie, at) is None


@pytest.mark.parametrize("how", ["change", "reset", "mobile"])
def test_nothing_of_the_ways_in_changes_once_it_is_frozen(tools: AccessTools, how: str) -> None:
    secret = told(tools)
    owner = owner_from(*tools.access.load(USERNAME, USERNAME))
    tools.tokens.issue(new_link(owner, tools=replace(tools, new_secret=lambda: "link"), now=NOW).token)
    before = tools.accounts.find(USERNAME)
    acts: dict[str, Callable[[], object]] = {
        "change": lambda: change_password(PRINCIPAL, PasswordChange(PASSWORD, NEW), origin="", tools=tools, now=NOW),
        "reset": lambda: reset_password("link", NEW, origin="", tools=tools, now=NOW),
        "mobile": lambda: change_mobile(PRINCIPAL, "987654329", origin="", tools=tools, now=NOW),
    }
    contest_change(secret, origin="", tools=tools)
    users = found(tools).users

    with pytest.raises((MailboxFrozen, LinkUnusable, CasillaError)):
        acts[how]()

    assert tools.accounts.find(USERNAME) == before
    assert found(tools).users == users


@pytest.mark.parametrize("how", ["change", "reset"])
def test_a_password_that_was_about_to_change_when_it_froze_does_not(tools: AccessTools, how: str) -> None:
    secret = told(tools)
    owner = owner_from(*tools.access.load(USERNAME, USERNAME))
    tools.tokens.issue(new_link(owner, tools=replace(tools, new_secret=lambda: "link"), now=NOW).token)
    before = tools.accounts.find(USERNAME)
    clocks: list[int] = []

    def clock() -> Any:
        """Tell the instant right before the commit, after everything was read and before anything is written."""
        if not clocks:
            clocks.append(1)
            contest_change(secret, origin="", tools=tools)
        return NOW

    late = replace(tools, clock=clock, new_secret=lambda: "x" * 43)
    acts: dict[str, Callable[[], object]] = {
        "change": lambda: change_password(PRINCIPAL, PasswordChange(PASSWORD, NEW), origin="", tools=late, now=NOW),
        "reset": lambda: reset_password("link", NEW, origin="", tools=late, now=NOW),
    }
    with pytest.raises(CasillaError):
        acts[how]()

    assert tools.accounts.find(USERNAME) == before


def test_thawing_beside_contests_ends_thawed_or_frozen_and_never_half(tools: AccessTools) -> None:
    first = told(tools)
    contest_change(first, origin="", tools=tools)
    secrets = [told(tools) for _ in range(TIMES)]

    def thaw_or_contest(number: int) -> Thawed | Contest:
        if number % 2:
            return thaw(tools, number)
        return contest_change(secrets[number], origin="", tools=tools)

    outcomes = at_once(TIMES, thaw_or_contest)

    assert [one for one in outcomes if isinstance(one, Thawed)]
    now = found(tools)
    is_shut_out = tools.sessions.find(opened_now(tools), LATER + timedelta(hours=1)) is None
    assert (now.state is MailboxState.FROZEN) == (now.freeze is not None) == is_shut_out
    assert len(set(now.settled)) == len(now.settled)


def opened_now(tools: AccessTools) -> str:
    """Open a session as whatever way in would, and return its cookie."""
    session = Session("", "a9", "u1", USERNAME, USERNAME, LATER + timedelta(minutes=30))
    tools.sessions.add(session, "y" * 43)
    return tools.sessions.cookie("y" * 43, "u1")


def test_of_eight_thaws_at_once_one_is_written(tools: AccessTools) -> None:
    contest_change(told(tools), origin="", tools=tools)

    outcomes = at_once(TIMES, lambda number: thaw(tools, number))

    assert sum(isinstance(one, Thawed) and one.freeze is not None for one in outcomes) == 1
    assert events_of(tools, EventType.MAILBOX_THAWED) == 1


@pytest.fixture
def shelf(ministack: dict[str, str]) -> Iterator[Shelf]:
    made = a_shelf(ministack)
    with using(made.box):
        yield made


def test_an_opening_commits_before_the_freeze_and_is_marked_or_not_at_all(shelf: Shelf) -> None:
    box: Container = shelf.box
    tools = replace(access_tools(box), sms=no_sms)
    secret = told_in(box, tools)

    def open_or_freeze(number: int) -> OpenedNotice | Contest:
        if number == MIDDLE:
            return contest_change(secret, origin="", tools=tools)
        return shelf.open_as(1 + number % 5)

    outcomes = at_once(TIMES, open_or_freeze)

    opened = reading_tools(box).readings.find(NOTICE.notice_id).delivered
    assert opened
    frozen_at = next(
        event.occurred_at
        for event in event_store(box).list_for_subject(f"mailbox#{USERNAME}")
        if event.type is EventType.MAILBOX_FROZEN
    )
    if opened.opening is None:
        assert all(isinstance(one, Contest | MailboxFrozen | Unavailable) for one in outcomes)
        assert shelf.opened_count() == 0
    else:
        assert shelf.opened_count() == 1
        mailbox = mailbox_store(box).find(USERNAME)
        assert mailbox
        span = span_of(mailbox)
        assert span
        readings = reading_tools(box).readings
        mark_contested(USERNAME, span, readings=readings, now=box.clock, until=frozen_at + timedelta(hours=1))
        marked = readings.find(NOTICE.notice_id).delivered
        assert marked
        assert marked.is_opening_contested


def test_once_frozen_nothing_is_opened_whoever_read_it_before(shelf: Shelf) -> None:
    tools = replace(access_tools(shelf.box), sms=no_sms)
    contest_change(told_in(shelf.box, tools), origin="", tools=tools)

    outcomes = at_once(TIMES, lambda number: shelf.open_as(1 + number % 5))

    assert all(isinstance(one, MailboxFrozen) for one in outcomes)
    assert (shelf.opened_count(), shelf.events()) == (0, [])


def told_in(box: Container, tools: AccessTools) -> str:
    mailbox = mailbox_store(box).find(USERNAME)
    assert mailbox
    at = box.clock() - timedelta(hours=1)
    telling = new_telling(ChangeKind.PASSWORD, mailbox, mailbox.users[0], tools=tools, now=at)
    for token in telling.tokens:
        tools.tokens.issue(token)
    return telling.address.rpartition("/")[2]
