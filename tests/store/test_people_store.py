from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxChanged, UserState
from chalicelib.domain.session import Session
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.people_store import MovedAccounts, PeopleChange, PeopleStore, UsedToken
from tests.access_world import NOW, PEPPER, TICK, World, access_world, an_account
from tests.deposit_world import a_mailbox, a_user

MAILBOX = a_mailbox(users=(a_user(1), a_user(2)))
SECRET = "A" * 43
EVENT = Event("mailbox#1-40000002", EventType.USER_DISABLED, NOW, "e1", "user:u1", data={"user_id": "u2"})


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    world = access_world(engine)
    MailboxStore().put(MAILBOX)
    world.accounts.add(an_account())
    world.sessions.add(Session(world.sessions.session_id(SECRET), "a", "u1", "n", "m", NOW - TICK), SECRET)
    world.tokens.issue(NewToken(TokenKind.NEW_EMAIL_CODE, "u1", NOW, NOW + TICK, answer="K7M3QX"))
    return world


def a_change(**overrides: Any) -> PeopleChange:
    change = PeopleChange(
        mailbox=replace(MAILBOX, users=MAILBOX.users[:1]),
        event=EVENT,
        new_account=Account("1-40000002.40000028", "u3", "1-40000002", UserState.PENDING),
        account=an_account(state=UserState.DISABLED),
        issued=NewToken(TokenKind.ACTIVATION_LINK, "link", NOW, NOW + TICK),
        used=UsedToken(TokenKind.NEW_EMAIL_CODE, "u1", "K7M3QX"),
        sessions_ended_of="u1",
    )
    return replace(change, **overrides)


def commit(world: World, change: PeopleChange) -> Any:
    return PeopleStore(world.connection, PEPPER).commit(change)


def session_lives(world: World) -> bool:
    return world.sessions.find(world.sessions.cookie(SECRET, "u1"), NOW) is not None


def test_a_change_writes_all_that_goes_with_it(world: World) -> None:
    assert session_lives(world)
    changed = commit(world, a_change())
    assert changed == replace(MAILBOX, users=MAILBOX.users[:1], version=2)
    assert MailboxStore().find("1-40000002") == changed
    assert world.accounts.find("1-40000002") == an_account(state=UserState.DISABLED, version=2)
    assert world.accounts.find("1-40000002.40000028") == a_change().new_account
    assert world.tokens.find(TokenKind.ACTIVATION_LINK, "link")
    assert world.tokens.find(TokenKind.NEW_EMAIL_CODE, "u1") is None
    assert not session_lives(world)
    assert EventStore().list_for_subject("mailbox#1-40000002") == (EVENT,)


@pytest.mark.parametrize(
    "stale",
    [
        {"mailbox": replace(MAILBOX, version=2)},
        {"new_account": an_account()},
        {"account": an_account(version=7)},
        {"used": UsedToken(TokenKind.NEW_EMAIL_CODE, "u1", "222222")},
        {"used": UsedToken(TokenKind.NEW_EMAIL_CODE, "u9")},
        {"event": replace(EVENT, occurred_at=NOW + TICK * 2)},
    ],
    ids=["mailbox", "username taken", "account", "another code", "no code", "code expired"],
)
def test_of_a_change_from_something_else_than_was_read_nothing_is_written(world: World, stale: dict[str, Any]) -> None:
    without = {"account": None} if "new_account" in stale else {}  # an item stands once in a transaction
    with pytest.raises(MailboxChanged):
        commit(world, a_change(**stale, **without))
    assert MailboxStore().find("1-40000002") == MAILBOX
    assert world.accounts.find("1-40000002") == an_account()
    assert world.accounts.find("1-40000002.40000028") is None
    assert world.tokens.find(TokenKind.ACTIVATION_LINK, "link") is None
    assert world.tokens.find(TokenKind.NEW_EMAIL_CODE, "u1")
    assert session_lives(world)
    assert EventStore().list_for_subject("mailbox#1-40000002") == ()


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ((an_account(version=7),), ()),
        ((an_account(version=7),), (an_account(version=8),)),
        ((), (an_account(),)),
    ],
    ids=["gone otherwise", "changed otherwise", "name taken"],
)
def test_accounts_move_only_from_where_they_were_read(
    world: World, read: tuple[Account, ...], written: tuple[Account, ...]
) -> None:
    """Such as when a password changes meanwhile, which leaves the mailbox as it was."""
    change = PeopleChange(mailbox=MAILBOX, event=EVENT, moved=MovedAccounts(read, written))
    with pytest.raises(MailboxChanged):
        commit(world, change)
    assert world.accounts.find("1-40000002") == an_account()
    assert MailboxStore().find("1-40000002") == MAILBOX


def test_accounts_swap_names_and_one_that_is_left_over_is_gone(world: World) -> None:
    other, third = (Account(f"1-40000002.{n}", f"u{n}", "1-40000002", UserState.ACTIVE) for n in (2, 3))
    for account in (other, third):
        world.accounts.add(account)
    written = (
        replace(other, username="1-40000002", version=2),
        replace(an_account(), username=other.username, version=2),
    )
    change = PeopleChange(mailbox=MAILBOX, event=EVENT, moved=MovedAccounts((an_account(), other, third), written))
    commit(world, change)
    found = {name: world.accounts.find(name) for name in ("1-40000002", other.username, third.username)}
    assert found == {"1-40000002": written[0], other.username: written[1], third.username: None}


def test_what_dynamodb_never_takes_is_no_race(world: World) -> None:
    twice = a_change(new_account=an_account())
    with pytest.raises(Unavailable):
        commit(world, twice)
