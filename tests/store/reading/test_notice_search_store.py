from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.codes import code_from_number
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import SentRange
from chalicelib.store.notice_store import NoticeStore, reading_key
from chalicelib.store.reading.notice_search_store import NoticeSearchStore
from chalicelib.store.tables import NoticeItem
from tests.builders import a_notice
from tests.cloud import bound

START = datetime(2026, 3, 9, 5, tzinfo=UTC)
MAILBOX = "1-40000002"
OPEN = SentRange()


@pytest.fixture
def notices(engine: dict[str, str]) -> list[Notice]:
    """Ten notices, one a minute, two in the last minute, oldest first; and one of another mailbox."""
    connection = bound(engine)
    made = [
        a_notice(notice_id=code_from_number(100 + n), deposited_at=START + timedelta(minutes=min(n, 8)))
        for n in range(10)
    ]
    _add(connection, [*made, a_notice(notice_id=code_from_number(200), mailbox_id="1-40000003", deposited_at=START)])
    return sorted(made, key=lambda notice: (notice.deposited_at, notice.notice_id))


def _add(connection: Connection, notices: list[Notice]) -> None:
    store = NoticeStore()
    with TransactWrite(connection=connection) as transaction:
        for notice in notices:
            store.add_in(transaction, notice)


def read(within: SentRange = OPEN, after: str | None = None, page_size: int = 3) -> Iterator[tuple[str, Notice]]:
    found = NoticeSearchStore().newest_first(MAILBOX, within, after=after, page_size=page_size)
    return ((position, delivered.notice) for position, delivered in found)


def test_all_of_one_mailbox_come_newest_first_over_pages(notices: list[Notice]) -> None:
    assert [notice for _, notice in read()] == notices[::-1]


@pytest.mark.usefixtures("notices")
def test_a_position_goes_on_after_itself_also_within_a_second() -> None:
    everything = list(read())
    for number in range(1, len(everything)):
        assert list(read(after=everything[number - 1][0])) == everything[number:]
    assert list(read(after=everything[-1][0])) == []


def test_the_range_includes_its_first_instant_and_excludes_its_last(notices: list[Notice]) -> None:
    within = SentRange(START + timedelta(minutes=2), START + timedelta(minutes=5))
    assert [notice for _, notice in read(within)] == notices[2:5][::-1]
    assert [notice for _, notice in read(replace(within, before=None))] == notices[2:][::-1]
    assert [notice for _, notice in read(replace(within, first=None))] == notices[:5][::-1]


def test_position_and_range_narrow_together(notices: list[Notice]) -> None:
    positions = [position for position, _ in read()]
    within = SentRange(START + timedelta(minutes=2), START + timedelta(minutes=5))
    assert [notice for _, notice in read(within, after=positions[0])] == notices[2:5][::-1]
    assert [notice for _, notice in read(within, after=positions[6])] == notices[2:3]
    assert list(read(within, after=positions[9])) == []


def test_an_empty_range_asks_nothing() -> None:
    assert list(read(SentRange(START, START - timedelta(days=1)))) == []


def test_no_more_is_read_than_taken(notices: list[Notice]) -> None:
    assert [notice for _, notice in islice(read(page_size=2), 3)] == notices[:-4:-1]


def test_pending_and_read_ones_are_read_apart(notices: list[Notice]) -> None:
    item = NoticeItem.get(notices[3].notice_id)
    item.update(actions=[NoticeItem.reading.set(reading_key(MAILBOX, Reading.READ))])
    within = SentRange(START, START + timedelta(minutes=5))
    for reading, expected in ((Reading.READ, notices[3:4]), (Reading.PENDING, notices[4:5] + notices[2::-1])):
        found = NoticeSearchStore().newest_first(MAILBOX, within, reading=reading, page_size=2)
        assert [delivered.notice for _, delivered in found] == expected
