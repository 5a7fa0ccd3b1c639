"""Drafts: each change only upon the one that was seen; lists of what is open; a month of what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.deadline import Term, TermUnit
from chalicelib.domain.institution.composition import (
    MOST_OPEN,
    Composition,
    CompositionState,
    changed,
    discarded,
    with_remedy,
)
from chalicelib.domain.notice import Remedy
from chalicelib.store.institution.composition_store import CompositionStore, DraftDeposited
from chalicelib.store.tables import CompositionItem
from tests.builders import a_notice
from tests.cloud import bound
from tests.composition_world import a_composition, a_member, an_annex
from tests.deposit_world import INSTITUTION_ID, NOW

STORE = CompositionStore()
WHOLE = with_remedy(
    a_composition(files=tuple(an_annex(number) for number in range(21))),
    Remedy("Reconsideración", "La misma autoridad", Term(15, TermUnit.BUSINESS_DAYS)),
    NOW,
)


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bound(engine)


@pytest.mark.usefixtures("connection")
def test_a_draft_is_read_as_it_was_kept() -> None:
    whole = replace(WHOLE, version=1)

    assert STORE.add(whole)
    assert STORE.find(whole.composition_id) == whole
    assert not STORE.add(replace(whole, author_name="Otra")), "an id is taken once"
    assert STORE.find(whole.composition_id) == whole


@pytest.mark.usefixtures("connection")
def test_only_the_version_that_was_seen_is_changed() -> None:
    first = a_composition()
    STORE.add(first)
    mine, theirs = (changed(first, NOW, replaces=name) for name in ("mine", "theirs"))

    assert STORE.update(mine)
    assert not STORE.update(theirs)
    assert STORE.find(first.composition_id) == mine


@pytest.mark.usefixtures("connection")
def test_what_is_closed_is_changed_no_more() -> None:
    first = a_composition()
    STORE.add(first)
    thrown = discarded(first, NOW)
    assert STORE.update(thrown)

    assert not STORE.update(replace(first, version=3))
    assert STORE.find(first.composition_id) == thrown


@pytest.mark.usefixtures("connection")
def test_lists_have_what_is_open_by_its_last_change_and_nobody_else_s() -> None:
    drafts = [
        a_composition(composition_id=f"{number:032x}", changed_at=NOW + timedelta(minutes=number))
        for number in range(4)
    ]
    closed, shared = discarded(drafts[0], NOW), replace(drafts[1], is_shared=True)
    other = a_composition(a_member(2), composition_id="f" * 32, is_shared=True)
    north = a_composition(a_member(3, office_id="norte"), composition_id="e" * 32, is_shared=True)
    for one in (closed, shared, *drafts[2:], other, north):
        STORE.add(one)

    assert STORE.list_open_of(INSTITUTION_ID, "s1") == (drafts[3], drafts[2], shared)
    assert STORE.list_open_of("otra", "s1") == ()
    assert set(STORE.list_seen_by(INSTITUTION_ID, None)) == {shared, other}
    assert STORE.list_seen_by(INSTITUTION_ID, "norte") == (north,)
    assert STORE.list_seen_by("otra", None) == ()


@pytest.mark.usefixtures("connection")
def test_a_list_is_bounded() -> None:
    for number in range(2 * MOST_OPEN + 1):
        STORE.add(a_composition(composition_id=f"{number:032x}", changed_at=NOW + timedelta(seconds=number)))

    listed = STORE.list_open_of(INSTITUTION_ID, "s1")

    assert len(listed) == 2 * MOST_OPEN
    assert listed[0].changed_at == NOW + timedelta(seconds=2 * MOST_OPEN)


@pytest.mark.usefixtures("connection")
def test_an_open_draft_never_expires_and_a_closed_one_after_a_month() -> None:
    first = a_composition()
    STORE.add(first)
    assert CompositionItem.get(first.composition_id).expires_at is None

    STORE.update(discarded(first, NOW))

    assert CompositionItem.get(first.composition_id).expires_at == (NOW + timedelta(days=30)).replace(microsecond=0)


def mark(connection: Connection, composition: Composition, notice_id: str) -> None:
    with TransactWrite(connection=connection) as transaction:
        DraftDeposited(composition).add_in(transaction, a_notice(notice_id=notice_id, deposited_at=NOW))


def test_the_deposit_marks_what_was_sent_whatever_was_typed_meanwhile(connection: Connection) -> None:
    sent = a_composition()
    STORE.add(sent)
    STORE.update(changed(sent, NOW, replaces="typed meanwhile"))

    mark(connection, sent, "N-1")

    found = STORE.find(sent.composition_id)
    assert found
    assert (found.state, found.notice_id, found.closed_at) == (CompositionState.DEPOSITED, "N-1", NOW)
    assert (found.replaces, found.heading) == (None, sent.heading)
    assert STORE.list_open_of(INSTITUTION_ID, "s1") == ()


@pytest.mark.parametrize("is_there", [True, False])
def test_the_deposit_fails_with_a_draft_that_is_not_open(connection: Connection, *, is_there: bool) -> None:
    sent = a_composition()
    if is_there:
        STORE.add(sent)
        STORE.update(discarded(sent, NOW))

    with pytest.raises(TransactWriteError):
        mark(connection, sent, "N-1")
