from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from chalicelib.domain.access.account import Account, AccountChanged, UsernameTaken
from tests.access_world import NOW, World, access_world, an_account, at_once


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


@pytest.mark.parametrize("temporary_until", [None, NOW + timedelta(days=2)])
def test_an_account_is_found_as_it_was_added(world: World, temporary_until: object) -> None:
    account = an_account(temporary_until=temporary_until)
    assert world.accounts.find("1-40000002") is None
    world.accounts.add(account)
    assert world.accounts.find("1-40000002") == account


def test_a_username_is_taken_once(world: World) -> None:
    world.accounts.add(an_account())
    with pytest.raises(UsernameTaken):
        world.accounts.add(an_account(user_id="u2"))
    assert world.accounts.find("1-40000002") == an_account()


def test_an_account_changes_only_from_the_version_that_was_read(world: World) -> None:
    world.accounts.add(an_account())
    changed = world.accounts.update(an_account(password_hash="new"))
    assert changed == an_account(password_hash="new", version=2)
    assert world.accounts.find("1-40000002") == changed
    with pytest.raises(AccountChanged):
        world.accounts.update(an_account(password_hash="stale"))
    assert world.accounts.update(dataclasses.replace(changed, password_hash="newer")).version == 3


def test_an_account_that_is_not_there_is_not_made_by_an_update(world: World) -> None:
    with pytest.raises(AccountChanged):
        world.accounts.update(an_account())
    assert world.accounts.find("1-40000002") is None


@pytest.mark.ministack
def test_of_eight_changes_from_one_version_one_wins(ministack: dict[str, str]) -> None:
    world = access_world(ministack)
    world.accounts.add(an_account())
    results = at_once(8, lambda n: world.accounts.update(an_account(password_hash=f"hash-{n}")))
    assert [result for result in results if isinstance(result, Account)] == [world.accounts.find("1-40000002")]
