"""Counts of what happened to notices: once each, of the institution and of its office, on the local day."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pynamodb.connection import Connection

from chalicelib.config import Config
from chalicelib.domain.institution.activity import Activity, Consulted, Downloaded, Happened, Metered
from chalicelib.services.institution.count_activity import CountTools, Thing, count_activity
from chalicelib.services.together import together
from chalicelib.store.deposit.standing_store import StandingStore
from chalicelib.store.institution.activity_store import MARKED_FOR, ActivityStore
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import AlertBatchItem, CountItem, NoticeItem, bind
from tests.alert_world import refusing

MINE, OFFICE = "entidad-demo", "sede-norte"
NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
"""The evening of the ninth in Lima."""
TODAY = date(2026, 3, 9)


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bind(Config.from_env(engine))


@pytest.fixture
def tools(connection: Connection) -> CountTools:
    return CountTools(ActivityStore(connection), StandingStore(connection), ZoneInfo("America/Lima"), lambda: NOW)


def a_notice_of(notice_id: str, institution_id: str = MINE, office_id: str | None = None) -> str:
    sender = {"institution_id": institution_id, **({"office_id": office_id} if office_id else {})}
    NoticeItem(notice_id).update([NoticeItem.data.set({"sender": sender})])
    return notice_id


def deposits(count: int, **whose: Any) -> list[Happened]:
    return [Happened(Activity.DEPOSITED, a_notice_of(f"n{n}", **whose), NOW) for n in range(count)]


def counts(tools: CountTools, office_id: str | None = None, institution_id: str = MINE) -> dict[Any, int]:
    found: list[Counter[tuple[date, Activity]]] = []
    together(tools.counts.reads(institution_id, office_id, TODAY, found))
    return dict(sum(found, Counter()))


def test_things_count_on_their_local_day_for_the_institution_and_its_office(tools: CountTools) -> None:
    things = [
        Happened(Activity.DEPOSITED, a_notice_of("n1", office_id=OFFICE), NOW),
        Happened(Activity.OPENED, "n1", NOW + timedelta(hours=3)),
        Happened(Activity.DEPOSITED, a_notice_of("n2"), NOW),
        Happened(Activity.DEPOSITED, a_notice_of("n3", "otra", OFFICE), NOW),
    ]

    outcome = count_activity(things, tools=tools)

    assert (outcome.counts, outcome.failed) == ({"counted": 4}, frozenset())
    assert counts(tools) == {(TODAY, Activity.DEPOSITED): 2, (date(2026, 3, 10), Activity.OPENED): 1}
    assert counts(tools, OFFICE) == {(TODAY, Activity.DEPOSITED): 1, (date(2026, 3, 10), Activity.OPENED): 1}
    assert counts(tools, OFFICE, "otra") == {(TODAY, Activity.DEPOSITED): 1}


def test_sms_and_consultations_count_on_the_local_day_at_both_ends_of_a_month(tools: CountTools) -> None:
    last, first = (datetime(2026, 4, 1, 4, 59, 59, 999999, UTC), datetime(2026, 4, 1, 5, tzinfo=UTC))
    things: list[Thing] = [
        *(Happened(Metered.SMS, a_notice_of("n1"), at, message_id=f"m{at.hour}") for at in (last, first)),
        *(Consulted(f"e{at.hour}", MINE, at) for at in (last, first)),
        Consulted("e0", "otra", first),
    ]

    assert count_activity([*things, things[-1]], tools=tools).counts == {"counted": 5, "known": 1}

    march, april = (tools.counts.read_month(MINE, month) for month in ("2026-03", "2026-04"))
    assert march == {(date(2026, 3, 31), Metered.SMS): 1, (date(2026, 3, 31), Metered.CONSULTED): 1}
    assert april == {(date(2026, 4, 1), Metered.SMS): 1, (date(2026, 4, 1), Metered.CONSULTED): 1}
    assert counts(tools) == {}
    assert count_activity(things, tools=tools).counts == {"known": 5}


def test_what_is_told_twice_counts_once_in_a_batch_and_over_batches(tools: CountTools) -> None:
    things = deposits(3)
    first = count_activity([*things, things[0]], tools=tools)
    again = count_activity([things[2], *deposits(5)], tools=tools)

    assert (first.counts, again.counts) == ({"counted": 3, "known": 1}, {"counted": 2, "known": 4})
    assert counts(tools) == {(TODAY, Activity.DEPOSITED): 5}


def test_a_batch_larger_than_a_transaction_is_counted_whole(tools: CountTools) -> None:
    assert count_activity(deposits(50, office_id=OFFICE), tools=tools).counts == {"counted": 50}
    assert counts(tools, OFFICE) == counts(tools) == {(TODAY, Activity.DEPOSITED): 50}


def test_a_notice_that_cannot_be_read_fails_alone(tools: CountTools) -> None:
    lost = Happened(Activity.DEPOSITED, "nobodys", NOW)
    outcome = count_activity([lost, *deposits(2)], tools=tools)
    assert (outcome.counts, outcome.failed) == (Counter(counted=2), frozenset({lost}))


def test_where_the_store_refuses_all_fails_and_comes_again(tools: CountTools, connection: Connection) -> None:
    things = deposits(2)
    for operation in ("BatchGetItem", "TransactWriteItems"):
        with refusing(connection.client, operation, "AccessDeniedException"):
            outcome = count_activity(things, tools=tools)
        assert (outcome.counts, outcome.failed) == (Counter(), frozenset(things))
    assert count_activity(things, tools=tools).counts == {"counted": 2}


@pytest.mark.parametrize(("state", "outcome"), [("bounced", "counted"), ("delivered", "ignored")])
def test_what_came_back_counts_unless_it_was_an_automatic_reply(tools: CountTools, state: str, outcome: str) -> None:
    alerts = [{"alert_id": "u1.email", "state": state}, {"alert_id": "u2.email", "state": "bounced"}]
    AlertBatchItem(a_notice_of("n1")).update([AlertBatchItem.alerts.set(alerts)])
    things = [Happened(Activity.FAILED, "n1", NOW, "u1.email", is_uncertain=True)]
    assert count_activity(things, tools=tools).counts == {outcome: 1}


def test_an_alert_counts_once_whatever_tells_of_its_loss(tools: CountTools) -> None:
    a_notice_of("n1")
    things = [Happened(Activity.FAILED, "n1", NOW + timedelta(days=n), alert) for n in (0, 1) for alert in "ab"]
    assert count_activity(things, tools=tools).counts == {"counted": 2, "known": 2}
    assert counts(tools) == {(TODAY, Activity.FAILED): 2}


def test_the_first_download_is_marked_and_stays(tools: CountTools) -> None:
    a_notice_of("n1")
    things = [Downloaded("n1", NOW), Downloaded("n1", NOW + timedelta(days=1)), Downloaded("nobodys", NOW)]
    assert count_activity(things, tools=tools).counts == {"marked": 1, "known": 2}
    assert NoticeItem.get("n1").downloaded_at == NOW.isoformat()
    assert [item.notice_id for item in NoticeItem.scan()] == ["n1"]


def test_marks_end_and_counters_do_not(tools: CountTools) -> None:
    count_activity(deposits(1), tools=tools)
    ends = {item.counted.partition("#")[0]: item.expires_at for item in CountItem.scan()}
    assert ends == {"once": NOW + MARKED_FOR, MINE: None}


def test_counters_of_a_sender_spread_over_eight_keys(tools: CountTools) -> None:
    for thing in deposits(60):
        count_activity([thing], tools=tools)
    used = {item.counted for item in CountItem.scan() if item.month != "-"}
    assert used == {f"{MINE}##{shard}" for shard in SHARDS}


@pytest.mark.ministack
def test_eight_workers_with_the_same_records_count_each_once(ministack: dict[str, str]) -> None:
    connection = bind(Config.from_env(ministack))
    tools = CountTools(ActivityStore(connection), StandingStore(connection), ZoneInfo("America/Lima"), lambda: NOW)
    things = deposits(20)
    start = threading.Barrier(8)
    failed: list[Sequence[object]] = []

    def work() -> None:
        start.wait()
        for _ in range(10):
            outcome = count_activity(things, tools=tools)
            if not outcome.failed:
                return
        failed.append(tuple(outcome.failed))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert counts(tools) == {(TODAY, Activity.DEPOSITED): 20}
