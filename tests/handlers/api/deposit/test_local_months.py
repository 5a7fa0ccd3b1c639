"""A month of deposits is the country's, though the index that it is read from is kept by months of UTC."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap.aws import connection
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.notice import Notice, Sender
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.shards import SHARDS, shard_of_code
from tests.builders import a_notice
from tests.deposit_world import INSTITUTION_ID, World

LIMA = timedelta(hours=-5)
EVENING = datetime(2026, 12, 1, 1, tzinfo=UTC)
"""30 November at 20:00 in Lima."""


def listed(world: World, month: str, limit: int = 50, cursor: str | None = None) -> list[str]:
    """Walk a month; no page but the last may be shorter than asked for."""
    found: list[str] = []
    while True:
        query = "&".join([*([f"cursor={cursor}"] if cursor else []), f"limit={limit}", f"month={month}"])
        answer = world.get(f"/v1/deposits?{query}")
        assert answer.status_code == 200, answer.json_body
        page = [deposit["notice_id"] for deposit in answer.json_body["deposits"]]
        found += page
        cursor = answer.json_body["next_cursor"]
        if cursor is None:
            return found
        assert len(page) == limit


def store(world: World, *instants: datetime) -> list[Notice]:
    """Keep notices as any package kept them, without the rest of a deposit."""
    made = [
        a_notice(notice_id=code_from_number(31 * n), deposited_at=instant, sender=a_sender())
        for n, instant in enumerate(instants)
    ]
    for start in range(0, len(made), 20):
        with TransactWrite(connection=connection(world.container)) as transaction:
            for notice in made[start : start + 20]:
                NoticeStore().add_in(transaction, notice)
    return made


def a_sender() -> Sender:
    return replace(a_notice().sender, institution_id=INSTITUTION_ID)


def test_a_deposit_of_the_last_evening_of_a_month_is_listed_in_it(world: World) -> None:
    world.clock.advance(seconds=(EVENING - world.clock.now).total_seconds())
    deposited = world.deposit().json_body
    assert deposited["deposited_at"].startswith("2026-12-01T01:00")
    assert listed(world, "2026-11") == [deposited["notice_id"]]
    assert listed(world, "2026-12") == []


def test_every_stored_deposit_is_in_its_own_month_once_and_in_order(world: World) -> None:
    borders = [datetime(year, month, 1, 5, tzinfo=UTC) for year, month in ((2026, 3), (2026, 4), (2026, 5), (2027, 1))]
    steps = [timedelta(seconds=second) for second in (-90_000, -18_001, -18_000, -1, 0, 1, 3_600, 90_000)]
    made = store(world, *(border + step for border in borders for step in steps))
    assert {shard_of_code(notice.notice_id) for notice in made} == set(SHARDS)
    world.clock.advance(days=330)
    months = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-12", "2027-01", "2027-02")
    for limit in (1, 3, 8, 100):
        found = {month: listed(world, month, limit) for month in months}
        assert sorted(notice_id for ids in found.values() for notice_id in ids) == sorted(
            notice.notice_id for notice in made
        )
        for month, ids in found.items():
            own = [one for one in made if f"{one.deposited_at + LIMA:%Y-%m}" == month]
            assert ids == [one.notice_id for one in sorted(own, key=lambda one: (one.deposited_at, one.notice_id))]


def test_a_cursor_of_before_goes_on_from_where_it_stood(world: World) -> None:
    """Whoever turned the pages of a month of UTC when the package changed misses nothing that is still to come."""
    early, late = datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    made = store(world, early, late, EVENING, EVENING + timedelta(hours=9))
    world.clock.advance(days=300)
    ids = [notice.notice_id for notice in made]
    for number, left in ((0, ids[1:3]), (1, ids[2:3]), (2, []), (3, [])):
        position = f"{made[number].deposited_at:%Y-%m-%dT%H:%M:%SZ}#{ids[number]}"
        cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
        assert listed(world, "2026-11", 1, cursor) == left


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Collect the partitions that are asked for."""
    asked: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.extend(value["S"] for value in _values(params) if "#" in value.get("S", "") and "T" not in value["S"])

    events = connection(world.container).client.meta.events
    events.register("provide-client-params.dynamodb.Query", note)
    try:
        yield asked
    finally:
        events.unregister("provide-client-params.dynamodb.Query", note)


def _values(params: dict[str, Any]) -> list[dict[str, str]]:
    return list(params["ExpressionAttributeValues"].values())


@pytest.mark.parametrize(
    ("now", "month", "limit", "months"),
    [
        (datetime(2026, 11, 20, tzinfo=UTC), "2026-11", 50, ["2026-11"]),
        (datetime(2026, 12, 20, tzinfo=UTC), "2026-11", 1, ["2026-11"]),
        (datetime(2026, 12, 20, tzinfo=UTC), "2026-11", 2, ["2026-11", "2026-12"]),
        (datetime(2026, 12, 1, 0, 30, tzinfo=UTC), "2026-11", 50, ["2026-11", "2026-12"]),
        (datetime(2026, 11, 20, tzinfo=UTC), "2027-03", 50, []),
    ],
)
def test_the_second_month_of_utc_is_asked_only_where_it_can_tell_more(
    world: World, now: datetime, month: str, limit: int, months: list[str]
) -> None:
    store(world, datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC))
    world.clock.advance(seconds=(now - world.clock.now).total_seconds())
    with counted(world) as asked:
        world.get(f"/v1/deposits?limit={limit}&month={month}")
    assert sorted(asked) == sorted(f"{a_sender().institution_id}#{part}#{shard}" for part in months for shard in SHARDS)


def test_past_the_end_of_the_first_month_of_utc_only_the_second_is_asked(world: World) -> None:
    made = store(world, *(EVENING + timedelta(minutes=minute) for minute in range(3)))
    world.clock.advance(days=300)
    cursor = world.get("/v1/deposits?limit=1&month=2026-11").json_body["next_cursor"]
    with counted(world) as asked:
        page = world.get(f"/v1/deposits?cursor={cursor}&limit=1&month=2026-11").json_body
    assert [deposit["notice_id"] for deposit in page["deposits"]] == [made[1].notice_id]
    assert {partition.split("#")[1] for partition in asked} == {"2026-12"}
    assert len(asked) == len(SHARDS)
