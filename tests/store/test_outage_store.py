"""Outages in the table of institutions, on both engines: written together, or not at all."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import new_client
from chalicelib.bootstrap.outage import outage_store
from chalicelib.bootstrap.page import page_view
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.outage.outage import Board
from chalicelib.store.institution_keys import BOARD, OUTAGES
from chalicelib.store.page_view import PageView, Seen
from chalicelib.store.tables import InstitutionItem
from tests.domain.outage.test_outage import NOW, an_outage


@pytest.fixture
def box(engine: dict[str, str]) -> Container:
    return Container(Config.from_env({**engine, "API_AUTHORITY": "x", "API_BASE_URL": "https://x"}), clock=lambda: NOW)


def an_event(number: int = 1) -> Event:
    subject = f"outage#2026-03-09-{number:02}"
    return Event(subject, EventType.OUTAGE_ANNOUNCED, NOW, f"e{number}", "operator:rquispe", data={"reason": "Falla"})


def test_what_was_written_is_read_by_the_store_and_by_the_view(box: Container) -> None:
    store, outage = outage_store(box), an_outage(expected_until=NOW)
    assert (store.board(), page_view(box).read()) == (Board(), Seen(is_known=True))

    assert store.write(outage, (), store.board().with_outages(outage, now=NOW), [an_event()])

    assert store.find(outage.outage_id) == outage
    assert store.board() == page_view(box).read().board == Board((outage,), revision=1)
    assert event_store(box).list_for_subject(f"outage#{outage.outage_id}") == (an_event(),)


def test_who_read_the_board_before_another_wrote_writes_nothing(box: Container) -> None:
    store, known = outage_store(box), Board()
    assert store.write(an_outage(1), (), known.with_outages(an_outage(1), now=NOW), [an_event(1)])
    assert not store.write(an_outage(2), (), known.with_outages(an_outage(2), now=NOW), [an_event(2)])

    again = store.board()
    assert store.write(an_outage(2), (an_outage(1, ended_at=NOW),), again.with_outages(an_outage(2), now=NOW), [])
    assert not store.write(None, (an_outage(1),), again.with_outages(now=NOW), [])

    assert store.find("2026-03-09-01") == an_outage(1, ended_at=NOW)
    assert not event_store(box).list_for_subject("outage#2026-03-09-02")


def test_older_ones_are_listed_newest_first_a_page_at_a_time(box: Container) -> None:
    store, board = outage_store(box), Board()
    for number in range(1, 6):
        board = board.with_outages(an_outage(number), now=NOW)
        assert store.write(an_outage(number), (), board, [])

    assert [one.outage_id[-2:] for one in store.list_before("9", limit=3)] == ["05", "04", "03"]
    assert [one.outage_id[-2:] for one in store.list_before("2026-03-09-03", limit=3)] == ["02", "01"]


@pytest.mark.parametrize("data", [{"outages": "none"}, {"outages": [{"words": "x"}]}, {"outages": 3}])
def test_a_board_that_cannot_be_understood_is_unread(box: Container, data: dict[str, object]) -> None:
    outage_store(box)
    InstitutionItem(OUTAGES, BOARD, data=data).save()

    with pytest.raises(Unavailable, match="outages_unread"):
        page_view(box).read()


def test_a_table_that_does_not_answer_is_unread(box: Container) -> None:
    client = new_client(box, "dynamodb", retries=0)
    with pytest.raises(Unavailable, match="outages_unread"):
        PageView(client, "no-such-table").read()
