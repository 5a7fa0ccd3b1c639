"""What a sender deposited in a month, newest first, with how far each came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pynamodb.connection import Connection

from chalicelib.config import Config
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.deposit.sent_search import SentSearch
from chalicelib.domain.deposit.sent_state import SentState
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.mailbox import Channel, DocumentType, Holder
from chalicelib.domain.notice import Notice
from chalicelib.services.deposit.find_sent import PAGE, SentPage, SentTools, each_sent, find_sent
from chalicelib.store.alert.alert_batch_item import batch_to_item
from chalicelib.store.deposit.sender_month_store import SenderMonthStore
from chalicelib.store.deposit.standing_store import StandingStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.tables import NoticeItem, bind
from tests.alert_world import an_alert
from tests.builders import a_notice
from tests.unreached_world import bounced

LIMA = ZoneInfo("America/Lima")
START = datetime(2026, 3, 9, 5, tzinfo=UTC)
SENDER = a_notice().sender.institution_id
MARCH = SentSearch("2026-03")


class _AtOnce:
    """Writes each item by itself: the engine copies all of its tables for each transaction."""

    @staticmethod
    def save(model: Any, condition: Any = None) -> None:
        model.save(condition=condition)


def deposit(number: int, at: datetime, **overrides: Any) -> Notice:
    notice = a_notice(notice_id=code_from_number(31 * number), deposited_at=at, **overrides)
    NoticeStore().add_in(_AtOnce, notice)  # type: ignore[arg-type]
    return notice


def alerted(notice: Notice, *, fails: bool = False) -> None:
    alert = replace(an_alert(), sending=AlertState.ACCEPTED, message_id="m")
    other = an_alert(channel=Channel.SMS)
    alerts = (bounced(alert), other) if fails else (alert, other)
    batch_to_item(AlertBatch(notice.notice_id, "Entidad", notice.deposited_at, alerts, institution_id=SENDER)).save()


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bind(Config.from_env(engine))


@pytest.fixture
def tools(connection: Connection) -> SentTools:
    now = datetime(2026, 4, 20, tzinfo=UTC)
    return SentTools(SenderMonthStore(connection), StandingStore(connection), LIMA, lambda: now)


def pages(search: SentSearch, tools: SentTools, institution_id: str = SENDER) -> Iterator[SentPage]:
    cursor = None
    while True:
        page = find_sent(institution_id, search, cursor=cursor, tools=tools)
        yield page
        if page.cursor is None:
            return
        cursor = page.cursor


def ids(found: Iterator[SentPage]) -> list[str]:
    return [row.notice.notice_id for page in found for row in page.rows]


def test_pages_show_every_deposit_of_all_shards_once_newest_first(tools: SentTools) -> None:
    made = [deposit(number, START + timedelta(minutes=number // 3)) for number in range(130)]
    newest = sorted(made, key=lambda notice: (notice.deposited_at, notice.notice_id), reverse=True)

    found = list(pages(MARCH, tools))

    assert [len(page.rows) for page in found] == [PAGE, PAGE, 30]
    assert ids(iter(found)) == [notice.notice_id for notice in newest]


def test_a_month_of_exactly_a_page_leads_to_no_empty_one(tools: SentTools) -> None:
    for number in range(PAGE):
        deposit(number, START + timedelta(minutes=number))
    [page] = pages(MARCH, tools)
    assert len(page.rows) == PAGE


def test_a_month_is_the_countrys_and_a_day_too(tools: SentTools) -> None:
    before = deposit(1, datetime(2026, 3, 1, 4, 59, 59, tzinfo=UTC))
    first = deposit(2, datetime(2026, 3, 1, 5, tzinfo=UTC))
    last = deposit(3, datetime(2026, 4, 1, 4, 59, 59, tzinfo=UTC))
    deposit(4, datetime(2026, 4, 1, 5, tzinfo=UTC))

    assert ids(pages(MARCH, tools)) == [last.notice_id, first.notice_id]
    assert ids(pages(SentSearch("2026-03", 31), tools)) == [last.notice_id]
    assert ids(pages(SentSearch("2026-03", 15), tools)) == []
    assert ids(pages(SentSearch("2026-02"), tools)) == [before.notice_id]


def test_what_has_not_begun_is_not_read(tools: SentTools) -> None:
    assert list(pages(SentSearch("2026-05"), tools)) == [SentPage((), None, None)]


def test_each_row_tells_the_furthest_that_happened(tools: SentTools) -> None:
    kinds = [deposit(number, START + timedelta(minutes=number)) for number in range(6)]
    for notice in kinds[1:]:
        alerted(notice, fails=notice is not kinds[1])
    for notice in kinds[3:]:
        NoticeItem(notice.notice_id).update([NoticeItem.opened_at.set(START.isoformat())])
    for notice in kinds[4:]:
        NoticeItem(notice.notice_id).update([NoticeItem.downloaded_at.set(START.isoformat())])
    NoticeItem(kinds[5].notice_id).update([NoticeItem.suspension.set({})])

    [page] = pages(MARCH, tools)

    assert [row.state for row in page.rows] == list(SentState)[::-1]
    for state, notice in zip(SentState, kinds, strict=True):
        assert ids(pages(replace(MARCH, state=state), tools)) == [notice.notice_id]


def test_a_narrow_search_looks_at_so_many_and_says_how_far(tools: SentTools) -> None:
    few = replace(tools, most_read=16)
    found = Holder(DocumentType.DNI, "40000077", "OTRA DEMO")
    wanted = deposit(99, START, holder=found)
    newer = [deposit(number, START + timedelta(minutes=1 + number)) for number in range(40)]

    answers = list(pages(replace(MARCH, document="40000077"), few))

    assert [len(page.rows) for page in answers] == [0, 0, 1]
    assert answers[0].looked_until == newer[-16].deposited_at
    assert ids(iter(answers)) == [wanted.notice_id]


def test_a_full_page_of_a_narrow_search_goes_on_after_its_last_row(tools: SentTools) -> None:
    made = [deposit(number, START + timedelta(minutes=number)) for number in range(120)]
    found = list(pages(replace(MARCH, kind="carta"), tools))
    assert [len(page.rows) for page in found] == [PAGE, PAGE, 20]
    assert ids(iter(found)) == [notice.notice_id for notice in reversed(made)]


def test_anothers_cursor_shows_only_the_own_deposits(tools: SentTools) -> None:
    sender = replace(a_notice().sender, institution_id="20999999999")
    for number in range(60):
        deposit(number, START + timedelta(minutes=number), sender=sender)
    mine = deposit(100, START)
    cursor = find_sent("20999999999", MARCH, cursor=None, tools=tools).cursor
    assert cursor
    page = find_sent(SENDER, MARCH, cursor=cursor, tools=tools)
    assert [row.notice.notice_id for row in page.rows] == [mine.notice_id]


@pytest.mark.parametrize("cursor", ["x", "=" * 10, "A" * 101, "bm8"])
def test_what_is_no_cursor_is_refused(tools: SentTools, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        find_sent(SENDER, MARCH, cursor=cursor, tools=tools)


def test_a_file_takes_every_match_however_many_are_looked_at_for_a_page(tools: SentTools) -> None:
    made = [deposit(number, START + timedelta(minutes=number)) for number in range(70)]
    few = replace(tools, most_read=16)
    listed = [row.notice.notice_id for row in each_sent(SENDER, replace(MARCH, kind="carta"), tools=few)]
    assert listed == [notice.notice_id for notice in reversed(made)]


@pytest.mark.parametrize(
    ("bounds", "kind", "is_refused"),
    [
        ({"most_of_file": 20}, "", False),
        ({"most_of_file": 19}, "", True),
        ({"most_read_for_file": 20}, "oficio", False),
        ({"most_read_for_file": 19}, "oficio", True),
    ],
)
def test_a_file_has_bounds_of_what_it_holds_and_of_what_is_looked_at(
    tools: SentTools, bounds: dict[str, Any], kind: str, is_refused: bool
) -> None:
    for number in range(20):
        deposit(number, START + timedelta(minutes=number))
    listed = each_sent(SENDER, replace(MARCH, kind=kind), tools=replace(tools, **bounds))
    if is_refused:
        with pytest.raises(TooLarge, match="sent_too_many"):
            list(listed)
    else:
        assert len(list(listed)) == (0 if kind else 20)
