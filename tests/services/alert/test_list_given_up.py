from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.alert.work_list import WorkList
from chalicelib.domain.errors import Conflict, NotFound, Unavailable
from chalicelib.services.alert.list_given_up import list_given_up, list_waiting, read_alerts
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import DEPOSITED_AT, NOTICE_ID, World, a_batch, alert_world, refusing

SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def spoil(notice_id: str, text: str = '"[{}]"') -> None:
    """Leave an item that no package would have written."""
    AlertBatchItem(notice_id).update([AlertBatchItem.alerts.set([{"alert_id": text, "sending": "nowhere"}])])


def pages(world: World, *, limit: int) -> Iterator[WorkList]:
    after = None
    while True:
        work = list_given_up(batches=world.batches, limit=limit, after=after)
        yield work
        after = work.after
        if after is None:
            return


def test_the_list_is_empty_when_nothing_was_given_up(world: World) -> None:
    world.deposit(a_batch())
    assert list_given_up(batches=world.batches, limit=5) == WorkList(0, None, None, (), None)


@pytest.mark.parametrize("limit", [1, 2, 5, 12, 50])
def test_pages_over_all_shards_name_every_notice_once_the_latest_first(world: World, limit: int) -> None:
    entries = [(DEPOSITED_AT + number // 3 * SECOND, f"N{number:02}") for number in range(12)]
    for at, notice_id in entries:
        world.give_up(notice_id, at)

    found = list(pages(world, limit=limit))

    assert [(one.since, one.notice_id) for work in found for one in work.shown] == entries[::-1]
    assert {(work.total, work.oldest, work.newest) for work in found} == {(12, entries[0][0], entries[-1][0])}
    assert len(found) == -(-12 // limit)


def test_the_next_page_goes_on_though_what_ended_the_last_one_is_off_the_list(world: World) -> None:
    for number in range(4):
        world.give_up(f"N{number:02}", DEPOSITED_AT + number * SECOND)
    first = list_given_up(batches=world.batches, limit=2)
    AlertBatchItem("N02").delete()

    rest = list_given_up(batches=world.batches, limit=2, after=first.after)

    assert [one.notice_id for one in rest.shown] == ["N01", "N00"]


def test_a_notice_that_cannot_be_read_is_listed_and_stops_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        world.give_up(f"N{number:02}", DEPOSITED_AT)
    spoil("N01", "rosa@ejemplo.pe")

    work = list_given_up(batches=world.batches, limit=5)

    assert [(one.notice_id, one.batch is None) for one in work.shown] == [("N02", False), ("N01", True), ("N00", False)]
    [line] = [vars(record) for record in caplog.records if record.message == "item failed"]
    assert (line["item"], line["error"]) == ("N01", "TypeError")
    assert "rosa" not in str([vars(record) for record in caplog.records])


@pytest.mark.parametrize("operation", ["Query", "GetItem"])
def test_a_store_that_does_not_answer_is_no_empty_list(world: World, operation: str) -> None:
    world.give_up("N00", DEPOSITED_AT)
    with refusing(world.connection.client, operation, "InternalServerError", status=500), pytest.raises(Unavailable):
        list_given_up(batches=world.batches, limit=5)


def test_what_waits_is_counted_and_the_longest_waiting_are_named(world: World) -> None:
    world.give_up("G00", DEPOSITED_AT)
    for number in range(12):
        world.deposit(a_batch(notice_id=f"N{number:02}", deposited_at=DEPOSITED_AT - number * SECOND))

    waiting = list_waiting(batches=world.batches, now=lambda: DEPOSITED_AT + timedelta(minutes=2) - 6 * SECOND)

    assert (waiting.total, waiting.due) == (12, 7), "what was given up is due to be followed up"
    expected: list[tuple[str, datetime]] = [(f"N{n:02}", DEPOSITED_AT - n * SECOND) for n in range(11, 1, -1)]
    assert list(waiting.longest) == expected


def test_one_notice_is_read_or_told_why_not(world: World) -> None:
    batch = world.give_up(NOTICE_ID, DEPOSITED_AT)
    assert read_alerts(NOTICE_ID, batches=world.batches) == batch
    with pytest.raises(NotFound, match="alerts_not_found"):
        read_alerts("9999-9999-9999", batches=world.batches)
    spoil(NOTICE_ID)
    with pytest.raises(Conflict, match="alerts_unreadable"):
        read_alerts(NOTICE_ID, batches=world.batches)
