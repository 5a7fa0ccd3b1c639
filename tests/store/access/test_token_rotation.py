"""Tokens and sessions over a change of the pepper: good to their end, and once only, whichever process is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.csrf import check_csrf, csrf_token
from chalicelib.domain.access.pepper import Pepper
from chalicelib.domain.access.token import CODE_ATTEMPTS, NewToken, TokenKind
from chalicelib.services.access.sessions import OpenedSession, list_accesses, open_session, validate_session
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, TICK, World, a_new_token, access_world, an_account, at_once
from tests.rotation import BEFORE, NEIGHBOURS, PREPARED, SWITCHED, name_of

over_a_rotation = pytest.mark.parametrize(("maker", "user"), NEIGHBOURS, ids=name_of)
in_either_order = pytest.mark.parametrize(("maker", "user"), [(PREPARED, SWITCHED), (SWITCHED, PREPARED)], ids=name_of)
both_ways = pytest.mark.parametrize("is_maker_first", [False, True], ids=["user-first", "maker-first"])


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return access_world(aws)


def a_code(kind: TokenKind, answer: str = "K7M3QX") -> NewToken:
    return a_new_token(kind=kind, answer=answer, subject="u1", data={"kept": "this"})


def stores(world: World, *peppers: Pepper) -> list[TokenStore]:
    return [TokenStore(world.connection, pepper) for pepper in peppers]


def used_in(connection: Connection, tokens: TokenStore, kind: TokenKind, answer: str) -> bool:
    try:
        with TransactWrite(connection=connection) as transaction:
            tokens.consume_in(transaction, kind, "secret-1", now=NOW, answer=answer)
    except TransactWriteError:
        return False
    return True


@over_a_rotation
def test_what_was_made_before_is_found_and_used_once(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = stores(world, maker, user)
    for kind in TokenKind:
        made = made_by.issue(a_code(kind))

        found = used_by.find(kind, "secret-1")

        assert found == made
        assert found.data == {"kept": "this"}
        assert used_by.matches(found, "secret-1", "K7M3QX")
        assert not used_by.matches(found, "secret-1", "K7M3QY")
        assert used_by.consume(kind, "secret-1", now=NOW, answer="K7M3QY") is None
        assert used_by.consume(kind, "secret-1", now=NOW, answer="K7M3QX") == made
        for one in (made_by, used_by):
            assert one.find(kind, "secret-1") is None
            assert one.consume(kind, "secret-1", now=NOW) is None


@over_a_rotation
@both_ways
def test_a_transaction_uses_it_once_over_both(
    world: World, maker: Pepper, user: Pepper, *, is_maker_first: bool
) -> None:
    both = stores(world, maker, user)
    for kind in TokenKind:
        both[0].issue(a_code(kind))

        uses = [
            used_in(world.connection, tokens, kind, answer)
            for tokens in (both if is_maker_first else both[::-1])
            for answer in ("K7M3QY", "K7M3QX")
        ]

        assert uses == [False, True, False, False]


@in_either_order
def test_of_many_in_both_kinds_of_process_one_uses_it(world: World, maker: Pepper, user: Pepper) -> None:
    both = stores(world, maker, user)
    both[0].issue(a_code(TokenKind.CAPTCHA))

    uses = at_once(6, lambda number: both[number % 2].consume(TokenKind.CAPTCHA, "secret-1", now=NOW))

    assert [use is None for use in uses].count(False) == 1


@in_either_order
@both_ways
def test_what_is_made_anew_takes_the_place_of_what_another_process_made(
    world: World, maker: Pepper, user: Pepper, *, is_maker_first: bool
) -> None:
    """So the code that was sent before is worth nothing, and no name is used up or tried out twice."""
    both = stores(world, maker, user)
    order = both if is_maker_first else both[::-1]
    for kind in TokenKind:
        both[0].issue(a_code(kind, "AAAAAA"))
        both[1].issue(a_code(kind, "BBBBBB"))

        for tokens in order:
            found = tokens.find(kind, "secret-1")
            assert found is not None
            assert [tokens.matches(found, "secret-1", text) for text in ("AAAAAA", "BBBBBB")] == [False, True]
            assert tokens.consume(kind, "secret-1", now=NOW, answer="AAAAAA") is None
        assert [tokens.consume(kind, "secret-1", now=NOW) is None for tokens in order] == [False, True]


@in_either_order
def test_attempts_are_counted_over_both(world: World, maker: Pepper, user: Pepper) -> None:
    both = stores(world, maker, user)
    both[0].issue(a_code(TokenKind.LOGIN_CODE))
    both[1].issue(a_code(TokenKind.LOGIN_CODE))

    counted = [
        both[number % 2].count_attempt(TokenKind.LOGIN_CODE, "secret-1", limit=CODE_ATTEMPTS, now=NOW)
        for number in range(2 * CODE_ATTEMPTS)
    ]

    assert [token.attempts for token in counted if token is not None] == [1, 2, 3, 4, 5]


@over_a_rotation
def test_attempts_at_a_code_from_before_are_counted(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = stores(world, maker, user)
    made_by.issue(a_code(TokenKind.EMAIL_CODE))

    counted = [
        used_by.count_attempt(TokenKind.EMAIL_CODE, "secret-1", limit=CODE_ATTEMPTS, now=NOW)
        for _ in range(CODE_ATTEMPTS + 1)
    ]

    assert [token and token.attempts for token in counted] == [1, 2, 3, 4, 5, None]


@over_a_rotation
def test_an_expired_link_is_taken_away_once_so_that_one_new_one_is_sent(
    world: World, maker: Pepper, user: Pepper
) -> None:
    made_by, used_by = stores(world, maker, user)
    made = made_by.issue(a_new_token())
    late = made.valid_until + TICK

    assert used_by.consume_expired(TokenKind.RESET_LINK, "secret-1", now=made.valid_until) is None
    taken = [one.consume_expired(TokenKind.RESET_LINK, "secret-1", now=late) for one in (used_by, made_by, used_by)]
    assert taken == [made, None, None]


@over_a_rotation
def test_what_is_revoked_is_worth_nothing_anywhere(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = stores(world, maker, user)
    made_by.issue(a_new_token())

    used_by.revoke(TokenKind.RESET_LINK, "secret-1")

    assert (made_by.find(TokenKind.RESET_LINK, "secret-1"), list(TokenItem.scan())) == (None, [])


def sessions_of(world: World, *peppers: Pepper) -> list[SessionStore]:
    return [SessionStore(world.connection, pepper) for pepper in peppers]


def opened(sessions: SessionStore, world: World, *, after: timedelta = timedelta(0)) -> OpenedSession:
    return open_session(an_account(), world.new_secret(), origin="192.0.2.7", sessions=sessions, now=NOW + after)


@over_a_rotation
def test_a_session_lasts_and_its_open_forms_count(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = sessions_of(world, maker, user)
    one = opened(made_by, world)

    found = used_by.find(one.cookie, NOW)

    assert found == one.session
    check_csrf(user, found, csrf_token(maker, one.session))
    assert used_by.is_tag_of(one.cookie.partition(".")[2], "u1")
    assert not used_by.is_tag_of(one.cookie.partition(".")[2], "u2")


@over_a_rotation
def test_a_session_is_validated_and_its_former_cookie_opens_nothing(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = sessions_of(world, maker, user)
    one = opened(made_by, world)

    two = validate_session(one.session, world.new_secret(), sessions=used_by, now=NOW + TICK)

    assert used_by.find(two.cookie, NOW + TICK) == two.session
    assert two.cookie == used_by.cookie(two.cookie.partition(".")[0], "u1")
    assert [store.find(one.cookie, NOW + TICK) for store in (made_by, used_by)] == [None, None]


@in_either_order
@pytest.mark.parametrize("is_in_transaction", [False, True], ids=["alone", "in-transaction"])
def test_the_end_of_all_sessions_ends_those_of_every_pepper(
    world: World, maker: Pepper, user: Pepper, *, is_in_transaction: bool
) -> None:
    both = sessions_of(world, maker, user)
    earlier = [opened(store, world) for store in both]
    validated = validate_session(earlier[0].session, world.new_secret(), sessions=both[1], now=NOW)

    if is_in_transaction:
        with TransactWrite(connection=world.connection) as transaction:
            both[1].end_all_in(transaction, "u1", before=NOW + TICK)
    else:
        both[1].end_all("u1", before=NOW + TICK)
    later = [opened(store, world, after=TICK) for store in both]

    for store in both:
        assert [store.find(one.cookie, NOW + TICK) for one in (*earlier, validated)] == [None, None, None]
        assert [store.find(one.cookie, NOW + TICK) for one in later] == [one.session for one in later]
        listed = list_accesses("u1", sessions=store, now=NOW + TICK)
        assert {access.session.session_id: access.is_open for access in listed} == {
            **{one.session.session_id: False for one in (earlier[1], validated)},
            **{one.session.session_id: True for one in later},
        }


@over_a_rotation
def test_a_mark_from_before_ends_what_it_ended(world: World, maker: Pepper, user: Pepper) -> None:
    made_by, used_by = sessions_of(world, maker, user)
    one = opened(made_by, world)
    made_by.end_all("u1", before=NOW + TICK)

    assert used_by.find(one.cookie, NOW + TICK) is None
    assert [access.is_open for access in list_accesses("u1", sessions=used_by, now=NOW + TICK)] == [False]


@in_either_order
def test_a_later_mark_is_never_undone_under_any_pepper(world: World, maker: Pepper, user: Pepper) -> None:
    both = sessions_of(world, maker, user)
    sessions = [opened(store, world) for store in both]
    both[0].end_all("u1", before=NOW + 2 * TICK)
    both[1].end_all("u1", before=NOW - TICK)

    assert [store.find(one.cookie, NOW + TICK) for one in sessions for store in both] == [None] * 4


def test_who_is_still_without_the_new_pepper_reads_what_is_written_under_the_old_and_nothing_else(world: World) -> None:
    """Why the new one has to be readable everywhere before anything is written under it."""
    before, prepared, switched = stores(world, BEFORE, PREPARED, SWITCHED)
    prepared.issue(a_new_token())
    switched.issue(a_new_token(name="secret-2"))

    assert before.find(TokenKind.RESET_LINK, "secret-1") == switched.find(TokenKind.RESET_LINK, "secret-1") is not None
    assert before.find(TokenKind.RESET_LINK, "secret-2") is None
