from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.token import KEPT_FOR, TokenKind
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.sender.nonce_store import NonceStore
from chalicelib.store.shards import expiry_shards
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, PEPPER, TICK, World, a_new_token, access_world, an_account, at_once

END = a_new_token().valid_until
LINK = TokenKind.RESET_LINK


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


@pytest.fixture
def real_world(ministack: dict[str, str]) -> World:
    return access_world(ministack)


def stored(world: World) -> list[dict[str, Any]]:
    scanned = world.connection.dispatch("Scan", {"TableName": TokenItem.Meta.table_name})
    items: list[dict[str, Any]] = scanned["Items"]
    return items


def test_a_token_is_found_as_it_was_issued(world: World) -> None:
    issued = world.tokens.issue(a_new_token(subject="u1", data={"registration": "r1", "n": 3}))
    assert world.tokens.find(LINK, "secret-1") == issued
    assert (issued.issued_at, issued.valid_until, issued.subject) == (NOW, END, "u1")
    assert (issued.data, issued.attempts) == ({"registration": "r1", "n": 3}, 0)


def test_a_token_issued_once_is_issued_by_one_caller_and_never_again_expired_or_not(world: World) -> None:
    issued = at_once(8, lambda number: world.tokens.issue_once(a_new_token(data={"n": number}), pepper=PEPPER))
    assert sorted(map(str, issued)) == ["False"] * 7 + ["True"]
    kept = world.tokens.find(LINK, "secret-1")
    assert kept is not None
    assert kept.data == {"n": issued.index(True)}
    later = NOW + timedelta(days=400)
    assert not world.tokens.issue_once(a_new_token(issued_at=later, valid_until=later), pepper=PEPPER)
    assert world.tokens.find(LINK, "secret-1") == kept
    assert world.tokens.issue_once(a_new_token(name="secret-2"), pepper=PEPPER)


def test_a_token_is_not_found_by_another_name_kind_or_pepper(world: World) -> None:
    world.tokens.issue(a_new_token())
    assert world.tokens.find(LINK, "secret-2") is None
    assert world.tokens.find(TokenKind.EMAIL_LINK, "secret-1") is None
    assert TokenStore(world.connection, bytes(32)).find(LINK, "secret-1") is None


def test_nothing_that_is_stored_contains_a_secret(world: World) -> None:
    world.tokens.issue(a_new_token(name="K-secret-name", answer="K7M3QX", subject="u1"))
    assert "K-secret-name" not in str(stored(world))
    assert "K7M3QX" not in str(stored(world))


def test_a_token_counts_until_its_last_microsecond_though_the_item_stays_readable(world: World) -> None:
    token = world.tokens.issue(a_new_token())
    assert token.is_valid_at(END)
    assert not token.is_valid_at(END + TICK)
    assert world.tokens.consume(LINK, "secret-1", now=END + TICK) is None
    assert world.tokens.find(LINK, "secret-1") == token
    assert world.tokens.consume(LINK, "secret-1", now=END) == token


def test_a_consumed_token_is_gone(world: World) -> None:
    world.tokens.issue(a_new_token())
    assert world.tokens.consume(LINK, "secret-1", now=NOW) is not None
    assert world.tokens.consume(LINK, "secret-1", now=NOW) is None
    assert world.tokens.find(LINK, "secret-1") is None


def test_only_an_expired_token_is_consumed_as_expired_and_only_once(world: World) -> None:
    token = world.tokens.issue(a_new_token())
    assert world.tokens.consume_expired(LINK, "secret-1", now=END) is None
    assert world.tokens.consume_expired(LINK, "secret-1", now=END + TICK) == token
    assert world.tokens.consume_expired(LINK, "secret-1", now=END + TICK) is None


def test_the_time_to_live_ends_after_the_token(world: World) -> None:
    world.tokens.issue(a_new_token())
    [item] = stored(world)
    assert int(item["expires_at"]["N"]) == int((END + KEPT_FOR[LINK]).timestamp())


def test_consuming_with_an_answer_needs_the_right_one(world: World) -> None:
    world.tokens.issue(a_new_token(answer="K7M3QX"))
    assert world.tokens.consume(LINK, "secret-1", now=NOW, answer="K7M3QY") is None
    assert world.tokens.consume(LINK, "secret-1", now=NOW, answer="K7M3QX") is not None


