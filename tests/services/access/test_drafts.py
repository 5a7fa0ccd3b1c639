from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import shake_256
from typing import Any

import pytest

from chalicelib.domain.access.token import KEPT_FOR, TokenKind
from chalicelib.domain.errors import TooLarge
from chalicelib.services.access.clean_tokens import CleanedTokens, clean_tokens
from chalicelib.services.access.drafts import (
    MAX_DRAFT_BYTES,
    MAX_SEALED_CHARACTERS,
    DraftTools,
    drop_draft,
    find_draft,
    keep_draft,
    open_sealed,
    seal_draft,
)
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import micros, token_key
from tests.access_world import NOW, PEPPER, TICK, World, access_world

END = NOW + timedelta(hours=2)
TYPED = {"number": "40000002", "given_names": "Íñigo Peña", "steps": [1, {"done": True}], "cui": None}


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return access_world(aws)


@pytest.fixture
def tools(world: World) -> DraftTools:
    return DraftTools(world.tokens, PEPPER, world.new_secret)


def keep(tools: DraftTools, data: dict[str, Any] = TYPED, name: str = "secret-1") -> None:
    keep_draft(name, data, valid_until=END, tools=tools, now=NOW)


def stored(name: str = "secret-1", pepper: bytes = PEPPER) -> TokenItem:
    found: TokenItem = TokenItem.get(token_key(pepper, TokenKind.DRAFT, name), consistent_read=True)
    return found


def test_what_was_typed_comes_back_as_it_was_to_who_has_the_secret_alone(tools: DraftTools) -> None:
    keep(tools)

    assert find_draft("secret-1", tools=tools, now=NOW) == TYPED
    assert find_draft("secret-2", tools=tools, now=NOW) is None


def test_a_draft_ends_at_its_instant(tools: DraftTools) -> None:
    keep(tools)

    assert find_draft("secret-1", tools=tools, now=END) == TYPED
    assert find_draft("secret-1", tools=tools, now=END + TICK) is None


def test_kept_again_it_takes_the_place_of_what_was(tools: DraftTools) -> None:
    keep(tools)
    first = stored().data
    keep(tools)
    again = stored().data
    keep(tools, {"only": "this"})

    assert first["sealed"] != again["sealed"], "no key is used twice"
    assert find_draft("secret-1", tools=tools, now=NOW) == {"only": "this"}


def test_dropped_it_is_gone_and_dropping_nothing_is_no_fault(tools: DraftTools) -> None:
    keep(tools)
    for _ in range(2):
        drop_draft("secret-1", tools=tools)

    assert find_draft("secret-1", tools=tools, now=NOW) is None


def test_the_table_holds_neither_the_secret_nor_anything_typed(tools: DraftTools) -> None:
    keep(tools)
    written = str(stored().attribute_values)

    assert not [word for word in ("secret-1", "40000002", "Peña", "given_names") if word in written]


def test_neither_another_pepper_nor_another_secret_opens_what_a_table_holds(world: World, tools: DraftTools) -> None:
    keep(tools)
    keep(tools, {"other": "draft"}, "secret-2")
    sealed, pepper = stored(), bytes(reversed(PEPPER))
    strangers = replace(tools, tokens=TokenStore(world.connection, pepper), pepper=pepper)
    for key in (
        token_key(PEPPER, TokenKind.DRAFT, "secret-2"),
        token_key(pepper, TokenKind.DRAFT, "secret-1"),
    ):
        sealed.token = key
        sealed.save()

    assert find_draft("secret-2", tools=tools, now=NOW) is None
    assert find_draft("secret-1", tools=strangers, now=NOW) is None


def test_nobody_lengthens_a_draft_in_the_table(tools: DraftTools) -> None:
    keep(tools)
    item = stored()
    item.valid_until = micros(END + timedelta(days=1))
    item.save()

    assert find_draft("secret-1", tools=tools, now=NOW) is None


def test_the_largest_draft_is_kept_and_a_larger_one_refused_while_the_first_stays(tools: DraftTools) -> None:
    largest = {"a": "ñ" * ((MAX_DRAFT_BYTES - len('{"a":""}')) // 2)}
    keep(tools, largest)
    with pytest.raises(TooLarge, match="draft_too_large"):
        keep(tools, {"a": largest["a"] + "ñ"})

    assert find_draft("secret-1", tools=tools, now=NOW) == largest


def test_the_nightly_job_deletes_expired_drafts(world: World, tools: DraftTools) -> None:
    keep(tools)
    over = END + KEPT_FOR[TokenKind.DRAFT]

    assert _clean(world, over) == CleanedTokens(0, 0, 0, is_complete=True)
    assert _clean(world, over + timedelta(seconds=1)).deleted == 1


def _clean(world: World, now: datetime) -> CleanedTokens:
    until = now + timedelta(minutes=1)
    return clean_tokens(tokens=world.tokens, now=lambda: now, until=until, days_back=1)


def test_what_is_sealed_comes_back_until_its_instant_without_any_call(tools: DraftTools) -> None:
    kept = seal_draft(TYPED, valid_until=END, tools=tools)

    assert open_sealed(kept, tools=tools, now=END) == TYPED
    assert open_sealed(kept, tools=tools, now=END + TICK) is None
    assert kept != seal_draft(TYPED, valid_until=END, tools=tools), "no key is used twice"
    assert list(TokenItem.scan()) == []


def test_no_other_pepper_and_no_change_opens_what_is_sealed(tools: DraftTools) -> None:
    kept = seal_draft(TYPED, valid_until=END, tools=tools)
    changed = [kept[:at] + ("A" if kept[at] != "A" else "B") + kept[at + 1 :] for at in range(0, len(kept) - 1, 7)]
    strangers = [*changed, "", ".", "a.b", kept * 20]

    assert {open_sealed(text, tools=tools, now=NOW) is None for text in strangers} == {True}
    assert open_sealed(kept, tools=replace(tools, pepper=bytes(reversed(PEPPER))), now=NOW) is None


def test_what_no_cookie_holds_is_refused(tools: DraftTools) -> None:
    with pytest.raises(TooLarge, match="draft_too_large"):
        seal_draft({"a": shake_256(b"x").hexdigest(2 * MAX_SEALED_CHARACTERS)}, valid_until=END, tools=tools)
    kept = seal_draft({"a": "x" * 2000}, valid_until=END, tools=tools)
    assert len(kept) <= MAX_SEALED_CHARACTERS
