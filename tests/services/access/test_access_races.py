"""Two at once with one link or one code: one gets through, whatever the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import Attempt, EmailCode, PasswordChange
from chalicelib.domain.access.token import VALID_FOR, TokenKind
from chalicelib.domain.errors import CasillaError, CredentialsWrong
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.session import MOST_SESSIONS
from chalicelib.services.access.change_password import change_password
from chalicelib.services.access.links import LinkExpired, LinkUnusable, new_link, owner_from
from chalicelib.services.access.log_in import LoggedIn, log_in
from chalicelib.services.access.reset_password import reset_password
from chalicelib.services.access.sessions import OpenedSession, open_session
from chalicelib.services.access.tools import AccessTools
from tests.access_world import an_account, at_once, issue_login_code, racing_tools
from tests.deposit_world import NOW, a_mailbox
from tests.person_world import NEW, PASSWORD, USERNAME

TIMES = 8


@pytest.fixture
def tools(ministack: dict[str, str]) -> Any:
    with racing_tools(ministack) as (container, made):
        mailbox_store(container).put(a_mailbox())
        hashed = made.hashing.hash(PASSWORD)
        made.accounts.add(Account(USERNAME, "u1", USERNAME, UserState.ACTIVE, password_hash=hashed))
        yield made


def issue_link(tools: AccessTools) -> None:
    owner = owner_from(*tools.access.load(USERNAME, USERNAME))
    tools.tokens.issue(new_link(owner, tools=replace(tools, new_secret=lambda: "link"), now=NOW).token)


@pytest.mark.ministack
def test_one_of_many_uses_of_a_link_sets_the_password(tools: AccessTools) -> None:
    issue_link(tools)

    def use(number: int) -> bool:
        return reset_password("link", f"{NEW}{number}", origin="", tools=tools, now=NOW)

    outcomes = at_once(TIMES, use)
    [winner] = [number for number, outcome in enumerate(outcomes) if not isinstance(outcome, CasillaError)]
    account = tools.accounts.find(USERNAME)
    assert account
    assert tools.hashing.check(f"{NEW}{winner}", account.password_hash).is_right
    assert account.version == 2
    with pytest.raises(LinkUnusable):
        use(99)


@pytest.mark.ministack
def test_an_expired_link_opened_many_times_sends_one_new_link(tools: AccessTools) -> None:
    issue_link(tools)
    late = NOW + VALID_FOR[TokenKind.RESET_LINK] * 2

    outcomes = at_once(TIMES, lambda _: reset_password("link", NEW, origin="", tools=tools, now=late))

    assert all(isinstance(outcome, LinkExpired | LinkUnusable) for outcome in outcomes)
    assert any(isinstance(outcome, LinkExpired) for outcome in outcomes)
    assert len(tools.mail.sent) == 1  # type: ignore[attr-defined]


@pytest.mark.ministack
def test_one_of_many_logins_by_one_code_gets_in(tools: AccessTools) -> None:
    issue_login_code(tools, USERNAME, "c1", "K7M3QX", now=NOW)
    attempt = Attempt(USERNAME, PASSWORD, EmailCode("c1", "K7M3QX"), "")

    outcomes = at_once(TIMES, lambda _: log_in(attempt, tools=tools, now=NOW))

    assert len([outcome for outcome in outcomes if isinstance(outcome, LoggedIn)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, CredentialsWrong)]) == TIMES - 1


def code_of(number: int) -> str:
    return f"K7M3Q{'23456789ACDFHJK'[number]}"


@pytest.mark.ministack
def test_what_logins_at_once_leave_too_many_the_next_one_ends(tools: AccessTools) -> None:
    own = an_account()
    for number in range(MOST_SESSIONS - 1):
        began_at = NOW + timedelta(seconds=number)
        open_session(own, tools.new_secret(), origin="", sessions=tools.sessions, now=began_at)
    for number in range(TIMES + 1):
        issue_login_code(tools, USERNAME, f"c{number}", code_of(number), now=NOW)

    def enter(number: int) -> LoggedIn:
        attempt = Attempt(USERNAME, PASSWORD, EmailCode(f"c{number}", code_of(number)), "")
        return log_in(attempt, tools=tools, now=NOW + timedelta(minutes=1))

    outcomes = at_once(TIMES, enter)
    entered = [outcome.opened for outcome in outcomes if isinstance(outcome, LoggedIn)]
    last = enter(TIMES).opened

    assert len(entered) == TIMES
    later = NOW + timedelta(minutes=2)
    listed = tools.sessions.list_lately_begun("u1", now=later)
    assert len(tools.sessions.still_open(listed, now=later)) == MOST_SESSIONS
    assert tools.sessions.find(last.cookie, later)
    assert len(tools.mail.sent) == 1  # type: ignore[attr-defined]


@pytest.mark.ministack
@pytest.mark.parametrize("how", ["reset", "change"])
def test_a_login_by_the_old_password_just_before_the_new_one_opens_nothing_for_long(
    tools: AccessTools, how: str
) -> None:
    late: list[OpenedSession] = []
    issue_login_code(tools, USERNAME, "c1", "K7M3QX", now=NOW)
    attempt = Attempt(USERNAME, PASSWORD, EmailCode("c1", "K7M3QX"), "")
    issue_link(tools)
    own = open_session(an_account(), "0" * 43, origin="", sessions=tools.sessions, now=NOW).session

    def clock() -> datetime:
        """Tell the change's instant, and have a login begin after it and end before the transaction."""
        if not late:
            late.append(log_in(attempt, tools=tools, now=NOW + timedelta(milliseconds=1)).opened)
            return NOW
        return NOW + timedelta(milliseconds=2)

    with_clock = replace(tools, clock=clock)
    if how == "reset":
        reset_password("link", NEW, origin="", tools=with_clock, now=NOW)
    else:
        changed = change_password(own, PasswordChange(PASSWORD, NEW), origin="", tools=with_clock, now=NOW)
        assert tools.sessions.find(changed.opened.cookie, NOW + timedelta(seconds=1))

    assert tools.sessions.find(late[0].cookie, NOW + timedelta(seconds=1)) is None
