from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.domain.alert.alert_sending import Accepted, Deferred, settle
from chalicelib.domain.errors import Unavailable
from chalicelib.store.alert.alert_batch_item import SWEEP_AFTER_S
from chalicelib.store.alert.alert_batch_store import ClaimLapsed
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import NOTICE_ID, World, a_batch, alert_world, refusing

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def due(world: World, *, now: datetime = LATER, limit: int = 10) -> tuple[tuple[int, str], ...]:
    return world.batches.list_due(shard_of_code(NOTICE_ID), now=now, limit=limit)


def test_a_batch_comes_back_as_it_was_written(world: World) -> None:
    batch = world.deposit(a_batch(receipt_key="notices/constancia.pdf"))
    assert world.batches.find(NOTICE_ID) == batch
    assert world.batches.find("9999-9999-9999") is None


def test_a_batch_keeps_the_short_name_and_one_from_before_short_names_has_none(world: World) -> None:
    batch = world.deposit(a_batch(institution_short_name="Muni. Ejemplo"))
    assert world.batches.find(NOTICE_ID) == batch

    AlertBatchItem(NOTICE_ID).update([AlertBatchItem.institution_short_name.remove()])
    assert world.batch().institution_short_name is None
    claimed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert claimed is not None
    assert claimed.institution_short_name is None


def test_a_batch_is_written_once(world: World) -> None:
    world.deposit(a_batch())
    with pytest.raises(TransactWriteError):
        world.deposit(a_batch())


def test_a_claim_counts_the_attempt_and_leases_in_one_call(world: World) -> None:
    world.deposit(a_batch())
    world.calls.clear()
    claimed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert world.calls == ["UpdateItem"]
    assert claimed is not None
    assert (claimed.attempts, claimed.leased_until) == (1, world.now + timedelta(seconds=120))
    assert claimed.alerts == a_batch().alerts


def test_the_first_claim_waits_for_nothing_even_on_a_slow_clock(world: World) -> None:
    world.deposit(a_batch())
    assert world.batches.claim(NOTICE_ID, now=world.now - timedelta(seconds=5), lease_s=120) is not None


def test_a_lease_can_be_taken_over_from_its_last_second_on(world: World) -> None:
    world.deposit(a_batch())
    world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    world.pass_time(119)
    assert world.batches.claim(NOTICE_ID, now=world.now, lease_s=120) is None
    world.pass_time(1)
    taken = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert taken is not None
    assert taken.attempts == 2


def test_a_settled_batch_leaves_the_index(world: World) -> None:
    world.deposit(a_batch())
    assert due(world) == ((int(world.now.timestamp()) + SWEEP_AFTER_S, NOTICE_ID),)
    claimed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert claimed is not None
    settled = settle(claimed, {alert.alert_id: Accepted("m") for alert in claimed.alerts})
    world.batches.record(claimed, settled, (), now=world.now)
    assert due(world) == ()
    assert world.batch() == settled
    assert world.batches.claim(NOTICE_ID, now=LATER, lease_s=120) is None


def test_an_unfinished_batch_is_due_after_its_delay(world: World) -> None:
    world.deposit(a_batch())
    claimed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert claimed is not None
    settled = settle(claimed, {alert.alert_id: Deferred("throttled") for alert in claimed.alerts})
    world.batches.record(claimed, settled, (), now=world.now)
    assert due(world, now=world.now + timedelta(seconds=59)) == ()
    assert due(world, now=world.now + timedelta(seconds=60)) == ((int(world.now.timestamp()) + 60, NOTICE_ID),)


def test_a_lapsed_claim_records_nothing(world: World) -> None:
    world.deposit(a_batch())
    lapsed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=1)
    world.pass_time(1)
    running = world.batches.claim(NOTICE_ID, now=world.now, lease_s=120)
    assert lapsed is not None
    settled = settle(lapsed, {alert.alert_id: Accepted("late") for alert in lapsed.alerts})
    with pytest.raises(ClaimLapsed):
        world.batches.record(lapsed, settled, (), now=world.now)
    assert world.batch() == running


def test_an_empty_batch_is_kept_and_never_due(world: World) -> None:
    batch = world.deposit(a_batch(alerts=()))
    assert world.batch() == batch
    assert due(world) == ()


def test_due_batches_come_longest_due_first_and_bounded(world: World) -> None:
    same_shard = [f"N{n}" for n in range(200) if shard_of_code(f"N{n}") == shard_of_code(NOTICE_ID)][:4]
    for age, notice_id in enumerate(same_shard):
        world.deposit(a_batch(notice_id=notice_id, deposited_at=world.now - timedelta(days=age)))
    assert [notice_id for _, notice_id in due(world, limit=3)] == same_shard[:0:-1]


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "Query"])
def test_an_engine_that_does_not_answer_is_unavailable(world: World, operation: str) -> None:
    actions: dict[str, Callable[[], object]] = {
        "UpdateItem": lambda: world.batches.claim(NOTICE_ID, now=world.now, lease_s=1),
        "GetItem": lambda: world.batches.find(NOTICE_ID),
        "Query": lambda: due(world),
    }
    refused = refusing(world.connection.client, operation, "InternalServerError", status=500)
    with refused, pytest.raises(Unavailable, match="store_unavailable"):
        actions[operation]()
