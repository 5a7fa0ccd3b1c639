"""A search looks at so many notices and no more, and never says that what it did not look at is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.transactions import TransactWrite

from chalicelib.domain.codes import code_from_number
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.search import Condition, Operator, Search, SearchField
from chalicelib.services.page_cursor import position_of
from chalicelib.services.reading.search_notices import Matches, SearchTools, all_matches, find_matches
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.reading.notice_search_store import NoticeSearchStore
from tests.builders import a_notice
from tests.cloud import bound
from tests.renderers.export.listing_rows import LIMA

START = datetime(2026, 3, 9, 15, tzinfo=UTC)
MAILBOX = "1-40000002"
RARE = Condition(SearchField.SUBJECT, Operator.CONTAINS, "multa")


@pytest.fixture
def notices(aws: dict[str, str]) -> list[Notice]:
    """Twenty notices, one a day, newest first; every fifth is about a fine."""
    connection = bound(aws)
    made = []
    for number in range(20):
        subject = "Multa" if number % 5 == 4 else "Carta"
        document = replace(a_notice().document, subject=subject)
        sent = START - timedelta(days=number)
        made.append(a_notice(notice_id=code_from_number(number), document=document, deposited_at=sent))
    store = NoticeStore()
    with TransactWrite(connection=connection) as transaction:
        for notice in made:
            store.add_in(transaction, notice)
    return made


def tools(most_read: int) -> SearchTools:
    return SearchTools(NoticeSearchStore(), MailboxStore(), LIMA, most_read)


def search(*conditions: Condition, cursor: str | None = None, limit: int = 10, most_read: int = 7) -> Matches:
    after = position_of(cursor)
    return find_matches(MAILBOX, Search(conditions), after=after, limit=limit, tools=tools(most_read))


def found(page: Matches) -> list[Notice]:
    return [delivered.notice for delivered in page.notices]


def turned(conditions: Sequence[Condition], limit: int, most_read: int) -> Iterator[Matches]:
    cursor = None
    while True:
        page = search(*conditions, cursor=cursor, limit=limit, most_read=most_read)
        yield page
        cursor = page.cursor
        if cursor is None:
            return


def test_a_search_that_finds_little_tells_how_far_it_looked(notices: list[Notice]) -> None:
    page = search(RARE)
    assert found(page) == [notices[4]]
    assert (page.is_complete, page.looked_at, page.looked_until) == (False, 7, notices[6].deposited_at)


def test_a_search_that_finds_nothing_yet_is_not_complete(notices: list[Notice]) -> None:
    page = search(replace(RARE, value="embargo"))
    assert (page.notices, page.is_complete, page.looked_until) == ((), False, notices[6].deposited_at)


def test_going_on_finds_each_match_once_and_ends(notices: list[Notice]) -> None:
    for limit, most_read in ((1, 7), (2, 9), (1, 1000), (50, 19), (50, 20), (50, 21)):
        pages = list(turned([RARE], limit, most_read))
        assert [match for page in pages for match in found(page)] == notices[4::5]
        assert sum(page.looked_at for page in pages) == 20
        assert all(len(page.notices) <= limit and page.looked_at <= most_read for page in pages)


def test_the_last_page_knows_that_it_is_the_last(notices: list[Notice]) -> None:
    assert len(list(turned([], 5, 1000))) == 4
    assert len(list(turned([], 20, 20))) == 1
    assert notices


def test_dates_are_not_looked_for_but_read(notices: list[Notice]) -> None:
    day = Condition(SearchField.SENT_ON, Operator.EQUALS, f"{notices[15].deposited_at:%Y-%m-%d}")
    page = search(day)
    assert (found(page), page.looked_at, page.is_complete) == ([notices[15]], 1, True)


@pytest.mark.usefixtures("notices")
def test_conditions_that_exclude_each_other_are_answered_at_once() -> None:
    first, second = (Condition(SearchField.YEAR, Operator.EQUALS, year) for year in ("2025", "2026"))
    assert search(first, second) == Matches((), None, 0, None)


def test_for_a_file_all_matches_are_read(notices: list[Notice]) -> None:
    every = all_matches(MAILBOX, Search((RARE,)), notices=NoticeSearchStore(), zone=LIMA)
    assert [delivered.notice for delivered in every] == notices[4::5]
