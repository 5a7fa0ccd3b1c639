from __future__ import annotations

from datetime import timedelta

import pytest
from pynamodb.connection import Connection

from chalicelib.config import Config
from chalicelib.domain.mailbox import Channel
from chalicelib.store.alert.alert_batch_item import batch_to_item, to_seconds
from chalicelib.store.deposit.unreached_store import Place, UnreachedStore
from chalicelib.store.tables import AlertBatchItem, bind
from tests.deposit_world import INSTITUTION_ID
from tests.unreached_world import FAILED_AT, an_unreached

OTHER = "otra-entidad"


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bind(Config.from_env(engine))


def keep(*numbers: int, institution_id: str = INSTITUTION_ID) -> list[Place]:
    """Keep alerts that failed, three a minute; return where they stand."""
    made = [
        an_unreached(number, FAILED_AT - timedelta(minutes=number // 3), institution_id=institution_id)[1]
        for number in numbers
    ]
    for batch in made:
        batch_to_item(batch).save()
    return [Place(batch.failed_since, batch.notice_id) for batch in made if batch.failed_since]


def walk(store: UnreachedStore, limit: int, after: Place | None = None) -> list[Place]:
    found: list[Place] = []
    while True:
        page = store.list_for_sender(INSTITUTION_ID, after=after, limit=limit)
        assert len(page.places) <= limit
        found += page.places
        after = page.next_after
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_every_entry_of_a_sender_stands_once_in_the_list_the_newest_first(connection: Connection, limit: int) -> None:
    own = keep(*range(11))
    keep(*range(20, 25), institution_id=OTHER)
    found = walk(UnreachedStore(connection), limit)
    assert sorted(found, key=lambda one: one.notice_id) == sorted(own, key=lambda one: one.notice_id)
    assert [one.since for one in found] == sorted((one.since for one in own), reverse=True)


def test_a_page_begins_behind_a_place_whose_entry_is_gone(connection: Connection) -> None:
    own = keep(*range(0, 30, 3))
    store = UnreachedStore(connection)
    first = store.list_for_sender(INSTITUTION_ID, after=None, limit=4)
    assert first.next_after == own[3]
    AlertBatchItem(own[3].notice_id).delete()
    assert walk(store, 4, first.next_after) == own[4:]


def test_a_place_of_another_sender_is_a_place_in_the_own_list(connection: Connection) -> None:
    own = keep(*range(0, 12, 3))
    keep(*range(31, 43, 3), institution_id=OTHER)
    between = Place(own[1].since - timedelta(seconds=30), "2345-6789-ABCD")
    assert walk(UnreachedStore(connection), 2, between) == own[2:]


def test_what_failed_and_what_did_not_are_read_with_their_notices_by_one_call(connection: Connection) -> None:
    notice, batch = an_unreached(1, channels=(Channel.SMS,))
    batch_to_item(batch).save()
    found = UnreachedStore(connection).find([notice.notice_id, "2345-6789-ABCD"])
    assert [one.alerts and one.alerts.failed_channels for one in found.values()] == [(Channel.SMS,), None]
    assert to_seconds(FAILED_AT) == AlertBatchItem.get(notice.notice_id).failed_since
