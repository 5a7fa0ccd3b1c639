"""How the stub counts units by partition key, and what bursts may ask of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from bench import bursts
from bench.people import people_of
from bench.stub import Spent
from bench.world import BenchWorld, bench_world, handle

DAY = {"S": "2026-03-09#1"}


@pytest.fixture(scope="module")
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        yield opened


def spent_on(work: Callable[[], object], world: BenchWorld) -> dict[tuple[str, str], tuple[float, float]]:
    """Return read and write units by where they were spent."""
    world.stub.partitions()
    work()
    return {(spent.of, spent.key): (spent.read, spent.write) for spent in world.stub.partitions()}


def put_token(name: str = "t", **attributes: Any) -> None:
    item = {"token": {"S": name}, "expires_at": {"N": "1"}, "expiry_shard": DAY, **attributes}
    boto3.client("dynamodb").put_item(TableName="tokens_table", Item=item)


def test_units_are_counted_by_the_key_of_each_table_and_index(world: BenchWorld) -> None:
    spent = spent_on(lambda: put_token(data={"S": "x" * 2000}), world)

    assert spent == {("tokens_table", "t"): (0, 2), ("tokens_table.by_expiry", DAY["S"]): (0, 1)}


def test_an_index_is_not_written_when_nothing_of_its_entry_changes(world: BenchWorld) -> None:
    put_token()

    assert spent_on(lambda: put_token(attempts={"N": "3"}), world) == {("tokens_table", "t"): (0, 1)}


def test_an_entry_that_moves_is_written_at_both_of_its_keys(world: BenchWorld) -> None:
    put_token()
    spent = spent_on(lambda: put_token(expiry_shard={"S": "2026-03-09#2"}), world)

    assert spent["tokens_table.by_expiry", "2026-03-09#1"] == spent["tokens_table.by_expiry", "2026-03-09#2"] == (0, 1)


def test_a_query_is_charged_to_its_key_by_what_the_index_holds(world: BenchWorld) -> None:
    put_token(data={"S": "x" * 9000})
    query = {
        "TableName": "tokens_table",
        "IndexName": "by_expiry",
        "KeyConditionExpression": "expiry_shard = :d",
        "ExpressionAttributeValues": {":d": DAY},
    }
    found: list[dict[str, Any]] = []
    spent = spent_on(lambda: found.extend(boto3.client("dynamodb").query(**query)["Items"]), world)

    assert spent == {("tokens_table.by_expiry", DAY["S"]): (0.5, 0)}
    assert [set(item) for item in found] == [{"token", "expires_at", "expiry_shard"}]


def test_an_opening_does_not_write_the_list_of_the_sender(world: BenchWorld) -> None:
    people, notice_id = people_of(world), world.deposit()
    opening = people.opening(people.token(), notice_id)
    of = {table for table, _ in spent_on(lambda: handle(opening), world)}

    assert "notices_table.by_mailbox" in of
    assert "notices_table.by_sender_shard" not in of


def test_no_key_is_full_when_many_do_the_same_in_one_second(world: BenchWorld) -> None:
    people = people_of(world)
    with bursts.known_to_the_registry(128):
        small = (
            bursts.uploads(world, 64),
            bursts.deposits_of_one_sender(world, 48),
            bursts.registrations(people, 128),
            bursts.logins(people, 24),
        )
        shares = [next(burst.measure(world)) for burst in small]

    assert [(share.name, share.note) for share in shares if not share.is_met] == []


def test_the_busiest_key_is_the_one_whose_partition_needs_longest(world: BenchWorld) -> None:
    def work() -> None:
        put_token("busy")
        for _ in range(4):
            boto3.client("dynamodb").get_item(TableName="mailboxes_table", Key={"mailbox_id": {"S": "m"}})

    world.stub.partitions()
    work()
    first, *_ = world.stub.partitions()
    [share, rate] = bursts.Burst("work", 500, [work, work]).measure(world)

    assert first == Spent("tokens_table", "busy", 0, 1, 0.001)
    assert share.value == pytest.approx(50)
    assert share.note == "tokens_table: busy"
    assert rate.value == pytest.approx(1000)
