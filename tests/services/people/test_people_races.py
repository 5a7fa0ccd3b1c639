"""Two at once about one mailbox's people: never a sixth user, a link used twice, or a session that outlives its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account, AccountDisabled
from chalicelib.domain.access.credentials import Attempt, EmailCode
from chalicelib.domain.codes import ALPHABET
from chalicelib.domain.errors import CasillaError, CredentialsWrong, Unavailable
from chalicelib.domain.mailbox import Mailbox, MailboxChanged, MailboxUser, UserState
from chalicelib.domain.people.mailbox_users import TypedUser, UsersFull
from chalicelib.domain.session import Session
from chalicelib.services.access.links import LinkUnusable, new_link, owner_from
from chalicelib.services.access.log_in import log_in
from chalicelib.services.access.sessions import OpenedSession
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.activate_user import activate_user
from chalicelib.services.people.mailbox_users import AddedUser, add_user, disable_user
from tests.access_world import at_once, issue_login_code, racing_tools
from tests.deposit_world import NOW, Clock, a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, USERNAME

pytestmark = pytest.mark.ministack

TIMES = 8
SECONDARY = f"{USERNAME}.40000028"
PRINCIPAL = Session("s", "s", "u1", USERNAME, USERNAME, NOW)


@pytest.fixture
def tools(ministack: dict[str, str]) -> Any:
    """Yield the tools over a mailbox of three: principal, a pending and an active secondary user."""
    with racing_tools(ministack) as (container, made):
        pending = a_user(2, document_number="40000028", state=UserState.PENDING)
        active = a_user(3, document_number="40000033")
        mailbox_store(container).put(a_mailbox(users=(a_user(1), pending, active)))
        hashed = made.hashing.hash(PASSWORD)
        made.accounts.add(Account(SECONDARY, "u2", USERNAME, UserState.PENDING))
        made.accounts.add(Account(f"{USERNAME}.40000033", "u3", USERNAME, UserState.ACTIVE, password_hash=hashed))
        yield made


def users_of(tools: AccessTools) -> tuple[MailboxUser, ...]:
    mailbox = tools.mailboxes.find(USERNAME)
    assert mailbox
    return mailbox.users


def add(tools: AccessTools, number: int) -> AddedUser:
    typed = TypedUser(
        document_type="DNI", document_number=f"4100000{number}", name="Ana Demo", email=f"ana{number}@ejemplo.pe"
    )
    return add_user(PRINCIPAL, typed, origin="", tools=tools, now=NOW)


def test_of_eight_who_are_added_to_three_at_once_two_are(tools: AccessTools) -> None:
    outcomes = at_once(TIMES, partial(add, tools))

    added = [outcome.user.user_id for outcome in outcomes if isinstance(outcome, AddedUser)]
    assert len(added) == 2
    assert all(isinstance(one, AddedUser | UsersFull | MailboxChanged) for one in outcomes)
    assert {user.user_id for user in users_of(tools)} == {"u1", "u2", "u3", *added}
    for user in users_of(tools)[3:]:
        account = tools.accounts.find(f"{USERNAME}.{user.document_number}")
        assert account
        assert account.user_id == user.user_id


def test_of_eight_who_add_one_person_at_once_one_does(tools: AccessTools) -> None:
    outcomes = at_once(TIMES, lambda _: add(tools, 0))

    assert len([outcome for outcome in outcomes if isinstance(outcome, AddedUser)]) == 1
    assert len(users_of(tools)) == 4


def test_one_of_many_uses_of_an_activation_sets_the_password(tools: AccessTools) -> None:
    owner = owner_from(*tools.access.load(SECONDARY, USERNAME))
    tools.tokens.issue(new_link(owner, tools=replace(tools, new_secret=lambda: "link"), now=NOW).token)

    outcomes = at_once(TIMES, lambda n: activate_user("link", f"{NEW}{n}", origin="", tools=tools, now=NOW))

    [winner] = [number for number, outcome in enumerate(outcomes) if outcome == SECONDARY]
    assert all(isinstance(outcome, LinkUnusable) for outcome in outcomes if outcome != SECONDARY)
    account = tools.accounts.find(SECONDARY)
    assert account
    assert (account.state, account.version) == (UserState.ACTIVE, 2)
    assert tools.hashing.check(f"{NEW}{winner}", account.password_hash).is_right
    assert users_of(tools)[1].state is UserState.ACTIVE


_OF_A_SLOW_STORE = CredentialsWrong | Unavailable
"""Refusals that open nothing: where the answer to using the code up is lost, the client's retry finds it used."""


def log_in_as_third(tools: AccessTools, number: int, now: datetime) -> OpenedSession:
    username, code_id = f"{USERNAME}.40000033", f"c{number}"
    code = f"K7M3{ALPHABET[number // 20]}{ALPHABET[number % 20]}"
    issue_login_code(tools, username, code_id, code, now=NOW)
    attempt = Attempt(username, PASSWORD, EmailCode(code_id, code), f"192.0.2.{number}")
    return log_in(attempt, tools=tools, now=now).opened


def test_no_session_begun_while_a_user_is_disabled_lives_on(tools: AccessTools) -> None:
    clock = Clock()

    def log_in_or_disable(number: int) -> OpenedSession | Mailbox:
        if number == TIMES // 2:
            return disable_user(PRINCIPAL, "u3", origin="", tools=replace(tools, clock=clock), now=NOW)
        clock.advance(microseconds=1)
        return log_in_as_third(tools, number, clock.now)

    outcomes = at_once(TIMES, log_in_or_disable)

    assert all(isinstance(one, OpenedSession | Mailbox | AccountDisabled | _OF_A_SLOW_STORE) for one in outcomes)
    opened = [outcome for outcome in outcomes if isinstance(outcome, OpenedSession)]
    assert [one for one in opened if tools.sessions.find(one.cookie, NOW)] == []


def test_a_login_that_reads_the_account_just_before_it_is_disabled_opens_nothing_for_long(tools: AccessTools) -> None:
    opened: list[OpenedSession] = []

    def clock() -> datetime:
        """Tell the event's instant, and have a login begin after it and end before the transaction."""
        if not opened:
            opened.append(log_in_as_third(tools, 1, NOW + timedelta(milliseconds=1)))
            return NOW
        return NOW + timedelta(milliseconds=2)

    disable_user(PRINCIPAL, "u3", origin="", tools=replace(tools, clock=clock), now=NOW)

    assert tools.sessions.find(opened[0].cookie, NOW + timedelta(seconds=1)) is None


def test_changes_of_different_users_at_once_all_hold(tools: AccessTools) -> None:
    def change(number: int) -> object:
        calls: list[Callable[[], object]] = [
            lambda: add(tools, 1),
            lambda: disable_user(PRINCIPAL, "u2", origin="", tools=tools, now=NOW),
            lambda: disable_user(PRINCIPAL, "u3", origin="", tools=tools, now=NOW),
        ]
        return calls[number]()

    outcomes = at_once(3, change)

    assert not [outcome for outcome in outcomes if isinstance(outcome, CasillaError)]
    states = [user.state for user in users_of(tools)]
    assert states == [UserState.ACTIVE, UserState.DISABLED, UserState.DISABLED, UserState.PENDING]
