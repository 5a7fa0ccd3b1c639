"""The first opening is one, however many open at the same instant and whatever answers are lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.deadline import Deadline, OpeningDates, Regime, TermStart
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import Opening, Reading, Seen
from chalicelib.services.reading.list_notices import list_notices
from chalicelib.services.reading.open_notice import OpenedNotice, open_notice
from tests.access_world import at_once
from tests.alert_world import a_batch
from tests.builders import a_notice
from tests.deposit_world import NOW, Clock
from tests.reading_world import NOTICE, Shelf, a_session, a_shelf

TIMES, USERS = 8, 5
_STARTS = tuple(TermStart(date(2026, 3, day), None) for day in (10, 11, 12, 13, 16, 17))
ACKNOWLEDGED = a_notice(
    regime=Regime.ACKNOWLEDGEMENT,
    deadline=Deadline(None, None, None, date(2026, 3, 17), None, "PE-2026.1"),
    openings=OpeningDates(date(2026, 3, 9), _STARTS),
)


@pytest.fixture
def shelf(engine: dict[str, str]) -> Shelf:
    return a_shelf(engine)


@pytest.fixture
def wired(ministack: dict[str, str]) -> Shelf:
    """Give one whose requests go over a wire, and that waits for nothing."""
    shelf = a_shelf(ministack)
    return replace(shelf, tools=replace(shelf.tools, pause=lambda _: None))


def test_users_open_one_after_the_other(shelf: Shelf) -> None:
    outcomes = [shelf.open_as(number) for number in (1, 2, 1)]
    assert [outcome.is_first for outcome in outcomes] == [True, False, False]
    [stored] = list_notices(a_session(1), Reading.READ, cursor=None, limit=10, tools=shelf.tools).notices
    assert stored == outcomes[1].delivered == outcomes[2].delivered
    assert [seen.name for seen in stored.seen] == ["u1", "u2"]
    assert list_notices(a_session(1), Reading.PENDING, cursor=None, limit=10, tools=shelf.tools).notices == ()
    assert shelf.opened_count() == 1
    assert shelf.events() == [EventType.NOTICE_OPENED, EventType.NOTICE_REOPENED]


def test_who_read_the_notice_before_another_opened_it_opens_it_again(shelf: Shelf) -> None:
    before = shelf.tools.readings.find(NOTICE.notice_id)
    assert shelf.open_as(1).is_first
    late = open_notice(a_session(2), before, origin="", tools=shelf.tools)
    assert not late.is_first
    assert late.delivered.opening is not None
    assert late.delivered.opening.opened_by == "u1"
    assert [seen.user_id for seen in late.delivered.seen] == ["u1", "u2"]
    assert shelf.opened_count() == 1


@pytest.mark.parametrize(
    ("hour", "effective_on", "starts_on"),
    [
        (datetime(2026, 3, 11, 4, 59, 59, tzinfo=UTC), date(2026, 3, 10), date(2026, 3, 11)),
        (datetime(2026, 3, 11, 5, 0, 0, tzinfo=UTC), date(2026, 3, 11), date(2026, 3, 12)),
    ],
    ids=["last second of the 10th in Lima", "first second of the 11th"],
)
def test_an_opening_counts_on_its_day_in_the_country(
    aws: dict[str, str], hour: datetime, effective_on: date, starts_on: date
) -> None:
    shelf = a_shelf(aws, ACKNOWLEDGED)
    shelf.box.clock.now, shelf.box.clock.step = hour, timedelta(0)  # type: ignore[attr-defined]

    opened = shelf.open_as(1).delivered.opening

    assert opened is not None
    assert opened.deadline is not None
    assert (opened.opened_at, opened.deadline.effective_on) == (hour, effective_on)
    assert opened.deadline.term_starts_on == starts_on
    [event] = event_store(shelf.box).list_for_subject(f"notice#{NOTICE.notice_id}")
    assert event.occurred_at == hour
    assert event.data == {"effective_on": str(effective_on), "term_starts_on": str(starts_on)}


@pytest.mark.ministack
def test_eight_at_once_by_five_users_make_one_first_opening_and_four_again(ministack: dict[str, str]) -> None:
    shelf = a_shelf(ministack)
    outcomes = at_once(TIMES, lambda number: shelf.open_as(number % USERS + 1))
    opened = [outcome for outcome in outcomes if isinstance(outcome, OpenedNotice)]
    assert len(opened) == TIMES, outcomes
    assert [outcome.is_first for outcome in opened].count(True) == 1
    assert len({outcome.delivered.opening for outcome in opened}) == 1
    assert shelf.opened_count() == 1
    assert sorted(shelf.events()) == sorted([EventType.NOTICE_OPENED, *[EventType.NOTICE_REOPENED] * (USERS - 1)])
    stored = shelf.tools.readings.find(NOTICE.notice_id).delivered
    assert stored is not None
    assert {seen.user_id for seen in stored.seen} == {f"u{number}" for number in range(1, USERS + 1)}


@pytest.mark.ministack
@pytest.mark.parametrize("how", ["lost", "conflict"])
def test_a_first_opening_is_the_persons_own_whatever_happened_on_the_way(
    wired: Shelf, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    spoil(monkeypatch, "TransactWriteItems", how)
    assert wired.open_as(1).is_first
    assert wired.opened_count() == 1
    assert wired.events() == [EventType.NOTICE_OPENED]


@pytest.mark.ministack
@pytest.mark.parametrize("how", ["lost", "conflict"])
def test_another_users_opening_is_logged_once_whatever_happened_on_the_way(
    wired: Shelf, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    wired.open_as(1)
    spoil(monkeypatch, "TransactWriteItems", how)
    assert [seen.user_id for seen in wired.open_as(2).delivered.seen] == ["u1", "u2"]
    assert wired.events() == [EventType.NOTICE_OPENED, EventType.NOTICE_REOPENED]


@pytest.mark.ministack
@pytest.mark.parametrize("how", ["lost", "conflict"])
def test_opening_again_is_logged_once_whatever_happened_on_the_way(
    wired: Shelf, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    wired.open_as(1)
    wired.box.clock.advance(minutes=6)  # type: ignore[attr-defined]
    spoil(monkeypatch, "TransactWriteItems", how)
    assert not wired.open_as(1).is_first
    assert wired.events() == [EventType.NOTICE_OPENED, EventType.NOTICE_REOPENED]


@pytest.mark.ministack
def test_an_opening_that_never_gets_through_is_refused_and_not_recorded(
    wired: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, "TransactWriteItems", *["conflict"] * 6)
    with pytest.raises(Unavailable) as caught:
        wired.open_as(1)
    assert (caught.value.code, caught.value.retry_after) == ("opening_unavailable", 2)
    assert (wired.opened_count(), wired.events()) == (0, [])


@pytest.mark.ministack
def test_each_try_waits_a_little_longer_than_the_last(wired: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    shelf = replace(wired, tools=replace(wired.tools, pause=pauses.append))
    spoil(monkeypatch, "TransactWriteItems", *["conflict"] * 5)

    assert shelf.open_as(1).is_first
    assert pauses == [pytest.approx(0.1 * attempt) for attempt in range(1, 6)]


def test_an_opening_tells_who_when_and_from_where(shelf: Shelf) -> None:
    found = shelf.tools.readings.find(NOTICE.notice_id)
    clock = shelf.box.clock
    assert isinstance(clock, Clock)
    for number in (1, 2):
        clock.now, clock.step = NOW + timedelta(minutes=number), timedelta(0)
        session = replace(a_session(number), name=f"Lectora {number}")
        opened = open_notice(session, found, origin=f"192.0.2.{number}", tools=shelf.tools)
        found = shelf.tools.readings.find(NOTICE.notice_id)
        assert opened.delivered == found.delivered
    first, second = event_store(shelf.box).list_for_subject(f"notice#{NOTICE.notice_id}")

    assert first == Event(
        f"notice#{NOTICE.notice_id}",
        EventType.NOTICE_OPENED,
        NOW + timedelta(minutes=1),
        first.event_id,
        "user:u1",
        "192.0.2.1",
    )
    assert second == replace(
        first,
        type=EventType.NOTICE_REOPENED,
        occurred_at=NOW + timedelta(minutes=2),
        event_id=second.event_id,
        actor="user:u2",
        origin="192.0.2.2",
    )
    assert first.event_id != second.event_id
    assert opened.delivered.opening == Opening(first.event_id, NOW + timedelta(minutes=1), "u1", None)
    assert opened.delivered.seen == (
        Seen("u1", "Lectora 1", NOW + timedelta(minutes=1)),
        Seen("u2", "Lectora 2", NOW + timedelta(minutes=2)),
    )


def test_who_opens_gets_the_alerts_that_were_found_with_the_notice(shelf: Shelf) -> None:
    batch = a_batch(notice_id=NOTICE.notice_id)
    with TransactWrite(connection=connection(shelf.box)) as transaction:
        alert_batch_store(shelf.box).add_in(transaction, batch)

    assert [shelf.open_as(number).alerts for number in (1, 2, 1)] == [batch] * 3


def test_another_mailboxs_notice_is_not_opened(shelf: Shelf) -> None:
    stranger = replace(a_session(1), mailbox_id="1-40000009")

    with pytest.raises(NotFound, match="notice_not_found"):
        open_notice(stranger, shelf.tools.readings.find(NOTICE.notice_id), origin="", tools=shelf.tools)
    assert (shelf.opened_count(), shelf.events()) == (0, [])


def spoil(patch: pytest.MonkeyPatch, operation: str, *ways: str) -> None:
    """Carry the next requests out and lose their answers, or refuse them for a conflict before they are."""
    send: Any = Endpoint._send  # type: ignore[attr-defined]  # noqa: SLF001 - beneath every retry
    left = list(ways)

    def spoiled(endpoint: Any, request: Any) -> Any:
        asked = request.headers.get("X-Amz-Target", b"").decode().rpartition(".")[2]
        way = left.pop(0) if left and asked == operation else ""
        if way == "conflict":
            return _conflict(request.url)
        answer = send(endpoint, request)
        if way == "lost":
            raise ConnectionClosedError(endpoint_url=request.url)
        return answer

    patch.setattr(Endpoint, "_send", spoiled)


def _conflict(url: str) -> AWSResponse:
    body = (
        b'{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled",'
        b'"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"},{"Code":"None"}]}'
    )

    class Raw:
        def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
            yield body

    headers: Any = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
    return AWSResponse(url, 400, headers, Raw())
