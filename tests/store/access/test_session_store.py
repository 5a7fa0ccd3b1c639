from __future__ import annotations

from datetime import timedelta

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import SessionEnded, Unavailable, ValidationNeeded
from chalicelib.domain.session import LIFETIME, require_validated
from chalicelib.services.access.find_session import find_session
from chalicelib.services.access.sessions import (
    OpenedSession,
    end_session,
    list_accesses,
    open_session,
    validate_session,
)
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, TICK, World, access_world, an_account, at_once


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


def opened(world: World, *, after: timedelta = timedelta(0), user_id: str = "u1") -> OpenedSession:
    account = an_account(user_id=user_id)
    return open_session(account, world.new_secret(), origin="192.0.2.7", sessions=world.sessions, now=NOW + after)


def is_open(world: World, session: OpenedSession, *, after: timedelta = timedelta(0)) -> bool:
    return world.sessions.find(session.cookie, NOW + after) is not None


def test_a_session_is_found_by_its_cookie_as_it_was_opened(world: World) -> None:
    one = opened(world)
    assert find_session(one.cookie, sessions=world.sessions, now=NOW)[0] == one.session
    assert (one.session.user_id, one.session.mailbox_id, one.session.origin) == ("u1", "1-40000002", "192.0.2.7")
    assert one.session.is_validated_at(NOW)


def test_a_session_is_what_the_account_says(world: World) -> None:
    account = an_account(name="Usuaria Ejemplo", must_change_password=True)
    one = open_session(account, world.new_secret(), origin="192.0.2.7", sessions=world.sessions, now=NOW).session
    assert (one.user_id, one.username, one.mailbox_id, one.name) == (
        account.user_id,
        account.username,
        account.mailbox_id,
        account.name,
    )
    assert one.must_change_password
    assert (one.access_id, one.created_at, one.validated_at, one.began_at) == (one.session_id, NOW, NOW, None)


def test_a_validated_session_is_found_as_it_was_returned(world: World) -> None:
    one = opened(world)
    two = validate_session(one.session, world.new_secret(), sessions=world.sessions, now=NOW + TICK)
    assert world.sessions.find(two.cookie, NOW + TICK) == two.session
    assert two.session.session_id != one.session.session_id


def test_neither_cookie_nor_table_gives_the_other_away(world: World) -> None:
    one = opened(world)
    [item] = world.connection.dispatch("Scan", {"TableName": TokenItem.Meta.table_name})["Items"]
    secret, _, _ = one.cookie.partition(".")
    assert secret not in str(item)
    assert "40000002" not in one.cookie
    assert "u1" not in one.cookie.partition(".")[2]


@pytest.mark.parametrize("kind", ["empty", "garbage", "other secret", "other user's tag", "no tag", "long"])
def test_a_cookie_that_was_not_issued_opens_nothing(world: World, kind: str) -> None:
    secret, _, tag = opened(world).cookie.partition(".")
    other = opened(world, user_id="u2").cookie.partition(".")[2]
    cookies = {
        "empty": "",
        "garbage": "a.b",
        "other secret": f"{world.new_secret()}.{tag}",
        "other user's tag": f"{secret}.{other}",
        "no tag": secret,
        "long": f"{secret}.{tag}{tag}",
    }
    with pytest.raises(SessionEnded):
        find_session(cookies[kind], sessions=world.sessions, now=NOW)


def test_a_session_ends_eight_hours_after_the_login_though_the_item_stays_readable(world: World) -> None:
    one = opened(world)
    assert is_open(world, one, after=LIFETIME)
    assert not is_open(world, one, after=LIFETIME + TICK)


def test_a_validation_lasts_twenty_minutes_changes_the_cookie_and_prolongs_nothing_else(world: World) -> None:
    first = opened(world)
    after = timedelta(minutes=30)
    with pytest.raises(ValidationNeeded):
        require_validated(first.session, NOW + after)
    second = validate_session(first.session, world.new_secret(), sessions=world.sessions, now=NOW + after)

    assert not is_open(world, first, after=after)
    found = find_session(second.cookie, sessions=world.sessions, now=NOW + after)[0]
    require_validated(found, NOW + after + timedelta(minutes=19, seconds=59))
    assert (found.access_id, found.created_at) == (first.session.access_id, NOW)
    assert found.session_id != first.session.session_id
    assert is_open(world, second, after=LIFETIME)
    assert not is_open(world, second, after=LIFETIME + TICK)


def end(world: World, one: OpenedSession, by: OpenedSession) -> bool:
    ids = (f"e{next(world.numbers)}" for _ in iter(int, 1))
    sessions, session_id = world.sessions, one.session.session_id
    return end_session(session_id, by.session, origin="", sessions=sessions, new_event_id=ids.__next__, now=NOW)


