from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.config import Config
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.domain.notice import Notice
from chalicelib.services.deposit.read_deposits import shard_reads
from chalicelib.services.together import together
from chalicelib.store.deposit.sender_month_store import MonthShard, NoticePage, SenderMonthStore, page_of
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import bind
from tests.builders import a_notice

MARCH = MonthPart("2026-03", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
START = datetime(2026, 3, 9, 5, tzinfo=UTC)
MADE = [a_notice(notice_id=code_from_number(7 * n), deposited_at=START + timedelta(seconds=n // 3)) for n in range(24)]
"""Three a second, in all shards."""
IN_ORDER = sorted(MADE, key=lambda notice: (notice.deposited_at, notice.notice_id))


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bind(Config.from_env(engine))


def read_month(
    institution_id: str, part: MonthPart, *, after: str | None, limit: int, months: SenderMonthStore
) -> NoticePage:
    found: list[MonthShard] = []
    together(shard_reads(institution_id, part, after=after, limit=limit, months=months, into=found))
    return page_of(found, limit)


def add(connection: Connection, *notices: Notice) -> None:
    with TransactWrite(connection=connection) as transaction:
        for notice in notices:
            NoticeStore().add_in(transaction, notice)


def walk(connection: Connection, limit: int) -> list[tuple[Notice, ...]]:
    """Return the pages of the month."""
    pages: list[tuple[Notice, ...]] = []
    after: str | None = None
    while not pages or after is not None:
        page = read_month(
            MADE[0].sender.institution_id, MARCH, after=after, limit=limit, months=SenderMonthStore(connection)
        )
        pages.append(page.notices)
        after = page.next_after
    return pages


def test_pages_show_every_notice_of_all_shards_once_and_in_order(connection: Connection) -> None:
    assert {shard_of_code(notice.notice_id) for notice in MADE} == set(SHARDS)
    add(connection, *MADE)
    for limit in (2, 7, 24, 100):
        pages = walk(connection, limit)
        assert [notice for page in pages for notice in page] == IN_ORDER
        assert all(len(page) == limit for page in pages[: len(IN_ORDER) // limit])


def test_what_is_deposited_while_pages_are_turned_comes_at_its_place(connection: Connection) -> None:
    add(connection, *MADE[:12])
    months, sender = SenderMonthStore(connection), MADE[0].sender.institution_id
    first = read_month(sender, MARCH, after=None, limit=10, months=months)
    add(connection, *MADE[12:])
    rest = read_month(sender, MARCH, after=first.next_after, limit=100, months=months)
    assert [*first.notices, *rest.notices] == IN_ORDER


def test_a_month_without_deposits_is_one_empty_page(connection: Connection) -> None:
    assert walk(connection, 10) == [()]
