"""Drafts: who sees them, who changes what they saw, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.domain.errors import CasillaError, Conflict, NotFound
from chalicelib.domain.institution.composition import MOST_OPEN, Composition, CompositionState, Part, changed
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffState
from chalicelib.services.institution.compositions import (
    begin_composition,
    change_composition,
    discard_composition,
    find_composition,
    list_compositions,
)
from tests.composition_world import a_composition, a_member, store_of
from tests.deposit_world import NOW
from tests.officer_world import DRAFT_ID, OFFICE_ID

NORTH = a_member(2, office_id=OFFICE_ID)


def put(desk: Container, **overrides: Any) -> Composition:
    composition = a_composition(composition_id="d" * 32, **overrides)
    store_of(desk).add(composition)
    return composition


def begin(desk: Container, member: StaffMember, new_id: str = "d" * 32) -> Composition:
    return begin_composition(member, store=store_of(desk), new_id=lambda: new_id, now=NOW)


def test_a_new_draft_lacks_all_that_a_deposit_needs(desk: Container) -> None:
    assert begin(desk, a_member(3)).missing == tuple(Part)
    assert Part.OFFICE not in begin(desk, NORTH, "e" * 32).missing, "who works for an office deposits from it"


def test_it_survives_whatever_ends_and_deposits_nothing(desk: Container) -> None:
    begin(desk, a_member())
    desk.clock.advance(days=400)  # type: ignore[attr-defined]

    found = find_composition("d" * 32, a_member(), store=store_of(desk))

    assert found.state is CompositionState.OPEN


@pytest.mark.parametrize(
    ("member", "is_shared", "is_seen"),
    [
        (a_member(1), False, True),
        (a_member(2), False, False),
        (a_member(2), True, True),
        (NORTH, True, False),
        (a_member(2, institution_id="otra"), True, False),
        (a_member(1, institution_id="otra"), True, False),
        (a_member(2, permissions=(Permission.CONSULT, Permission.SEE_SENT)), True, False),
        (a_member(1, permissions=()), False, False),
        (a_member(1, state=StaffState.DISABLED), False, False),
    ],
)
def test_its_author_sees_it_and_the_office_if_they_say_so(
    desk: Container, member: StaffMember, *, is_shared: bool, is_seen: bool
) -> None:
    put(desk, is_shared=is_shared)

    if is_seen:
        assert find_composition("d" * 32, member, store=store_of(desk))
        return
    with pytest.raises(NotFound) as refusal:
        find_composition("d" * 32, member, store=store_of(desk))
    assert refusal.value.code == "composition_not_found"


def test_an_office_s_draft_is_seen_there_and_by_who_works_for_all(desk: Container) -> None:
    store = store_of(desk)
    store.add(a_composition(NORTH, composition_id="d" * 32, is_shared=True))

    for member in (a_member(3, office_id=OFFICE_ID), a_member(3)):
        assert find_composition("d" * 32, member, store=store)
    with pytest.raises(NotFound):
        find_composition("d" * 32, a_member(3, office_id="sur"), store=store)


def test_lists_show_the_own_and_what_others_share(desk: Container) -> None:
    put(desk, is_shared=True)
    store_of(desk).add(a_composition(a_member(2), composition_id="e" * 32, is_shared=True))
    store_of(desk).add(a_composition(a_member(2), composition_id="f" * 32))

    listed = list_compositions(a_member(), store=store_of(desk))

    assert {one.composition_id for one in listed.own} == {DRAFT_ID, "d" * 32}
    assert [one.composition_id for one in listed.shared] == ["e" * 32]


def test_the_next_draft_past_the_limit_is_refused_until_one_is_gone(desk: Container) -> None:
    for number in range(MOST_OPEN - 1):
        begin(desk, a_member(), f"{number:032x}")

    with pytest.raises(Conflict) as refusal:
        begin(desk, a_member())
    assert refusal.value.code == "too_many_compositions"
    assert begin(desk, a_member(2), "e" * 32), "each has a number of their own"

    discard_composition(DRAFT_ID, a_member(), seen_version=1, store=store_of(desk), now=NOW)
    assert begin(desk, a_member())


def test_nobody_overwrites_what_they_did_not_see(desk: Container) -> None:
    store, member = store_of(desk), a_member()
    change = partial(change_composition, DRAFT_ID, member, store=store)

    first = change(lambda it: changed(it, NOW, replaces="one"), seen_version=1)
    with pytest.raises(Conflict) as refusal:
        change(lambda it: changed(it, NOW, replaces="two"), seen_version=1)

    assert refusal.value.code == "composition_changed"
    assert store.find(DRAFT_ID) == first
    assert change(lambda it: changed(it, NOW, replaces="two"), seen_version=2).replaces == "two"


def test_another_s_draft_is_neither_changed_nor_discarded(desk: Container) -> None:
    store = store_of(desk)
    asks: tuple[Callable[[], object], ...] = (
        lambda: change_composition(DRAFT_ID, a_member(2), lambda it: it, seen_version=1, store=store),
        lambda: discard_composition(DRAFT_ID, a_member(2), seen_version=1, store=store, now=NOW),
        lambda: find_composition("0" * 32, a_member(), store=store),
    )
    for ask in asks:
        with pytest.raises(NotFound):
            ask()
    assert store.find(DRAFT_ID) == a_composition()


def test_a_discarded_draft_is_looked_at_and_not_changed(desk: Container) -> None:
    store = store_of(desk)
    gone = discard_composition(DRAFT_ID, a_member(), seen_version=1, store=store, now=NOW)

    assert gone.expires_at == NOW + timedelta(days=30)
    assert find_composition(DRAFT_ID, a_member(), store=store) == gone
    asks: tuple[Callable[[], object], ...] = (
        lambda: change_composition(DRAFT_ID, a_member(), lambda it: it, seen_version=2, store=store),
        lambda: discard_composition(DRAFT_ID, a_member(), seen_version=2, store=store, now=NOW),
    )
    for ask in asks:
        with pytest.raises(CasillaError) as refusal:
            ask()
        assert refusal.value.code == "composition_closed"


def test_a_change_whose_answer_was_lost_is_told_as_done(desk: Container) -> None:
    """The client repeats a write of which it heard nothing, and finds its own condition gone."""
    store = store_of(desk)

    class HeardNothing(type(store)):  # type: ignore[misc]
        def update(self, composition: Composition) -> bool:
            store.update(composition)
            return store.update(composition)

    done = change_composition(
        DRAFT_ID, a_member(), lambda it: changed(it, NOW, replaces="x"), seen_version=1, store=HeardNothing()
    )

    assert replace(done, replaces=None, version=1) == a_composition()