def events(user_id: str) -> list[tuple[str, dict[str, str]]]:
    return [(str(event.type), event.data) for event in EventStore().list_for_subject(f"user#{user_id}")]


def test_a_session_is_ended_by_its_own_user_only_and_that_is_logged_once(world: World) -> None:
    one, other, stranger = opened(world), opened(world), opened(world, user_id="u2")
    assert not end(world, one, stranger)
    assert end(world, one, other)
    assert not end(world, one, other)
    assert not is_open(world, one)
    assert is_open(world, other)
    assert events("u2") == []
    assert events("u1") == [("access.other_session_ended", {"session_id": one.session.session_id})]


def test_a_session_that_many_end_at_once_is_ended_and_logged_by_one(world: World) -> None:
    one = opened(world)
    ended = at_once(4, lambda _: end(world, one, one))
    assert ended.count(True) == 1
    assert all(not got or (isinstance(got, Unavailable) and got.retryable) for got in ended if got is not True)
    assert not is_open(world, one)
    assert events("u1") == [("access.logged_out", {"access_id": one.session.access_id})]


def test_an_ended_session_cannot_be_validated_back_to_life(world: World) -> None:
    one = opened(world)
    assert end(world, one, one)
    with pytest.raises(SessionEnded):
        validate_session(one.session, world.new_secret(), sessions=world.sessions, now=NOW)


def test_all_sessions_begun_before_an_instant_end_at_once_and_later_ones_live(world: World) -> None:
    old, other_user = opened(world), opened(world, user_id="u2")
    change = timedelta(minutes=5)
    world.sessions.end_all("u1", before=NOW + change)
    assert not is_open(world, old, after=change)
    assert is_open(world, other_user, after=change)
    assert is_open(world, opened(world, after=change), after=change)
    assert not is_open(world, opened(world, after=change - TICK), after=change)


def test_a_rotated_session_still_ends_with_those_of_its_login(world: World) -> None:
    one = opened(world)
    later = timedelta(minutes=10)
    validated = validate_session(one.session, world.new_secret(), sessions=world.sessions, now=NOW + later)
    world.sessions.end_all("u1", before=NOW + TICK)
    assert not is_open(world, validated, after=later)


def test_an_earlier_end_never_undoes_a_later_one(world: World) -> None:
    world.sessions.end_all("u1", before=NOW + TICK)
    world.sessions.end_all("u1", before=NOW - timedelta(hours=1))
    assert not is_open(world, opened(world))
    with pytest.raises(TransactWriteError), TransactWrite(connection=world.connection) as transaction:
        world.sessions.end_all_in(transaction, "u1", before=NOW)


def test_sessions_end_in_the_transaction_that_changes_the_password(world: World) -> None:
    world.accounts.add(an_account())
    old = opened(world)
    with TransactWrite(connection=world.connection) as transaction:
        world.accounts.update_in(transaction, an_account(password_hash="new"))
        world.sessions.end_all_in(transaction, "u1", before=NOW + TICK)
    assert not is_open(world, old)


def test_recent_accesses_are_listed_newest_first_with_those_that_are_over(world: World) -> None:
    opened(world)
    opened(world, user_id="u2")
    world.sessions.end_all("u1", before=NOW + TICK)
    newest = opened(world, after=timedelta(minutes=1))
    listed = list_accesses("u1", sessions=world.sessions, now=NOW + timedelta(minutes=1))
    assert [(access.session.created_at, access.is_open) for access in listed] == [
        (newest.session.created_at, True),
        (NOW, False),
    ]


def test_the_last_twenty_accesses_are_listed(world: World) -> None:
    for number in range(21):
        opened(world, after=number * TICK)
    listed = list_accesses("u1", sessions=world.sessions, now=NOW + 21 * TICK)
    assert [access.session.created_at for access in listed] == [NOW + number * TICK for number in range(20, 0, -1)]


def test_a_request_costs_one_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened(world)
    calls: list[str] = []
    send = world.connection.dispatch

    def counting(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        calls.append(operation)
        answer: dict[str, object] = send(operation, arguments)
        return answer

    monkeypatch.setattr(world.connection, "dispatch", counting)
    find_session(one.cookie, sessions=world.sessions, now=NOW)
    assert calls == ["BatchGetItem"]


@pytest.mark.ministack
def test_of_eight_validations_of_one_session_at_once_one_wins(ministack: dict[str, str]) -> None:
    world = access_world(ministack)
    one = opened(world)
    secrets = [world.new_secret() for _ in range(8)]
    results = at_once(8, lambda n: validate_session(one.session, secrets[n], sessions=world.sessions, now=NOW))
    won = [result for result in results if isinstance(result, OpenedSession)]
    assert len(won) == 1
    assert is_open(world, won[0])
    assert len(list_accesses("u1", sessions=world.sessions, now=NOW)) == 1