def test_a_token_issued_again_replaces_the_first_and_its_attempts(world: World) -> None:
    world.tokens.issue(a_new_token(answer="AAAAAA"))
    world.tokens.count_attempt(LINK, "secret-1", limit=5, now=NOW)
    second = world.tokens.issue(a_new_token(answer="BBBBBB"))
    assert world.tokens.find(LINK, "secret-1") == second
    assert world.tokens.matches(second, "secret-1", "BBBBBB")
    assert not world.tokens.matches(second, "secret-1", "AAAAAA")


def test_attempts_are_counted_up_to_the_limit_and_not_after_the_end(world: World) -> None:
    world.tokens.issue(a_new_token())
    counted = [world.tokens.count_attempt(LINK, "secret-1", limit=2, now=END) for _ in range(3)]
    assert [token and token.attempts for token in counted] == [1, 2, None]
    assert world.tokens.count_attempt(LINK, "secret-1", limit=9, now=END + TICK) is None
    assert world.tokens.count_attempt(LINK, "never-was", limit=9, now=NOW) is None
    assert len(stored(world)) == 1


def test_a_revoked_token_is_worthless_and_revoking_again_does_no_harm(world: World) -> None:
    world.tokens.issue(a_new_token())
    world.tokens.revoke(LINK, "secret-1")
    world.tokens.revoke(LINK, "secret-1")
    assert world.tokens.find(LINK, "secret-1") is None


def test_the_tokens_of_one_subject_are_listed_newest_first_without_those_of_others(world: World) -> None:
    for number in range(3):
        issued_at = NOW + timedelta(seconds=number)
        world.tokens.issue(a_new_token(name=f"mine-{number}", subject="u1", issued_at=issued_at))
    world.tokens.issue(a_new_token(name="other-user", subject="u2"))
    world.tokens.issue(a_new_token(name="other-kind", subject="u1", kind=TokenKind.DRAFT))
    world.tokens.issue(a_new_token(name="nobodys"))

    listed = world.tokens.list_for_subject(LINK, "u1", limit=2)
    assert [token.issued_at - NOW for token in listed] == [timedelta(seconds=2), timedelta(seconds=1)]
    assert len(world.tokens.list_for_subject(LINK, "u1", limit=10)) == 3


def test_nonces_live_in_the_same_table_outside_both_indexes(world: World) -> None:
    NonceStore().claim("nonce#k#1", digest="d", expires_at=NOW + timedelta(minutes=10), now=NOW)
    assert [set(item) for item in stored(world)] == [{"token", "digest", "expires_at"}]
    assert not [s for s in expiry_shards(NOW.date()) if world.tokens.list_expired(s, now=END).keys]


def reset(world: World, hash_: str) -> None:
    with TransactWrite(connection=world.connection) as transaction:
        world.tokens.consume_in(transaction, LINK, "secret-1", now=NOW)
        world.accounts.update_in(transaction, an_account(password_hash=hash_))


def test_a_token_is_consumed_together_with_the_work_it_allows(world: World) -> None:
    world.accounts.add(an_account())
    with pytest.raises(TransactWriteError):
        reset(world, "no-token")
    world.tokens.issue(a_new_token())
    reset(world, "new")
    with pytest.raises(TransactWriteError):
        reset(world, "again")
    assert world.accounts.find("1-40000002") == an_account(password_hash="new", version=2)
    assert world.tokens.find(LINK, "secret-1") is None


@pytest.mark.ministack
def test_of_thirty_consumers_at_once_one_wins(real_world: World) -> None:
    world = real_world
    for name in ("link-1", "link-2"):
        world.tokens.issue(a_new_token(name=name))
        won = at_once(30, lambda _, name=name: world.tokens.consume(LINK, name, now=NOW))  # type: ignore[misc]
        assert len([token for token in won if token is not None]) == 1


@pytest.mark.ministack
def test_of_thirty_who_open_an_expired_link_at_once_one_gets_a_new_one_sent(real_world: World) -> None:
    real_world.tokens.issue(a_new_token())
    won = at_once(30, lambda _: real_world.tokens.consume_expired(LINK, "secret-1", now=END + TICK))
    assert len([token for token in won if token is not None]) == 1


def test_a_pepper_that_is_too_short_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        TokenStore(world.connection, PEPPER[:31]).find(LINK, "secret-1")
