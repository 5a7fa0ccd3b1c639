from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.config import Config
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notice import Notice
from chalicelib.store.codec import to_data
from chalicelib.store.deposit.sender_month_store import MonthShard, NoticePage, SenderMonthStore, page_of
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import NoticeItem, bind
from tests.alert_world import refusing
from tests.builders import a_notice

START = datetime(2026, 3, 9, 5, tzinfo=UTC)
NOTICE = a_notice()
MINE = NOTICE.sender.institution_id
MARCH = MonthPart("2026-03", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
SHARD = shard_of_code(NOTICE.notice_id)
IN_SHARD = [code for code in map(code_from_number, range(200)) if shard_of_code(code) == SHARD][:3]


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bind(Config.from_env(engine))


def add(connection: Connection, *notices: Notice) -> None:
    with TransactWrite(connection=connection) as transaction:
        for notice in notices:
            NoticeStore().add_in(transaction, notice)


def three_of_one_shard(connection: Connection) -> list[str]:
    """Deposit three notices a minute apart; return their positions."""
    made = [a_notice(notice_id=code, deposited_at=START + timedelta(minutes=n)) for n, code in enumerate(IN_SHARD)]
    add(connection, *made)
    return [f"{notice.deposited_at:%Y-%m-%dT%H:%M:%SZ}#{notice.notice_id}" for notice in made]


def test_a_shard_is_read_oldest_first_within_the_limit_and_after_a_position(connection: Connection) -> None:
    positions = three_of_one_shard(connection)
    store = SenderMonthStore(connection)
    first = store.read_shard(MINE, MARCH, SHARD, after=None, limit=2)
    rest = store.read_shard(MINE, MARCH, SHARD, after=first.read_up_to, limit=2)

    assert [position for position, _ in first.entries] == positions[:2]
    assert first.read_up_to == positions[1]
    assert [position for position, _ in rest.entries] == positions[2:]
    assert rest.read_up_to is None


def test_a_shard_holds_its_own_senders_month_and_part_only(connection: Connection) -> None:
    positions = three_of_one_shard(connection)
    add(
        connection,
        replace(NOTICE, notice_id=code_from_number(300), sender=replace(NOTICE.sender, institution_id="other")),
        replace(NOTICE, notice_id=code_from_number(301), deposited_at=datetime(2026, 4, 1, tzinfo=UTC)),
        *(replace(NOTICE, notice_id=code_from_number(number)) for number in range(400, 440)),
    )
    read = {
        shard: SenderMonthStore(connection).read_shard(MINE, MARCH, shard, after=None, limit=100) for shard in SHARDS
    }

    assert set(positions) < {position for position, _ in read[SHARD].entries}
    assert all(
        shard_of_code(position.partition("#")[2]) == shard for shard in SHARDS for position, _ in read[shard].entries
    )
    assert sum(len(shard.entries) for shard in read.values()) == len(positions) + 40


def test_the_index_holds_no_more_than_the_list_shows(connection: Connection) -> None:
    add(connection, NOTICE)
    query = {
        "TableName": NoticeItem.Meta.table_name,
        "IndexName": "by_sender_shard",
        "KeyConditionExpression": "sender_shard = :shard",
        "ExpressionAttributeValues": {":shard": {"S": f"{MINE}#2026-03#{SHARD}"}},
    }
    [item] = connection.dispatch("Query", query)["Items"]
    assert set(item) == {"notice_id", "sender_shard", "deposited_key", "data"}


def test_an_engine_that_does_not_answer_is_unavailable(connection: Connection) -> None:
    store = SenderMonthStore(connection)
    with refusing(connection.client, "Query", "InternalServerError", status=500), pytest.raises(Unavailable):
        store.read_shard(MINE, MARCH, SHARD, after=None, limit=2)


def shard_of(*minutes: int, read_up_to: int | None = None) -> MonthShard:
    entries = tuple((position(minute), json.dumps(to_data(notice(minute)))) for minute in minutes)
    return MonthShard(entries, None if read_up_to is None else position(read_up_to))


def position(minute: int) -> str:
    return f"2026-03-09T05:{minute:02}:00Z#{code_from_number(minute)}"


def notice(minute: int) -> Notice:
    return a_notice(notice_id=code_from_number(minute), deposited_at=START + timedelta(minutes=minute))


def a_page(*minutes: int, next_after: int | None) -> NoticePage:
    return NoticePage(tuple(map(notice, minutes)), None if next_after is None else position(next_after))


def test_a_page_takes_the_oldest_of_all_shards_in_order() -> None:
    shards = [shard_of(3, 9), shard_of(), shard_of(1, 4), shard_of(2)]
    assert page_of(shards, 3) == a_page(1, 2, 3, next_after=3)
    assert page_of(shards, 6) == a_page(1, 2, 3, 4, 9, next_after=None)
    assert page_of(reversed(shards), 3) == page_of(shards, 3)


def test_a_page_that_takes_exactly_all_there_is_has_none_after_it() -> None:
    assert page_of([shard_of(1), shard_of(2)], 2) == a_page(1, 2, next_after=None)
    assert page_of([shard_of(), shard_of()], 2) == a_page(next_after=None)


def test_a_page_ends_where_a_shard_was_not_read_further() -> None:
    """The second shard answered with less than the limit, as it does for very large notices; 5 may not be the next."""
    assert page_of([shard_of(1, 5, 6), shard_of(2, 3, read_up_to=3)], 4) == a_page(1, 2, 3, next_after=3)


def test_pages_of_any_size_show_every_notice_once_whatever_the_shards_give_at_a_time() -> None:
    held = ((1, 2, 3, 4), (5,), (6, 8), (7, 9, 10, 11, 12), ())
    for limit, at_a_time in itertools.product((1, 2, 3, 5, 20), (1, 2, 9)):
        seen: list[Notice] = []
        after = ""
        while True:
            left = [[minute for minute in shard if position(minute) > after] for shard in held]
            given = [shard[: min(limit, at_a_time)] for shard in left]
            shards = [
                shard_of(*some, read_up_to=some[-1] if len(some) < len(all_) else None)
                for some, all_ in zip(given, left, strict=True)
            ]
            page = page_of(shards, limit)
            seen += page.notices
            if page.next_after is None:
                break
            assert page.next_after > after
            after = page.next_after
        assert seen == [notice(minute) for minute in range(1, 13)]
