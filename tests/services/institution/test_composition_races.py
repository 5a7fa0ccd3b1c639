"""Eight at one draft at once: nothing is overwritten unseen, nothing deposited twice; on an engine that isolates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, CompositionState, changed
from chalicelib.domain.notice import FileRole
from chalicelib.services.institution.attach_files import SentFile, attach_file
from chalicelib.services.institution.compositions import change_composition, discard_composition
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.composition_world import a_composition, a_member, attach_tools_of, deposit_draft, store_of
from tests.deposit_world import AUTHORITY, NOW, PDF, Clock
from tests.officer_world import DRAFT_ID, seed_officers

pytestmark = pytest.mark.ministack

MANY = 8


@pytest.fixture
def racing_desk(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        seed_officers(box)
        store_of(box).add(replace(a_composition(), is_shared=True))
        yield box


def test_of_eight_who_change_what_they_all_saw_one_does(racing_desk: Container) -> None:
    store = store_of(racing_desk)

    def change(number: int) -> Composition:
        write = lambda it: changed(it, NOW, replaces=f"by {number}")  # noqa: E731
        return change_composition(DRAFT_ID, a_member(number + 1), write, seen_version=1, store=store)

    outcomes = at_once(MANY, change)

    [winner] = [outcome for outcome in outcomes if isinstance(outcome, Composition)]
    assert store.find(DRAFT_ID) == winner
    assert {one.code for one in outcomes if isinstance(one, CasillaError)} == {"composition_changed"}


def test_eight_officers_who_deposit_one_draft_make_one_notice(racing_desk: Container) -> None:
    outcomes = at_once(MANY, lambda number: deposit_draft(racing_desk, a_member(number + 1)))

    assert all(isinstance(outcome, Composition) for outcome in outcomes), outcomes
    assert {outcome.notice_id for outcome in outcomes if isinstance(outcome, Composition)} == {
        item.notice_id for item in NoticeItem.scan()
    }
    assert len(list(DepositItem.scan())) == 1


def test_what_is_deposited_while_it_is_discarded_is_one_or_the_other(racing_desk: Container) -> None:
    store = store_of(racing_desk)

    def act(number: int) -> Composition:
        if number % 2:
            return discard_composition(DRAFT_ID, a_member(), seen_version=1, store=store, now=NOW)
        return deposit_draft(racing_desk)

    outcomes = at_once(MANY, act)

    found = store.find(DRAFT_ID)
    assert found
    notices = list(NoticeItem.scan())
    assert len(notices) == (1 if found.state is CompositionState.DEPOSITED else 0)
    codes = {one.code for one in outcomes if isinstance(one, CasillaError)}
    assert codes <= {"composition_closed", "composition_changed"}


def test_of_eight_files_at_once_none_is_lost_unseen(racing_desk: Container) -> None:
    def attach(number: int) -> Composition:
        sent = SentFile(FileRole.ANNEX, f"anexo-{number}.pdf", PDF)
        return attach_file(DRAFT_ID, a_member(), sent, seen_version=1, tools=attach_tools_of(racing_desk))

    outcomes = at_once(MANY, attach)

    taken = [outcome for outcome in outcomes if isinstance(outcome, Composition)]
    found = store_of(racing_desk).find(DRAFT_ID)
    assert found
    assert len(taken) == 1
    assert found.annexes == taken[0].annexes
